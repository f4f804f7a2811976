import { useSignal } from "@preact/signals";
import { type Player, playing } from "../player";
import { type Made, workshop } from "../workshop";
import { SheetView } from "./sheetview";

export interface Composed extends Made {
  readonly words: string;
  readonly melody: string;
}

interface Props {
  readonly made: Composed;
  readonly player: Player;
  readonly plain?: boolean;
  readonly drop?: () => void;
}

/** One piece: seen, heard, its parts muted, downloaded. */
export function Version({ made, player, plain = false, drop }: Props) {
  const muted = useSignal<ReadonlySet<number>>(new Set());
  const plays = playing.value?.key === made.id;
  const flip = (part: number): void => {
    const now = new Set(muted.value);
    if (!now.delete(part)) now.add(part);
    muted.value = now;
    if (plays) void player.play(made.id, made.sheet, now);
  };
  return (
    <article class="version">
      <header>
        <h3>{made.words}</h3>
        {made.melody !== "" && <small>{made.melody.replaceAll("-", " ")}</small>}
        <button
          type="button"
          aria-label={`${plays ? "stop" : "play"} ${made.words}`}
          aria-pressed={plays}
          onClick={() => (plays ? player.stop() : void player.play(made.id, made.sheet, muted.value))}
        >
          {plays ? "Stop" : "Play"}
        </button>
        {!plain && (
          <a class="button" href={workshop.file(made.id)} download>
            MIDI
          </a>
        )}
        {drop !== undefined && (
          <button type="button" aria-label={`remove ${made.words}`} onClick={drop}>
            ×
          </button>
        )}
      </header>
      <SheetView sheet={made.sheet} id={made.id} />
      {!plain && (
        <div class="mutes" role="group" aria-label="Parts that are heard">
          {made.sheet.parts.map((part, index) => (
            <button
              key={index}
              type="button"
              class={`part-${index === 0 ? 4 : (index - 1) % 4}`}
              aria-pressed={!muted.value.has(index)}
              onClick={() => flip(index)}
            >
              {part.name}
            </button>
          ))}
        </div>
      )}
    </article>
  );
}
