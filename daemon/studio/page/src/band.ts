// The band as the views know it: ask it, hear it, play to it.

import { Link } from "./link";
import type { Ask } from "./news";
import { Sound } from "./sound";
import { tickAt } from "./clock";
import { hear, place, standing, touch } from "./store";

const LATEST = 250;

export class Band {
  readonly link: Link;
  readonly sound: Sound;
  private readonly held = new Map<number, number>();

  constructor() {
    this.link = new Link(
      (news) => {
        hear(news);
        this.sound.hear(news);
      },
      (now) => {
        standing.value = now;
        if (now === "open") this.held.clear();
      },
    );
    this.sound = new Sound(this.link.clock);
  }

  open(): void {
    this.link.open();
  }

  ask(message: Ask): void {
    this.link.ask(message);
  }

  /** A key goes down, by whatever hand; two hands may hold the same one. */
  press(pitch: number, velocity: number, happened = performance.now()): void {
    const hands = this.held.get(pitch) ?? 0;
    this.held.set(pitch, hands + 1);
    const loud = Math.min(Math.max(Math.round(velocity), 1), 127);
    this.ask({ do: "press", pitch, velocity: loud, ago: this.ago(happened) });
    this.sound.key(pitch, loud);
    this.show(pitch, loud, happened);
  }

  release(pitch: number, happened = performance.now()): void {
    const hands = this.held.get(pitch) ?? 0;
    if (hands > 1) {
      this.held.set(pitch, hands - 1);
      return;
    }
    this.held.delete(pitch);
    this.ask({ do: "release", pitch, ago: this.ago(happened) });
    this.sound.key(pitch, 0);
    this.show(pitch, 0, happened);
  }

  pedal(on: boolean): void {
    this.ask({ do: "pedal", on });
  }

  /** In the roll and on the keys at once, and not a way to the band and back later. */
  private show(pitch: number, velocity: number, happened: number): void {
    if (standing.value !== "open" && velocity > 0) return;
    const since = Math.max(performance.now() - happened, 0) + this.sound.late;
    touch(pitch, velocity, tickAt(place.value, this.link.now() - since / 1000));
  }

  /** Whoever hears the band late plays late by as much: milliseconds since the music stood there. */
  private ago(happened: number): number {
    const away = (this.link.clock.trip ?? 0) / 2;
    const since = Math.max(performance.now() - happened, 0);
    return Math.round(10 * Math.min(since + away + this.sound.late, LATEST)) / 10;
  }
}
