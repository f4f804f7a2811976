import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { Band } from "../band";
import "../compose.css";
import { bring, busy, edit, editing, generate, leaving, melody, open, order, shared, take, trying, versions } from "../desk";
import { EMPTY } from "../edit";
import { Player } from "../player";
import { fileName, keep } from "../saving";
import { presets } from "../store";
import { workshop } from "../workshop";
import { Compare } from "./compare";
import { Editor } from "./editor";
import { Views } from "./header";
import { Record } from "./record";
import { Said } from "./said";
import { Takes } from "./takes";
import { Melody, Version } from "./version";

const MODES = [
  ["live", "hears it as it comes"],
  ["respond", "answers in turns"],
  ["offline", "knows all of it"],
] as const;

/** A melody, a band, and as many versions of it as one likes, side by side. */
export function Compose({ band }: { band: Band }) {
  const player = useMemo(() => new Player(band.sound), [band]);
  useEffect(() => () => player.stop(), []);
  const drop = (event: DragEvent): void => {
    const file = event.dataTransfer?.files[0];
    if (file === undefined) return;
    event.preventDefault();
    player.stop();
    void trying(() => bring(file));
  };
  return (
    <div class="compose" onDragOver={(event) => event.preventDefault()} onDrop={drop}>
      <header class="head">
        <h1>bandmate</h1>
        <Views />
      </header>
      <main>
        {editing.value && edit.value !== null && <Editor band={band} player={player} />}
        <section class="desk" aria-label="What to compose">
          <Melodies band={band} player={player} />
          <Order />
        </section>
        <Versions player={player} />
        <Takes band={band} player={player} />
      </main>
      <Said />
    </div>
  );
}

function Melodies({ band, player }: { band: Band; player: Player }) {
  const samples = useSignal<readonly string[]>([]);
  useEffect(() => void trying(async () => (samples.value = await workshop.samples())), []);
  return (
    <>
      <h2>Melody</h2>
      <div class="samples">
        {samples.value.map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={melody.value?.sheet.name === name}
            onClick={() => {
              player.stop();
              void trying(async () => take(await workshop.sample(name)));
            }}
          >
            {name.replaceAll("-", " ")}
          </button>
        ))}
      </div>
      <label class="drop">
        <span>Drop a MIDI file or a share file here, or choose one</span>
        <input
          type="file"
          accept=".mid,.midi,audio/midi,.bandmate"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            if (file !== undefined) void trying(() => bring(file));
            event.currentTarget.value = "";
          }}
        />
      </label>
      <div class="order">
        <button type="button" onClick={() => open(EMPTY)}>
          Draw one
        </button>
        <button type="button" disabled={melody.value === null && edit.value === null} onClick={() => open()}>
          Edit it
        </button>
      </div>
      <Record band={band} bring={(file) => trying(async () => take(await workshop.bring(file as BlobPart, "my recording")))} />
      {melody.value !== null && !editing.value && <Melody made={melody.value} player={player} />}
    </>
  );
}

function Order() {
  const { preset, mode, seed } = order.value;
  const chosen = preset || presets.value[0]?.name || "";
  const set = (part: Partial<typeof order.value>): void => {
    order.value = { ...order.value, ...part };
  };
  return (
    <>
      <h2>Band</h2>
      <div class="order">
        <label class="field">
          <span>Preset</span>
          <select value={chosen} onChange={(event) => set({ preset: event.currentTarget.value })}>
            {presets.value.map((each) => (
              <option key={each.name}>{each.name}</option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>The band</span>
          <select value={mode} onChange={(event) => set({ mode: event.currentTarget.value })}>
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
            value={seed}
            onChange={(event) => set({ seed: Math.min(Math.max(Math.round(Number(event.currentTarget.value)) || 0, 0), 2147483647) })}
          />
        </label>
        <button class="main" type="button" disabled={(melody.value === null && edit.value === null) || busy.value} onClick={() => void trying(() => generate(chosen))}>
          {busy.value ? "Composing …" : "Generate"}
        </button>
      </div>
    </>
  );
}

function Versions({ player }: { player: Player }) {
  const comparing = useSignal(false);
  const many = versions.value.length;
  const share = (): void => {
    const name = fileName((melody.value?.sheet.name ?? versions.value[0]?.name ?? "composition").replaceAll("-", " "));
    void trying(async () => keep(await shared(), `${name}.bandmate`));
  };
  return (
    <section class="versions" aria-label="Versions" aria-busy={busy.value}>
      <header>
        <h2>Versions</h2>
        {many > 0 && (
          <label class="check">
            <input type="checkbox" checked={leaving.value} onChange={(event) => (leaving.value = event.currentTarget.checked)} />
            <span>Downloads leave out muted parts</span>
          </label>
        )}
        {many > 1 && (
          <button type="button" aria-pressed={comparing.value} onClick={() => (comparing.value = !comparing.value)}>
            Compare
          </button>
        )}
        <button type="button" disabled={melody.value === null && edit.value === null && many === 0} title="One file that opens all of this elsewhere" onClick={share}>
          Share file
        </button>
      </header>
      {many === 0 && <p class="empty">Choose a melody and generate; every version stays here to be compared.</p>}
      {comparing.value && many > 1 && <Compare player={player} />}
      {versions.value.map((each) => (
        <Version key={each.id} made={each} player={player} />
      ))}
    </section>
  );
}
