// A melody that is being edited: a value, and functions that give another one. Ticks are 24 to the beat.

import { spoken } from "./keys";
import { DRUM_CHANNEL } from "./drums";
import { type Sheet, type SheetPart, TICKS, lengthOf } from "./sheet";

/** Beats of a bar, and their unit. */
export type Metre = readonly [number, number];

export interface Note {
  readonly id: number;
  readonly begin: number;
  readonly end: number;
  readonly pitch: number;
  /** 1..127 */
  readonly velocity: number;
}

export interface Draft {
  readonly name: string;
  readonly bpm: number;
  readonly metre: Metre;
  readonly bars: number;
  /** By begin, then pitch. No two of one pitch overlap; none ends behind the last bar. */
  readonly notes: readonly Note[];
}

/** A draft, which of its notes are chosen, and what it was and will be again. */
export interface Edit {
  readonly draft: Draft;
  readonly chosen: ReadonlySet<number>;
  readonly past: readonly Draft[];
  readonly future: readonly Draft[];
  /** What changed last: changes of one kin that follow one another are undone together. */
  readonly kin: string;
}

export const MOST_NOTES = 1000;
export const MOST_BARS = 200;
export const SLOWEST = 20;
export const FASTEST = 300;
/** Ticks that a note lasts at least. */
export const LEAST = 3;
const STEPS = 200;
const MELODY_NAME = /melod|lead|vocal|voice|\bvox\b|\bsing|\bsolo\b|chant|gesang/i;
const LOWEST_MEAN = 52;

export const EMPTY: Draft = { name: "my melody", bpm: 100, metre: [4, 4], bars: 8, notes: [] };

export function barOf(draft: Draft): number {
  const [beats, unit] = draft.metre;
  return (beats * 4 * TICKS) / unit;
}

/** Ticks of a beat: dotted where the metre is compound, as 6/8. */
export function beatOf(draft: Draft): number {
  const [beats, unit] = draft.metre;
  return ((4 * TICKS) / unit) * (unit >= 8 && beats % 3 === 0 ? 3 : 1);
}

export function endOf(draft: Draft): number {
  return draft.bars * barOf(draft);
}

// --- where a draft comes from, and what becomes of it ------------------------------------------------

/** The part that is a melody most likely, as the band chooses it: one that is named so, else a busy high one. */
export function melodyOf(sheet: Sheet): number {
  const mean = (part: SheetPart): number => part.notes.reduce((sum, note) => sum + note[2], 0) / part.notes.length;
  const pitched = sheet.parts.filter((part) => part.channel !== DRUM_CHANNEL);
  const named = pitched.filter((part) => MELODY_NAME.test(part.name));
  const fit = named.length > 0 ? named : pitched.filter((part) => mean(part) >= LOWEST_MEAN);
  const most = fit.reduce<SheetPart | undefined>((best, part) => (best !== undefined && best.notes.length >= part.notes.length ? best : part), undefined);
  return Math.max(sheet.parts.indexOf(most ?? pitched[0] ?? sheet.parts[0]!), 0);
}

/** A part of a sheet, to be edited; of very many notes only the first. */
export function draftOf(sheet: Sheet, part = melodyOf(sheet)): Draft {
  const given = (sheet.parts[part]?.notes ?? []).slice(0, MOST_NOTES);
  const notes = given.map(([begin, end, pitch, velocity], id): Note => ({ id, begin, end, pitch, velocity: Math.max(velocity, 1) }));
  const draft: Draft = {
    name: sheet.name,
    bpm: Math.min(Math.max(sheet.bpm, SLOWEST), FASTEST),
    metre: metreOf(sheet),
    bars: Math.min(Math.max(Math.round(lengthOf(sheet) / sheet.bar), 1), MOST_BARS),
    notes: [],
  };
  return { ...draft, notes: settled(notes, new Set(), endOf(draft)) };
}

export function sheetOf(draft: Draft, program: number | null): Sheet {
  const notes = draft.notes.map(({ begin, end, pitch, velocity }) => [begin, end, pitch, velocity] as const);
  const parts = [{ name: "melody", channel: 1, program, notes }];
  return { name: draft.name, bpm: draft.bpm, bar: barOf(draft), beat: beatOf(draft), chords: [], parts };
}

function metreOf({ bar, beat }: Sheet): Metre {
  const compound = beat % 24 !== 0 && beat % 9 === 0;
  const each = compound ? beat / 3 : beat;
  const metre: Metre = [bar / each, (4 * TICKS) / each];
  return metre.every((number) => Number.isInteger(number) && number > 0) && metre[0] <= 32 ? metre : [4, 4];
}

