import { signal, useSignal } from "@preact/signals";
import { say } from "../store";
import { type Overview, type Settings, type Song, type Technique, ENDINGS, dropped, isSong, send, teaching } from "../teaching";
import { Refused } from "../workshop";
import { trying } from "../desk";

const TECHNIQUES: readonly (readonly [Technique, string])[] = [
  ["band", "band: goes on from a packaged one"],
  ["unet-gan", "U-Net and critic, from nothing"],
  ["musegan", "MuseGAN, from nothing"],
];
const FIELDS: readonly (readonly [keyof Settings, string, number | "any"])[] = [
  ["epochs", "Epochs", "any"],
  ["learning_rate", "Learning rate", "any"],
  ["update_ratio", "Critic updates a band update", 1],
  ["ear_updates", "Updates of the ear", 1],
];
const QUICK = { epochs: 1, ear_updates: 10 };

/** What was written stays while one looks at other views. */
const name = signal("");
const folder = signal("");
const tags = signal("");
const technique = signal<Technique>("band");
const changes = signal<Partial<Settings>>({});
const songs = signal<readonly Song[]>([]);

/** What is to be taught, from what, and how. */
export function TeachForm({ known, begun }: { known: Overview; begun: (name: string) => void }) {
  const busy = useSignal("");
  const usual = known.usual[technique.value];
  const settings = { ...usual, ...changes.value };
  const add = (more: readonly Song[], given: number): void => {
    songs.value = [...songs.value, ...more];
    if (more.length < given) say(`${given - more.length} of ${given} files are no songs and were left out`, true);
  };
  const start = (): Promise<void> =>
    trying(async () => {
      busy.value = "Starting …";
      let place = folder.value.trim();
      if (songs.value.length > 0) {
        const sent = await send(songs.value, (count) => (busy.value = `Sending ${count} of ${songs.value.length}`));
        place = sent.folder;
        if (sent.refused.length > 0) say(`left out: ${sent.refused.slice(0, 3).join("; ")}`, true);
      } else if (place === "") throw new Refused("drop songs, or say which folder they are in");
      const wanted = tags.value.split(",").map((tag) => tag.trim()).filter((tag) => tag !== "");
      const made = await teaching.begin({ name: name.value.trim(), folder: place, technique: technique.value, tags: wanted, ...settings });
      songs.value = [];
      name.value = "";
      begun(made);
    }).finally(() => (busy.value = ""));
  return (
    <form
      class="teachform"
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      <label class="field">
        <span>Name of the band</span>
        <input
          required
          value={name.value}
          maxLength={64}
          pattern="[A-Za-z0-9][A-Za-z0-9_\-]*"
          title="letters, digits, - and _"
          placeholder="bossa"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          onInput={(event) => (name.value = event.currentTarget.value)}
        />
      </label>
      <label
        class="drop"
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          const transfer = event.dataTransfer;
          if (transfer === null) return;
          const given = transfer.items.length;
          void dropped(transfer).then((found) => add(found, found.length === 0 ? given : found.length));
        }}
      >
        <span>{songs.value.length === 0 ? "Drop songs or a folder of them here, or choose files" : heap(songs.value)}</span>
        <input
          type="file"
          multiple
          accept={ENDINGS.join(",")}
          onChange={(event) => {
            const files = [...(event.currentTarget.files ?? [])];
            add(files.filter((file) => isSong(file.name)).map((file) => ({ file, within: "" })), files.length);
            event.currentTarget.value = "";
          }}
        />
      </label>
      {songs.value.length > 0 ? (
        <button type="button" onClick={() => (songs.value = [])}>
          Take the files back
        </button>
      ) : (
        <label class="field">
          <span>… or a folder of bandmate’s machine</span>
          <input
            value={folder.value}
            maxLength={1000}
            placeholder="/home/me/songs"
            autocapitalize="none"
            spellcheck={false}
            onInput={(event) => (folder.value = event.currentTarget.value)}
          />
        </label>
      )}
      <label class="field">
        <span>Only songs with one of these tags (names of their folders)</span>
        <input value={tags.value} placeholder="all" maxLength={330} onInput={(event) => (tags.value = event.currentTarget.value)} />
      </label>
      <label class="field">
        <span>Technique</span>
        <select
          value={technique.value}
          onChange={(event) => {
            technique.value = event.currentTarget.value as Technique;
            changes.value = {};
          }}
        >
          {TECHNIQUES.map(([each, words]) => (
            <option key={each} value={each}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <div class="numbers">
        {FIELDS.filter(([field]) => field !== "update_ratio" || technique.value !== "band").map(([field, words, step]) => (
          <label key={field} class="field">
            <span>{words}</span>
            <input
              type="number"
              required
              step={step}
              min={known.ranges[field][0]}
              max={known.ranges[field][1]}
              value={settings[field]}
              onInput={(event) => {
                const value = event.currentTarget.valueAsNumber;
                if (Number.isFinite(value)) changes.value = { ...changes.value, [field]: value };
              }}
            />
          </label>
        ))}
      </div>
      <div class="order">
        <button type="button" onClick={() => (changes.value = { ...changes.value, ...QUICK })}>
          Quick try
        </button>
        <button type="button" onClick={() => (changes.value = {})}>
          As usual
        </button>
        <button class="main" type="submit" disabled={busy.value !== ""}>
          {busy.value || "Begin teaching"}
        </button>
      </div>
    </form>
  );
}

function heap(all: readonly Song[]): string {
  const bytes = all.reduce((sum, { file }) => sum + file.size, 0);
  return `${all.length} ${all.length === 1 ? "song" : "songs"}, ${Math.max(Math.round(bytes / 1024), 1)} KB; drop more, or choose`;
}
