// Numbers for charts: where axes have their marks, and lines as paths.

import type { Curves, Point } from "./teaching";

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Span {
  readonly low: number;
  readonly high: number;
}

/** Round numbers within a span, at most so many: 1, 2 or 5 times a power of ten apart. */
export function marks({ low, high }: Span, most: number): number[] {
  const least = (high - low) / Math.max(most, 1);
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= least * 0.999) ?? 10 * power;
  const found: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k += 1) found.push(Number((k * step).toPrecision(12)));
  return found;
}

/** A span that holds all values, a little room around them; never an empty one. */
export function spanOf(values: readonly number[], floor?: number): Span {
  const low = Math.min(...values, floor ?? Infinity);
  const high = Math.max(...values, floor ?? -Infinity);
  if (!Number.isFinite(low)) return { low: 0, high: 1 };
  const room = high > low ? 0.08 * (high - low) : Math.max(Math.abs(high) * 0.1, 0.5);
  // What can't be less than nothing gets no room below it.
  return { low: low >= 0 && low - room < 0 ? 0 : low - room, high: high + room };
}

/** The place of a value in a span, 0..1. */
export function share(value: number, { low, high }: Span): number {
  return (value - low) / (high - low);
}

/** A line through points as the path of an SVG. */
export function path(points: readonly Point[], box: Box, x: Span, y: Span): string {
  const at = ([px, py]: Point): string =>
    `${(box.left + share(px, x) * box.width).toFixed(1)} ${(box.top + (1 - share(py, y)) * box.height).toFixed(1)}`;
  return points.length === 0 ? "" : `M${points.map(at).join("L")}`;
}

/** A number as short as it can be read. */
export function short(value: number): string {
  if (value !== 0 && Math.abs(value) < 0.001) return value.toExponential(0);
  return String(Number(value.toPrecision(3)));
}

const WORDS: Readonly<Record<string, string>> = {
  notes: "Notes in a bar",
  empty: "Share of bars at rest",
  pitch_classes: "Different tones in a bar",
  qualified: "Notes of an eighth or longer",
  one_step: "Notes of a 16th only",
  over_one: "More than one note at once",
  over_two: "More than two notes at once",
  pattern: "Drum hits on eighths",
};
const HARMONY = "With the melody";
const DISTANCE = "Distance of voices";

export interface Group {
  readonly words: string;
  /** The figure's name, and what it is called in its group. */
  readonly figures: readonly (readonly [string, string])[];
}

/** Figures that belong together: of harmony, of one kind for each part, of two voices. */
export function groups(metrics: Curves, chief: string): Group[] {
  const found = new Map<string, [string, string][]>([[HARMONY, []]]);
  for (const name of Object.keys(metrics)) {
    if (name === chief) continue;
    const [part, kind] = name.split(".", 2) as [string, string | undefined];
    const words = kind === undefined ? HARMONY : part === "distance" ? DISTANCE : (WORDS[kind] ?? kind.replaceAll("_", " "));
    const shown = kind === undefined ? part.replaceAll("_", " ") : part === "distance" ? kind.replace("-", " and ") : part;
    const group = found.get(words) ?? [];
    group.push([name, shown]);
    found.set(words, group);
  }
  return [...found].filter(([, figures]) => figures.length > 0).map(([words, figures]) => ({ words, figures }));
}
