// The band's clock as the page knows it: its own, and how far apart they are.

import type { Place } from "./news";

/** How many answers are remembered; the quickest of them says best how far apart the clocks are. */
const KEPT = 12;

export class BandClock {
  private answers: { apart: number; trip: number }[] = [];
  private known = 0;

  /** An answer to a question that was asked at `asked` and came back at `back` (our seconds), with their time. */
  answered(asked: number, back: number, theirs: number): void {
    this.answers.push({ apart: theirs - (asked + back) / 2, trip: back - asked });
    if (this.answers.length > KEPT) this.answers.shift();
    this.known = this.answers.reduce((best, each) => (each.trip < best.trip ? each : best)).apart;
  }

  /** A first guess, before any question was answered. */
  guess(ours: number, theirs: number): void {
    if (this.answers.length === 0) this.known = theirs - ours;
  }

  /** Nothing is known any more: another band may answer. */
  forget(): void {
    this.answers = [];
  }

  /** Their time at one of ours, in seconds. */
  theirs(ours: number): number {
    return ours + this.known;
  }

  /** Our time at one of theirs. */
  ours(theirs: number): number {
    return theirs - this.known;
  }

  /** Milliseconds that a question and its answer take, at best; null before the first. */
  get trip(): number | null {
    return this.answers.length === 0 ? null : 1000 * Math.min(...this.answers.map((each) => each.trip));
  }
}

/** The tick at a time of the band's; null while the music stands. */
export function tickAt(place: Place | null, theirs: number): number | null {
  if (place === null || place.line === null) return null;
  const [tick, time, period] = place.line;
  return tick + (theirs - time) / period;
}

/** Bar and beat from 1, by a tick; those of the count-in are 0 and below. */
export function barAndBeat(place: Place, tick: number): { bar: number; beat: number } {
  const song = Math.floor(tick - place.shift + 1e-6);
  const bar = Math.floor(song / place.bar);
  return { bar: bar + 1, beat: Math.floor((song - bar * place.bar) / place.beat) + 1 };
}
