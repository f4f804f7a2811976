import { describe, expect, it } from "vitest";
import { Recorder, quantised } from "../src/recorder";
import { midiFile } from "../src/smf";
import { type Sheet, lengthOf, strokesOf } from "../src/sheet";

describe("a recorder", () => {
  it("counts ticks from the top, and what comes a little early from there", () => {
    const recorder = new Recorder(120, 1000);
    recorder.press(60, 90, 1000 - 600);
    recorder.release(60, 1000 - 500);
    recorder.press(62, 90, 990);
    recorder.release(62, 1500);
    recorder.press(64, 90, 1510);
    recorder.release(64, 1990);
    expect(recorder.notes.map((note) => [note.pitch, Math.round(note.begin), Math.round(note.end)])).toEqual([
      [62, 0, 24],
      [64, 24, 48],
    ]);
    expect(recorder.undo()).toBe(true);
    expect(recorder.notes.map((note) => note.pitch)).toEqual([62]);
    recorder.undo();
    expect(recorder.undo()).toBe(false);
  });

  it("puts notes on a grid, none of them shorter than it", () => {
    const notes = [{ pitch: 60, velocity: 80, begin: 25, end: 26 }, { pitch: 62, velocity: 80, begin: 2, end: 13 }];
    expect(quantised(notes, 6).map((note) => [note.begin, note.end])).toEqual([[0, 12], [24, 30]]);
    expect(quantised(notes, 0)).toEqual(notes);
  });

  it("writes a MIDI file", () => {
    const bytes = [...midiFile([{ pitch: 60, velocity: 80, begin: 24, end: 48 }], 120)];
    expect(bytes.slice(0, 14)).toEqual([0x4d, 0x54, 0x68, 0x64, 0, 0, 0, 6, 0, 0, 0, 1, 1, 0xe0]);
    expect(bytes.slice(18, 22)).toEqual([0, 0, 0, bytes.length - 22]);
    expect(bytes.slice(22)).toEqual([
      0, 0xff, 0x51, 3, 7, 0xa1, 0x20, 0, 0xff, 0x58, 4, 4, 2, 24, 8, 0x83, 0x60, 0x90, 60, 80, 0x83, 0x60, 0x80, 60, 0, 0, 0xff, 0x2f, 0,
    ]);
  });
});

describe("a sheet", () => {
  const sheet: Sheet = {
    name: "x",
    bpm: 60,
    bar: 96,
    beat: 24,
    chords: [],
    parts: [{ name: "m", channel: 1, program: null, notes: [[0, 24, 60, 80], [24, 100, 60, 80]] }],
  };

  it("lasts whole bars", () => {
    expect(lengthOf(sheet)).toBe(192);
    expect(lengthOf({ ...sheet, parts: [] })).toBe(96);
  });

  it("is strokes in the order of time, ends first", () => {
    expect(strokesOf(sheet).map((stroke) => [stroke.time, stroke.velocity])).toEqual([
      [0, 80],
      [1, 0],
      [1, 80],
      [100 / 24, 0],
    ]);
  });
});
