// A finished piece as the page draws and plays it; the other side is daemon/studio/sheets.py.

export interface SheetPart {
  readonly name: string;
  readonly channel: number;
  readonly program: number | null;
  /** [tick, end, pitch, velocity] */
  readonly notes: readonly (readonly [number, number, number, number])[];
}

export interface Sheet {
  readonly name: string;
  readonly bpm: number;
  readonly bar: number;
  readonly beat: number;
  readonly chords: readonly (readonly [number, string])[];
  readonly parts: readonly SheetPart[];
}

export const TICKS = 24;

/** Where its last note ends, at the end of a bar. */
export function lengthOf(sheet: Sheet): number {
  const end = Math.max(0, ...sheet.parts.map((part) => Math.max(0, ...part.notes.map((note) => note[1]))));
  return Math.max(Math.ceil(end / sheet.bar) * sheet.bar, sheet.bar);
}

export function secondsOf(sheet: Sheet, ticks: number): number {
  return (ticks * 60) / (sheet.bpm * TICKS);
}

export interface Stroke {
  readonly time: number;
  readonly channel: number;
  readonly pitch: number;
  /** 0 where it ends. */
  readonly velocity: number;
  readonly part: number;
}

/** All strokes in the order of time, in seconds; where notes meet, the one that ends comes first. */
export function strokesOf(sheet: Sheet): Stroke[] {
  const strokes = sheet.parts.flatMap((part, index) =>
    part.notes.flatMap(([tick, end, pitch, velocity]) => [
      { time: secondsOf(sheet, tick), channel: part.channel, pitch, velocity, part: index },
      { time: secondsOf(sheet, end), channel: part.channel, pitch, velocity: 0, part: index },
    ]),
  );
  return strokes.sort((a, b) => a.time - b.time || a.velocity - b.velocity);
}
