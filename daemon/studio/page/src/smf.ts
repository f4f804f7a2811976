// Notes as a Standard MIDI File of one track.

import type { Metre } from "./edit";
import type { Taken } from "./recorder";

const TICKS = 24;
const RESOLUTION = 480;

/** The file; `length`: where it ends at the earliest, in ticks. */
export function midiFile(notes: readonly Taken[], bpm: number, metre: Metre = [4, 4], length = 0): Uint8Array {
  const events: [number, number, number[]][] = notes.flatMap((note): [number, number, number[]][] => [
    [scaled(note.begin), 1, [0x90, note.pitch, note.velocity]],
    [scaled(note.end), 0, [0x80, note.pitch, 0]],
  ]);
  events.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const beat = Math.round(60_000_000 / bpm);
  const [beats, unit] = metre;
  const track = [0, 0xff, 0x51, 3, (beat >> 16) & 255, (beat >> 8) & 255, beat & 255];
  track.push(0, 0xff, 0x58, 4, beats, Math.log2(unit), 24, 8);
  let now = 0;
  for (const [tick, , bytes] of events) {
    track.push(...lengthOf(tick - now), ...bytes);
    now = tick;
  }
  track.push(...lengthOf(Math.max(scaled(length) - now, 0)), 0xff, 0x2f, 0);
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
function lengthOf(value: number): number[] {
  const bytes = [value & 127];
  for (let rest = value >> 7; rest > 0; rest >>= 7) bytes.unshift((rest & 127) | 128);
  return bytes;
}
