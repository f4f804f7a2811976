// MIDI keyboards that the browser sees (Web MIDI).

import { signal } from "@preact/signals";
import { say } from "./store";

/** Who is played to. */
export interface Hands {
  press(pitch: number, velocity: number, happened?: number): void;
  release(pitch: number, happened?: number): void;
  pedal?(on: boolean): void;
}

/** The keyboards that are heard, in words; null before the browser was asked for them. */
export const midi = signal<string | null>(null);
let hands: Hands | null = null;
const held = new Set<number>();

export type Key =
  | { kind: "press"; pitch: number; velocity: number }
  | { kind: "release"; pitch: number }
  | { kind: "pedal"; on: boolean };

/** What a MIDI message is for a player; null for those that are none of a keyboard's. */
export function keyOf(data: Uint8Array): Key | null {
  const [status = 0, first = 0, second = 0] = data;
  const kind = status & 0xf0;
  if (kind === 0x90 && second > 0) return { kind: "press", pitch: first & 127, velocity: second & 127 };
  if (kind === 0x80 || kind === 0x90) return { kind: "release", pitch: first & 127 };
  if (kind === 0xb0 && first === 64) return { kind: "pedal", on: second >= 64 };
  return null;
}

/** Have the keyboards play to others from now on; what is returned gives them back to whom they played before. */
export function playTo(others: Hands): () => void {
  const before = hands;
  turn(others);
  return () => {
    if (hands === others) turn(before ?? others);
  };
}

function turn(others: Hands): void {
  if (others === hands) return;
  for (const pitch of held) hands?.release(pitch);
  held.clear();
  hands = others;
}

/** Listen to all of them, and to those that come. */
export async function listenToMidi(): Promise<void> {
  let access: MIDIAccess;
  try {
    access = await navigator.requestMIDIAccess();
  } catch {
    say("this browser gives no access to MIDI keyboards; allow it in its settings for this page", true);
    return;
  }
  const listen = (): void => {
    const names: string[] = [];
    for (const input of access.inputs.values()) {
      if (input.state !== "connected") continue;
      names.push(input.name ?? "a keyboard");
      input.onmidimessage = (event) => {
        const key = event.data === null ? null : keyOf(event.data);
        if (key === null) return;
        if (key.kind === "press") {
          held.add(key.pitch);
          hands?.press(key.pitch, key.velocity, event.timeStamp);
        } else if (key.kind === "pedal") {
          hands?.pedal?.(key.on);
        } else if (held.delete(key.pitch)) {
          hands?.release(key.pitch, event.timeStamp);
        }
      };
    }
    midi.value = names.length === 0 ? "no keyboard yet" : names.join(", ");
  };
  access.onstatechange = listen;
  listen();
}
