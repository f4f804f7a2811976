// Which of the sounds that are shipped is nearest to the one that is asked for.

/** General MIDI programs, from 1, that the SoundFont has (tools/font.mjs). */
export const SHIPPED = [1, 5, 12, 19, 26, 27, 30, 33, 34, 35, 43, 49, 57, 61, 66, 72, 74, 81] as const;

/** For each family of eight: pianos, mallets, organs, guitars, basses, strings, ensembles, ... */
const FAMILIES = [1, 12, 19, 26, 34, 43, 49, 57, 66, 74, 81, 49, 49, 27, 12, 49] as const;

/** The sounds that are shipped, to choose from. */
export const SOUNDS: readonly (readonly [number, string])[] = [
  [1, "Piano"],
  [5, "Electric piano"],
  [12, "Vibraphone"],
  [19, "Rock organ"],
  [26, "Steel guitar"],
  [27, "Jazz guitar"],
  [30, "Overdriven guitar"],
  [33, "Acoustic bass"],
  [34, "Fingered bass"],
  [35, "Picked bass"],
  [43, "Cello"],
  [49, "Strings"],
  [57, "Trumpet"],
  [61, "Horns"],
  [66, "Alto sax"],
  [72, "Clarinet"],
  [74, "Flute"],
  [81, "Synth lead"],
];

/** The melody's sounds to choose from. */
export const MELODY: readonly (readonly [number, string])[] = [
  [1, "Piano"],
  [5, "Electric piano"],
  [12, "Vibraphone"],
  [27, "Jazz guitar"],
  [74, "Flute"],
  [72, "Clarinet"],
  [66, "Alto sax"],
  [57, "Trumpet"],
  [49, "Strings"],
  [81, "Synth lead"],
];

/** A shipped program for any program, both from 1. */
export function nearest(program: number): number {
  if ((SHIPPED as readonly number[]).includes(program)) return program;
  const family = FAMILIES[Math.floor((program - 1) / 8)] ?? 1;
  const kin = SHIPPED.filter((each) => Math.floor((each - 1) / 8) === Math.floor((program - 1) / 8));
  return kin.reduce<number>((best, each) => (Math.abs(each - program) < Math.abs(best - program) ? each : best), kin[0] ?? family);
}
