import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Band } from "../band";
import type { Hands } from "../midi";
import { Recorder, quantised } from "../recorder";
import { midiFile } from "../smf";
import { say } from "../store";
import { Keyboard } from "./keyboard";

export const GRIDS = [
  [6, "16ths"],
  [8, "triplets"],
  [12, "eighths"],
  [24, "beats"],
  [0, "as played"],
] as const;
const BARS = 16;
const BEATS = 4;

/** Record a melody to a click, put it on a grid, take notes back. */
export function Record({ band, bring }: { band: Band; bring: (file: Uint8Array) => Promise<void> }) {
  const open = useSignal(false);
  const bpm = useSignal(100);
  const grid = useSignal<number>(6);
  const running = useSignal(false);
  const many = useSignal(0);
  const recorder = useRef<Recorder | null>(null);
  const timer = useRef(0);
  const hands: Hands = {
    press: (pitch, velocity, happened = performance.now()) => {
      const loud = Math.min(Math.max(Math.round(velocity), 1), 127);
      band.sound.key(pitch, loud);
      if (running.value) recorder.current?.press(pitch, loud, happened);
    },
    release: (pitch, happened = performance.now()) => {
      band.sound.key(pitch, 0);
      recorder.current?.release(pitch, happened);
      many.value = recorder.current?.notes.length ?? 0;
    },
  };
  const stop = (): void => {
    window.clearInterval(timer.current);
    running.value = false;
  };
  useEffect(() => stop, []);
  const start = async (): Promise<void> => {
    await band.sound.start();
    const beat = 60 / bpm.value;
    const first = band.sound.time + 0.15;
    // What is played to a click is played as late as the click is heard.
    const top = performance.now() + 1000 * (first - band.sound.time + BEATS * beat + band.sound.latency);
    recorder.current = new Recorder(bpm.value, top);
    many.value = 0;
    running.value = true;
    let clicked = 0;
    const click = (): void => {
      while (first + clicked * beat < band.sound.time + 0.3) {
        band.sound.click(first + clicked * beat, clicked % BEATS === 0);
        clicked += 1;
      }
      if (clicked > (BARS + 1) * BEATS) stop();
    };
    timer.current = window.setInterval(click, 60);
    click();
  };
  const use = (): void => {
    const notes = recorder.current?.notes ?? [];
    if (notes.length === 0) say("nothing was recorded yet", true);
    else void bring(midiFile(quantised(notes, grid.value), bpm.value));
  };
  if (!open.value) {
    return (
      <button type="button" onClick={() => (open.value = true)}>
        Record one
      </button>
    );
  }
  return (
    <div class="record">
      <div class="order">
        <button class="main" type="button" onClick={() => (running.value ? stop() : void start())}>
          {running.value ? "Stop" : "Record"}
        </button>
        <label class="field">
          <span>Tempo</span>
          <input type="number" min={40} max={240} value={bpm.value} onChange={(event) => (bpm.value = Math.min(Math.max(Number(event.currentTarget.value) || 100, 40), 240))} />
        </label>
        <label class="field">
          <span>Onto</span>
          <select value={grid.value} onChange={(event) => (grid.value = Number(event.currentTarget.value))}>
            {GRIDS.map(([ticks, words]) => (
              <option key={ticks} value={ticks}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <button
          type="button"
          disabled={many.value === 0}
          onClick={() => {
            recorder.current?.undo();
            many.value = recorder.current?.notes.length ?? 0;
          }}
        >
          Undo
        </button>
        <button type="button" disabled={many.value === 0} onClick={use}>
          Use {many.value} {many.value === 1 ? "note" : "notes"}
        </button>
      </div>
      <Keyboard band={band} hands={hands} />
    </div>
  );
}
