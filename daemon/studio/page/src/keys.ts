// The computer's keyboard as a piano: two rows, a lower one from C and an upper one an octave higher, by where
// the keys are and not by what is printed on them.

const LOWER = ["KeyZ", "KeyS", "KeyX", "KeyD", "KeyC", "KeyV", "KeyG", "KeyB", "KeyH", "KeyN", "KeyJ", "KeyM"];
const LOWER_MORE = ["Comma", "KeyL", "Period", "Semicolon", "Slash"];
const UPPER = ["KeyQ", "Digit2", "KeyW", "Digit3", "KeyE", "KeyR", "Digit5", "KeyT", "Digit6", "KeyY", "Digit7", "KeyU"];
const UPPER_MORE = ["KeyI", "Digit9", "KeyO", "Digit0", "KeyP"];

const STEPS = new Map<string, number>([
  ...[...LOWER, ...LOWER_MORE].map((code, k): [string, number] => [code, k]),
  ...[...UPPER, ...UPPER_MORE].map((code, k): [string, number] => [code, 12 + k]),
]);

/** The pitch of a key (`KeyboardEvent.code`), the lower C being `low`; null for a key that is none. */
export function pitchOf(code: string, low: number): number | null {
  const step = STEPS.get(code);
  if (step === undefined || low + step > 127) return null;
  return low + step;
}

/** What is printed, on most keyboards, on the key that plays a step above the lower C; empty for none. */
export function letterOf(step: number): string {
  const code = step < 12 ? LOWER[step] : step < 24 ? UPPER[step - 12] : UPPER_MORE[step - 24];
  if (code === undefined) return "";
  return code.replace("Key", "").replace("Digit", "");
}

const NAMES = ["C", "C sharp", "D", "E flat", "E", "F", "F sharp", "G", "A flat", "A", "B flat", "B"];

/** Whether a key is black. */
export function black(pitch: number): boolean {
  return [1, 3, 6, 8, 10].includes(pitch % 12);
}

/** A pitch as it is spoken: C 4. */
export function spoken(pitch: number): string {
  return `${NAMES[pitch % 12] ?? ""} ${Math.floor(pitch / 12) - 1}`;
}

/** Where a key lies on a keyboard that begins at `low`, a C: from 0, in white keys. */
export function whites(low: number, pitch: number): number {
  let count = 0;
  for (let each = low; each < pitch; each += 1) if (!black(each)) count += 1;
  return count;
}
