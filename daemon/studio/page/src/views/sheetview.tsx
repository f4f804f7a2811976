import { useEffect, useRef } from "preact/hooks";
import { DRUM_CHANNEL, DRUM_ROWS, drumRow } from "../drums";
import { playing } from "../player";
import { type Sheet, lengthOf, secondsOf } from "../sheet";
import { colours } from "./rollview";

const DRUMS = 4;
const NAMES = 18;
/** Pixels that a canvas has at most. */
const WIDEST = 16_000;

interface Props {
  readonly sheet: Sheet;
  /** What plays where a line is shown: the sheet itself, and whatever is compared with it. */
  readonly keys: readonly string[];
  /** Where to play, in shares of the whole; without it a click does nothing. */
  readonly seek?: (share: number) => void;
}

/** A whole piece, with a line where it plays. */
export function SheetView({ sheet, keys, seek }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const paper = canvas.current;
    if (paper === null) return;
    const draw = (): void => drawSheet(paper, sheet);
    const watch = new ResizeObserver(draw);
    watch.observe(paper);
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", draw);
    return () => {
      watch.disconnect();
      dark.removeEventListener("change", draw);
    };
  }, [sheet]);
  const now = playing.value;
  const here = now !== null && keys.includes(now.key) ? now.seconds / secondsOf(sheet, lengthOf(sheet)) : null;
  const parts = sheet.parts.map((part) => part.name).join(", ");
  return (
    <div
      class="sheet"
      role="img"
      onClick={(event) => {
        const area = event.currentTarget.getBoundingClientRect();
        seek?.((event.clientX - area.left) / area.width);
      }}
      aria-label={`${sheet.name}: ${parts}, ${Math.round(lengthOf(sheet) / sheet.bar)} bars`}
    >
      <canvas ref={canvas} />
      {here !== null && here <= 1 && <i class="now" style={{ left: `${100 * here}%` }} />}
    </div>
  );
}

function drawSheet(canvas: HTMLCanvasElement, sheet: Sheet): void {
  const pen = canvas.getContext("2d");
  const { clientWidth: width, clientHeight: height } = canvas;
  if (pen === null || width === 0) return;
  const ratio = Math.min(window.devicePixelRatio || 1, 2, WIDEST / width);
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  const wear = colours();
  const scale = width / lengthOf(sheet);
  const drums = sheet.parts.some((part) => part.channel === DRUM_CHANNEL);
  const floor = height - (drums ? DRUMS * DRUM_ROWS + 4 : 2);
  const pitches = sheet.parts.filter((part) => part.channel !== DRUM_CHANNEL).flatMap((part) => part.notes.map((note) => note[2]));
  const low = Math.min(...pitches, 48) - 1;
  const row = (floor - NAMES) / (Math.max(...pitches, 72) - low + 2);
  for (let tick = 0, bar = 0; tick < lengthOf(sheet); tick += sheet.bar, bar += 1) {
    pen.fillStyle = bar % 4 === 0 ? wear.strong : wear.line;
    pen.fillRect(Math.round(tick * scale), 0, 1, height);
  }
  sheet.parts.forEach((part, index) => {
    pen.fillStyle = wear.parts[partOf(sheet, index)] ?? wear.ink;
    for (const [tick, end, pitch] of part.notes) {
      const drum = part.channel === DRUM_CHANNEL;
      const y = drum ? height - 2 - (drumRow(pitch) + 1) * DRUMS : floor - (pitch - low + 1) * row;
      pen.fillRect(tick * scale, y, drum ? 2 : Math.max((end - tick) * scale - 0.5, 1), drum ? DRUMS - 1 : Math.max(row - 0.5, 1.5));
    }
  });
  pen.fillStyle = wear.ink;
  pen.font = "600 11px ui-sans-serif, system-ui, sans-serif";
  let free = 0;
  for (const [tick, name] of sheet.chords) {
    const x = tick * scale + 2;
    if (x < free) continue;
    pen.fillText(name, x, 12);
    free = x + pen.measureText(name).width + 8;
  }
}

/** The colour of a part: the first one is the player's. */
function partOf(sheet: Sheet, index: number): number {
  return sheet.parts.length === 1 || index === 0 ? 4 : (index - 1) % 4;
}
