// What lies on the composer's desk: a melody, its edit, and versions of it. It stays there while one looks at the
// stage.

import { computed, signal } from "@preact/signals";
import { type Draft, type Edit, begun, changed, draftOf, endOf, sheetOf } from "./edit";
import { say } from "./store";
import { midiFile } from "./smf";
import { type Made, type Opened, Refused, workshop } from "./workshop";

const SEEDS = 1000;

export interface Composed extends Opened {
  readonly words: string;
}

export const melody = signal<Made | null>(null);
export const versions = signal<readonly Composed[]>([]);
/** The melody as it is edited. */
export const edit = signal<Edit | null>(null);
export const editing = signal(false);
export const busy = signal(false);
/** What to ask the band for; without a preset's name, the first one. */
export const order = signal({ preset: "", seed: 5, mode: "live" });
/** Whether downloads leave out the parts that are muted. */
export const leaving = signal(true);
/** The draft that the melody was made of, or was made into: what lies between is not used yet. */
const used = signal<Draft | null>(null);

/** Whether the melody was changed since it was chosen. */
export const unused = computed(() => edit.value !== null && edit.value.draft !== used.value);

/** Do something that may be refused; then a sentence says why. */
export async function trying(what: () => Promise<unknown>): Promise<void> {
  try {
    await what();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    say(error.message, true);
  }
}

/** Another melody. While one is edited, the other takes its place there, which can be undone. */
export function take(made: Made): void {
  melody.value = made;
  if (edit.value !== null && (editing.value || unused.value)) {
    edit.value = changed(edit.value, draftOf(made.sheet), new Set());
    used.value = edit.value.draft;
  } else {
    edit.value = null;
  }
}

/** Edit the melody, or a draft. */
export function open(draft?: Draft): void {
  if (draft !== undefined) {
    edit.value = edit.value === null ? begun(draft) : changed(edit.value, draft, new Set());
  } else if (edit.value === null && melody.value !== null) {
    edit.value = begun(draftOf(melody.value.sheet));
    used.value = edit.value.draft;
  }
  editing.value = edit.value !== null;
}

/** Have what was edited be the melody. */
export async function use(): Promise<void> {
  const draft = edit.value?.draft;
  if (draft === undefined || !unused.value) return;
  if (draft.notes.length === 0) throw new Refused("there is no note in the melody yet; draw one");
  const made = await workshop.bring(midiFile(draft.notes, draft.bpm, draft.metre, endOf(draft)) as BlobPart, draft.name);
  melody.value = { ...made, sheet: { ...made.sheet, name: draft.name } };
  used.value = draft;
}

/** The sheet of what is edited. */
export function edited(program: number | null): ReturnType<typeof sheetOf> | null {
  return edit.value === null ? null : sheetOf(edit.value.draft, program);
}

/** A version as it is ordered; the next one is to have the next seed. */
export async function generate(preset: string): Promise<void> {
  const { seed, mode } = order.value;
  busy.value = true;
  try {
    await use();
    if (melody.value === null) return;
    const { id, sheet } = melody.value;
    const made = await workshop.compose(id, preset, seed, mode);
    const programs = made.sheet.parts.map(() => null);
    versions.value = [composed({ ...made, name: sheet.name, preset, seed, mode, programs, muted: [] }), ...versions.value];
    order.value = { ...order.value, seed: (seed + 1) % SEEDS };
  } finally {
    busy.value = false;
  }
}

/** Something else of a version. */
export function change(id: string, part: Partial<Composed>): void {
  versions.value = versions.value.map((each) => (each.id === id ? { ...each, ...part } : each));
}

/** Open a file: a melody, or a composition that was shared. */
export async function bring(file: File): Promise<void> {
  if ((await file.slice(0, 1).text()) !== "{") {
    take(await workshop.bring(file, file.name.replace(/\.midi?$/i, "")));
    return;
  }
  const found = await workshop.open(file);
  if (found.melody !== null) take(found.melody);
  versions.value = [...found.versions.map(composed), ...versions.value];
  const many = found.versions.length;
  const opened = `opened ${file.name}: ${found.melody === null ? "" : "a melody and "}${many} ${many === 1 ? "version" : "versions"}`;
  say([opened, ...found.said].join("; "));
}

/** The file that opens elsewhere as what is here. */
export async function shared(): Promise<Blob> {
  await use();
  return workshop.share(melody.value?.id ?? null, versions.value);
}

function composed(each: Opened): Composed {
  return { ...each, words: `${each.preset}, seed ${each.seed}${each.mode === "live" ? "" : `, ${each.mode}`}` };
}
