// Who makes the sound: the SoundFont's player, or, where that does not start, plain oscillators.

import { WorkletSynthesizer } from "spessasynth_lib";
import processor from "spessasynth_lib/dist/spessasynth_processor.min.js?url";
import { DRUM_CHANNEL } from "./drums";
import { nearest } from "./sounds";

/** Channels from 1; times are the audio context's. */
export interface Synth {
  readonly name: string;
  /** From a time on; without one, at once. */
  program(channel: number, program: number, time?: number): void;
  on(channel: number, pitch: number, velocity: number, time: number): void;
  off(channel: number, pitch: number, time: number): void;
  hush(channel: number): void;
}

const FONT = "/sounds/band.sf3";

/** The SoundFont's player. Fails where the browser has no audio worklets (they need a secure context). */
export async function fontSynth(audio: AudioContext, out: AudioNode): Promise<Synth> {
  await audio.audioWorklet.addModule(processor);
  const font = await fetch(FONT);
  if (!font.ok) throw new Error("the SoundFont is missing");
  const synth = new WorkletSynthesizer(audio);
  synth.connect(out);
  await synth.isReady;
  await synth.soundBankManager.addSoundBank(await font.arrayBuffer(), "band");
  return {
    name: "SoundFont",
    program: (channel, program, time) => {
      if (channel === DRUM_CHANNEL) return;
      synth.programChange(channel - 1, nearest(program) - 1, time === undefined ? undefined : { time });
    },
    on: (channel, pitch, velocity, time) => synth.noteOn(channel - 1, pitch, velocity, { time }),
    off: (channel, pitch, time) => synth.noteOff(channel - 1, pitch, { time }),
    hush: (channel) => synth.controllerChange(channel - 1, 123, 0),
  };
}

/** Oscillators, and noise for drums: not beautiful, but everywhere. */
export function plainSynth(audio: AudioContext, out: AudioNode): Synth {
  const sounding = new Map<number, { gain: GainNode; source: AudioScheduledSourceNode }>();
  const noise = audio.createBuffer(1, audio.sampleRate, audio.sampleRate);
  const samples = noise.getChannelData(0);
  for (let k = 0; k < samples.length; k += 1) samples[k] = 2 * Math.random() - 1;
  const end = (key: number, time: number): void => {
    const note = sounding.get(key);
    if (note === undefined) return;
    sounding.delete(key);
    note.gain.gain.setTargetAtTime(0, time, 0.05);
    note.source.stop(time + 0.4);
  };
  return {
    name: "plain",
    program: () => undefined,
    on: (channel, pitch, velocity, time) => {
      const key = channel * 128 + pitch;
      end(key, time);
      const gain = audio.createGain();
      const loud = 0.16 * (velocity / 127) ** 1.5;
      gain.gain.setValueAtTime(0, time);
      gain.gain.linearRampToValueAtTime(loud, time + 0.006);
      gain.connect(out);
      const source = channel === DRUM_CHANNEL ? drum(audio, noise, pitch, gain, time) : voice(audio, pitch, gain);
      source.start(time);
      sounding.set(key, { gain, source });
      if (channel === DRUM_CHANNEL) end(key, time + 0.02);
    },
    off: (channel, pitch, time) => end(channel * 128 + pitch, time),
    hush: (channel) => {
      for (const key of [...sounding.keys()]) if (Math.floor(key / 128) === channel) end(key, audio.currentTime);
    },
  };
}

function voice(audio: AudioContext, pitch: number, out: AudioNode): AudioScheduledSourceNode {
  const source = audio.createOscillator();
  source.type = "triangle";
  source.frequency.value = 440 * 2 ** ((pitch - 69) / 12);
  source.connect(out);
  return source;
}

function drum(audio: AudioContext, noise: AudioBuffer, pitch: number, out: AudioNode, time: number): AudioScheduledSourceNode {
  if (pitch <= 36) {
    const kick = audio.createOscillator();
    kick.frequency.setValueAtTime(130, time);
    kick.frequency.exponentialRampToValueAtTime(45, time + 0.09);
    kick.connect(out);
    return kick;
  }
  const source = audio.createBufferSource();
  source.buffer = noise;
  const filter = audio.createBiquadFilter();
  filter.type = pitch <= 41 ? "bandpass" : "highpass";
  filter.frequency.value = pitch <= 41 ? 1800 : 7000;
  source.connect(filter).connect(out);
  return source;
}
