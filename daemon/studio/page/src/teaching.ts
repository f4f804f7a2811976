// Teaching, over HTTP; the other side is daemon/studio/teach.py.

import type { Sheet } from "./sheet";
import { Refused, asked } from "./workshop";

export type Technique = "band" | "unet-gan" | "musegan";
export type Point = readonly [number, number];
export type Curves = Readonly<Record<string, readonly Point[]>>;
export type Settings = Readonly<Record<"epochs" | "learning_rate" | "update_ratio" | "ear_updates", number>>;

export interface Order extends Settings {
  readonly name: string;
  readonly folder: string;
  readonly technique: Technique;
  readonly tags: readonly string[];
}

export interface Run {
  readonly name: string;
  readonly technique: string;
  readonly state: "reading" | "teaching" | "making" | "stopping" | "elsewhere" | "stopped" | "done" | "failed";
  readonly fault: string;
  readonly may: readonly ("stop" | "resume" | "preset")[];
  readonly done: number;
  readonly updates: number;
  readonly epoch: number;
  readonly epochs: number;
  readonly seconds: number;
  readonly best: Readonly<Record<string, number>>;
  readonly preset: boolean;
}

export interface Sample {
  readonly place: string;
  /** null: as it was really played. */
  readonly epoch: number | null;
  readonly step: number | null;
  readonly figures: Readonly<Record<string, number>>;
  readonly songs: readonly string[];
}

export interface RunInFull extends Run {
  readonly losses: Curves;
  readonly metrics: Curves;
  /** By update. */
  readonly ear: Curves;
  readonly real: Readonly<Record<string, number>>;
  readonly songs: Readonly<Record<string, number>>;
  readonly samples: readonly Sample[];
  readonly settings: Partial<Order> | null;
  readonly line: string;
}

export interface Overview {
  readonly lacking: string;
  readonly usual: Readonly<Record<Technique, Settings>>;
  readonly ranges: Readonly<Record<keyof Settings, readonly [number, number]>>;
  readonly runs: readonly Run[];
}

/** A file, and the folder that it was dropped in. */
export interface Song {
  readonly file: File;
  readonly within: string;
}

export const ENDINGS = [".mid", ".midi", ".kar", ".musicxml", ".xml", ".mxl", ".krn"];

const post = (body?: BodyInit): RequestInit => ({ method: "POST", body: body ?? null });
const run = (name: string): string => `/api/teach/runs/${encodeURIComponent(name)}`;
const sample = (name: string, place: string, number: number): string => `${run(name)}/samples/${encodeURIComponent(place)}/${number}`;

export const teaching = {
  overview: (): Promise<Overview> => asked("/api/teach"),
  look: (name: string): Promise<RunInFull> => asked(run(name)),
  begin: async (order: Order): Promise<string> => (await asked<{ name: string }>("/api/teach/runs", post(JSON.stringify(order)))).name,
  ask: (name: string, what: "stop" | "resume" | "preset"): Promise<RunInFull> => asked(`${run(name)}/${what}`, post()),
  sample: (name: string, place: string, number: number): Promise<Sheet> => asked(sample(name, place, number)),
  sampleFile: (name: string, place: string, number: number): string => `${sample(name, place, number)}/file`,
};

/** Whether a file may be a song, by its name. */
export function isSong(name: string): boolean {
  return ENDINGS.some((ending) => name.toLowerCase().endsWith(ending));
}

/** Send songs; the folder that an order names then, and sentences about those that were refused. */
export async function send(songs: readonly Song[], tell: (sent: number) => void): Promise<{ folder: string; refused: string[] }> {
  const { drop } = await asked<{ drop: string }>("/api/teach/drops", post());
  const refused: string[] = [];
  for (const [index, { file, within }] of songs.entries()) {
    const words = new URLSearchParams({ name: file.name, within });
    try {
      await asked(`/api/teach/drops/${drop}?${words.toString()}`, post(file));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      refused.push(`${file.name}: ${error.message}`);
      if (refused.length === songs.length) throw new Refused(refused[0]);
    }
    tell(index + 1);
  }
  return { folder: `drop:${drop}`, refused };
}

/** The songs among what was dropped, folders looked into; a song's tag is the folder that it lies in. */
export async function dropped(transfer: DataTransfer): Promise<Song[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  return (await Promise.all(entries.map((entry) => inside(entry, "")))).flat();
}

async function inside(entry: FileSystemEntry, within: string): Promise<Song[]> {
  if (entry.isFile) {
    if (!isSong(entry.name) || entry.name.startsWith(".")) return [];
    const file = await new Promise<File>((done, failed) => (entry as FileSystemFileEntry).file(done, failed));
    return [{ file, within }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: Song[] = [];
  for (;;) {
    // A browser gives a hundred at a time.
    const some = await new Promise<FileSystemEntry[]>((done, failed) => reader.readEntries(done, failed));
    if (some.length === 0) return found;
    for (const each of some) found.push(...(await inside(each, entry.name)));
  }
}
