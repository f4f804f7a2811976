// All that the roll shows: what was played, by whom; what is settled; what is planned; the chords.

import type { Heard, Place, Plan, Sent } from "./news";

/** The player's place among the parts. */
export const PLAYER = 4;
/** Ticks of the past that are kept. */
const PAST = 24 * 4 * 24;
const MANY = 4000;
/** Ticks after which a key that the band has not told of was lost. */
const LATEST = 48;

export interface Note {
  readonly part: number;
  readonly pitch: number;
  readonly velocity: number;
  begin: number;
  /** null while it sounds. */
  end: number | null;
}

export interface Coming {
  readonly part: number;
  readonly pitch: number;
  readonly velocity: number;
  readonly begin: number;
  readonly end: number;
  readonly tied: boolean;
}

export interface Chord {
  readonly tick: number;
  readonly name: string;
}

export class Score {
  /** By when they began. */
  played: Note[] = [];
  coming: Coming[] = [];
  chords: Chord[] = [];
  /** Before this tick nothing changes any more. */
  settled = 0;
  /** Counts changes, for who wants to know whether there were any. */
  version = 0;
  private sounding = new Map<number, Note>();
  /** Keys of this page's, by pitch, oldest first, until the band has told of their beginning and their end. */
  private early = new Map<number, { note: Note; told: boolean }[]>();

  sent(news: Sent): void {
    if (news.part !== null) this.strike(news.part, news.pitch, news.velocity, news.tick);
  }

  heard(news: Heard): void {
    if (news.tick === null || this.awaited(news.pitch, news.velocity > 0, news.tick)) return;
    this.strike(PLAYER, news.pitch, news.velocity, news.tick);
  }

  /** A key of this page's is shown at once (velocity 0: it comes up); where it lies the band will tell. */
  here(pitch: number, velocity: number, tick: number): void {
    this.strike(PLAYER, pitch, velocity, tick);
    const note = this.sounding.get(PLAYER * 128 + pitch);
    if (note !== undefined && velocity > 0) this.early.set(pitch, [...(this.early.get(pitch) ?? []), { note, told: false }]);
  }

  /** Whether the band tells of a key that is shown already; then it is put where it lies. */
  private awaited(pitch: number, begins: boolean, tick: number): boolean {
    const waiting = this.early.get(pitch) ?? [];
    const entry = waiting.find(({ told }) => told !== begins);
    if (entry === undefined) return false;
    const { note } = entry;
    this.version += 1;
    if (begins) {
      entry.told = true;
      note.begin = tick;
      return true;
    }
    this.early.set(pitch, waiting.filter((each) => each !== entry));
    if (note.end === null) return false;
    note.end = Math.max(tick, note.begin);
    return true;
  }

  plan(news: Plan): void {
    this.coming = this.coming.filter((note) => note.begin < news.first);
    for (const [part, begin, end, pitch, velocity, tied] of news.notes) {
      this.coming.push({ part, pitch, velocity, begin, end, tied });
    }
    this.chords = this.chords.filter((chord) => chord.tick < news.first);
    const before = this.chords.at(-1)?.name;
    news.chords.forEach(([tick, name], index) => {
      if (index > 0 || name !== before) this.chords.push({ tick, name });
    });
    this.settled = news.until;
    this.forget(news.first - LATEST);
    this.prune(news.first);
    this.version += 1;
  }

  /** The music stands: nothing is to come, and nothing sounds. */
  place(news: Place): void {
    if (news.line === null) {
      this.coming = [];
      for (const note of this.sounding.values()) note.end = Math.max(note.begin + 1, this.settled);
      this.sounding.clear();
    }
    this.version += 1;
  }

  /** All is told anew. */
  clear(): void {
    this.played = [];
    this.coming = [];
    this.chords = [];
    this.sounding.clear();
    this.early.clear();
    this.version += 1;
  }

  /** Keys before a tick of which the band never told were not heard. */
  private forget(tick: number): void {
    for (const [pitch, waiting] of this.early) {
      const lost = waiting.filter(({ note, told }) => !told && note.begin < tick);
      if (lost.length === 0) continue;
      this.early.set(pitch, waiting.filter((each) => !lost.includes(each)));
      this.played = this.played.filter((note) => !lost.some((each) => each.note === note));
    }
  }

  private strike(part: number, pitch: number, velocity: number, tick: number): void {
    const key = part * 128 + pitch;
    const before = this.sounding.get(key);
    if (before !== undefined) {
      before.end = Math.max(tick, before.begin);
      this.sounding.delete(key);
    }
    if (velocity > 0) {
      const note: Note = { part, pitch, velocity, begin: tick, end: null };
      this.sounding.set(key, note);
      this.played.push(note);
    }
    this.version += 1;
  }

  private prune(tick: number): void {
    if (this.played.length > MANY || (this.played[0]?.begin ?? tick) < tick - 2 * PAST) {
      this.played = this.played.filter((note) => note.end === null || note.end > tick - PAST).slice(-MANY);
      this.chords = this.chords.filter((chord, k) => (this.chords[k + 1]?.tick ?? tick) > tick - PAST || chord.tick > tick - PAST);
    }
  }
}

/** The chord at a tick, and the one after it; empty where there is none. */
export function chordsAt(chords: readonly Chord[], tick: number): { now: string; next: string } {
  let at = -1;
  for (let k = chords.length - 1; k >= 0; k -= 1) {
    if (chords[k]!.tick <= tick) {
      at = k;
      break;
    }
  }
  return { now: at < 0 ? "" : chords[at]!.name, next: chords[at + 1]?.name ?? "" };
}
