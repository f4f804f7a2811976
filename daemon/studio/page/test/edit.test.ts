import { describe, expect, it } from "vitest";
import {
  type Draft,
  type Edit,
  EMPTY,
  LEAST,
  added,
  begun,
  changed,
  choose,
  draftOf,
  endOf,
  inWords,
  lengthened,
  louder,
  melodyOf,
  moved,
  noteInWords,
  quantised,
  redone,
  removed,
  shaped,
  sheetOf,
  toggled,
  undone,
} from "../src/edit";
import type { Sheet } from "../src/sheet";

const notesOf = (edit: Edit): number[][] => edit.draft.notes.map((note) => [note.begin, note.end, note.pitch]);
const all = (edit: Edit): Edit => choose(edit, edit.draft.notes.map((note) => note.id));
const two = (): Edit => added(added(begun(EMPTY), 0, 24, 60, 80), 24, 48, 64, 90);

describe("an edit", () => {
  it("adds a note, which is chosen then, and takes it back", () => {
    const edit = added(begun(EMPTY), 24, 48, 60, 90);
    expect(edit.draft.notes).toEqual([{ id: 0, begin: 24, end: 48, pitch: 60, velocity: 90 }]);
    expect([...edit.chosen]).toEqual([0]);
    const before = undone(edit);
    expect(before.draft).toBe(EMPTY);
    expect(before.chosen.size).toBe(0);
    expect(redone(before).draft).toBe(edit.draft);
    expect(undone(before)).toBe(before);
    expect(redone(edit)).toBe(edit);
  });

  it("forgets what was undone when something else is done", () => {
    const edit = added(undone(two()), 0, 24, 72, 80);
    expect(edit.future).toEqual([]);
    expect(redone(edit)).toBe(edit);
  });

  it("moves a block as far as all of it can go", () => {
    const edit = all(two());
    expect(notesOf(moved(edit, 12, 2))).toEqual([[12, 36, 62], [36, 60, 66]]);
    expect(notesOf(moved(edit, -100, 0))).toEqual(notesOf(edit));
    expect(notesOf(moved(edit, 10_000, 0))).toEqual([[720, 744, 60], [744, 768, 64]]);
    expect(notesOf(moved(edit, 0, 100))).toEqual([[0, 24, 123], [24, 48, 127]]);
    expect(notesOf(moved(edit, 0, -100))).toEqual([[0, 24, 0], [24, 48, 4]]);
  });

  it("moves all of it where nothing is chosen", () => {
    expect(notesOf(moved(choose(two(), []), 0, 12))).toEqual([[0, 24, 72], [24, 48, 76]]);
  });

  it("lets what is put somewhere have the place", () => {
    const line = added(added(begun(EMPTY), 0, 48, 60, 80), 60, 90, 60, 80);
    expect(notesOf(added(line, 24, 72, 60, 80))).toEqual([[0, 24, 60], [24, 72, 60]]);
    expect(notesOf(added(line, 24, 72, 61, 80))).toHaveLength(3);
    expect(notesOf(moved(choose(line, [1]), -30, 0))).toEqual([[0, 30, 60], [30, 60, 60]]);
    expect(notesOf(moved(choose(line, [1]), -60, 0))).toEqual([[0, 30, 60]]);
  });

  it("never makes a note shorter than the least, nor longer than the sheet", () => {
    expect(notesOf(lengthened(all(two()), -100))).toEqual([[0, LEAST, 60], [24, 24 + LEAST, 64]]);
    expect(notesOf(lengthened(choose(two(), [1]), 10_000))).toEqual([[0, 24, 60], [24, 768, 64]]);
  });

  it("keeps velocities within MIDI's", () => {
    expect(louder(all(two()), 100).draft.notes.map((note) => note.velocity)).toEqual([127, 127]);
    expect(louder(all(two()), -200).draft.notes.map((note) => note.velocity)).toEqual([1, 1]);
  });

  it("undoes what belongs together at once", () => {
    let edit = all(two());
    for (let k = 0; k < 5; k += 1) edit = louder(edit, 1, "slide");
    expect(undone(edit).draft.notes.map((note) => note.velocity)).toEqual([80, 90]);
    edit = louder(choose(edit, [0]), 1, "slide");
    expect(undone(edit).draft.notes.map((note) => note.velocity)).toEqual([85, 95]);
  });

  it("puts the chosen on a grid, and the last place of it is within the sheet", () => {
    const rough = added(added(begun(EMPTY), 25, 26, 60, 80), 765, 768, 62, 80);
    expect(notesOf(quantised(all(rough), 12))).toEqual([[24, 36, 60], [756, 768, 62]]);
    expect(notesOf(quantised(choose(rough, [0]), 12))).toEqual([[24, 36, 60], [765, 768, 62]]);
    expect(quantised(rough, 0)).toBe(rough);
  });

  it("removes the chosen, and nothing where none is", () => {
    expect(notesOf(removed(toggled(choose(two(), []), 0)))).toEqual([[24, 48, 64]]);
    const edit = toggled(two(), 1);
    expect(removed(edit)).toBe(edit);
  });

  it("cuts off what lies behind a nearer end, and undo brings it back", () => {
    const edit = added(two(), 90, 150, 70, 80);
    const short = shaped(edit, { bars: 1 });
    expect(notesOf(short).at(-1)).toEqual([90, 96, 70]);
    expect(endOf(short.draft)).toBe(96);
    expect(notesOf(undone(short))).toEqual(notesOf(edit));
    expect(shaped(edit, { bars: 0 }).draft.bars).toBe(1);
    expect(shaped(edit, { bpm: 9999 }).draft.bpm).toBe(300);
  });

  it("keeps all its music in another metre", () => {
    const edit = added(two(), 700, 768, 70, 80);
    const waltz = shaped(edit, { metre: [3, 4] });
    expect(waltz.draft.bars).toBe(11);
    expect(notesOf(waltz)).toEqual(notesOf(edit));
  });

  it("takes no note that is none", () => {
    const edit = begun(EMPTY);
    expect([added(edit, -1, 24, 60, 80), added(edit, 768, 800, 60, 80), added(edit, 0, 24, 128, 80)]).toEqual([edit, edit, edit]);
  });

  it("keeps its law through whatever is done to it", () => {
    let edit = begun(EMPTY);
    let seed = 1;
    const dice = (most: number): number => {
      seed = (seed * 48271) % 2147483647;
      return seed % most;
    };
    for (let k = 0; k < 3000; k += 1) {
      const ids = edit.draft.notes.map((note) => note.id).filter(() => dice(3) === 0);
      const doing = [
        () => added(edit, dice(760), dice(800), 58 + dice(8), dice(140)),
        () => moved(choose(edit, ids), dice(200) - 100, dice(5) - 2),
        () => lengthened(choose(edit, ids), dice(60) - 30),
        () => quantised(choose(edit, ids), [0, 6, 8, 12, 24][dice(5)]!),
        () => removed(choose(edit, ids.slice(0, 1))),
        () => shaped(edit, { bars: 1 + dice(8) }),
        () => undone(edit),
        () => redone(edit),
      ];
      edit = doing[dice(doing.length)]!();
      const { notes } = edit.draft;
      expect(new Set(notes.map((note) => note.id)).size).toBe(notes.length);
      for (const [at, note] of notes.entries()) {
        expect(note.end).toBeGreaterThan(note.begin);
        expect(note.begin).toBeGreaterThanOrEqual(0);
        expect(note.end).toBeLessThanOrEqual(endOf(edit.draft));
        const next = notes.slice(at + 1).find((other) => other.pitch === note.pitch);
        if (next !== undefined) expect(next.begin).toBeGreaterThanOrEqual(note.end);
      }
      expect([...edit.chosen].every((id) => notes.some((note) => note.id === id))).toBe(true);
    }
  });
});

