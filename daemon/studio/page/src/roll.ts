// The scrolling piano roll. Two canvases: what stands still is drawn when it changes, what moves in each frame.

import { DRUM_CHANNEL, DRUM_ROWS, drumRow } from "./drums";
import type { Place } from "./news";
import { PLAYER, type Score } from "./score";

export interface Colours {
  readonly parts: readonly string[];
  readonly ink: string;
  readonly faint: string;
  readonly line: string;
  readonly strong: string;
  readonly lane: string;
  readonly ground: string;
}

const CHORDS = 34;
/** The height of a name, and the one that is written where there is no room for all. */
const LETTERS = 14;
const MIDDLE = 60;
const BRIEF = 12;
const DRUM_HEIGHT = 11;
const TALLEST = 15;
const THIN = 3;
/** Where the present is, of the width. */
const HEAD = 0.62;
const USUAL: readonly [number, number] = [36, 84];
const FONT = "600 15px ui-sans-serif, system-ui, sans-serif";
const SMALL = "500 11px ui-sans-serif, system-ui, sans-serif";

interface View {
  left: number;
  scale: number;
  now: number;
  head: number;
}

export class Roll {
  /** Milliseconds of script that a frame took, on the average of the last ones, and frames a second. */
  cost = 0;
  rate = 0;
  private readonly back: CanvasRenderingContext2D;
  private readonly front: CanvasRenderingContext2D;
  private width = 0;
  private height = 0;
  private low = USUAL[0];
  private high = USUAL[1];
  private drums = true;
  private version = -1;
  private standing = false;
  private stale = true;
  private rested = 0;
  private seen = 0;

  constructor(
    private readonly still: HTMLCanvasElement,
    private readonly moving: HTMLCanvasElement,
    private readonly score: Score,
    private colours: Colours,
  ) {
    this.back = context(still);
    this.front = context(moving);
  }

  /** The canvas is so large now, in CSS pixels. */
  resize(width: number, height: number): void {
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    this.width = width;
    this.height = height;
    for (const [canvas, pen] of [
      [this.still, this.back],
      [this.moving, this.front],
    ] as const) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    this.stale = true;
  }

  /** Other colours, or another band. */
  dress(colours: Colours, channels: readonly number[]): void {
    this.colours = colours;
    this.drums = channels.includes(DRUM_CHANNEL);
    this.stale = true;
  }

  /** Draw, if there is anything new: the music stands at a tick (null: it rests where it was). */
  draw(tick: number | null, place: Place | null, channels: readonly number[]): void {
    const began = performance.now();
    const still = tick === null && this.standing && this.version === this.score.version && !this.stale;
    if (still || this.width === 0) return;
    if (tick !== null) this.rested = tick;
    this.fit();
    if (this.stale) this.drawBack();
    this.stale = false;
    this.standing = tick === null;
    this.version = this.score.version;
    const beats = Math.max(8, Math.min(28, this.width / 52));
    const scale = this.width / (beats * 24);
    const head = Math.round(this.width * HEAD);
    const view = { scale, head, now: this.rested, left: this.rested - head / scale };
    this.front.clearRect(0, 0, this.width, this.height);
    this.drawBars(view, place);
    // Below the notes, or one that has just begun would be hidden by it.
    this.drawHead(view);
    this.drawNotes(view, channels);
    this.measure(began);
  }

  private measure(began: number): void {
    const end = performance.now();
    this.cost += (end - began - this.cost) * 0.05;
    if (this.seen > 0 && end - this.seen < 500) {
      const rate = 1000 / Math.max(end - this.seen, 1);
      this.rate += (rate - this.rate) * 0.05;
    }
    this.seen = end;
  }

  /** Make room for the pitches that there are; room that was made is kept. */
  private fit(): void {
    if (this.version === this.score.version) return;
    let { low, high } = this;
    for (const note of this.score.coming) {
      if (this.drums && note.part === 0) continue;
      low = Math.min(low, note.pitch - 2);
      high = Math.max(high, note.pitch + 2);
    }
    for (let k = this.score.played.length - 1; k >= Math.max(this.score.played.length - 40, 0); k -= 1) {
      const note = this.score.played[k]!;
      if (this.drums && note.part === 0) continue;
      low = Math.min(low, note.pitch - 2);
      high = Math.max(high, note.pitch + 2);
    }
    if (low < this.low || high > this.high) {
      this.low = Math.max(low, 12);
      this.high = Math.min(high, 115);
      this.stale = true;
    }
  }

  private get floor(): number {
    return this.height - (this.drums ? DRUM_ROWS * this.drumHeight + 10 : 4);
  }

  private get drumHeight(): number {
    return this.height < 200 ? 4 : this.height < 320 ? 7 : DRUM_HEIGHT;
  }

  private get row(): number {
    return Math.min((this.floor - CHORDS) / (this.high - this.low + 1), TALLEST);
  }

  private y(pitch: number): number {
    return this.floor - (pitch - this.low + 1) * this.row;
  }

  private drawBack(): void {
    const pen = this.back;
    pen.clearRect(0, 0, this.width, this.height);
    pen.fillStyle = this.colours.lane;
    pen.fillRect(0, 0, this.width, CHORDS - 4);
    if (this.drums) pen.fillRect(0, this.floor + 6, this.width, this.height - this.floor - 6);
    pen.fillStyle = this.colours.line;
    pen.font = SMALL;
    pen.textBaseline = "middle";
    for (let pitch = this.low; pitch <= this.high; pitch += 1) {
      if (pitch % 12 !== 0) continue;
      const y = Math.round(this.y(pitch) + this.row);
      pen.fillStyle = this.colours.line;
      pen.fillRect(0, y, this.width, 1);
      if (y < CHORDS + LETTERS || (12 * this.row < LETTERS && pitch !== MIDDLE)) continue;
      pen.fillStyle = this.colours.faint;
      pen.fillText(`C${pitch / 12 - 1}`, 6, y - 7);
    }
  }

