import { useSignal } from "@preact/signals";
import { type Composed, change, leaving, trying, versions } from "../desk";
import { DRUM_CHANNEL } from "../drums";
import { type Player, playing } from "../player";
import { fileName, keep, sounding } from "../saving";
import { type Sheet, lengthOf, secondsOf } from "../sheet";
import { SOUNDS } from "../sounds";
import { type Made, workshop } from "../workshop";
import { SheetView } from "./sheetview";

/** The melody: seen and heard. */
export function Melody({ made, player }: { made: Made; player: Player }) {
  return (
    <article class="version">
      <header>
        <h3>{made.sheet.name.replaceAll("-", " ")}</h3>
        <Play of="the melody" id={made.id} player={player} play={() => void player.play(made.id, made.sheet)} />
      </header>
      <SheetView sheet={made.sheet} keys={[made.id]} />
    </article>
  );
}

/** A composition: seen, heard, its parts muted and given other sounds, downloaded. */
export function Version({ made, player }: { made: Composed; player: Player }) {
  const set = (part: Partial<Composed>): void => {
    change(made.id, part);
    player.hear(made.id, { ...made, ...part });
  };
  return (
    <article class="version">
      <header>
        <h3>{made.words}</h3>
        <small>{made.name.replaceAll("-", " ")}</small>
        <Play of={made.words} id={made.id} player={player} play={() => void player.play(made.id, made.sheet, made)} />
        <button
          type="button"
          aria-label={`remove ${made.words}`}
          title="Remove"
          onClick={() => {
            if (playing.value?.key === made.id) player.stop();
            versions.value = versions.value.filter((other) => other.id !== made.id);
          }}
        >
          ×
        </button>
      </header>
      <SheetView sheet={made.sheet} keys={[made.id]} seek={(share) => void player.play(made.id, made.sheet, made, share * secondsOf(made.sheet, lengthOf(made.sheet)))} />
      <div class="parts" role="group" aria-label={`Parts of ${made.words}`}>
        {made.sheet.parts.map((part, index) => (
          <PartOf key={index} made={made} index={index} part={part} set={set} />
        ))}
      </div>
      <Downloads made={made} />
    </article>
  );
}

interface PartProps {
  readonly made: Composed;
  readonly index: number;
  readonly part: Sheet["parts"][number];
  readonly set: (part: Partial<Composed>) => void;
}

function PartOf({ made, index, part, set }: PartProps) {
  const muted = made.muted.includes(index);
  const own = SOUNDS.find(([program]) => program === (part.program ?? 1))?.[1];
  return (
    <div class={`voice part-${index === 0 ? 4 : (index - 1) % 4}`}>
      <button
        type="button"
        aria-pressed={!muted}
        title={muted ? "Let it be heard" : "Mute"}
        onClick={() => set({ muted: muted ? made.muted.filter((each) => each !== index) : [...made.muted, index].sort((a, b) => a - b) })}
      >
        {part.name || `part ${index + 1}`}
      </button>
      {part.channel !== DRUM_CHANNEL && (
        <select
          aria-label={`sound of ${part.name}`}
          value={made.programs[index] ?? ""}
          onChange={(event) => {
            const wanted = event.currentTarget.value === "" ? null : Number(event.currentTarget.value);
            set({ programs: made.sheet.parts.map((_, k) => (k === index ? wanted : (made.programs[k] ?? null))) });
          }}
        >
          <option value="">{own ?? "as it is"}</option>
          {SOUNDS.filter(([, name]) => name !== own).map(([program, name]) => (
            <option key={program} value={program}>
              {name}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}

const KINDS = [
  ["MIDI", "one MIDI file"],
  ["Parts", "a MIDI file for each part, in a zip file"],
  ["WAV", "sound"],
] as const;

function Downloads({ made }: { made: Composed }) {
  const making = useSignal("");
  const name = fileName(`${made.name.replaceAll("-", " ")} - ${made.words}`);
  const fetching = async (kind: string): Promise<void> => {
    making.value = kind;
    await trying(async () => {
      if (kind === "MIDI") keep(await workshop.file(made.id, "file", made, leaving.value), `${name}.mid`);
      else if (kind === "Parts") keep(await workshop.file(made.id, "parts", made, leaving.value), `${name}.zip`);
      else keep(await sounding(made.id, made.sheet, made, leaving.value), `${name}.wav`);
    });
    making.value = "";
  };
  return (
    <div class="downloads" role="group" aria-label={`Download ${made.words}`}>
      <span aria-hidden="true">Download</span>
      {KINDS.map(([kind, words]) => (
        <button key={kind} type="button" disabled={making.value !== ""} aria-label={`${kind} of ${made.words}: ${words}`} title={words} onClick={() => void fetching(kind)}>
          {making.value === kind ? "Making …" : kind}
        </button>
      ))}
    </div>
  );
}

function Play({ of, id, player, play }: { of: string; id: string; player: Player; play: () => void }) {
  const plays = playing.value?.key === id;
  return (
    <button type="button" aria-label={`${plays ? "stop" : "play"} ${of}`} aria-pressed={plays} onClick={() => (plays ? player.stop() : play())}>
      {plays ? "Stop" : "Play"}
    </button>
  );
}
