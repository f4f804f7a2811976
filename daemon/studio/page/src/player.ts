// Plays a sheet in the page, ahead of time on the audio clock. Mutes, sounds and even the sheet may change while
// it plays: what was put on the clock already ends first, so that nothing is lost of the place or the rhythm.

import { signal } from "@preact/signals";
import { DRUM_CHANNEL } from "./drums";
import { type Sheet, type Stroke, lengthOf, secondsOf, strokesOf } from "./sheet";
import type { Sound } from "./sound";

const AHEAD = 0.15;
const EVERY = 30;
/** Seconds that a note must have to go for it to be taken up in its middle. */
const WORTH = 0.25;

/** What plays, by its key, how far it is (0..1), and in seconds; null while nothing does. */
export const playing = signal<{ key: string; share: number; seconds: number } | null>(null);

/** How a sheet sounds: its silent parts, and other sounds of its parts (null: as they are). */
export interface Hearing {
  readonly muted: readonly number[];
  readonly programs: readonly (number | null)[];
}

export const PLAIN: Hearing = { muted: [], programs: [] };

interface Struck {
  readonly stroke: Stroke;
  readonly time: number;
}

export class Player {
  private strokes: Stroke[] = [];
  private sheet: Sheet | null = null;
  private hearing = PLAIN;
  private next = 0;
  private began = 0;
  /** Seconds of the sheet up to which all was put on the clock. */
  private edge = 0;
  private long = 0;
  private key = "";
  private timer = 0;
  private readonly struck = new Map<string, Struck>();
  private readonly used = new Set<number>();

  constructor(private readonly sound: Sound) {}

  /** Play a sheet, from so many seconds on. */
  async play(key: string, sheet: Sheet, hearing = PLAIN, from = 0): Promise<void> {
    this.stop();
    await this.sound.start();
    this.stop();
    this.edge = from;
    this.began = this.sound.time + 0.1 - from;
    this.take(key, sheet, hearing);
    this.timer = window.setInterval(() => this.turn(), EVERY);
    this.turn();
  }

  /** Go on with another sheet where this one is, if one plays. */
  swap(key: string, sheet: Sheet, hearing = PLAIN): void {
    if (this.timer === 0) return;
    this.release(() => true);
    this.take(key, sheet, hearing);
  }

  /** A sheet is heard differently from now on, if it is the one that plays. */
  hear(key: string, hearing: Hearing): void {
    if (this.timer === 0 || key !== this.key || this.sheet === null) return;
    this.release((stroke) => hearing.muted.includes(stroke.part) || hearing.programs[stroke.part] !== this.hearing.programs[stroke.part]);
    this.take(key, this.sheet, hearing);
  }

  stop(): void {
    if (this.timer === 0) return;
    window.clearInterval(this.timer);
    this.timer = 0;
    // What is on the clock can't be taken back, but ended as it begins.
    for (const { stroke, time } of this.struck.values()) {
      this.sound.strike(stroke.channel, stroke.pitch, 0, Math.max(time, this.sound.time));
    }
    this.struck.clear();
    this.sound.silence(this.used);
    this.used.clear();
    playing.value = null;
  }

  /** Take a sheet up at the edge. */
  private take(key: string, sheet: Sheet, hearing: Hearing): void {
    const at = this.began + this.edge;
    this.key = key;
    this.sheet = sheet;
    this.hearing = hearing;
    this.long = secondsOf(sheet, lengthOf(sheet));
    sheet.parts.forEach((part, index) => {
      this.used.add(part.channel);
      this.sound.program(part.channel, hearing.programs[index] ?? part.program ?? 1, at);
    });
    this.strokes = strokesOf(sheet).filter((stroke) => !hearing.muted.includes(stroke.part));
    this.next = this.strokes.findIndex((stroke) => stroke.time >= this.edge);
    if (this.next < 0) this.next = this.strokes.length;
    if (this.edge > 0) this.resume(at);
  }

  /** Strike again what lasts on beyond the edge and does not sound. */
  private resume(at: number): void {
    const held = new Map<string, Stroke>();
    for (const stroke of this.strokes.slice(0, this.next)) {
      if (stroke.velocity > 0) held.set(name(stroke), stroke);
      else held.delete(name(stroke));
    }
    for (const stroke of this.strokes.slice(this.next)) {
      if (stroke.velocity === 0 && stroke.time < this.edge + WORTH) held.delete(name(stroke));
    }
    for (const stroke of held.values()) {
      if (stroke.channel !== DRUM_CHANNEL && !this.struck.has(name(stroke))) this.strike(stroke, at);
    }
  }

  /** End, at the edge, what sounds there of some strokes. */
  private release(which: (stroke: Stroke) => boolean): void {
    for (const { stroke } of [...this.struck.values()]) {
      if (which(stroke)) this.strike({ ...stroke, velocity: 0 }, this.began + this.edge);
    }
  }

  private strike(stroke: Stroke, time: number): void {
    this.sound.strike(stroke.channel, stroke.pitch, stroke.velocity, time);
    if (stroke.velocity > 0) this.struck.set(name(stroke), { stroke, time });
    else this.struck.delete(name(stroke));
  }

  private turn(): void {
    const now = this.sound.time - this.began;
    this.edge = Math.max(this.edge, now + AHEAD);
    while (this.next < this.strokes.length && this.strokes[this.next]!.time < this.edge) {
      const stroke = this.strokes[this.next]!;
      // What began before its part was heard has no end to tell.
      if (stroke.velocity > 0 || this.struck.has(name(stroke))) this.strike(stroke, this.began + stroke.time);
      this.next += 1;
    }
    const seconds = Math.min(Math.max(now, 0), this.long);
    playing.value = { key: this.key, share: seconds / this.long, seconds };
    if (now > this.long + 0.5) this.stop();
  }
}

function name(stroke: Stroke): string {
  return `${stroke.channel} ${stroke.pitch}`;
}
