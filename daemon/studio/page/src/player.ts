// Plays a sheet in the page, ahead of time on the audio clock.

import { signal } from "@preact/signals";
import { type Sheet, type Stroke, lengthOf, secondsOf, strokesOf } from "./sheet";
import type { Sound } from "./sound";

const AHEAD = 0.2;
const EVERY = 50;

/** What plays, by its key, and how far it is, 0..1; null while nothing does. */
export const playing = signal<{ key: string; share: number } | null>(null);

export class Player {
  private strokes: Stroke[] = [];
  private next = 0;
  private began = 0;
  private long = 0;
  private key = "";
  private timer = 0;

  constructor(private readonly sound: Sound) {}

  /** Play a sheet from its beginning; parts of these places are silent. */
  async play(key: string, sheet: Sheet, muted: ReadonlySet<number> = new Set()): Promise<void> {
    this.stop();
    await this.sound.start();
    this.strokes = strokesOf(sheet).filter((stroke) => !muted.has(stroke.part));
    for (const part of sheet.parts) this.sound.program(part.channel, part.program ?? 1);
    this.next = 0;
    this.key = key;
    this.long = secondsOf(sheet, lengthOf(sheet));
    this.began = this.sound.time + 0.1;
    this.timer = window.setInterval(() => this.turn(), EVERY);
    this.turn();
  }

  stop(): void {
    if (this.timer === 0) return;
    window.clearInterval(this.timer);
    this.timer = 0;
    this.sound.silence(new Set(this.strokes.map((stroke) => stroke.channel)));
    playing.value = null;
  }

  private turn(): void {
    const now = this.sound.time - this.began;
    while (this.next < this.strokes.length && this.strokes[this.next]!.time < now + AHEAD) {
      const { time, channel, pitch, velocity } = this.strokes[this.next]!;
      this.sound.strike(channel, pitch, velocity, this.began + time);
      this.next += 1;
    }
    playing.value = { key: this.key, share: Math.min(Math.max(now / this.long, 0), 1) };
    if (now > this.long + 0.5) this.stop();
  }
}
