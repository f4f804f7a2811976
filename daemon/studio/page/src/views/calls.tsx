import type { Band } from "../band";
import { state } from "../store";

/** What a leader calls out to the band. */
export function Calls({ band }: { band: Band }) {
  const known = state.value;
  return (
    <section class="calls" aria-label="Calls to the band">
      <button type="button" onClick={() => band.ask({ do: "fill" })}>
        Fill
      </button>
      <button type="button" onClick={() => band.ask({ do: "break" })}>
        Break
      </button>
      <button type="button" onClick={() => band.ask({ do: "ending" })}>
        Ending
      </button>
      <button
        type="button"
        aria-pressed={known?.held ?? false}
        title="Keep the chord"
        onClick={() => band.ask({ do: "hold", on: !known?.held })}
      >
        Hold chord
      </button>
      <button
        type="button"
        aria-pressed={known?.frozen ?? false}
        title="Repeat the last two bars"
        onClick={() => band.ask({ do: "freeze", on: !known?.frozen })}
      >
        Freeze
      </button>
      <button
        type="button"
        aria-pressed={known?.key != null}
        title="Keep to the key that the music is in"
        onClick={() => band.ask({ do: "lock", on: known?.key == null })}
      >
        Lock key
      </button>
    </section>
  );
}