describe("a draft", () => {
  const sheet: Sheet = {
    name: "x",
    bpm: 90,
    bar: 72,
    beat: 36,
    chords: [],
    parts: [
      { name: "drums", channel: 10, program: null, notes: [[0, 12, 36, 80]] },
      { name: "bass", channel: 2, program: 33, notes: [[0, 36, 40, 80], [36, 72, 43, 80], [72, 100, 41, 80]] },
      { name: "tune", channel: 1, program: null, notes: [[0, 36, 70, 80], [36, 140, 72, 0]] },
    ],
  };

  it("is the melody of a sheet, or the part that one names", () => {
    expect(melodyOf(sheet)).toBe(2);
    const named = { ...sheet, parts: [...sheet.parts, { name: "Lead vocal", channel: 3, program: null, notes: [[0, 10, 40, 9] as const] }] };
    expect(melodyOf(named)).toBe(3);
    const draft = draftOf(sheet);
    expect([draft.metre, draft.bars, draft.bpm]).toEqual([[6, 8], 2, 90]);
    expect(draft.notes.map((note) => [note.pitch, note.velocity])).toEqual([[70, 80], [72, 1]]);
    expect(draftOf(sheet, 1).notes).toHaveLength(3);
  });

  it("is a sheet again", () => {
    expect(sheetOf(draftOf(sheet), 5)).toEqual({
      ...sheet,
      parts: [{ name: "melody", channel: 1, program: 5, notes: [[0, 36, 70, 80], [36, 140, 72, 1]] }],
    });
  });

  it("can be read aloud", () => {
    const draft: Draft = added(begun(EMPTY), 96 + 36, 96 + 60, 67, 90).draft;
    expect(noteInWords(draft, draft.notes[0]!)).toBe("G 4, bar 2, beat 2.5, 1 beat, velocity 90");
    expect(inWords(draft).slice(0, 3)).toEqual(["Bar 1: rest", "Bar 2: G 4 on 2.5 for 1 beat", "Bar 3: rest"]);
  });

  it("can be another one altogether, and back", () => {
    const edit = changed(two(), draftOf(sheet));
    expect(edit.draft.notes).toHaveLength(2);
    expect(notesOf(undone(edit))).toEqual(notesOf(two()));
  });
});
