import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Band } from "../band";
import { black, letterOf, pitchOf, spoken, whites } from "../keys";
import { type Hands, listenToMidi, midi, playTo } from "../midi";
import { making, voice } from "../sound";
import { down, setup } from "../store";
import { Fader } from "./fader";

const WIDE = 46;
const MOST = 22;
const LOWEST = 24;
const HIGHEST = 84;

/** A keyboard to play on: with fingers, a mouse, the computer's keys, or a MIDI keyboard of the browser's. */
export function Keyboard({ band, hands = band }: { band: Band; hands?: Hands }) {
  const low = useSignal(window.innerWidth < 760 ? 60 : 48);
  const velocity = useSignal(90);
  const count = useSignal(15);
  const focus = useSignal(0);
  const box = useRef<HTMLDivElement>(null);
  const fingers = useRef(new Map<number, number>());
  const typed = useRef(new Map<string, number>());

  useEffect(() => {
    const around = box.current;
    if (around === null) return;
    const fit = (): void => {
      count.value = Math.max(8, Math.min(MOST, Math.floor(around.clientWidth / WIDE)));
    };
    const watch = new ResizeObserver(fit);
    watch.observe(around);
    return () => watch.disconnect();
  }, []);

  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      // Who has written a number wants to play again.
      if (event.key === "Enter" && isNumber(event.target)) event.target.blur();
      if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || writing(event.target)) return;
      if (event.code === "ArrowLeft" || event.code === "ArrowRight") return;
      const pitch = pitchOf(event.code, low.value);
      if (pitch === null || typed.current.has(event.code)) return;
      event.preventDefault();
      typed.current.set(event.code, pitch);
      hands.press(pitch, velocity.value, event.timeStamp);
    };
    const release = (event: KeyboardEvent): void => {
      const pitch = typed.current.get(event.code);
      if (pitch === undefined) return;
      typed.current.delete(event.code);
      hands.release(pitch, event.timeStamp);
    };
    const leave = (): void => {
      for (const pitch of [...typed.current.values(), ...fingers.current.values()]) hands.release(pitch);
      typed.current.clear();
      fingers.current.clear();
    };
    window.addEventListener("keydown", press);
    window.addEventListener("keyup", release);
    window.addEventListener("blur", leave);
    const back = playTo(hands);
    return () => {
      leave();
      back();
      window.removeEventListener("keydown", press);
      window.removeEventListener("keyup", release);
      window.removeEventListener("blur", leave);
    };
  }, []);

  const touch = (event: PointerEvent): void => {
    if (isNumber(document.activeElement)) document.activeElement.blur();
    const target = document.elementFromPoint(event.clientX, event.clientY);
    const key = target instanceof HTMLElement ? target.closest<HTMLElement>("[data-pitch]") : null;
    const pitch = key === null ? null : Number(key.dataset["pitch"]);
    const before = fingers.current.get(event.pointerId);
    if (before === pitch) return;
    if (before !== undefined) hands.release(before, event.timeStamp);
    fingers.current.delete(event.pointerId);
    if (pitch === null || key === null) return;
    const box = key.getBoundingClientRect();
    // Nearer to the player is louder.
    const deep = Math.min(Math.max((event.clientY - box.top) / box.height, 0), 1);
    fingers.current.set(event.pointerId, pitch);
    hands.press(pitch, velocity.value * (0.7 + 0.4 * deep), event.timeStamp);
  };
  const lift = (event: PointerEvent): void => {
    const pitch = fingers.current.get(event.pointerId);
    if (pitch === undefined) return;
    fingers.current.delete(event.pointerId);
    hands.release(pitch, event.timeStamp);
  };

  // To a recording there is no left hand.
  const split = hands === band ? (setup.value?.split ?? 0) : 0;
  const pitches: number[] = [];
  for (let pitch = low.value; whites(low.value, pitch) < count.value && pitch < 128; pitch += 1) pitches.push(pitch);
  const move = (step: number): void => {
    low.value = Math.min(Math.max(low.value + step, LOWEST), HIGHEST);
  };
  return (
    <section class="keyboard" aria-label="Keyboard">
      <div class="hands">
        <SoundButton band={band} />
        <div class="octave" role="group" aria-label="Octave">
          <button type="button" aria-label="an octave lower" onClick={() => move(-12)}>
            –
          </button>
          <span>{spoken(low.value)}</span>
          <button type="button" aria-label="an octave higher" onClick={() => move(12)}>
            +
          </button>
        </div>
        <Fader label="velocity" value={velocity.value / 127} move={(value) => (velocity.value = Math.max(1, Math.round(127 * value)))} />
        <MidiButton />
        {low.value < split && <p class="left-hand">keys below {spoken(split)} are chords that lead the harmony</p>}
      </div>
      <div
        class="keys"
        ref={box}
        role="group"
        aria-label="Keys; the computer’s rows from Z and from Q play them, too"
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.preventDefault();
          (event.target as HTMLElement).releasePointerCapture?.(event.pointerId);
          touch(event);
        }}
        onPointerMove={(event) => {
          if (fingers.current.has(event.pointerId)) touch(event);
        }}
        onPointerUp={lift}
        onPointerCancel={lift}
        onPointerLeave={lift}
        onContextMenu={(event) => event.preventDefault()}
      >
        {pitches.map((pitch, index) => (
          <button
            key={pitch}
            type="button"
            data-pitch={pitch}
            data-letter={letterOf(pitch - low.value)}
            data-name={pitch % 12 === 0 ? `C${pitch / 12 - 1}` : ""}
            class={`${black(pitch) ? "black" : "white"}${pitch < split ? " left" : ""}`}
            style={{ "--at": String(whites(low.value, pitch)), "--of": String(count.value) }}
            aria-label={spoken(pitch)}
            aria-pressed={down.value.has(pitch)}
            tabIndex={index === focus.value ? 0 : -1}
            onKeyDown={(event) => walk(event, index, pitches.length, focus, hands, pitch, velocity.value)}
            onKeyUp={(event) => {
              if (event.key === " " || event.key === "Enter") hands.release(pitch, event.timeStamp);
            }}
          />
        ))}
      </div>
    </section>
  );
}

