import "../teach.css";
import { signal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Band } from "../band";
import { Player } from "../player";
import { type Overview, type RunInFull, teaching } from "../teaching";
import { Refused } from "../workshop";
import { trying } from "../desk";
import { Views } from "./header";
import { RunView, isBusy, stateOf } from "./run";
import { Said } from "./said";
import { TeachForm } from "./teachform";

const EVERY = 2000;

const known = signal<Overview | null>(null);
const chosen = signal<string | null>(null);
const shown = signal<RunInFull | null>(null);

/** Look at the runs, and at the one that was chosen. */
async function look(): Promise<void> {
  const found = await teaching.overview();
  known.value = found;
  if (!found.runs.some((run) => run.name === chosen.value)) chosen.value = found.runs[0]?.name ?? null;
  const name = chosen.value;
  const now = found.runs.find((run) => run.name === name);
  const before = shown.value;
  // What has ended stays as it is.
  if (now !== undefined && before?.name === name && !isBusy(now) && before.state === now.state && before.preset === now.preset) return;
  const run = name === null ? null : await teaching.look(name);
  if (chosen.value === name) shown.value = run;
}

/** Teach a band, and watch it learn. */
export function Teach({ band }: { band: Band }) {
  const player = useMemo(() => new Player(band.sound), [band]);
  const detail = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let waiting = false;
    const turn = async (): Promise<void> => {
      if (waiting || document.hidden) return;
      waiting = true;
      try {
        await look();
      } catch (error) {
        // A band that is away is told of once, by what was asked of it.
        if (!(error instanceof Refused)) throw error;
      } finally {
        waiting = false;
      }
    };
    void trying(look);
    const timer = window.setInterval(() => void turn(), EVERY);
    return () => {
      window.clearInterval(timer);
      player.stop();
    };
  }, []);
  const choose = (name: string): void => {
    player.stop();
    if (shown.value?.name !== name) shown.value = null;
    chosen.value = name;
    void trying(look).then(() => detail.current?.scrollIntoView({ block: "nearest" }));
  };
  const found = known.value;
  return (
    <div class="teach">
      <header class="head">
        <h1>bandmate</h1>
        <Views />
      </header>
      <main>
        <div class="class">
          {found !== null && (
            <details class="begin" open={found.runs.length === 0 || undefined}>
              <summary>
                <h2>Teach a new band</h2>
              </summary>
              {found.lacking === "" ? <TeachForm known={found} begun={choose} /> : <p class="fault">{found.lacking}</p>}
            </details>
          )}
          <section class="runs" aria-label="Runs">
            <h2>Runs</h2>
            {found?.runs.length === 0 && <p class="empty">Drop a few dozen songs of a genre and teach: the band learns to play like them.</p>}
            <ul>
              {found?.runs.map((run) => (
                <li key={run.name}>
                  <button type="button" aria-pressed={chosen.value === run.name} onClick={() => choose(run.name)}>
                    <b>{run.name}</b>
                    <small class={isBusy(run) ? "busy" : ""}>{stateOf(run)}</small>
                    <small>{run.technique}</small>
                    {run.updates > 0 && <i style={{ width: `${(100 * run.done) / run.updates}%` }} />}
                  </button>
                </li>
              ))}
            </ul>
          </section>
        </div>
        <div ref={detail}>
          {shown.value !== null && <RunView run={shown.value} player={player} changed={(run) => (shown.value = run)} />}
        </div>
      </main>
      <Said />
    </div>
  );
}
