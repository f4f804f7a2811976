import { useSignal } from "@preact/signals";
import type { Band } from "../band";
import { clicking } from "../sound";
import { place, state } from "../store";

/** Our own clock: run with a count-in, stop, tempo, tap, metronome. */
export function Transport({ band }: { band: Band }) {
  const bars = useSignal(1);
  const runs = place.value?.line != null;
  const bpm = state.value?.bpm ?? 120;
  return (
    <section class="transport" aria-label="Time">
      <button
        class="main"
        type="button"
        onClick={() => band.ask(runs ? { do: "run", on: false } : { do: "start", bars: bars.value })}
      >
        {runs ? "Stop" : "Start"}
      </button>
      <label class="field">
        <span>Count-in</span>
        <select value={bars.value} onChange={(event) => (bars.value = Number(event.currentTarget.value))}>
          <option value={0}>none</option>
          <option value={1}>1 bar</option>
          <option value={2}>2 bars</option>
        </select>
      </label>
      <label class="field">
        <span>Tempo</span>
        <input
          type="number"
          min={20}
          max={300}
          step={1}
          value={Math.round(10 * bpm) / 10}
          onChange={(event) => {
            const wanted = Number(event.currentTarget.value);
            if (wanted >= 20 && wanted <= 300) band.ask({ do: "tempo", bpm: wanted });
            else event.currentTarget.value = String(bpm);
          }}
        />
      </label>
      <button type="button" onPointerDown={() => band.ask({ do: "tap" })} onKeyDown={(event) => tapped(event, band)}>
        Tap
      </button>
      <button type="button" aria-pressed={clicking.value} onClick={() => (clicking.value = !clicking.value)}>
        Click
      </button>
    </section>
  );
}

function tapped(event: KeyboardEvent, band: Band): void {
  if ((event.key === " " || event.key === "Enter") && !event.repeat) band.ask({ do: "tap" });
}
