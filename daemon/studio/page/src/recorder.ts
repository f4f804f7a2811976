// A melody that is being recorded: keys and their times in, notes on a grid out.

export interface Taken {
  readonly pitch: number;
  readonly velocity: number;
  /** Ticks from the top. */
  readonly begin: number;
  readonly end: number;
}

const TICKS = 24;
const RESOLUTION = 480;

export class Recorder {
  notes: readonly Taken[] = [];
  private down = new Map<number, { begin: number; velocity: number }>();

  /** `top`: when the first bar begins, in ms; what comes up to half a beat before counts as on time. */
  constructor(
    readonly bpm: number,
    readonly top: number,
  ) {}

  press(pitch: number, velocity: number, time: number): void {
    const begin = this.tick(time);
    if (begin < -TICKS / 2) return;
    this.release(pitch, time);
    this.down.set(pitch, { begin: Math.max(begin, 0), velocity });
  }

  release(pitch: number, time: number): void {
    const note = this.down.get(pitch);
    if (note === undefined) return;
    this.down.delete(pitch);
    const end = Math.max(this.tick(time), note.begin + 1);
    this.notes = [...this.notes, { pitch, velocity: note.velocity, begin: note.begin, end }];
  }

  /** Take the last note back; whether there was one. */
  undo(): boolean {
    const last = this.notes.reduce<Taken | null>((found, each) => (found === null || each.begin >= found.begin ? each : found), null);
    this.notes = this.notes.filter((note) => note !== last);
    return last !== null;
  }

  private tick(time: number): number {
    return ((time - this.top) * this.bpm * TICKS) / 60_000;
  }
}

/** Notes on a grid of so many ticks (0: as they were played); each lasts at least one of them. */
export function quantised(notes: readonly Taken[], grid: number): Taken[] {
  if (grid === 0) return [...notes];
  const sorted = notes.map((note) => {
    const begin = Math.round(note.begin / grid) * grid;
    return { ...note, begin, end: Math.max(Math.round(note.end / grid) * grid, begin + grid) };
  });
  return sorted.sort((a, b) => a.begin - b.begin || a.pitch - b.pitch);
}

/** A Standard MIDI File of one track. */
export function midiFile(notes: readonly Taken[], bpm: number): Uint8Array {
  const events: [number, number, number[]][] = notes.flatMap((note): [number, number, number[]][] => [
    [scaled(note.begin), 1, [0x90, note.pitch, note.velocity]],
    [scaled(note.end), 0, [0x80, note.pitch, 0]],
  ]);
  events.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const beat = Math.round(60_000_000 / bpm);
  const track = [0, 0xff, 0x51, 3, (beat >> 16) & 255, (beat >> 8) & 255, beat & 255];
  let now = 0;
  for (const [tick, , bytes] of events) {
    track.push(...length(tick - now), ...bytes);
    now = tick;
  }
  track.push(0, 0xff, 0x2f, 0);
  const head = [...text("MThd"), 0, 0, 0, 6, 0, 0, 0, 1, RESOLUTION >> 8, RESOLUTION & 255];
  const size = track.length;
  return new Uint8Array([...head, ...text("MTrk"), size >>> 24, (size >> 16) & 255, (size >> 8) & 255, size & 255, ...track]);
}

function scaled(tick: number): number {
  return Math.round((tick * RESOLUTION) / TICKS);
}

function text(word: string): number[] {
  return [...word].map((letter) => letter.charCodeAt(0));
}

/** A number as MIDI files write lengths: seven bits a byte, the last byte without the eighth. */
function length(value: number): number[] {
  const bytes = [value & 127];
  for (let rest = value >> 7; rest > 0; rest >>= 7) bytes.unshift((rest & 127) | 128);
  return bytes;
}
