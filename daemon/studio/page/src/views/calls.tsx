import type { Band } from "../band";
import type { Ask, Lamp } from "../news";
import { state } from "../store";

/** What a leader calls out to the band; what was called and is still to come looks so. */
export function Calls({ band }: { band: Band }) {
  const known = state.value;
  const lockable = known === null || known.lock === "off";
  const calls: readonly (readonly [string, Lamp | boolean | undefined, Ask, string])[] = [
    ["Fill", known?.fill, { do: "fill" }, "The drums fill to the bar line"],
    ["Break", known?.tacet, { do: "break" }, "Silence to the bar line"],
    ["Ending", known?.ending, { do: "ending" }, "A last chord on the next bar line; again takes it back"],
    ["Hold chord", known?.held, { do: "hold", on: !known?.held }, "Keep the chord"],
    ["Freeze", known?.frozen, { do: "freeze", on: !known?.frozen }, "Repeat the last two bars"],
    ["Lock key", known?.lock, { do: "lock", on: lockable }, "Keep to the key that the music is in"],
  ];
  return (
    <section class="calls" aria-label="Calls to the band">
      {calls.map(([name, lamp = false, ask, words]) => (
        <button
          key={name}
          type="button"
          class={lamp === "blinking" ? "armed" : ""}
          aria-pressed={lamp !== false && lamp !== "off"}
          title={words}
          onClick={() => band.ask(ask)}
        >
          {name}
        </button>
      ))}
    </section>
  );
}
