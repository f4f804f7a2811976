import { describe, expect, it, vi } from "vitest";
import { Delay } from "../src/delay";
import { DRUM_ROWS, drumRow } from "../src/drums";
import { black, letterOf, pitchOf, spoken, whites } from "../src/keys";
import { keyOf, listenToMidi, midi, playTo } from "../src/midi";
import { MELODY, SHIPPED, nearest } from "../src/sounds";

describe("the computer's keys", () => {
  it("are two rows of a piano", () => {
    expect("KeyZ KeyS KeyX Comma KeyQ Digit2 KeyW KeyP".split(" ").map((code) => pitchOf(code, 48))).toEqual([
      48, 49, 50, 60, 60, 61, 62, 76,
    ]);
    expect(pitchOf("KeyA", 48)).toBeNull();
    expect(pitchOf("KeyP", 120)).toBeNull();
  });

  it("are shown on the keys that they play", () => {
    for (let step = 0; step < 29; step += 1) {
      const letter = letterOf(step);
      const code = /\d/.test(letter) ? `Digit${letter}` : `Key${letter}`;
      expect(pitchOf(code, 60)).toBe(60 + step);
    }
    expect(letterOf(40)).toBe("");
  });

  it("have names and places", () => {
    expect(spoken(60)).toBe("C 4");
    expect(spoken(70)).toBe("B flat 4");
    expect(black(61)).toBe(true);
    expect(whites(48, 60)).toBe(7);
  });
});

describe("a MIDI keyboard", () => {
  it("presses, releases and pedals", () => {
    expect(keyOf(new Uint8Array([0x93, 60, 90]))).toEqual({ kind: "press", pitch: 60, velocity: 90 });
    expect(keyOf(new Uint8Array([0x90, 60, 0]))).toEqual({ kind: "release", pitch: 60 });
    expect(keyOf(new Uint8Array([0x80, 60, 64]))).toEqual({ kind: "release", pitch: 60 });
    expect(keyOf(new Uint8Array([0xb0, 64, 127]))).toEqual({ kind: "pedal", on: true });
    expect(keyOf(new Uint8Array([0xf8]))).toBeNull();
    expect(keyOf(new Uint8Array([]))).toBeNull();
  });

  it("plays to whom is on the page, and what it holds is released when that is another", async () => {
    const input: { state: string; name: string; onmidimessage?: (event: { data: Uint8Array; timeStamp: number }) => void } = { state: "connected", name: "keys" };
    vi.stubGlobal("navigator", { requestMIDIAccess: async () => ({ inputs: new Map([["1", input]]) }) });
    const heard: string[] = [];
    const hands = (name: string) => ({
      press: (pitch: number) => heard.push(`${name} ${pitch}`),
      release: (pitch: number) => heard.push(`${name} -${pitch}`),
      pedal: (on: boolean) => heard.push(`${name} ${on}`),
    });
    const play = (...data: number[]) => input.onmidimessage?.({ data: new Uint8Array(data), timeStamp: 0 });
    const leave = playTo(hands("stage"));
    await listenToMidi();
    expect(midi.value).toBe("keys");
    play(0x90, 60, 80);
    leave();
    play(0xb0, 64, 127);
    const back = playTo(hands("recorder"));
    play(0x80, 60, 0);
    play(0x90, 62, 80);
    back();
    play(0x90, 64, 80);
    expect(heard).toEqual(["stage 60", "stage true", "stage -60", "recorder 62", "recorder -62", "stage 64"]);
    vi.unstubAllGlobals();
  });
});

describe("the delay", () => {
  it("grows at once where notes come too late, to a limit", () => {
    const delay = new Delay();
    const before = delay.seconds;
    delay.came(-0.05);
    expect(delay.seconds).toBeGreaterThan(before + 0.05);
    for (let k = 0; k < 100; k += 1) delay.came(-1);
    expect(delay.seconds).toBe(0.25);
  });

  it("shrinks slowly where there is time to spare, to a limit", () => {
    const delay = new Delay();
    for (let k = 0; k < 149; k += 1) delay.came(0.1);
    expect(delay.seconds).toBe(0.03);
    for (let k = 0; k < 1000; k += 1) delay.came(0.1);
    expect(delay.seconds).toBe(0.012);
  });

  it("stays where one note in a hundred just makes it", () => {
    const delay = new Delay();
    for (let k = 0; k < 1000; k += 1) delay.came(k % 100 === 0 ? 0.01 : 0.03);
    expect(delay.seconds).toBe(0.03);
  });
});

describe("the sounds", () => {
  it("are those that are shipped, or their nearest kin", () => {
    for (let program = 1; program <= 128; program += 1) expect(SHIPPED).toContain(nearest(program));
    expect(nearest(49)).toBe(49);
    expect(nearest(4)).toBe(5);
    expect(nearest(41)).toBe(43);
    expect(nearest(58)).toBe(57);
    expect(nearest(105)).toBe(27);
    for (const [program] of MELODY) expect(SHIPPED).toContain(program);
  });
});

describe("the drums' rows", () => {
  it("are one for each drum that is told apart", () => {
    expect(drumRow(36)).toBe(0);
    expect(drumRow(42)).not.toBe(drumRow(46));
    for (let pitch = 0; pitch < 128; pitch += 1) expect(drumRow(pitch)).toBeLessThan(DRUM_ROWS);
  });
});
