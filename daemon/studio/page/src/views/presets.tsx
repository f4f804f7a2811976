import type { Band } from "../band";
import { presets, state, wished } from "../store";

/** A button a preset: it takes over at the next bar line. */
export function Presets({ band }: { band: Band }) {
  const known = state.value;
  return (
    <section class="presets" aria-label="Presets">
      {presets.value.map((preset) => {
        const plays = known?.preset === preset.name;
        const armed = known?.armed === preset.name || (wished.value === preset.name && !plays);
        return (
          <button
            key={preset.name}
            type="button"
            class={armed ? "armed" : ""}
            aria-pressed={plays}
            onClick={() => {
              wished.value = preset.name;
              band.ask({ do: "preset", program: preset.program });
            }}
          >
            <b>{preset.name}</b>
            <small>{armed ? "at the next bar" : plays ? "plays" : preset.parts.slice(-2).join(", ")}</small>
          </button>
        );
      })}
    </section>
  );
}
