// Cuts the SoundFont that the page ships out of FluidR3Mono_GM.sf3 (Debian: fluidr3mono-gm-soundfont; MIT).
//
//     node tools/font.mjs /usr/share/fluidr3mono-gm-soundfont/FluidR3Mono_GM.sf3
//
// It keeps the sounds that the packaged presets ask for, those that a player may choose, and of each of them
// the keys that are played. Samples stay as they are (Ogg Vorbis).
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { SoundBankLoader } from "spessasynth_core";

// General MIDI programs from 0, with the lowest and the highest key that is kept of each.
const KEPT = new Map([
  [0, [21, 108]], // piano
  [4, [28, 103]], // electric piano
  [11, [48, 96]], // vibraphone
  [18, [24, 96]], // rock organ
  [25, [36, 88]], // steel guitar
  [26, [36, 88]], // jazz guitar
  [29, [36, 88]], // overdriven guitar
  [32, [23, 67]], // acoustic bass
  [33, [23, 67]], // fingered bass
  [34, [23, 67]], // picked bass
  [42, [36, 81]], // cello
  [48, [28, 100]], // strings
  [56, [52, 94]], // trumpet
  [60, [34, 84]], // horns
  [65, [44, 92]], // alto saxophone
  [71, [50, 94]], // clarinet
  [73, [60, 98]], // flute
  [80, [21, 108]], // square lead
]);
const DRUMS = [35, 57];

const given = process.argv[2];
if (given === undefined) throw new Error("say where FluidR3Mono_GM.sf3 is");
const bytes = readFileSync(given);
const bank = SoundBankLoader.fromArrayBuffer(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));

const VELOCITIES = new Set(Array.from({ length: 127 }, (_, k) => k + 1));

function keys([low, high]) {
  return new Map(Array.from({ length: high - low + 1 }, (_, k) => [k + low, VELOCITIES]));
}

const wanted = new Map();
for (const preset of bank.presets) {
  const melodic = !preset.isGMGSDrum && preset.bankMSB === 0 && KEPT.has(preset.program);
  const drums = preset.isGMGSDrum && preset.program === 0;
  if (melodic) wanted.set(preset, keys(KEPT.get(preset.program)));
  if (drums) wanted.set(preset, keys(DRUMS));
}
for (const preset of [...bank.presets]) if (!wanted.has(preset)) bank.deletePreset(preset);
bank.removeUnusedElements();
bank.trim(wanted);
bank.removeUnusedElements();
const out = fileURLToPath(new URL("../../sounds/band.sf3", import.meta.url));
writeFileSync(out, Buffer.from(bank.writeSF2()));
console.log(`${out}: ${wanted.size} sounds`);
