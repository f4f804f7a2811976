// A MIDI file as sound, made in the page: the SoundFont's player without an ear.

import { WorkletSynthesizer, audioBufferToWav } from "spessasynth_lib";
import processor from "spessasynth_lib/dist/spessasynth_processor.min.js?url";
import { BasicMIDI } from "spessasynth_core";

const FONT = "/sounds/band.sf3";
const RATE = 44_100;
/** Seconds for the last notes to die away. */
const TAIL = 2;

/** Whether this page may do so: browsers allow it in a secure context only, such as on the band's own machine. */
export function canRender(): boolean {
  return "OfflineAudioContext" in window && "audioWorklet" in OfflineAudioContext.prototype && window.isSecureContext;
}

/** A WAV file of 16 bits. The file's programs are those of the SoundFont that is shipped. */
export async function rendered(file: ArrayBuffer): Promise<Blob> {
  const midi = BasicMIDI.fromArrayBuffer(file);
  const font = await fetch(FONT);
  if (!font.ok) throw new Error("the SoundFont is missing");
  const audio = new OfflineAudioContext(2, Math.ceil(RATE * (midi.duration + TAIL)), RATE);
  await audio.audioWorklet.addModule(processor);
  const synth = new WorkletSynthesizer(audio, { eventsEnabled: false });
  synth.connect(audio.destination);
  const soundBankList = [{ bankOffset: 0, soundBankBuffer: await font.arrayBuffer() }];
  await synth.startOfflineRender({ midiSequence: midi, loopCount: 0, soundBankList });
  return audioBufferToWav(await audio.startRendering());
}
