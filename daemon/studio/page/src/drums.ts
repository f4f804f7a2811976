// The drums' lane of the roll: which drum is in which row, from the bottom.

export const DRUM_CHANNEL = 10;

const ROWS: readonly (readonly [string, readonly number[]])[] = [
  ["kick", [35, 36]],
  ["snare", [37, 38, 39, 40]],
  ["low tom", [41, 43, 45]],
  ["high tom", [47, 48, 50]],
  ["hi-hat", [42, 44]],
  ["open hat", [46]],
  ["ride", [51, 53, 59]],
  ["crash", [49, 52, 55, 57]],
];

const BY_PITCH = new Map(ROWS.flatMap(([, pitches], row) => pitches.map((pitch): [number, number] => [pitch, row])));

export const DRUM_ROWS = ROWS.length + 1;

/** The row of a drum; the top one for all that have none of their own. */
export function drumRow(pitch: number): number {
  return BY_PITCH.get(pitch) ?? ROWS.length;
}
