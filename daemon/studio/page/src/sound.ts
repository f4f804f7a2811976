// The band and the player, heard in the page: notes are put on the audio clock ahead of time, all by one delay.

import { signal } from "@preact/signals";
import type { BandClock } from "./clock";
import { Delay } from "./delay";
import type { News, Place } from "./news";
import { say } from "./store";
import type { Synth } from "./synth";

/** A channel on which no band plays. */
const MELODY = 16;
const AHEAD = 0.15;
const TICK = 40;

export const volume = signal(0.8);
export const clicking = signal(false);
/** Milliseconds by which the band is heard late; null while the page is silent. */
export const heardLate = signal<number | null>(null);
export const voice = signal<string | null>(null);
export const making = signal<"off" | "loading" | "on">("off");
export const melody = signal(1);

export class Sound {
  private audio: AudioContext | null = null;
  private out: GainNode | null = null;
  private synth: Synth | null = null;
  private readonly delay = new Delay();
  private apart = -Infinity;
  private ready: Promise<void> = Promise.resolve();
  private place: Place | null = null;
  private clicked = -Infinity;
  private readonly programs = new Map<number, number>();

  constructor(private readonly clock: BandClock) {}

  get on(): boolean {
    return this.audio !== null && this.audio.state === "running" && this.synth !== null;
  }

  /** Milliseconds by which the player hears the band late. */
  get late(): number {
    return heardLate.value ?? 0;
  }

  /** Make sound from now on; to be called from a gesture, or browsers refuse. */
  async start(): Promise<void> {
    if (this.audio !== null) {
      await this.audio.resume();
      await this.ready;
      making.value = "on";
      return;
    }
    making.value = "loading";
    const audio = new AudioContext({ latencyHint: "interactive" });
    this.audio = audio;
    this.out = audio.createGain();
    this.out.gain.value = volume.value;
    this.out.connect(audio.destination);
    await audio.resume();
    this.ready = this.instruments(audio, this.out);
    await this.ready;
    window.setInterval(() => this.turn(), TICK);
    making.value = "on";
  }

  /** Be silent. */
  async stop(): Promise<void> {
    await this.audio?.suspend();
    heardLate.value = null;
    making.value = "off";
  }

  setVolume(share: number): void {
    volume.value = share;
    if (this.out !== null && this.audio !== null) this.out.gain.setTargetAtTime(share, this.audio.currentTime, 0.02);
  }

  /** The player's own key: at once. */
  key(pitch: number, velocity: number): void {
    if (!this.on) return;
    const now = this.audio!.currentTime;
    if (velocity > 0) this.synth!.on(MELODY, pitch, velocity, now);
    else this.synth!.off(MELODY, pitch, now);
  }

  /** The audio clock's time, in seconds. */
  get time(): number {
    return this.audio?.currentTime ?? 0;
  }

  /** Seconds from the audio clock's time to its being heard. */
  get latency(): number {
    return this.audio?.outputLatency || this.audio?.baseLatency || 0;
  }

  /** Begin (or, with a velocity of 0, end) a note at a time of the audio clock. */
  strike(channel: number, pitch: number, velocity: number, time: number): void {
    if (!this.on) return;
    if (velocity > 0) this.synth!.on(channel, pitch, velocity, time);
    else this.synth!.off(channel, pitch, time);
  }

  /** A channel's sound from a time of the audio clock on. */
  program(channel: number, program: number, time: number): void {
    this.synth?.program(channel, program, time);
  }

  /** End what sounds on these channels, which have the band's sounds again. */
  silence(channels: ReadonlySet<number>): void {
    for (const channel of channels) {
      this.synth?.hush(channel);
      const program = this.programs.get(channel);
      if (program !== undefined) this.synth?.program(channel, program);
    }
  }

  setMelody(program: number): void {
    melody.value = program;
    this.synth?.program(MELODY, program);
  }

  /** What the band told. */
  hear(news: readonly News[]): void {
    for (const each of news) {
      if (each.is === "place") this.place = each;
      if (each.is === "sound") {
        this.programs.set(each.channel, each.program);
        this.synth?.program(each.channel, each.program);
      }
      if (!this.on) continue;
      if (each.is === "hush") this.synth!.hush(each.channel);
      if (each.is === "sent") this.sent(each.part, each.channel, each.pitch, each.velocity, each.at);
    }
  }

  private async instruments(audio: AudioContext, out: AudioNode): Promise<void> {
    const { fontSynth, plainSynth } = await import("./synth");
    try {
      this.synth = await fontSynth(audio, out);
    } catch {
      this.synth = plainSynth(audio, out);
      say("the SoundFont can't be played here (a browser allows it on this machine only): plain sounds instead");
    }
    voice.value = this.synth.name;
    for (const [channel, program] of this.programs) this.synth.program(channel, program);
    this.synth.program(MELODY, melody.value);
  }

  private sent(part: number | null, channel: number, pitch: number, velocity: number, at: number): void {
    const audio = this.audio!;
    const when = this.when(at);
    // What was played before the page was opened is not made up for.
    if (when < audio.currentTime - 0.5) return;
    if (velocity > 0) this.delay.came(when - audio.currentTime);
    if (part === null) {
      if (velocity > 0) this.click(Math.max(when, audio.currentTime), pitch === 76);
      return;
    }
    const time = Math.max(when, audio.currentTime);
    if (velocity > 0) this.synth!.on(channel, pitch, velocity, time);
    else this.synth!.off(channel, pitch, time);
  }

  /** When, on the audio clock, something sounds that is meant for a time of the band's. */
  private when(theirs: number): number {
    return this.clock.ours(theirs) + this.apart + this.delay.seconds;
  }

  /** Twice in each click's lead: look after the clocks, and click. */
  private turn(): void {
    const audio = this.audio!;
    if (audio.state !== "running") return;
    // The audio clock moves in blocks: what lies furthest ahead is nearest to the truth, drift aside.
    const apart = audio.currentTime - performance.now() / 1000;
    this.apart = this.apart === -Infinity ? apart : Math.max(apart, this.apart - 0.00002);
    heardLate.value = 1000 * (this.delay.seconds + (audio.outputLatency || audio.baseLatency || 0));
    if (clicking.value) this.clicks(audio);
  }

  private clicks(audio: AudioContext): void {
    const line = this.place?.line;
    if (!line || !this.place) return;
    const [tick, time, period] = line;
    const { shift, beat, bar } = this.place;
    const now = this.clock.theirs(performance.now() / 1000);
    const last = tick + (now + AHEAD - time) / period;
    let next = Math.ceil((Math.max(this.clicked + 1, tick + (now - time) / period) - shift) / beat) * beat + shift;
    for (; next < last; next += beat) {
      this.click(Math.max(this.when(time + (next - tick) * period), audio.currentTime), (next - shift) % bar === 0);
      this.clicked = next;
    }
    if (this.clicked > last + 4 * bar) this.clicked = -Infinity;
  }

  /** A click of the metronome at a time of the audio clock. */
  click(time: number, first: boolean): void {
    const audio = this.audio;
    if (audio === null) return;
    const tone = audio.createOscillator();
    const gain = audio.createGain();
    tone.frequency.value = first ? 1760 : 1175;
    gain.gain.setValueAtTime(first ? 0.5 : 0.3, time);
    gain.gain.exponentialRampToValueAtTime(0.001, time + 0.05);
    tone.connect(gain).connect(this.out!);
    tone.start(time);
    tone.stop(time + 0.06);
  }
}