// --- editing -----------------------------------------------------------------------------------------

export function begun(draft: Draft): Edit {
  return { draft, chosen: new Set(), past: [], future: [], kin: "" };
}

/** Another draft, which can be undone. */
export function changed(edit: Edit, draft: Draft, chosen = edit.chosen, kin = ""): Edit {
  if (draft === edit.draft) return { ...edit, chosen };
  const merged = kin !== "" && kin === edit.kin;
  const past = merged ? edit.past : [...edit.past, edit.draft].slice(-STEPS);
  return { draft, chosen: known(chosen, draft), past, future: [], kin };
}

export function undone(edit: Edit): Edit {
  const draft = edit.past.at(-1);
  if (draft === undefined) return edit;
  return { draft, chosen: known(edit.chosen, draft), past: edit.past.slice(0, -1), future: [edit.draft, ...edit.future], kin: "" };
}

export function redone(edit: Edit): Edit {
  const [draft, ...future] = edit.future;
  if (draft === undefined) return edit;
  return { draft, chosen: known(edit.chosen, draft), past: [...edit.past, edit.draft], future, kin: "" };
}

export function choose(edit: Edit, ids: Iterable<number>): Edit {
  return { ...edit, chosen: new Set(ids), kin: "" };
}

/** Choose a note as well, or no more. */
export function toggled(edit: Edit, id: number): Edit {
  const chosen = new Set(edit.chosen);
  if (!chosen.delete(id)) chosen.add(id);
  return choose(edit, chosen);
}

/** The chosen notes; where none is, all. */
export function concerned(edit: Edit): readonly Note[] {
  return edit.chosen.size === 0 ? edit.draft.notes : edit.draft.notes.filter((note) => edit.chosen.has(note.id));
}

/** A note more, which is chosen then. */
export function added(edit: Edit, begin: number, end: number, pitch: number, velocity: number): Edit {
  const { draft } = edit;
  if (draft.notes.length >= MOST_NOTES || pitch < 0 || pitch > 127 || begin < 0 || begin > endOf(draft) - LEAST) return edit;
  const id = draft.notes.reduce((most, note) => Math.max(most, note.id), -1) + 1;
  const note: Note = { id, begin, end: Math.max(end, begin + LEAST), pitch, velocity: loud(velocity) };
  return put(edit, [note], new Set([id]));
}

export function removed(edit: Edit): Edit {
  if (edit.chosen.size === 0) return edit;
  const notes = edit.draft.notes.filter((note) => !edit.chosen.has(note.id));
  return changed(edit, { ...edit.draft, notes }, new Set());
}

/** The chosen notes (all, where none is) elsewhere, as a block: as far as its first and last, highest and lowest note can go. */
export function moved(edit: Edit, ticks: number, semitones: number, kin = ""): Edit {
  const notes = concerned(edit);
  if (notes.length === 0) return edit;
  const first = Math.min(...notes.map((note) => note.begin));
  const last = Math.max(...notes.map((note) => note.end));
  const low = Math.min(...notes.map((note) => note.pitch));
  const high = Math.max(...notes.map((note) => note.pitch));
  const along = Math.max(Math.min(ticks, endOf(edit.draft) - last), -first);
  const up = Math.max(Math.min(semitones, 127 - high), -low);
  if (along === 0 && up === 0) return edit;
  return put(edit, notes.map((note) => ({ ...note, begin: note.begin + along, end: note.end + along, pitch: note.pitch + up })), edit.chosen, kin);
}

/** Longer, or shorter, each of them. */
export function lengthened(edit: Edit, ticks: number, kin = ""): Edit {
  const notes = concerned(edit).map((note) => ({ ...note, end: Math.max(note.end + ticks, note.begin + LEAST) }));
  return put(edit, notes, edit.chosen, kin);
}

/** Louder by so much, or softer. */
export function louder(edit: Edit, by: number, kin = ""): Edit {
  return put(edit, concerned(edit).map((note) => ({ ...note, velocity: loud(note.velocity + by) })), edit.chosen, kin);
}

/** On a grid of so many ticks; each lasts at least one of them. */
export function quantised(edit: Edit, grid: number): Edit {
  if (grid <= 0) return edit;
  const notes = concerned(edit).map((note) => {
    const begin = Math.min(Math.round(note.begin / grid) * grid, Math.floor((endOf(edit.draft) - LEAST) / grid) * grid);
    return { ...note, begin, end: Math.max(Math.round(note.end / grid) * grid, begin + grid) };
  });
  return put(edit, notes, edit.chosen);
}

