import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Band } from "../band";
import { type Player, playing } from "../player";
import { setup } from "../store";
import { type TakeEntry, workshop } from "../workshop";
import { trying } from "../desk";

/** The performances that were kept; the one that goes on is, when it ends. */
export function Takes({ band, player }: { band: Band; player: Player }) {
  const takes = useSignal<readonly TakeEntry[]>([]);
  const naming = useSignal<string | null>(null);
  const leaving = useSignal<string | null>(null);
  const known = setup.value;
  // A performance that begins comes after one that was kept.
  useEffect(() => void trying(async () => (takes.value = await workshop.takes())), [known]);
  const end = (): void => {
    if (known === null) return;
    const { mode, clock, metre, key, listen, play } = known;
    band.ask({ do: "setup", mode, clock, metre, key, listen, play });
  };
  const rename = (name: string, wanted: string): Promise<void> =>
    trying(async () => {
      if (wanted !== name) takes.value = await workshop.rename(name, wanted);
      naming.value = null;
    });
  return (
    <section class="takes" aria-label="Takes">
      <header>
        <h2>Takes</h2>
        {known?.record && (
          <button type="button" title="What was played on the stage becomes a take, and the band begins anew" onClick={end}>
            Keep what was played
          </button>
        )}
      </header>
      {takes.value.length === 0 && (
        <p class="empty">
          {known?.record === false
            ? "Performances on the stage are not kept: bandmate was started so."
            : "What is played on the stage is kept when the performance ends: by the button here, by another setup, or when bandmate ends."}
        </p>
      )}
      <ul>
        {takes.value.map(({ name }) => {
          const key = `take ${name}`;
          const plays = playing.value?.key === key;
          return (
            <li key={name}>
              {naming.value === name ? (
                <form
                  onSubmit={(event) => {
                    event.preventDefault();
                    const field = event.currentTarget.elements.namedItem("name") as HTMLInputElement;
                    void rename(name, field.value.trim());
                  }}
                >
                  <input name="name" aria-label={`new name of ${name}`} defaultValue={name} maxLength={80} />
                  <button type="submit">Keep</button>
                </form>
              ) : (
                <b>{name}</b>
              )}
              <button
                type="button"
                aria-label={`${plays ? "stop" : "play"} ${name}`}
                aria-pressed={plays}
                onClick={() => (plays ? player.stop() : void trying(async () => player.play(key, await workshop.take(name))))}
              >
                {plays ? "Stop" : "Play"}
              </button>
              <a class="button" href={workshop.takeFile(name)} aria-label={`MIDI of ${name}`} download>
                MIDI
              </a>
              <button type="button" aria-label={`rename ${name}`} onClick={() => (naming.value = naming.value === name ? null : name)}>
                Rename
              </button>
              <button
                type="button"
                class={leaving.value === name ? "panic" : ""}
                aria-label={leaving.value === name ? `delete ${name} for good` : `delete ${name}`}
                onBlur={() => (leaving.value = null)}
                onClick={() => {
                  if (leaving.value !== name) {
                    leaving.value = name;
                    return;
                  }
                  leaving.value = null;
                  void trying(async () => (takes.value = await workshop.remove(name)));
                }}
              >
                {leaving.value === name ? "For good?" : "Delete"}
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