  private drawBars(view: View, place: Place | null): void {
    const pen = this.front;
    const { bar, beat, shift } = place ?? { bar: 96, beat: 24, shift: 0 };
    const right = view.left + this.width / view.scale;
    pen.font = SMALL;
    pen.textBaseline = "middle";
    for (let tick = Math.ceil((view.left - shift) / beat) * beat + shift; tick < right; tick += beat) {
      const x = Math.round((tick - view.left) * view.scale);
      const strong = (tick - shift) % bar === 0;
      pen.fillStyle = strong ? this.colours.strong : this.colours.line;
      pen.fillRect(x, CHORDS - 4, 1, this.height);
      const number = (tick - shift) / bar + 1;
      if (strong && number > 0) {
        pen.fillStyle = this.colours.faint;
        pen.fillText(String(number), x + 5, CHORDS + 7);
      }
    }
    pen.font = FONT;
    pen.fillStyle = this.colours.ink;
    let free = -Infinity;
    const { chords } = this.score;
    for (let k = 0; k < chords.length; k += 1) {
      const { tick, name } = chords[k]!;
      const x = (tick - view.left) * view.scale;
      // A chord that was thought better of at once is not worth a name.
      const brief = (chords[k + 1]?.tick ?? Infinity) - tick < BRIEF;
      if (x < -80 || x > this.width || name === "" || x < free || brief) continue;
      pen.globalAlpha = tick >= this.score.settled ? 0.55 : tick > view.now ? 0.85 : 1;
      pen.fillText(name, Math.round(x) + 4, CHORDS / 2 - 1);
      free = x + 18 + 9 * name.length;
    }
    pen.globalAlpha = 1;
  }

  private drawNotes(view: View, channels: readonly number[]): void {
    const order = [0, 3, 2, 1, PLAYER];
    for (const part of order) {
      const colour = this.colours.parts[part]!;
      const drum = part !== PLAYER && channels[part] === DRUM_CHANNEL;
      this.drawComing(view, part, colour, drum);
      this.drawPlayed(view, part, colour, drum);
    }
  }

  private drawPlayed(view: View, part: number, colour: string, drum: boolean): void {
    const pen = this.front;
    const { played } = this.score;
    const fat = part === PLAYER ? 1 : 0;
    const tall = drum ? this.drumHeight - 2 : Math.max(this.row - 1, THIN) + 2 * fat;
    pen.fillStyle = colour;
    pen.beginPath();
    for (let k = played.length - 1; k >= 0; k -= 1) {
      const note = played[k]!;
      if (note.part !== part) continue;
      // Nothing lasts longer than this without being struck again.
      if (note.begin < view.left - 1000) break;
      const end = note.end ?? view.now;
      if (end < view.left) continue;
      const x = (note.begin - view.left) * view.scale;
      const long = drum ? 7 : Math.max((end - note.begin) * view.scale - 1, 3);
      pen.rect(x, this.top(note.pitch, drum) - fat, long, tall);
    }
    pen.fill();
    if (part === PLAYER) {
      pen.strokeStyle = this.colours.ground;
      pen.lineWidth = 1;
      pen.stroke();
    }
  }

  private drawComing(view: View, part: number, colour: string, drum: boolean): void {
    const pen = this.front;
    const tall = drum ? this.drumHeight - 2 : Math.max(this.row - 1, THIN);
    const right = view.left + this.width / view.scale;
    const settled = new Path2D();
    const planned = new Path2D();
    for (const note of this.score.coming) {
      if (note.part !== part || note.end <= view.now || note.begin > right) continue;
      // What has begun is drawn as played, as far as it has come.
      const begin = Math.max(note.begin, view.now);
      const x = (begin - view.left) * view.scale;
      const long = drum ? 7 : Math.max((note.end - begin) * view.scale - 1, 3);
      if (drum && note.begin < view.now) continue;
      const path = note.begin < this.score.settled ? settled : planned;
      path.rect(x + 0.5, this.top(note.pitch, drum) + 0.5, Math.max(long - 1, 2), tall - 1);
    }
    pen.fillStyle = pen.strokeStyle = colour;
    pen.lineWidth = 1.5;
    pen.globalAlpha = 0.55;
    pen.fill(settled);
    pen.globalAlpha = 1;
    pen.stroke(settled);
    pen.lineWidth = 1;
    pen.globalAlpha = 0.5;
    pen.stroke(planned);
    pen.globalAlpha = 1;
  }

  private top(pitch: number, drum: boolean): number {
    return drum ? this.height - 3 - (drumRow(pitch) + 1) * this.drumHeight : this.y(pitch);
  }

  private drawHead(view: View): void {
    const pen = this.front;
    pen.fillStyle = this.colours.ink;
    pen.fillRect(view.head, CHORDS - 4, 2, this.height);
    pen.beginPath();
    pen.moveTo(view.head - 5, CHORDS - 4);
    pen.lineTo(view.head + 7, CHORDS - 4);
    pen.lineTo(view.head + 1, CHORDS + 4);
    pen.fill();
  }
}

function context(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const pen = canvas.getContext("2d");
  if (pen === null) throw new Error("this browser draws no canvas");
  return pen;
}
