import { effect, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Band } from "../band";
import { tickAt } from "../clock";
import { type Colours, Roll } from "../roll";
import { place, score, state } from "../store";

/** Milliseconds of script a frame, and frames a second. */
export const drawing = signal({ cost: 0, rate: 0 });

const NAMES = ["1", "2", "3", "4"];

/** The roll's two canvases, its legend, and for those who do not see it a sentence. */
export function RollView({ band }: { band: Band }) {
  const box = useRef<HTMLDivElement>(null);
  const still = useRef<HTMLCanvasElement>(null);
  const moving = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const { current: around } = box;
    if (around === null || still.current === null || moving.current === null) return;
    const roll = new Roll(still.current, moving.current, score, colours());
    let channels: readonly number[] = [];
    const fit = (): void => roll.resize(around.clientWidth, around.clientHeight);
    const watch = new ResizeObserver(fit);
    watch.observe(around);
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    const dress = (): void => roll.dress(colours(), channels);
    dark.addEventListener("change", dress);
    const stop = effect(() => {
      const now = state.value?.parts.map((part) => part[1]) ?? [];
      if (now.join() === channels.join()) return;
      channels = now;
      dress();
    });
    let frame = 0;
    let frames = 0;
    const draw = (): void => {
      roll.draw(tickAt(place.value, band.link.now()), place.value, channels);
      frames += 1;
      if (frames % 30 === 0) drawing.value = { cost: roll.cost, rate: roll.rate };
      frame = requestAnimationFrame(draw);
    };
    frame = requestAnimationFrame(draw);
    return () => {
      cancelAnimationFrame(frame);
      watch.disconnect();
      dark.removeEventListener("change", dress);
      stop();
    };
  }, []);
  const fresh = state.value?.presence === "waiting" && score.played.length === 0;
  const parts = state.value?.parts.map(([name]) => name) ?? NAMES;
  return (
    <section class="roll" aria-label="Piano roll">
      <div class="canvas" ref={box} role="img" aria-label={`The music as it scrolls by: you, ${parts.join(", ")}, and the chords above`}>
        <canvas ref={still} />
        <canvas ref={moving} />
        {fresh && (
          <p class="hint">
            Turn the sound on and play: on the keys below, on Z to M and Q to P, or on a MIDI keyboard. The band comes in
            on the beat after your first note.
          </p>
        )}
      </div>
      <ul class="legend" aria-hidden="true">
        <li class="part-4">you</li>
        {parts.map((name, part) => (
          <li key={part} class={`part-${part}`}>
            {name}
          </li>
        ))}
        <li class="kinds">
          <i class="full" /> played <i class="half" /> settled <i class="line" /> planned
        </li>
      </ul>
    </section>
  );
}

export function colours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string): string => style.getPropertyValue(name).trim();
  return {
    parts: [0, 1, 2, 3, 4].map((part) => of(`--part-${part}`)),
    ink: of("--ink"),
    faint: of("--faint"),
    line: of("--roll-line"),
    strong: of("--roll-bar"),
    lane: of("--roll-lane"),
    ground: of("--roll-ground"),
  };
}
