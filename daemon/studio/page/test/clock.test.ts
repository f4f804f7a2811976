import { describe, expect, it } from "vitest";
import { BandClock, barAndBeat, tickAt } from "../src/clock";
import type { Place } from "../src/news";

const place: Place = { is: "place", line: [96, 10, 0.02], shift: 96, bar: 96, beat: 24 };

describe("the band's clock", () => {
  it("trusts the quickest answer", () => {
    const clock = new BandClock();
    clock.guess(1, 101);
    expect(clock.theirs(2)).toBe(102);
    clock.answered(1, 1.2, 101.1 + 0.09);
    clock.answered(2, 2.01, 102.005);
    clock.answered(3, 3.5, 103.1);
    expect(clock.theirs(5)).toBeCloseTo(105, 6);
    expect(clock.ours(105)).toBeCloseTo(5, 6);
    expect(clock.trip).toBeCloseTo(10, 6);
  });

  it("forgets a band that was restarted", () => {
    const clock = new BandClock();
    clock.answered(1, 1, 50);
    clock.forget();
    clock.guess(2, 7);
    expect(clock.theirs(2)).toBe(7);
    expect(clock.trip).toBeNull();
  });
});

describe("the place", () => {
  it("is a tick of a line, or none", () => {
    expect(tickAt(place, 10.48)).toBeCloseTo(120, 6);
    expect(tickAt({ ...place, line: null }, 1)).toBeNull();
    expect(tickAt(null, 1)).toBeNull();
  });

  it("counts bars and beats from one, and the count-in below", () => {
    expect(barAndBeat(place, 96)).toEqual({ bar: 1, beat: 1 });
    expect(barAndBeat(place, 96 + 96 + 47.9)).toEqual({ bar: 2, beat: 2 });
    expect(barAndBeat(place, 72)).toEqual({ bar: 0, beat: 4 });
    expect(barAndBeat({ ...place, bar: 72, beat: 36, shift: 0 }, 37)).toEqual({ bar: 1, beat: 2 });
  });
});
