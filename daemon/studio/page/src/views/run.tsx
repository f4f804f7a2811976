import { useSignal } from "@preact/signals";
import { groups, short } from "../chart";
import type { Player } from "../player";
import { say, view } from "../store";
import { type Run, type RunInFull, teaching } from "../teaching";
import { Chart } from "./chart";
import { trying } from "../desk";
import { Samples } from "./samples";

const CHIEF = "similarity";
const LOSSES = ["loss", "generator"];
const EAR = "ear: ";

const STATES: Readonly<Record<Run["state"], string>> = {
  reading: "reading the songs",
  teaching: "learning",
  making: "being made a preset",
  stopping: "stopping",
  elsewhere: "learning, begun in a terminal",
  stopped: "stopped",
  done: "taught",
  failed: "failed",
};

/** The state of a run in words. */
export function stateOf(run: Run): string {
  return run.preset && run.state === "done" ? "a preset" : STATES[run.state];
}

/** Whether something is being done on it. */
export function isBusy(run: Run): boolean {
  return ["reading", "teaching", "making", "stopping", "elsewhere"].includes(run.state);
}

/** A run as it learns: how far it is, its curves, what it plays. */
export function RunView({ run, player, changed }: { run: RunInFull; player: Player; changed: (run: RunInFull) => void }) {
  const ask = (what: "stop" | "resume" | "preset"): Promise<void> => trying(async () => changed(await teaching.ask(run.name, what)));
  const far = progress(run);
  return (
    <section class="run" aria-label={`Run ${run.name}`}>
      <header>
        <h2>{run.name}</h2>
        <p class={`state ${run.state}`} role="status">
          {stateOf(run)}
        </p>
        {run.may.includes("stop") && (
          <button type="button" onClick={() => void ask("stop")}>
            Stop
          </button>
        )}
        {run.may.includes("resume") && (
          <button type="button" onClick={() => void ask("resume")}>
            Resume
          </button>
        )}
        {run.may.includes("preset") && (
          <button class={run.preset ? "" : "main"} type="button" onClick={() => void ask("preset")}>
            {run.preset ? "Make the preset anew" : "Make it a preset"}
          </button>
        )}
        {run.preset && !isBusy(run) && (
          <button
            class="main"
            type="button"
            onClick={() => {
              view.value = "stage";
              say(`${run.name} is among the presets`);
            }}
          >
            Play it
          </button>
        )}
      </header>
      {run.fault !== "" && <p class="fault">{run.fault}</p>}
      <p class="far">
        {far.share !== null && run.state !== "done" && <progress max={1} value={far.share} aria-label={`how far ${run.name} is`} />}
        <span>{far.words}</span>
      </p>
      {isBusy(run) && run.line !== "" && <p class="says">{run.line}</p>}
      <Curves run={run} />
      <h3>What it plays</h3>
      <Samples key={run.name} run={run} player={player} />
      <Figures run={run} />
    </section>
  );
}

function Curves({ run }: { run: RunInFull }) {
  const which = useSignal("");
  const losses = [...Object.keys(run.losses), ...Object.keys(run.ear).map((name) => `${EAR}${name}`)];
  const loss = losses.includes(which.value) ? which.value : (LOSSES.find((name) => losses.includes(name)) ?? losses[0]);
  if (losses.length === 0 && run.metrics[CHIEF] === undefined) return null;
  // The server reckons epochs of updates in the same way.
  const best = run.best["step"] === undefined || run.updates === 0 ? undefined : (run.best["step"] * run.epochs) / run.updates;
  const ofEar = loss?.startsWith(EAR) === true;
  return (
    <>
      <ul class="legend key">
        <li class="mine">the band, as it learns</li>
        <li class="data">the songs themselves</li>
        {best !== undefined && <li class="ring">the best epoch</li>}
      </ul>
      <div class="charts">
        <Chart title="Similarity to the songs" points={run.metrics[CHIEF] ?? []} level={1} from={0} unit="epoch" until={run.epochs} best={best} />
        {loss !== undefined && (
          <Chart
            title={loss}
            head={
              <label class="field">
                <span>Loss</span>
                <select value={loss} onChange={(event) => (which.value = event.currentTarget.value)}>
                  {losses.map((name) => (
                    <option key={name}>{name}</option>
                  ))}
                </select>
              </label>
            }
            points={(ofEar ? run.ear[loss.slice(EAR.length)] : run.losses[loss]) ?? []}
            unit={ofEar ? "update" : "epoch"}
            until={ofEar ? (run.settings?.ear_updates ?? 0) : run.epochs}
          />
        )}
      </div>
    </>
  );
}

/** Figures of what it plays, beside those of the songs. */
function Figures({ run }: { run: RunInFull }) {
  const group = useSignal(0);
  const found = groups(run.metrics, CHIEF);
  const chosen = found[Math.min(group.value, found.length - 1)];
  if (chosen === undefined) return null;
  return (
    <>
      <label class="field">
        <span>Figures</span>
        <select value={found.indexOf(chosen)} onChange={(event) => (group.value = Number(event.currentTarget.value))}>
          {found.map((each, k) => (
            <option key={each.words} value={k}>
              {each.words}
            </option>
          ))}
        </select>
      </label>
      <div class="charts few">
        {chosen.figures.map(([name, words]) => (
          <Chart key={name} small title={words} points={run.metrics[name] ?? []} level={run.real[name]} from={0} unit="epoch" until={run.epochs} />
        ))}
      </div>
    </>
  );
}

/** How far a run is, 0..1 where that is known, and in words. */
export function progress(run: RunInFull): { share: number | null; words: string } {
  const songs = Object.entries(run.songs).map(([split, count]) => `${count} ${SPLITS[split] ?? split}`);
  const told = songs.length === 0 ? "" : ` · songs: ${songs.join(", ")}`;
  const best = run.best[CHIEF] === undefined ? "" : ` · best similarity ${short(run.best[CHIEF])}`;
  if (run.state === "reading") return { share: null, words: "The songs are read; parts that are missing are arranged." };
  if (run.done > 0 || run.state === "done") {
    const spent = ` · ${Math.floor(run.seconds / 60)}:${String(Math.floor(run.seconds % 60)).padStart(2, "0")} min`;
    const words = `Epoch ${run.epoch.toFixed(2)} of ${run.epochs.toFixed(2)}, update ${run.done} of ${run.updates}${spent}${best}${told}`;
    return { share: run.updates > 0 ? run.done / run.updates : null, words };
  }
  const heard = Object.values(run.ear)[0]?.at(-1)?.[0] ?? 0;
  const of = run.settings?.ear_updates ?? 0;
  if (heard > 0 && heard < of) return { share: heard / of, words: `The ear learns first: update ${Math.round(heard)} of ${of}${told}` };
  return { share: null, words: `Nothing is learned yet${told}` };
}

const SPLITS: Readonly<Record<string, string>> = { train: "to learn from", valid: "to be shown with", test: "for the exam" };
