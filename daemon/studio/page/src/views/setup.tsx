import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Band } from "../band";
import { ports, setup } from "../store";

const METRES = ["4/4", "3/4", "2/4", "6/8", "12/8", "5/4", "7/8"];
const NONE = "";

/** How the performance is set; it begins anew with another setup. */
export function Setup({ band }: { band: Band }) {
  const known = setup.value;
  const there = ports.value;
  const wanted = useSignal({ mode: "live", clock: "auto", metre: "4/4", key: "", listen: NONE, play: NONE });
  useEffect(() => {
    if (known === null) return;
    const { mode, clock, metre } = known;
    wanted.value = { mode, clock, metre, key: known.key ?? "", listen: known.listen ?? NONE, play: known.play ?? NONE };
  }, [known]);
  const change = (part: Partial<typeof wanted.value>): void => {
    wanted.value = { ...wanted.value, ...part };
  };
  const { mode, clock, metre, key, listen, play } = wanted.value;
  const same =
    known !== null &&
    mode === known.mode &&
    clock === known.clock &&
    metre === known.metre &&
    key === (known.key ?? "") &&
    listen === (known.listen ?? NONE) &&
    play === (known.play ?? NONE);
  return (
    <section class="setup" aria-label="Setup">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          band.ask({ do: "setup", mode, clock, metre, key: key.trim() || null, listen: listen || null, play: play || null });
        }}
      >
        <Choice label="Mode" value={mode} pick={(each) => change({ mode: each })} from={[["live", "with you"], ["respond", "in turns"]]} />
        <Choice
          label="Clock"
          value={clock}
          pick={(each) => change({ clock: each })}
          from={[["auto", "the DAW’s if it comes"], ["internal", "our own"], ["midi", "the DAW’s only"], ["link", "Ableton Link"]]}
        />
        <Choice label="Metre" value={metre} pick={(each) => change({ metre: each })} from={[...new Set([metre, ...METRES])].map((each) => [each, each])} />
        <label class="field">
          <span>Key</span>
          <input value={key} placeholder="any" maxLength={20} onInput={(event) => change({ key: event.currentTarget.value })} />
        </label>
        <Choice
          label="Listen to"
          value={listen}
          pick={(each) => change({ listen: each })}
          from={[[NONE, "bandmate in"], ["any", "every keyboard"], ...names(there?.inputs, listen)]}
        />
        <Choice label="Play on" value={play} pick={(each) => change({ play: each })} from={[[NONE, "bandmate out"], ...names(there?.outputs, play)]} />
        <button class="main" type="submit" disabled={same}>
          Begin anew with this
        </button>
      </form>
      <dl class="wires">
        <dt>Listening to</dt>
        <dd>{there?.listening.join(", ") || "nothing yet"}</dd>
        <dt>Playing on</dt>
        <dd>{there?.playing.join(", ") || "nothing yet"}</dd>
        <dt>Seed</dt>
        <dd>{known?.seed ?? ""}</dd>
      </dl>
    </section>
  );
}

function names(there: readonly string[] | undefined, wanted: string): [string, string][] {
  const all = new Set(there ?? []);
  if (wanted !== NONE && wanted !== "any") all.add(wanted);
  return [...all].map((each) => [each, each]);
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly pick: (value: string) => void;
  readonly from: readonly (readonly [string, string])[];
}

function Choice({ label, value, pick, from }: ChoiceProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={(event) => pick(event.currentTarget.value)}>
        {from.map(([each, name]) => (
          <option key={each} value={each}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
