import { describe, expect, it } from "vitest";
import type { Plan, Sent } from "../src/news";
import { PLAYER, Score, chordsAt } from "../src/score";

const struck = (pitch: number, tick: number, velocity = 80, part: number | null = 1): Sent => ({
  is: "sent",
  part,
  channel: 2,
  pitch,
  velocity,
  tick,
  at: 0,
});
const plan = (first: number, until: number, notes: Plan["notes"] = [], chords: Plan["chords"] = []): Plan => ({
  is: "plan",
  first,
  until,
  end: until + 96,
  notes,
  chords,
});

describe("a score", () => {
  it("holds what is struck until it ends", () => {
    const score = new Score();
    score.sent(struck(60, 24));
    expect(score.played[0]).toMatchObject({ begin: 24, end: null, part: 1 });
    score.sent(struck(60, 48, 0));
    expect(score.played[0]?.end).toBe(48);
  });

  it("ends a note that is struck again, and keeps the parts apart", () => {
    const score = new Score();
    score.sent(struck(60, 0));
    score.sent(struck(60, 12, 80, 2));
    score.sent(struck(60, 24));
    expect(score.played.map((note) => note.end)).toEqual([24, null, null]);
  });

  it("shows the player's keys where the music runs, and no clicks", () => {
    const score = new Score();
    score.heard({ is: "heard", pitch: 64, velocity: 90, at: 1, tick: null });
    score.sent(struck(76, 0, 100, null));
    expect(score.played).toEqual([]);
    score.heard({ is: "heard", pitch: 64, velocity: 90, at: 1, tick: 3.5 });
    expect(score.played[0]?.part).toBe(PLAYER);
  });

  it("shows this page's keys at once, and then where the band heard them", () => {
    const score = new Score();
    const told = (velocity: number, tick: number): void => score.heard({ is: "heard", pitch: 64, velocity, at: 1, tick });
    score.here(64, 90, 10);
    expect(score.played).toMatchObject([{ part: PLAYER, begin: 10, end: null }]);
    score.here(64, 0, 14);
    score.here(64, 90, 16);
    told(90, 9);
    told(0, 13);
    told(90, 15);
    expect(score.played.map((note) => [note.begin, note.end])).toEqual([[9, 13], [15, null]]);
    told(0, 20);
    told(90, 30);
    expect(score.played.map((note) => [note.begin, note.end])).toEqual([[9, 13], [15, 20], [30, null]]);
  });

  it("takes back a key that the band never heard", () => {
    const score = new Score();
    score.here(64, 90, 10);
    score.here(64, 0, 14);
    score.here(65, 90, 60);
    score.plan(plan(96, 120));
    expect(score.played.map((note) => note.pitch)).toEqual([65]);
  });

  it("replaces what was planned from where it is decided anew", () => {
    const score = new Score();
    score.plan(plan(0, 24, [[1, 0, 24, 40, 80, false], [1, 24, 48, 41, 80, false]], [[0, "C"], [24, "F"]]));
    score.plan(plan(24, 48, [[1, 24, 36, 43, 80, false]], [[24, "G"], [48, "C"]]));
    expect(score.coming.map((note) => note.pitch)).toEqual([40, 43]);
    expect(score.settled).toBe(48);
    expect(score.chords.map((chord) => chord.name)).toEqual(["C", "G", "C"]);
  });

  it("names a chord that goes on only once", () => {
    const score = new Score();
    score.plan(plan(0, 24, [], [[0, "C"]]));
    score.plan(plan(24, 48, [], [[24, "C"], [36, "F"]]));
    expect(score.chords).toEqual([{ tick: 0, name: "C" }, { tick: 36, name: "F" }]);
    expect(chordsAt(score.chords, 30)).toEqual({ now: "C", next: "F" });
    expect(chordsAt(score.chords, -1)).toEqual({ now: "", next: "C" });
    expect(chordsAt(score.chords, 90)).toEqual({ now: "F", next: "" });
  });

  it("is silent when the music stands", () => {
    const score = new Score();
    score.plan(plan(0, 24, [[1, 0, 24, 40, 80, false]]));
    score.sent(struck(40, 0));
    score.place({ is: "place", line: null, shift: 0, bar: 96, beat: 24 });
    expect(score.coming).toEqual([]);
    expect(score.played[0]?.end).not.toBeNull();
  });

  it("forgets what is long over, and not what still sounds", () => {
    const score = new Score();
    score.sent(struck(30, 0));
    for (let tick = 0; tick < 20000; tick += 24) {
      score.sent(struck(60, tick));
      score.plan(plan(tick + 24, tick + 48));
    }
    expect(score.played.length).toBeLessThan(400);
    expect(score.played[0]).toMatchObject({ pitch: 30, end: null });
  });
});
