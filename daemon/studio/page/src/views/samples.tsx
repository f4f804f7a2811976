import { signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { short } from "../chart";
import { PLAIN, type Player, playing } from "../player";
import { type Sheet, lengthOf, secondsOf } from "../sheet";
import { type RunInFull, type Sample, teaching } from "../teaching";
import { trying } from "../desk";
import { SheetView } from "./sheetview";

const KEPT = 60;
const REAL = "real";

/** Sheets that were fetched. */
const sheets = signal<ReadonlyMap<string, Sheet>>(new Map());

/** What it played at each epoch, from the first to the last, above what was really played. */
export function Samples({ run, player }: { run: RunInFull; player: Player }) {
  const played = run.samples.filter((sample) => sample.epoch !== null);
  const real = run.samples.find((sample) => sample.epoch === null);
  /** null: the last one, whichever that is by now. */
  const at = useSignal<number | null>(null);
  const song = useSignal(0);
  const index = Math.min(at.value ?? played.length - 1, played.length - 1);
  const chosen = played[index];
  if (chosen === undefined) return <p class="empty">The first sample comes before the first epoch, when the ear has learned.</p>;
  const number = Math.min(song.value, chosen.songs.length - 1);
  return (
    <>
      <div class="choose">
        <label class="epochs">
          <span>Epoch</span>
          <input
            type="range"
            min={0}
            max={played.length - 1}
            step={1}
            value={index}
            disabled={played.length === 1}
            aria-valuetext={words(chosen)}
            onInput={(event) => {
              const wanted = Number(event.currentTarget.value);
              at.value = wanted === played.length - 1 ? null : wanted;
            }}
          />
          <output>
            {index + 1} of {played.length}
          </output>
        </label>
        <label class="field">
          <span>Song</span>
          <select value={number} onChange={(event) => {
              player.stop();
              song.value = Number(event.currentTarget.value);
            }}>
            {chosen.songs.map((name, k) => (
              <option key={name} value={k}>
                {name.replaceAll("-", " ")}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Card run={run.name} sample={chosen} number={number} player={player} best={chosen.step === run.best["step"]} follows />
      {real !== undefined && <Card run={run.name} sample={real} number={number} player={player} />}
    </>
  );
}

interface CardProps {
  readonly run: string;
  readonly sample: Sample;
  readonly number: number;
  readonly player: Player;
  readonly best?: boolean;
  /** Whether another epoch goes on where one of them plays. */
  readonly follows?: boolean;
}

function Card({ run, sample, number, player, best = false, follows = false }: CardProps) {
  const key = keyOf(run, sample.place, number);
  useEffect(() => {
    if (sheets.value.has(key)) return;
    void trying(async () => {
      const sheet = await teaching.sample(run, sample.place, number);
      sheets.value = new Map([...sheets.value, [key, sheet] as const].slice(-KEPT));
    });
  }, [key]);
  const sheet = sheets.value.get(key);
  const heard = playing.value?.key;
  const plays = heard === key;
  const other = heard !== undefined && !plays && heard.startsWith(`${run} `);
  useEffect(() => {
    if (follows && other && sheet !== undefined && heard !== keyOf(run, REAL, number)) player.swap(key, sheet);
  }, [key, sheet]);
  const seek = (share: number): void => {
    if (sheet !== undefined) void player.play(key, sheet, PLAIN, share * secondsOf(sheet, lengthOf(sheet)));
  };
  const title = words(sample);
  return (
    <article class="version">
      <header>
        <h3>{title}</h3>
        {sample.figures["similarity"] !== undefined && (
          <small>
            similarity {short(sample.figures["similarity"])}
            {best ? ", the best" : ""}
          </small>
        )}
        <button
          type="button"
          aria-label={`${plays ? "stop" : "play"} ${title}`}
          aria-pressed={plays}
          disabled={sheet === undefined}
          onClick={() => {
            if (plays) player.stop();
            else if (other && sheet !== undefined) player.swap(key, sheet);
            else seek(0);
          }}
        >
          {plays ? "Stop" : "Play"}
        </button>
        <a class="button" href={teaching.sampleFile(run, sample.place, number)} aria-label={`MIDI of ${title}`} download>
          MIDI
        </a>
      </header>
      {sheet === undefined ? <div class="sheet" /> : <SheetView sheet={sheet} keys={[key]} seek={seek} />}
    </article>
  );
}

/** What a sample is called while it plays; names of runs have no spaces. */
function keyOf(run: string, place: string, number: number): string {
  return `${run} ${place} ${number}`;
}

function words(sample: Sample): string {
  if (sample.epoch === null) return "as really played";
  return sample.epoch === 0 ? "before the first epoch" : `after epoch ${sample.epoch.toFixed(2).replace(/\.?0+$/, "")}`;
}
