import { heardLate, voice } from "../sound";
import { meter, state } from "../store";
import { drawing } from "./rollview";

function ms(value: number | null | undefined): string {
  return value == null ? "–" : `${value.toFixed(1)} ms`;
}

/** The three figures that a musician looks at, in short. */
export function Figures() {
  const known = meter.value;
  const late = state.value?.late ?? 0;
  return (
    <dl class="figures">
      <dt>decision</dt>
      <dd>{ms(known?.inference95)}</dd>
      <dt>lateness</dt>
      <dd>{ms(known?.late99)}</dd>
      <dt>late answers</dt>
      <dd class={late > 0 ? "bad" : ""}>{late}</dd>
    </dl>
  );
}

/** How the machine keeps up. */
export function Meters() {
  const known = meter.value;
  const band = state.value;
  const rows: [string, string, boolean][] = [
    ["decision, median", ms(known?.inference), false],
    ["decision, 95 %", ms(known?.inference95), (known?.inference95 ?? 0) > 100],
    ["lateness, median", ms(known?.late), false],
    ["lateness, 99 %", ms(known?.late99), (known?.late99 ?? 0) > 10],
    ["late answers", String(band?.late ?? 0), (band?.late ?? 0) > 0],
    ["dropped notes", String(band?.dropped ?? 0), (band?.dropped ?? 0) > 0],
    ["sound here", voice.value === null ? "off" : `${ms(heardLate.value)} late`, false],
    ["drawing", `${drawing.value.cost.toFixed(1)} ms, ${Math.round(drawing.value.rate)} fps`, false],
  ];
  return (
    <section class="meters" aria-label="How the machine keeps up">
      <dl>
        {rows.map(([name, value, bad]) => (
          <div key={name} class={bad ? "bad" : ""}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
