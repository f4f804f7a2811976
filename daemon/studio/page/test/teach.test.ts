import { afterEach, describe, expect, it, vi } from "vitest";
import { groups, marks, path, share, short, spanOf } from "../src/chart";
import { dropped, isSong, send, type RunInFull } from "../src/teaching";
import { progress } from "../src/views/run";

describe("an axis", () => {
  it("has round marks within its span", () => {
    expect(marks({ low: 0, high: 1 }, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(marks({ low: -3, high: 12 }, 4)).toEqual([0, 5, 10]);
    expect(marks({ low: 0.0112, high: 0.0119 }, 3)).toEqual([0.0115]);
    expect(marks({ low: 0, high: 3e5 }, 3)).toEqual([0, 100000, 200000, 300000]);
  });

  it("holds all values with some room, and is never empty", () => {
    expect(spanOf([2, 4])).toEqual({ low: 1.84, high: 4.16 });
    expect(spanOf([0.5, 1], 0)).toEqual({ low: 0, high: 1.08 });
    expect(spanOf([])).toEqual({ low: 0, high: 1 });
    const { low, high } = spanOf([7, 7]);
    expect(low).toBeLessThan(7);
    expect(high).toBeGreaterThan(7);
    expect(share(3, { low: 2, high: 4 })).toBe(0.5);
  });

  it("has numbers that can be read", () => {
    expect([0, 0.4706, 79.5279, 12345, 0.00001, -0.25].map(short)).toEqual(["0", "0.471", "79.5", "12300", "1e-5", "-0.25"]);
  });
});

describe("a line", () => {
  const box = { left: 10, top: 0, width: 100, height: 50 };
  it("goes up where its figure does", () => {
    expect(path([[0, 0], [2, 1]], box, { low: 0, high: 2 }, { low: 0, high: 1 })).toBe("M10.0 50.0L110.0 0.0");
    expect(path([], box, { low: 0, high: 1 }, { low: 0, high: 1 })).toBe("");
  });
});

it("figures stand by what they have in common", () => {
  const names = ["similarity", "drums.notes", "bass.notes", "drums.pattern", "in_harmony", "distance.melody-bass", "bass.new_kind"];
  const found = groups(Object.fromEntries(names.map((name) => [name, []])), "similarity");
  expect(found.map(({ words, figures }) => [words, figures.map(([, shown]) => shown)])).toEqual([
    ["With the melody", ["in harmony"]],
    ["Notes in a bar", ["drums", "bass"]],
    ["Drum hits on eighths", ["drums"]],
    ["Distance of voices", ["melody and bass"]],
    ["new kind", ["bass"]],
  ]);
});

describe("how far a run is", () => {
  const run: RunInFull = {
    name: "x", technique: "band", state: "teaching", fault: "", may: ["stop"], done: 0, updates: 40, epoch: 0, epochs: 2, seconds: 75,
    best: {}, preset: false, losses: {}, metrics: {}, ear: {}, real: {}, songs: { train: 5 }, samples: [], settings: { ear_updates: 20 }, line: "",
  };
  it("is told from the songs, the ear, and the band", () => {
    expect(progress({ ...run, state: "reading" }).share).toBeNull();
    expect(progress(run)).toEqual({ share: null, words: "Nothing is learned yet · songs: 5 to learn from" });
    expect(progress({ ...run, ear: { ear: [[4, 1], [5, 1]] } })).toMatchObject({ share: 0.25 });
    const { share, words } = progress({ ...run, done: 10, epoch: 0.5, best: { similarity: 0.4706 } });
    expect(share).toBe(0.25);
    expect(words).toBe("Epoch 0.50 of 2.00, update 10 of 40 · 1:15 min · best similarity 0.471 · songs: 5 to learn from");
  });
});

describe("songs", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("are told by their names", () => {
    expect(["a.mid", "B.KAR", "x.musicxml", "x.mp3", "mid"].map(isSong)).toEqual([true, true, true, false, false]);
  });

  const file = (name: string): FileSystemEntry =>
    ({ isFile: true, name, file: (done: (file: File) => void) => done(new File(["x"], name)) }) as unknown as FileSystemEntry;
  const folder = (name: string, entries: FileSystemEntry[]): FileSystemEntry => {
    const heaps = [entries, []];
    return { isFile: false, name, createReader: () => ({ readEntries: (done: (some: FileSystemEntry[]) => void) => done(heaps.shift()!) }) } as unknown as FileSystemEntry;
  };

  it("are found in folders, whose names are their tags", async () => {
    const entries = [file("one.mid"), folder("all", [file("two.mid"), file(".hidden.mid"), folder("bossa", [file("three.krn"), file("cover.jpg")])])];
    const items = entries.map((entry) => ({ webkitGetAsEntry: () => entry }));
    const found = await dropped({ items } as unknown as DataTransfer);
    expect(found.map(({ file: { name }, within }) => [name, within])).toEqual([["one.mid", ""], ["two.mid", "all"], ["three.krn", "bossa"]]);
  });

  const answering = (refuse: (url: string) => boolean): string[] => {
    const asked: string[] = [];
    vi.stubGlobal("fetch", async (url: string) => {
      asked.push(url);
      if (refuse(url)) return new Response('{"sentence":"that is no .mid file"}', { status: 422 });
      return new Response('{"drop":"0123456789abcdef"}');
    });
    return asked;
  };
  const songs = ["a b.mid", "c.mid"].map((name) => ({ file: new File(["x"], name), within: "" }));

  it("are sent one by one; those that are refused are left out", async () => {
    const asked = answering((url) => url.includes("c.mid"));
    const sent: number[] = [];
    const done = await send(songs, (count) => sent.push(count));
    expect(done).toEqual({ folder: "drop:0123456789abcdef", refused: ["c.mid: that is no .mid file"] });
    expect(asked[1]).toBe("/api/teach/drops/0123456789abcdef?name=a+b.mid&within=");
    expect(sent).toEqual([1, 2]);
  });

  it("are none where all are refused", async () => {
    answering((url) => url.includes(".mid"));
    await expect(send(songs, () => undefined)).rejects.toThrow("a b.mid: that is no .mid file");
  });
});
