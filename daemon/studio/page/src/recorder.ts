// A melody that is being recorded: keys and their times in, notes on a grid out.

export interface Taken {
  readonly pitch: number;
  readonly velocity: number;
  /** Ticks from the top. */
  readonly begin: number;
  readonly end: number;
}

const TICKS = 24;

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
