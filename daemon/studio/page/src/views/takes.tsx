import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type Player, playing } from "../player";
import { type TakeEntry, workshop } from "../workshop";
import { trying } from "../desk";

/** The performances that were kept. */
export function Takes({ player }: { player: Player }) {
  const takes = useSignal<readonly TakeEntry[]>([]);
  const naming = useSignal<string | null>(null);
  const leaving = useSignal<string | null>(null);
  useEffect(() => void trying(async () => (takes.value = await workshop.takes())), []);
  const rename = (name: string, wanted: string): Promise<void> =>
    trying(async () => {
      if (wanted !== name) takes.value = await workshop.rename(name, wanted);
      naming.value = null;
    });
  return (
    <section class="takes" aria-label="Takes">
      <h2>Takes</h2>
      {takes.value.length === 0 && <p class="empty">Every performance on the stage is kept; the next one will be listed here.</p>}
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