/** The arrows go from key to key; space and return play one. */
function walk(
  event: KeyboardEvent,
  index: number,
  many: number,
  focus: { value: number },
  hands: Hands,
  pitch: number,
  velocity: number,
): void {
  const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  if (step !== 0) {
    event.preventDefault();
    focus.value = Math.min(Math.max(index + step, 0), many - 1);
    const keys = (event.currentTarget as HTMLElement).parentElement?.querySelectorAll<HTMLElement>("[data-pitch]");
    keys?.[focus.value]?.focus();
  } else if ((event.key === " " || event.key === "Enter") && !event.repeat) {
    event.preventDefault();
    hands.press(pitch, velocity, event.timeStamp);
  }
}

function SoundButton({ band }: { band: Band }) {
  const on = making.value === "on";
  const turn = (): Promise<void> => (on ? band.sound.stop() : band.sound.start());
  return (
    <button type="button" class="sound" aria-pressed={on} title={voice.value ?? "Hear the band in this page"} onClick={() => void turn()}>
      {making.value === "loading" ? "Loading" : on ? "Sound on" : "Sound off"}
    </button>
  );
}

function MidiButton() {
  if (!("requestMIDIAccess" in navigator)) return null;
  return (
    <button type="button" aria-pressed={midi.value !== null} title={midi.value ?? "Play on a MIDI keyboard that this browser sees"} onClick={() => void listenToMidi()}>
      {midi.value ?? "MIDI"}
    </button>
  );
}

/** Whether letters are written there. A list is not written to: the arrows choose in it, and who has chosen a sound
 * there plays on, and does not choose another one by its first letter. */
function writing(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return target.type !== "range" && target.type !== "checkbox";
  return target instanceof HTMLTextAreaElement;
}

function isNumber(target: EventTarget | null): target is HTMLInputElement {
  return target instanceof HTMLInputElement && target.type === "number";
}