/** Another tempo, metre, name or length; what lies behind a nearer end is cut off. */
export function shaped(edit: Edit, shape: Partial<Pick<Draft, "bpm" | "metre" | "bars" | "name">>): Edit {
  const draft = { ...edit.draft, ...shape };
  if (shape.metre !== undefined && shape.bars === undefined) {
    // As many bars as the music needs, and as it had.
    const last = Math.max(0, ...draft.notes.map((note) => note.end));
    draft.bars = Math.max(Math.ceil(last / barOf(draft)), 1, Math.round(endOf(edit.draft) / barOf(draft)));
  }
  draft.bars = Math.min(Math.max(Math.round(draft.bars), 1), MOST_BARS);
  draft.bpm = Math.min(Math.max(draft.bpm, SLOWEST), FASTEST);
  draft.notes = settled(draft.notes, new Set(), endOf(draft));
  return changed(edit, draft, edit.chosen, Object.keys(shape).join());
}

/** Notes in place of those with the same number; where they meet others of their pitch, these give way. */
function put(edit: Edit, notes: readonly Note[], chosen: ReadonlySet<number>, kin = ""): Edit {
  const ids = new Set(notes.map((note) => note.id));
  const all = [...edit.draft.notes.filter((note) => !ids.has(note.id)), ...notes];
  const draft = { ...edit.draft, notes: settled(all, ids, endOf(edit.draft)) };
  return changed(edit, draft, chosen, kin);
}

/** In order, without overlaps on one pitch: `wins` keep their place, then who begins later. */
function settled(notes: readonly Note[], wins: ReadonlySet<number>, end: number): Note[] {
  const winners = notes.filter((note) => wins.has(note.id));
  const losers = wins.size === 0 ? [...notes] : notes.filter((note) => !wins.has(note.id)).flatMap((note) => yielded(note, winners));
  const byPitch = new Map<number, Note[]>();
  for (const note of [...losers, ...(wins.size === 0 ? [] : winners)].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    const line = byPitch.get(note.pitch) ?? [];
    const before = line.at(-1);
    if (before !== undefined && before.end > note.begin) {
      line.pop();
      if (note.begin - before.begin >= LEAST) line.push({ ...before, end: note.begin });
    }
    const cut = Math.min(note.end, end);
    if (cut - note.begin >= Math.min(LEAST, note.end - note.begin)) line.push({ ...note, end: cut });
    byPitch.set(note.pitch, line);
  }
  return [...byPitch.values()].flat().sort((a, b) => a.begin - b.begin || a.pitch - b.pitch);
}

/** What is left of a note where others have taken its place. */
function yielded(note: Note, winners: readonly Note[]): Note[] {
  let { end } = note;
  for (const other of winners) {
    if (other.pitch !== note.pitch || other.end <= note.begin || other.begin >= end) continue;
    if (other.begin <= note.begin) return [];
    end = other.begin;
  }
  return end - note.begin >= LEAST || end === note.end ? [{ ...note, end }] : [];
}

function known(chosen: ReadonlySet<number>, draft: Draft): ReadonlySet<number> {
  return new Set(draft.notes.filter((note) => chosen.has(note.id)).map((note) => note.id));
}

function loud(velocity: number): number {
  return Math.min(Math.max(Math.round(velocity), 1), 127);
}

// --- in words ----------------------------------------------------------------------------------------

const told = (number: number): string => String(Math.round(100 * number) / 100);
const beats = (number: number): string => (number === 1 ? "1 beat" : `${told(number)} beats`);

/** Where a tick is: bar 2, beat 3.5. */
export function placeOf(draft: Draft, tick: number): string {
  const bar = barOf(draft);
  return `bar ${Math.floor(tick / bar) + 1}, beat ${told((tick % bar) / beatOf(draft) + 1)}`;
}

export function noteInWords(draft: Draft, note: Note): string {
  return `${spoken(note.pitch)}, ${placeOf(draft, note.begin)}, ${beats((note.end - note.begin) / beatOf(draft))}, velocity ${note.velocity}`;
}

/** The whole melody, a line a bar. */
export function inWords(draft: Draft): string[] {
  const bar = barOf(draft);
  const beat = beatOf(draft);
  return Array.from({ length: draft.bars }, (_, k) => {
    const here = draft.notes.filter((note) => Math.floor(note.begin / bar) === k);
    const words = here.map((note) => `${spoken(note.pitch)} on ${told((note.begin % bar) / beat + 1)} for ${beats((note.end - note.begin) / beat)}`);
    return `Bar ${k + 1}: ${words.join("; ") || "rest"}`;
  });
}
