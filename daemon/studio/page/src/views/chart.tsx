import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { type Box, marks, path, share, short, spanOf } from "../chart";
import type { Point } from "../teaching";

interface Props {
  readonly title: string;
  /** What stands in the title's place. */
  readonly head?: ComponentChildren;
  readonly points: readonly Point[];
  /** What the songs themselves have. */
  readonly level?: number | undefined;
  /** What `x` counts. */
  readonly unit: string;
  /** Where `x` ends once all is done. */
  readonly until?: number;
  readonly from?: number;
  /** Where the best is, on `x`. */
  readonly best?: number | undefined;
  readonly small?: boolean;
}

const LEFT = 44;
const RIGHT = 10;
const TOP = 8;
const BELOW = 22;
const FEW = 40;

/** A figure as it changes, and the level that it should come to. */
export function Chart({ title, head, points, level, unit, until = 0, from, best, small = false }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const width = useSignal(320);
  useEffect(() => {
    if (frame.current === null) return;
    const watch = new ResizeObserver(([entry]) => (width.value = Math.max(entry?.contentRect.width ?? 0, 160)));
    watch.observe(frame.current);
    return () => watch.disconnect();
  }, []);
  const height = small ? 120 : 190;
  const box: Box = { left: LEFT, top: TOP, width: width.value - LEFT - RIGHT, height: height - TOP - BELOW };
  const x = { low: 0, high: Math.max(until, ...points.map(([at]) => at)) || 1 };
  const y = spanOf([...points.map(([, value]) => value), ...(level === undefined ? [] : [level])], from);
  const ys = marks(y, small ? 3 : 5);
  const xs = marks(x, Math.max(Math.floor(box.width / 70), 2));
  const down = (value: number): number => box.top + (1 - share(value, y)) * box.height;
  const along = (value: number): number => box.left + share(value, x) * box.width;
  const last = points.at(-1);
  return (
    <figure class={small ? "chart small" : "chart"}>
      <figcaption>
        {head ?? <b>{title}</b>}
        <span>{last === undefined ? "" : short(last[1])}</span>
      </figcaption>
      <div ref={frame}>
        <svg width={width.value} height={height} role="img" aria-label={inWords(title, points, level, unit)}>
          {ys.map((value) => (
            <g key={value}>
              <line class="grid" x1={box.left} x2={box.left + box.width} y1={down(value)} y2={down(value)} />
              <text x={box.left - 6} y={down(value) + 4} text-anchor="end">
                {short(value)}
              </text>
            </g>
          ))}
          {xs.map((value) => (
            <text key={value} x={along(value)} y={height - 6} text-anchor={value === 0 ? "start" : "middle"}>
              {value === 0 ? `${unit} 0` : short(value)}
            </text>
          ))}
          {level !== undefined && <line class="level" x1={box.left} x2={box.left + box.width} y1={down(level)} y2={down(level)} />}
          <path class="line" d={path(points, box, x, y)} />
          {points.length <= FEW && points.map(([at, value]) => <circle key={at} cx={along(at)} cy={down(value)} r={3} />)}
          {points.map(([at, value]) => at === best && <circle key="best" class="best" cx={along(at)} cy={down(value)} r={7} />)}
        </svg>
      </div>
    </figure>
  );
}

function inWords(title: string, points: readonly Point[], level: number | undefined, unit: string): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return `${title}: nothing yet`;
  const end = points.length === 1 ? "" : `, ${short(last[1])} at ${unit} ${short(last[0])}`;
  return `${title}: ${short(first[1])} at ${unit} ${short(first[0])}${end}${level === undefined ? "" : `; the songs ${short(level)}`}`;
}
