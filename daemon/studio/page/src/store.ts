// What the page knows of the band, for whoever shows it: signals that change when news come.

import { batch, signal } from "@preact/signals";
import type { Standing } from "./link";
import type { Meter, News, Place, Ports, Preset, Setup, State } from "./news";
import { Score } from "./score";

const SENTENCES = 30;

export interface Sentence {
  readonly text: string;
  readonly wrong: boolean;
  readonly number: number;
}

/** What the page shows. */
export const view = signal<"stage" | "compose" | "teach">("stage");
export const standing = signal<Standing>("connecting");
export const state = signal<State | null>(null);
export const place = signal<Place | null>(null);
export const presets = signal<readonly Preset[]>([]);
export const setup = signal<Setup | null>(null);
export const ports = signal<Ports | null>(null);
export const meter = signal<Meter | null>(null);
export const sentences = signal<readonly Sentence[]>([]);
/** The player's keys that are down, as the band heard them. */
export const down = signal<ReadonlySet<number>>(new Set());
/** A preset that was asked for and is not armed yet. */
export const wished = signal<string | null>(null);
export const score = new Score();
/** The number of the last sentence that need not be shown any more. */
export const seen = signal(0);

let told = 0;

/** Take in what the band told. */
export function hear(news: readonly News[]): void {
  batch(() => {
    for (const each of news) one(each);
    // What was said before this page came is not news.
    if (news[0]?.is === "hello") seen.value = told;
  });
}

/** A sentence for the user. */
export function say(text: string, wrong = false): void {
  told += 1;
  sentences.value = [...sentences.value, { text, wrong, number: told }].slice(-SENTENCES);
}

function one(news: News): void {
  switch (news.is) {
    case "hello":
      score.clear();
      sentences.value = [];
      down.value = new Set();
      break;
    case "state":
      if (news.armed !== null || news.preset === wished.value) wished.value = null;
      state.value = news;
      break;
    case "place":
      place.value = news;
      score.place(news);
      break;
    case "plan":
      score.plan(news);
      break;
    case "sent":
      score.sent(news);
      break;
    case "heard":
      score.heard(news);
      press(news.pitch, news.velocity > 0);
      break;
    case "presets":
      presets.value = news.presets;
      break;
    case "setup":
      setup.value = news;
      down.value = new Set();
      break;
    case "ports":
      ports.value = news;
      break;
    case "meter":
      meter.value = news;
      break;
    case "said":
      say(news.sentence);
      break;
    case "refused":
      say(news.sentence, true);
      break;
    default:
  }
}

/** A key of this page's goes down, or comes up: shown before the band has told of it. */
export function touch(pitch: number, velocity: number, tick: number | null): void {
  press(pitch, velocity > 0);
  if (tick !== null) score.here(pitch, velocity, tick);
}

function press(pitch: number, on: boolean): void {
  const keys = new Set(down.value);
  if (on) keys.add(pitch);
  else keys.delete(pitch);
  down.value = keys;
}
