import type { Band } from "../band";
import { melody, volume } from "../sound";
import { MELODY } from "../sounds";
import { presets, state } from "../store";
import { Fader } from "./fader";

/** How much, how freely and how loud the band plays, and each of its parts. */
export function Mixer({ band }: { band: Band }) {
  const known = state.value;
  const preset = presets.value.find((each) => each.name === known?.preset);
  return (
    <section class="mixer" aria-label="Mixer">
      <div class="parts">
        {known?.parts.map(([name], part) => {
          const soloed = known.soloed.includes(part);
          return (
            <div key={part} class={`part part-${part}`} role="group" aria-label={name}>
              <Fader
                label={name}
                name={`level of ${name}`}
                value={known.levels[part] ?? 0}
                move={(value) => band.ask({ do: "level", part, value })}
              />
              <button
                type="button"
                aria-pressed={known.mutes[part] ?? false}
                aria-label={`mute ${name}`}
                onClick={() => band.ask({ do: "mute", part, on: !known.mutes[part] })}
              >
                M
              </button>
              <button
                type="button"
                class="solo"
                aria-pressed={soloed}
                aria-label={`solo ${name}`}
                onClick={() => band.ask({ do: "solo", part, on: !soloed })}
              >
                S
              </button>
            </div>
          );
        })}
        <div class="part part-4" role="group" aria-label="you">
          <label class="field wide">
            <span>you</span>
            <select
              aria-label="your sound"
              value={melody.value}
              onChange={(event) => band.sound.setMelody(Number(event.currentTarget.value))}
            >
              {MELODY.map(([program, name]) => (
                <option key={program} value={program}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        </div>
      </div>
      <div class="whole">
        <Fader label="density" value={known?.density ?? 0.5} move={(value) => band.ask({ do: "density", value })} />
        <Fader
          label="variation"
          value={known?.variation ?? preset?.variation ?? 0.5}
          move={(value) => band.ask({ do: "variation", value })}
        />
        <Fader label="energy" value={known?.energy ?? 0.5} move={(value) => band.ask({ do: "energy", value })} />
        <Fader label="volume" name="volume of this page" value={volume.value} move={(value) => band.sound.setVolume(value)} />
      </div>
    </section>
  );
}
