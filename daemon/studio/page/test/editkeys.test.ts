import { describe, expect, it } from "vitest";
import { type Edit, EMPTY, added, begun, choose } from "../src/edit";
import { type Cursor, type Done, act, standing } from "../src/editkeys";

const START: Done = { edit: begun(EMPTY), cursor: { tick: 0, pitch: 60 } };

/** Keys, one after the other, each a name with S- for shift and C- for control. */
function press(from: Done, ...keys: string[]): Done {
  return keys.reduce((now, name) => {
    const key = name.replace(/^(S-|C-)+/, "");
    const pressed = { key, shift: name.includes("S-"), command: name.includes("C-") };
    return act(now.edit, now.cursor, pressed, 12, 90) ?? now;
  }, from);
}

const notes = ({ edit }: { edit: Edit }): number[][] => edit.draft.notes.map((note) => [note.begin, note.end, note.pitch]);

describe("the editor's keys", () => {
  it("draw a tune, a note after the other", () => {
    const done = press(START, "Enter", "S-ArrowRight", "Enter", "ArrowUp", "ArrowUp", "Enter", "Enter", "S-ArrowDown", " ");
    expect(notes(done)).toEqual([[0, 24, 60], [24, 36, 62], [36, 48, 50]]);
    expect(standing(done.edit, done.cursor)).toBe("D 3, bar 1, beat 2.5, 0.5 beats, velocity 90; chosen");
  });

  it("move what is chosen, and the cursor where nothing is", () => {
    const drawn = press(START, "Enter");
    expect(notes(press(drawn, "ArrowRight", "ArrowUp", "PageUp"))).toEqual([[12, 24, 73]]);
    const free = press(drawn, "Escape", "ArrowLeft", "ArrowDown");
    expect(notes(free)).toEqual([[0, 12, 60]]);
    expect(free.cursor).toEqual({ tick: 0, pitch: 59 });
    expect(standing(free.edit, free.cursor)).toBe("B 3, bar 1, beat 1, empty");
    expect(standing(free.edit, { tick: 6, pitch: 60 })).toBe("on C 4, bar 1, beat 1, 0.5 beats, velocity 90");
  });

  it("keep the cursor on the sheet", () => {
    const ends: [string, Cursor][] = [["ArrowLeft", { tick: 0, pitch: 60 }], ["End", { tick: 0, pitch: 60 }]];
    for (const [key, cursor] of ends) expect(press(START, key).cursor).toEqual(cursor);
    const far = Array.from({ length: 100 }, () => "ArrowRight");
    expect(press(START, ...far).cursor.tick).toBe(768 - 12);
    expect(press(START, ...Array.from({ length: 20 }, () => "PageUp")).cursor.pitch).toBe(127);
  });

  it("walk from note to note", () => {
    const edit = choose(added(added(begun(EMPTY), 0, 12, 60, 90), 48, 60, 64, 90), []);
    const from = { edit, cursor: { tick: 0, pitch: 60 } };
    expect([...press(from, ".").edit.chosen]).toEqual([0]);
    expect([...press(from, ".", ".", ".").edit.chosen]).toEqual([1]);
    expect([...press(from, ".", ".", ",").edit.chosen]).toEqual([0]);
    expect(press(START, ".").edit).toBe(START.edit);
  });

  it("undo, redo, remove, and choose all", () => {
    const two = press(START, "Enter", "Enter", "Enter");
    expect(notes(press(two, "C-z"))).toEqual([[0, 12, 60]]);
    expect(notes(press(two, "C-z", "C-z", "C-y", "C-S-Z"))).toEqual(notes(two));
    expect(notes(press(two, "C-a", "Delete"))).toEqual([]);
    expect(notes(press(two, "Backspace"))).toEqual([[0, 12, 60]]);
    expect(standing(press(two, "C-a").edit, two.cursor)).toContain("2 notes chosen");
  });

  it("leave other keys to others", () => {
    expect(act(START.edit, START.cursor, { key: "Tab", shift: false, command: false }, 12, 90)).toBeNull();
    expect(act(START.edit, START.cursor, { key: "r", shift: false, command: true }, 12, 90)).toBeNull();
  });
});
