// What the computer's keys do in the editor: to the chosen notes, or, where none is chosen, to a cursor.

import {
  type Edit,
  type Note,
  added,
  choose,
  endOf,
  lengthened,
  louder,
  moved,
  noteInWords,
  placeOf,
  quantised,
  redone,
  removed,
  toggled,
  undone,
} from "./edit";
import { spoken } from "./keys";

export interface Cursor {
  readonly tick: number;
  readonly pitch: number;
}

export interface Pressed {
  readonly key: string;
  readonly shift: boolean;
  /** Control, or the Mac's command key. */
  readonly command: boolean;
}

export interface Done {
  readonly edit: Edit;
  readonly cursor: Cursor;
}

const OCTAVE = 12;
const LOUDER = 8;

/** What a key does; null for one that does nothing here. `grid`: the step, in ticks; `velocity`: of a new note. */
export function act(edit: Edit, cursor: Cursor, pressed: Pressed, grid: number, velocity: number): Done | null {
  if (pressed.command) return commanded(edit, cursor, pressed);
  const only = (next: Edit): Done => ({ edit: next, cursor: behind(next, cursor) });
  switch (pressed.key) {
    case "ArrowLeft":
      return along(edit, cursor, -grid, pressed.shift);
    case "ArrowRight":
      return along(edit, cursor, grid, pressed.shift);
    case "ArrowUp":
      return up(edit, cursor, pressed.shift ? OCTAVE : 1);
    case "ArrowDown":
      return up(edit, cursor, pressed.shift ? -OCTAVE : -1);
    case "PageUp":
      return up(edit, cursor, OCTAVE);
    case "PageDown":
      return up(edit, cursor, -OCTAVE);
    case "Home":
      return { edit: choose(edit, []), cursor: { ...cursor, tick: 0 } };
    case "End":
      return { edit: choose(edit, []), cursor: { ...cursor, tick: within(edit, Math.max(0, ...edit.draft.notes.map((note) => note.end)), grid) } };
    case "Enter":
    case " ":
      return draw(edit, cursor, grid, velocity);
    case ".":
      return beside(edit, cursor, 1);
    case ",":
      return beside(edit, cursor, -1);
    case "Delete":
    case "Backspace":
      return { edit: removed(edit), cursor };
    case "Escape":
      return { edit: choose(edit, []), cursor: behind(edit, cursor) };
    case "+":
    case "=":
      return only(louder(edit, LOUDER));
    case "-":
      return only(louder(edit, -LOUDER));
    case "q":
    case "Q":
      return only(quantised(edit, grid));
    default:
      return null;
  }
}

/** The note that the cursor is on. */
export function noteAt(edit: Edit, { tick, pitch }: Cursor): Note | undefined {
  return edit.draft.notes.find((note) => note.pitch === pitch && note.begin <= tick && tick < note.end);
}

/** What is chosen, or where the cursor is, in a sentence. */
export function standing(edit: Edit, cursor: Cursor): string {
  const chosen = edit.draft.notes.filter((note) => edit.chosen.has(note.id));
  if (chosen.length === 1) return `${noteInWords(edit.draft, chosen[0]!)}; chosen`;
  if (chosen.length > 1) return `${chosen.length} notes chosen, the first is ${noteInWords(edit.draft, chosen[0]!)}`;
  const here = noteAt(edit, cursor);
  if (here !== undefined) return `on ${noteInWords(edit.draft, here)}`;
  return `${spoken(cursor.pitch)}, ${placeOf(edit.draft, cursor.tick)}, empty`;
}

function commanded(edit: Edit, cursor: Cursor, { key, shift }: Pressed): Done | null {
  switch (key.toLowerCase()) {
    case "a":
      return { edit: choose(edit, edit.draft.notes.map((note) => note.id)), cursor };
    case "z":
      return { edit: shift ? redone(edit) : undone(edit), cursor };
    case "y":
      return { edit: redone(edit), cursor };
    default:
      return null;
  }
}

function along(edit: Edit, cursor: Cursor, ticks: number, stretch: boolean): Done {
  if (edit.chosen.size === 0) return { edit, cursor: { ...cursor, tick: within(edit, cursor.tick + ticks, Math.abs(ticks)) } };
  const next = stretch ? lengthened(edit, ticks) : moved(edit, ticks, 0);
  return { edit: next, cursor: behind(next, cursor) };
}

function up(edit: Edit, cursor: Cursor, semitones: number): Done {
  if (edit.chosen.size === 0) return { edit, cursor: { ...cursor, pitch: Math.min(Math.max(cursor.pitch + semitones, 0), 127) } };
  const next = moved(edit, 0, semitones);
  return { edit: next, cursor: behind(next, cursor) };
}

/** A note, drawn at the cursor, or the one that is there, chosen; what is chosen is let go of, and the next one can be drawn. */
function draw(edit: Edit, cursor: Cursor, grid: number, velocity: number): Done {
  if (edit.chosen.size > 0) return { edit: choose(edit, []), cursor: behind(edit, cursor) };
  const here = noteAt(edit, cursor);
  if (here !== undefined) return { edit: toggled(edit, here.id), cursor };
  return { edit: added(edit, cursor.tick, cursor.tick + grid, cursor.pitch, velocity), cursor };
}

/** The note after the chosen one, or before it; where none is chosen, after the cursor. */
function beside(edit: Edit, cursor: Cursor, step: 1 | -1): Done {
  const { notes } = edit.draft;
  if (notes.length === 0) return { edit, cursor };
  const at = notes.findIndex((note) => edit.chosen.has(note.id));
  const before = notes.filter((note) => note.begin < cursor.tick).length;
  const from = at >= 0 ? at + step : step > 0 ? before : before - 1;
  const note = notes[Math.min(Math.max(from, 0), notes.length - 1)]!;
  return { edit: choose(edit, [note.id]), cursor: { tick: note.begin, pitch: note.pitch } };
}

/** The cursor behind what is chosen. */
function behind(edit: Edit, cursor: Cursor): Cursor {
  const chosen = edit.draft.notes.filter((note) => edit.chosen.has(note.id));
  const last = chosen.at(-1);
  if (last === undefined) return cursor;
  return { tick: Math.min(last.end, endOf(edit.draft) - 1), pitch: last.pitch };
}

function within(edit: Edit, tick: number, grid: number): number {
  return Math.min(Math.max(tick, 0), Math.max(endOf(edit.draft) - grid, 0));
}
