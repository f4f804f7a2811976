import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Band } from "../band";
import { edit, edited, editing, melody, open, trying, unused, use } from "../desk";
import {
  type Edit,
  FASTEST,
  MOST_BARS,
  type Metre,
  SLOWEST,
  choose,
  concerned,
  draftOf,
  inWords,
  louder,
  melodyOf,
  moved,
  quantised,
  redone,
  removed,
  shaped,
  undone,
} from "../edit";
import { type Player, playing } from "../player";
import { TICKS } from "../sheet";
import { melody as voice } from "../sound";
import { PianoRoll, type Tool } from "./pianoroll";
import { GRIDS } from "./record";

const KEY = "draft";
const METRES = ["4/4", "3/4", "2/4", "6/8", "12/8", "5/4", "7/8"];
const SOUNDING = 260;
const WIDEST = 160;
const NARROWEST = 12;

/** Draw a melody, or edit the one that there is. */
export function Editor({ band, player }: { band: Band; player: Player }) {
  const tool = useSignal<Tool>("draw");
  const grid = useSignal<number>(12);
  const wide = useSignal(window.innerWidth < 760 ? 36 : 48);
  const usual = useSignal(90);
  const from = useSignal(0);
  const known = edit.value!;
  const { draft } = known;
  const plays = playing.value?.key === KEY;
  const bpm = draft.bpm;
  useEffect(() => () => (playing.value?.key === KEY ? player.stop() : undefined), []);
  const now = plays ? (playing.value!.seconds * bpm * TICKS) / 60 : null;

  const set = (next: Edit): void => {
    edit.value = next;
  };
  const hear = (pitch: number, velocity: number): void => {
    void band.sound.start().then(() => {
      band.sound.key(pitch, velocity);
      window.setTimeout(() => band.sound.key(pitch, 0), SOUNDING);
    });
  };
  const play = (tick: number): void => {
    from.value = tick;
    const sheet = edited(voice.value);
    if (sheet !== null) void player.play(KEY, sheet, undefined, (tick * 60) / (sheet.bpm * TICKS));
  };
  const done = (): Promise<void> =>
    trying(async () => {
      if (draft.notes.length === 0) edit.value = null;
      else await use();
      editing.value = false;
    });
  const level = concerned(known)[0]?.velocity ?? usual.value;
  const none = known.chosen.size === 0;
  const whom = none ? "all notes" : known.chosen.size === 1 ? "the chosen note" : `${known.chosen.size} notes`;
  return (
    <section class="editor" aria-label="Editor">
      <header>
        <h2>Edit</h2>
        <input
          aria-label="Name of the melody"
          value={draft.name}
          maxLength={60}
          onInput={(event) => set(shaped(known, { name: event.currentTarget.value || "my melody" }))}
        />
        <button type="button" aria-pressed={plays} onClick={() => (plays ? player.stop() : play(from.value))}>
          {plays ? "Stop" : "Listen"}
        </button>
        <button class="main" type="button" onClick={() => void done()}>
          {unused.value ? "Use this melody" : "Done"}
        </button>
      </header>
      <div class="tools">
        <div class="joined" role="group" aria-label="Tool">
          {(["draw", "select"] as const).map((each) => (
            <button key={each} type="button" aria-pressed={tool.value === each} onClick={() => (tool.value = each)}>
              {each === "draw" ? "Draw" : "Select"}
            </button>
          ))}
        </div>
        <label class="field">
          <span>Grid</span>
          <select value={grid.value} onChange={(event) => (grid.value = Number(event.currentTarget.value))}>
            {GRIDS.map(([ticks, words]) => (
              <option key={ticks} value={ticks}>
                {ticks === 0 ? "free" : words}
              </option>
            ))}
          </select>
        </label>
        <div class="joined" role="group" aria-label="History">
          <button type="button" disabled={known.past.length === 0} onClick={() => set(undone(known))}>
            Undo
          </button>
          <button type="button" disabled={known.future.length === 0} onClick={() => set(redone(known))}>
            Redo
          </button>
        </div>
        <div class="joined" role="group" aria-label={`Transpose ${whom}`}>
          {(
            [
              [-12, "octave down", "Octave ↓"],
              [-1, "semitone down", "♭"],
              [1, "semitone up", "♯"],
              [12, "octave up", "Octave ↑"],
            ] as const
          ).map(([by, label, sign]) => (
            <button key={by} type="button" aria-label={label} title={label} disabled={draft.notes.length === 0} onClick={() => set(moved(known, 0, by))}>
              {sign}
            </button>
          ))}
        </div>
        <button type="button" disabled={grid.value === 0 || draft.notes.length === 0} onClick={() => set(quantised(known, grid.value))}>
          Quantise
        </button>
        <button type="button" disabled={draft.notes.length === 0} onClick={() => set(none ? choose(known, draft.notes.map((note) => note.id)) : choose(known, []))}>
          {none ? "Choose all" : "Choose none"}
        </button>
        <button type="button" disabled={none} onClick={() => set(removed(known))}>
          Delete
        </button>
        <label class="fader">
          <span>Velocity</span>
          <input
            type="range"
            min={1}
            max={127}
            value={none ? usual.value : level}
            aria-label={none ? "velocity of notes to draw" : `velocity of ${whom}`}
            onInput={(event) => {
              const value = Number(event.currentTarget.value);
              usual.value = value;
              if (!none) set(louder(known, value - level, "velocity"));
            }}
          />
          <output>{none ? usual.value : level}</output>
        </label>
        <div class="joined" role="group" aria-label="Zoom">
          <button type="button" aria-label="narrower" onClick={() => (wide.value = Math.max(wide.value / 1.4, NARROWEST))}>
            −
          </button>
          <button type="button" aria-label="wider" onClick={() => (wide.value = Math.min(wide.value * 1.4, WIDEST))}>
            +
          </button>
        </div>
      </div>
      <PianoRoll tool={tool} grid={grid.value} velocity={usual.value} wide={wide.value} now={now} hear={hear} seek={play} />
      <div class="tools song">
        <Field label="Bars" value={draft.bars} low={1} high={MOST_BARS} set={(bars) => set(shaped(known, { bars }))} />
        <label class="field">
          <span>Metre</span>
          <select value={draft.metre.join("/")} onChange={(event) => set(shaped(known, { metre: metreOf(event.currentTarget.value) }))}>
            {[...new Set([draft.metre.join("/"), ...METRES])].map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
        <Field label="Tempo" value={Math.round(draft.bpm * 10) / 10} low={SLOWEST} high={FASTEST} set={(value) => set(shaped(known, { bpm: value }))} />
        <Parts />
        <details>
          <summary>Keys and notes in words</summary>
          <p id="roll-keys">
            Arrows move the chosen notes, or the cursor where none is chosen; with Shift up and down an octave, left and right
            their length. Enter draws a note at the cursor and chooses it, Enter again goes on behind it. Comma and full stop go
            from note to note, Delete removes, plus and minus are the velocity, Q quantises, Escape lets go; Control with A, Z and
            Y chooses all, undoes and does again.
          </p>
          <ol class="words">
            {inWords(draft).map((line, k) => (
              <li key={k}>{line}</li>
            ))}
          </ol>
        </details>
      </div>
    </section>
  );
}

/** Which part of a file with several is the melody. */
function Parts() {
  const sheet = melody.value?.sheet;
  if (sheet === undefined || sheet.parts.length < 2) return null;
  const now = melodyOf(sheet);
  return (
    <label class="field">
      <span>Part of the file</span>
      <select onChange={(event) => open(draftOf(sheet, Number(event.currentTarget.value)))}>
        {sheet.parts.map((part, index) => (
          <option key={index} value={index} selected={index === now}>
            {part.name || `channel ${part.channel}`}
          </option>
        ))}
      </select>
    </label>
  );
}

function Field({ label, value, low, high, set }: { label: string; value: number; low: number; high: number; set: (value: number) => void }) {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        type="number"
        min={low}
        max={high}
        value={value}
        onChange={(event) => {
          const given = Number(event.currentTarget.value);
          set(Number.isFinite(given) && given > 0 ? Math.min(Math.max(given, low), high) : value);
        }}
      />
    </label>
  );
}

function metreOf(text: string): Metre {
  const [beats, unit] = text.split("/").map(Number);
  return [beats ?? 4, unit ?? 4];
}
