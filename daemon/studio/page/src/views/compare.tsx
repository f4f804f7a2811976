import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { type Composed, versions } from "../desk";
import { type Player, playing } from "../player";
import { lengthOf, secondsOf } from "../sheet";
import { SheetView } from "./sheetview";

/** Bars that are seen at once. */
const SEEN = 8;
const SIDES = ["A", "B"] as const;
type Side = (typeof SIDES)[number];

/** Two versions above one another, scrolled together; listen to one or the other without losing the place. */
export function Compare({ player }: { player: Player }) {
  const box = useRef<HTMLDivElement>(null);
  const picked = useSignal<Record<Side, string>>({ A: "", B: "" });
  const heard = useSignal<Side>("A");
  const now = playing.value;
  const of = (side: Side): Composed => {
    const chosen = versions.value.find((each) => each.id === picked.value[side]);
    return chosen ?? versions.value[side === "A" ? 0 : 1]!;
  };
  const [a, b] = [of("A"), of("B")];
  const plays = now !== null && (now.key === a.id || now.key === b.id);
  const bars = Math.max(...[a, b].map(({ sheet }) => lengthOf(sheet) / sheet.bar));
  const turn = (side: Side): void => {
    heard.value = side;
    const each = of(side);
    if (plays) player.swap(each.id, each.sheet, each);
  };
  const start = (seconds: number): void => {
    const each = of(heard.value);
    void player.play(each.id, each.sheet, each, seconds);
  };
  const share = plays ? now.seconds / Math.max(...[a, b].map(({ sheet }) => secondsOf(sheet, lengthOf(sheet)))) : null;
  useEffect(() => {
    const around = box.current;
    if (around === null || share === null) return;
    const x = share * around.scrollWidth;
    if (x < around.scrollLeft || x > around.scrollLeft + 0.85 * around.clientWidth) around.scrollLeft = x - 0.1 * around.clientWidth;
  }, [share]);
  return (
    <section class="compare" aria-label="Compare">
      <div class="order">
        <button class="main" type="button" onClick={() => (plays ? player.stop() : start(0))} aria-label={plays ? "stop comparing" : "listen and compare"}>
          {plays ? "Stop" : "Listen"}
        </button>
        <div class="joined" role="group" aria-label="Heard">
          {SIDES.map((side) => (
            <button key={side} type="button" aria-pressed={heard.value === side} onClick={() => turn(side)}>
              {side}
            </button>
          ))}
        </div>
        {SIDES.map((side) => (
          <label key={side} class="field">
            <span>{side}</span>
            <select
              value={of(side).id}
              onChange={(event) => {
                picked.value = { A: a.id, B: b.id, [side]: event.currentTarget.value };
                if (heard.value === side) turn(side);
              }}
            >
              {versions.value.map((each) => (
                <option key={each.id} value={each.id}>
                  {each.words} · {each.name.replaceAll("-", " ")}
                </option>
              ))}
            </select>
          </label>
        ))}
      </div>
      <div class="together" ref={box} tabIndex={0} role="region" aria-label="Both, scrolled together">
        {SIDES.map((side) => {
          const each = of(side);
          const wide = (100 * Math.max(bars, SEEN) * (lengthOf(each.sheet) / each.sheet.bar)) / (SEEN * bars);
          return (
            <div key={side} class={heard.value === side ? "heard" : ""} style={{ "--wide": `${wide}%` }}>
              <b>{side}</b>
              <SheetView sheet={each.sheet} keys={[a.id, b.id]} seek={(place) => start(place * secondsOf(each.sheet, lengthOf(each.sheet)))} />
            </div>
          );
        })}
      </div>
    </section>
  );
}
