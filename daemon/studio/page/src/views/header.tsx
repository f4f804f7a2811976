import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Band } from "../band";
import { barAndBeat, tickAt } from "../clock";
import { chordsAt } from "../score";
import { place, score, standing, state, view } from "../store";
import { Figures } from "./meters";

/** The ways from view to view. */
export function Views() {
  return (
    <nav class="views" aria-label="Views">
      {(["stage", "compose", "teach"] as const).map((each) => (
        <button key={each} type="button" aria-current={view.value === each ? "page" : undefined} onClick={() => (view.value = each)}>
          {each[0]!.toUpperCase() + each.slice(1)}
        </button>
      ))}
    </nav>
  );
}

const WORDS = {
  waiting: "play a note",
  resting: "resting",
  playing: "playing",
  ending: "winding down",
} as const;

/** Where the music stands: large enough to be read from the piano stool. */
export function Header({ band, settings }: { band: Band; settings: Signal<boolean> }) {
  const where = useSignal("–");
  const now = useSignal("");
  const next = useSignal("");
  const beats = useSignal({ at: 0, of: 4 });
  useEffect(() => {
    const look = (): void => {
      const at = place.value;
      const tick = tickAt(at, band.link.now());
      if (at === null || tick === null) {
        where.value = "–";
        now.value = next.value = "";
        beats.value = beats.value.at === 0 ? beats.value : { ...beats.value, at: 0 };
        return;
      }
      const { bar, beat } = barAndBeat(at, tick);
      const of = Math.round(at.bar / at.beat);
      where.value = bar > 0 ? `${bar}.${beat}` : `–${1 - bar}.${beat}`;
      if (beats.value.at !== beat || beats.value.of !== of) beats.value = { at: beat, of };
      const chords = chordsAt(score.chords, tick);
      now.value = chords.now;
      next.value = chords.next;
    };
    const timer = window.setInterval(look, 40);
    return () => window.clearInterval(timer);
  }, []);
  const known = state.value;
  const connected = standing.value === "open";
  return (
    <header class="head">
      <h1>bandmate</h1>
      <Views />
      <p class="where">
        <span class="unseen">bar and beat</span>
        <span class="big">{where}</span>
        <span class="beats" aria-hidden="true">
          {Array.from({ length: Math.min(beats.value.of, 12) }, (_, k) => (
            <i key={k} class={k + 1 === beats.value.at ? "on" : ""} />
          ))}
        </span>
      </p>
      <p class="chord">
        <span class="unseen">chord, and the next one</span>
        <span class="big">{now}</span>
        <span class="next">{next.value === "" ? "" : `→ ${next.value}`}</span>
      </p>
      <p class="how">
        <span>{known === null ? "" : `${known.bpm.toFixed(1)} bpm`}</span>
        <span class={known?.presence === "playing" ? "live" : ""}>{known === null ? "" : WORDS[known.presence]}</span>
        <span>{known?.key ? `in ${known.key}` : ""}</span>
      </p>
      <Figures />
      <p class={connected ? "link" : "link off"} role="status">
        {connected ? "connected" : standing.value === "lost" ? "the band is gone; looking for it" : "connecting"}
      </p>
      <button class="gear" type="button" aria-expanded={settings.value} onClick={() => (settings.value = !settings.value)}>
        Setup
      </button>
      <button class="panic" type="button" onClick={() => band.ask({ do: "panic" })}>
        Panic
      </button>
    </header>
  );
}
