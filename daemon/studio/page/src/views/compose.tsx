import { signal, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { Band } from "../band";
import { Player } from "../player";
import { presets, say } from "../store";
import { type Made, Refused, workshop } from "../workshop";
import { Views } from "./header";
import { Record } from "./record";
import { Said } from "./said";
import { Takes } from "./takes";
import { Version, type Composed } from "./version";

const MODES = [
  ["live", "hears it as it comes"],
  ["respond", "answers in turns"],
  ["offline", "knows all of it"],
] as const;
const SEEDS = 1000;

/** What is on the desk stays there while one looks at the stage. */
const melody = signal<Made | null>(null);
const versions = signal<readonly Composed[]>([]);

/** A melody, a band, and as many versions of it as one likes, side by side. */
export function Compose({ band }: { band: Band }) {
  const player = useMemo(() => new Player(band.sound), [band]);
  const samples = useSignal<readonly string[]>([]);
  const preset = useSignal("");
  const mode = useSignal("live");
  const seed = useSignal(5);
  const busy = useSignal(false);
  useEffect(() => {
    void trying(async () => (samples.value = await workshop.samples()));
    return () => player.stop();
  }, []);
  const chosen = preset.value || presets.value[0]?.name || "";
  const choose = (made: Promise<Made>): Promise<void> =>
    trying(async () => {
      player.stop();
      melody.value = await made;
    });
  const generate = (): Promise<void> =>
    trying(async () => {
      if (melody.value === null) return;
      busy.value = true;
      const made = await workshop.compose(melody.value.id, chosen, seed.value, mode.value);
      const words = `${chosen}, seed ${seed.value}${mode.value === "live" ? "" : `, ${mode.value}`}`;
      versions.value = [{ ...made, melody: melody.value.sheet.name, words }, ...versions.value];
      seed.value = (seed.value + 1) % SEEDS;
    }).finally(() => (busy.value = false));
  return (
    <div class="compose">
      <header class="head">
        <h1>bandmate</h1>
        <Views />
      </header>
      <main>
        <section class="desk" aria-label="What to compose">
          <h2>Melody</h2>
          <div class="samples">
            {samples.value.map((name) => (
              <button key={name} type="button" aria-pressed={melody.value?.sheet.name === name} onClick={() => void choose(workshop.sample(name))}>
                {name.replaceAll("-", " ")}
              </button>
            ))}
          </div>
          <label
            class="drop"
            onDragOver={(event) => event.preventDefault()}
            onDrop={(event) => {
              event.preventDefault();
              const file = event.dataTransfer?.files[0];
              if (file !== undefined) void choose(workshop.bring(file));
            }}
          >
            <span>Drop a MIDI file here, or choose one</span>
            <input
              type="file"
              accept=".mid,.midi,audio/midi"
              onChange={(event) => {
                const file = event.currentTarget.files?.[0];
                if (file !== undefined) void choose(workshop.bring(file));
                event.currentTarget.value = "";
              }}
            />
          </label>
          <Record band={band} bring={(file) => choose(workshop.bring(file as BlobPart))} />
          {melody.value !== null && (
            <Version made={{ ...melody.value, words: "the melody", melody: "" }} player={player} plain />
          )}
          <h2>Band</h2>
          <div class="order">
            <label class="field">
              <span>Preset</span>
              <select value={chosen} onChange={(event) => (preset.value = event.currentTarget.value)}>
                {presets.value.map((each) => (
                  <option key={each.name}>{each.name}</option>
                ))}
              </select>
            </label>
            <label class="field">
              <span>The band</span>
              <select value={mode.value} onChange={(event) => (mode.value = event.currentTarget.value)}>
                {MODES.map(([each, words]) => (
                  <option key={each} value={each}>
                    {words}
                  </option>
                ))}
              </select>
            </label>
            <label class="field">
              <span>Seed</span>
              <input
                type="number"
                min={0}
                max={2147483647}
                value={seed.value}
                onChange={(event) => (seed.value = Math.min(Math.max(Math.round(Number(event.currentTarget.value)) || 0, 0), 2147483647))}
              />
            </label>
            <button class="main" type="button" disabled={melody.value === null || busy.value} onClick={() => void generate()}>
              {busy.value ? "Composing …" : "Generate"}
            </button>
          </div>
        </section>
        <section class="versions" aria-label="Versions" aria-busy={busy.value}>
          <h2>Versions</h2>
          {versions.value.length === 0 && <p class="empty">Choose a melody and generate; every version stays here to be compared.</p>}
          {versions.value.map((each) => (
            <Version key={each.id} made={each} player={player} drop={() => (versions.value = versions.value.filter((other) => other !== each))} />
          ))}
        </section>
        <Takes player={player} />
      </main>
      <Said />
    </div>
  );
}

/** Do something that may be refused; then a sentence says why. */
export async function trying(what: () => Promise<unknown>): Promise<void> {
  try {
    await what();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    say(error.message, true);
  }
}
