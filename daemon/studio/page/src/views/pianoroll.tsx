import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { edit } from "../desk";
import { type Edit, type Note, added, barOf, beatOf, choose, endOf, lengthened, moved, noteInWords, removed, toggled } from "../edit";
import { type Cursor, act, standing } from "../editkeys";
import { spoken } from "../keys";
import { TICKS } from "../sheet";

const TOP = 127;
const EDGE = 9;
const SLIP = 8;

export type Tool = "draw" | "select";

interface Props {
  readonly tool: Signal<Tool>;
  readonly grid: number;
  readonly velocity: number;
  /** Pixels of a beat of 24 ticks. */
  readonly wide: number;
  /** Where it plays, in ticks; null where it does not. */
  readonly now: number | null;
  readonly hear: (pitch: number, velocity: number) => void;
  readonly seek: (tick: number) => void;
}

type Drag =
  | { kind: "draw" | "lengthen" | "move"; from: Edit; note: Note; tick: number; pitch: number; heard: number }
  | { kind: "box"; from: Edit; tick: number; pitch: number }
  | { kind: "tap"; from: Edit; x: number; y: number };

/** The melody on a grid: drawn, chosen, moved and stretched by mouse, finger or keys. */
export function PianoRoll({ tool, grid, velocity, wide, now, hear, seek }: Props) {
  const scroll = useRef<HTMLDivElement>(null);
  const surface = useRef<HTMLDivElement>(null);
  const drag = useRef<Drag | null>(null);
  const cursor = useSignal<Cursor>({ tick: 0, pitch: 60 });
  const box = useSignal<{ x: number; y: number; w: number; h: number } | null>(null);
  const told = useSignal("");
  const known = edit.value!;
  const { draft } = known;
  const scale = wide / TICKS;
  const step = grid || 6;

  useEffect(() => {
    const around = scroll.current;
    if (around === null) return;
    const notes = edit.value?.draft.notes ?? [];
    const pitches = notes.map((note) => note.pitch);
    const middle = pitches.length === 0 ? 66 : (Math.min(...pitches) + Math.max(...pitches)) / 2;
    const row = rowOf(surface.current);
    around.scrollTop = (TOP - middle + 0.5) * row - (around.clientHeight - 26) / 2;
    cursor.value = { tick: 0, pitch: Math.round(notes[0]?.pitch ?? 60) };
  }, []);

  // What plays stays in sight.
  const x = now === null ? null : now * scale;
  useEffect(() => {
    const around = scroll.current;
    if (around === null || x === null) return;
    const right = around.clientWidth - 90;
    if (x < around.scrollLeft || x > around.scrollLeft + right) around.scrollLeft = x - 20;
  }, [x]);

  const point = (event: PointerEvent | MouseEvent): { x: number; y: number; tick: number; pitch: number } => {
    const area = surface.current!.getBoundingClientRect();
    const here = { x: event.clientX - area.left, y: event.clientY - area.top };
    return { ...here, tick: here.x / scale, pitch: TOP - Math.floor(here.y / rowOf(surface.current)) };
  };
  const snapped = (tick: number): number => Math.floor(tick / step) * step;
  const at = (note: Note): void => {
    cursor.value = { tick: note.begin, pitch: note.pitch };
  };
  const drawAt = (from: Edit, tick: number, pitch: number): Note | null => {
    edit.value = added(from, snapped(tick), snapped(tick) + step, pitch, velocity);
    const [id] = edit.value.chosen;
    const note = edit.value === from ? undefined : edit.value.draft.notes.find((each) => each.id === id);
    if (note === undefined) return null;
    hear(note.pitch, note.velocity);
    at(note);
    return note;
  };

  const down = (event: PointerEvent): void => {
    const from = edit.value!;
    const here = point(event);
    const target = (event.target as HTMLElement).closest<HTMLElement>("[data-note]");
    const note = target === null ? undefined : from.draft.notes.find((each) => each.id === Number(target.dataset["note"]));
    surface.current?.focus({ preventScroll: true });
    if (event.button === 2) {
      if (note !== undefined && event.pointerType === "mouse") edit.value = removed(choose(from, [note.id]));
      return;
    }
    if (event.button !== 0) return;
    if (note !== undefined) {
      event.preventDefault();
      if (event.shiftKey || event.ctrlKey || event.metaKey) {
        edit.value = toggled(from, note.id);
        return;
      }
      const chosen = from.chosen.has(note.id) ? from : choose(from, [note.id]);
      edit.value = chosen;
      at(note);
      hear(note.pitch, note.velocity);
      const edge = Math.min(EDGE, ((note.end - note.begin) * scale) / 3);
      const kind = here.x > note.end * scale - edge ? "lengthen" : "move";
      drag.current = { kind, from: chosen, note, tick: here.tick, pitch: here.pitch, heard: note.pitch };
      surface.current?.setPointerCapture(event.pointerId);
      return;
    }
    cursor.value = { tick: snapped(here.tick), pitch: here.pitch };
    if (tool.value === "select") {
      event.preventDefault();
      const kept = event.shiftKey || event.ctrlKey || event.metaKey ? from : choose(from, []);
      edit.value = kept;
      drag.current = { kind: "box", from: kept, tick: here.tick, pitch: here.y };
      surface.current?.setPointerCapture(event.pointerId);
    } else if (event.pointerType === "touch") {
      // A finger that goes on scrolls; one that is lifted draws.
      drag.current = { kind: "tap", from, x: event.clientX, y: event.clientY };
    } else {
      event.preventDefault();
      const drawn = drawAt(from, here.tick, here.pitch);
      if (drawn === null) return;
      drag.current = { kind: "draw", from, note: drawn, tick: here.tick, pitch: here.pitch, heard: drawn.pitch };
      surface.current?.setPointerCapture(event.pointerId);
    }
  };

  const move = (event: PointerEvent): void => {
    const going = drag.current;
    if (going === null || going.kind === "tap") return;
    const here = point(event);
    if (going.kind === "box") {
      boxed(going, here);
      return;
    }
    const { note, from } = going;
    if (going.kind === "draw") {
      const end = Math.max(Math.ceil(here.tick / step) * step, note.begin + step);
      edit.value = added(from, note.begin, end, note.pitch, note.velocity);
    } else if (going.kind === "lengthen") {
      const end = grid === 0 ? note.end + here.tick - going.tick : Math.round((note.end + here.tick - going.tick) / grid) * grid;
      edit.value = lengthened(from, Math.max(end, note.begin + (grid || 3)) - note.end);
    } else {
      const begin = grid === 0 ? Math.round(note.begin + here.tick - going.tick) : Math.round((note.begin + here.tick - going.tick) / grid) * grid;
      // A click that trembles moves nothing off its place.
      const along = Math.abs(here.tick - going.tick) * scale < 3 ? 0 : begin - note.begin;
      edit.value = moved(from, along, here.pitch - going.pitch);
      const pitch = edit.value.draft.notes.find((each) => each.id === note.id)?.pitch ?? note.pitch;
      if (pitch !== going.heard) hear(pitch, note.velocity);
      going.heard = pitch;
    }
  };

  const boxed = (going: Drag & { kind: "box" }, here: { x: number; y: number; tick: number }): void => {
    const row = rowOf(surface.current);
    const [left, right] = [Math.min(going.tick, here.tick), Math.max(going.tick, here.tick)];
    const [top, bottom] = [Math.min(going.pitch, here.y), Math.max(going.pitch, here.y)];
    box.value = { x: left * scale, y: top, w: (right - left) * scale, h: bottom - top };
    const inside = draft.notes.filter((note) => {
      const y = (TOP - note.pitch) * row;
      return note.begin < right && note.end > left && y < bottom && y + row > top;
    });
    edit.value = choose(going.from, [...going.from.chosen, ...inside.map((note) => note.id)]);
  };

  const lift = (event: PointerEvent): void => {
    const going = drag.current;
    drag.current = null;
    box.value = null;
    if (going?.kind === "tap" && Math.hypot(event.clientX - going.x, event.clientY - going.y) < SLIP) {
      const here = point(event);
      if (going.from.chosen.size > 1) edit.value = choose(going.from, []);
      else drawAt(going.from, here.tick, here.pitch);
    }
    told.value = standing(edit.value!, cursor.value);
  };

  const cancel = (): void => {
    const going = drag.current;
    drag.current = null;
    box.value = null;
    if (going !== null && going.kind !== "tap") edit.value = going.from;
  };

  const key = (event: KeyboardEvent): void => {
    if (event.altKey) return;
    const before = edit.value!;
    const pressed = { key: event.key, shift: event.shiftKey, command: event.ctrlKey || event.metaKey };
    const done = act(before, cursor.value, pressed, step, velocity);
    if (done === null) return;
    event.preventDefault();
    event.stopPropagation();
    edit.value = done.edit;
    cursor.value = done.cursor;
    told.value = standing(done.edit, done.cursor);
    const first = done.edit.draft.notes.find((note) => done.edit.chosen.has(note.id));
    const was = before.draft.notes.find((note) => note.id === first?.id);
    if (first !== undefined && (was?.pitch !== first.pitch || !before.chosen.has(first.id))) hear(first.pitch, first.velocity);
    inSight(scroll.current, surface.current, done.cursor, scale);
  };

  const bar = barOf(draft);
  const size = { "--wide": `${endOf(draft) * scale}px`, "--bar": `${bar * scale}px`, "--beat": `${beatOf(draft) * scale}px`, "--step": `${step * scale}px` };
  const notes = useMemo(
    () =>
      draft.notes.map((note) => (
        <button
          key={note.id}
          type="button"
          tabIndex={-1}
          data-note={note.id}
          class={known.chosen.has(note.id) ? "chosen" : ""}
          aria-pressed={known.chosen.has(note.id)}
          aria-label={noteInWords(draft, note)}
          style={{
            left: `${note.begin * scale}px`,
            width: `${Math.max((note.end - note.begin) * scale - 1, 4)}px`,
            "--line": String(TOP - note.pitch),
            "--loud": String(0.35 + (0.65 * note.velocity) / 127),
          }}
        />
      )),
    [draft, known.chosen, scale],
  );
  return (
    <div class="pianoroll" style={size}>
      <div class="piano" ref={scroll}>
        <div class="corner" />
        <div class="ruler" onClick={(event) => seek(snapped(point(event).tick))} title="Play from here">
          {Array.from({ length: draft.bars }, (_, k) => (
            <span key={k} style={{ left: `${k * bar * scale}px` }}>
              {k + 1}
            </span>
          ))}
          {x !== null && <i class="now" style={{ left: `${x}px` }} />}
        </div>
        <div class="names" aria-hidden="true">
          {Array.from({ length: 11 }, (_, octave) => (
            <span key={octave} style={{ "--line": String(TOP - 12 * octave) }}>
              C{octave - 1}
            </span>
          ))}
        </div>
        <div
          class={`surface ${tool.value}`}
          ref={surface}
          tabIndex={0}
          role="application"
          aria-roledescription="piano roll"
          aria-label={`The melody, ${draft.notes.length} ${draft.notes.length === 1 ? "note" : "notes"}`}
          aria-describedby="roll-keys"
          onPointerDown={down}
          onPointerMove={move}
          onPointerUp={lift}
          onPointerCancel={cancel}
          onKeyDown={key}
          onContextMenu={(event) => event.preventDefault()}
        >
          {notes}
          <i class="cursor" style={{ left: `${cursor.value.tick * scale}px`, "--line": String(TOP - cursor.value.pitch) }} />
          {box.value !== null && (
            <i class="box" style={{ left: `${box.value.x}px`, top: `${box.value.y}px`, width: `${box.value.w}px`, height: `${box.value.h}px` }} />
          )}
          {x !== null && <i class="now" style={{ left: `${x}px` }} />}
        </div>
      </div>
      <p class="told" role="status">
        {told.value || `${draft.notes.length} ${draft.notes.length === 1 ? "note" : "notes"}, ${draft.bars} ${draft.bars === 1 ? "bar" : "bars"}; cursor on ${spoken(cursor.value.pitch)}`}
      </p>
    </div>
  );
}

/** The height of a pitch, which the style sheet says. */
function rowOf(surface: HTMLElement | null): number {
  return surface === null ? 14 : surface.clientHeight / (TOP + 1);
}

function inSight(scroll: HTMLElement | null, surface: HTMLElement | null, { tick, pitch }: Cursor, scale: number): void {
  if (scroll === null) return;
  const row = rowOf(surface);
  const [x, y] = [tick * scale, (TOP - pitch) * row];
  const [wide, high] = [scroll.clientWidth - 60, scroll.clientHeight - 40];
  if (x < scroll.scrollLeft + 10) scroll.scrollLeft = x - 40;
  if (x > scroll.scrollLeft + wide - 30) scroll.scrollLeft = x - wide + 80;
  if (y < scroll.scrollTop + row) scroll.scrollTop = y - 3 * row;
  if (y > scroll.scrollTop + high - 2 * row) scroll.scrollTop = y - high + 4 * row;
}
