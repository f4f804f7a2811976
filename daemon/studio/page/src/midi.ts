// MIDI keyboards that the browser sees (Web MIDI).

import { signal } from "@preact/signals";
import { say } from "./store";
import type { Hands } from "./views/keyboard";

/** The keyboards that are heard, in words; null before the browser was asked for them. */
export const midi = signal<string | null>(null);

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

/** Listen to all of them, and to those that come. */
export async function listenToMidi(hands: Hands, pedal: (on: boolean) => void): Promise<void> {
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
        if (key.kind === "press") hands.press(key.pitch, key.velocity, event.timeStamp);
        else if (key.kind === "release") hands.release(key.pitch, event.timeStamp);
        else pedal(key.on);
      };
    }
    midi.value = names.length === 0 ? "no keyboard yet" : names.join(", ");
  };
  access.onstatechange = listen;
  listen();
}
