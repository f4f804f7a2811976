// Melodies, compositions and takes, over HTTP.

import type { Sheet } from "./sheet";

export interface Made {
  readonly id: string;
  readonly sheet: Sheet;
}

/** What is set of a version: the sounds of its parts (null: as they are), and which parts are muted. */
export interface Mixed {
  readonly programs: readonly (number | null)[];
  readonly muted: readonly number[];
}

/** A version, as a share file has it. */
export interface Opened extends Made, Mixed {
  readonly name: string;
  readonly preset: string;
  readonly seed: number;
  readonly mode: string;
}

export interface Composition {
  readonly melody: Made | null;
  readonly versions: readonly Opened[];
  readonly said: readonly string[];
}

export interface TakeEntry {
  readonly name: string;
  readonly when: string;
  readonly bytes: number;
}

/** What could not be done, in a sentence for the user. */
export class Refused extends Error {}

/** There is nothing on the band's machine that can do it. */
export class Lacking extends Refused {}

const LACKING = 501;

async function fetched(path: string, how: RequestInit = {}): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(path, how);
  } catch {
    throw new Refused("the band can't be reached; look whether it still runs");
  }
  if (answer.ok) return answer;
  const given = (await answer.json().catch(() => ({}))) as { sentence?: string };
  const sentence = given.sentence ?? `that was refused (${answer.status})`;
  throw answer.status === LACKING ? new Lacking(sentence) : new Refused(sentence);
}

/** Ask; what was refused is thrown as a sentence. */
export async function asked<T>(path: string, how: RequestInit = {}): Promise<T> {
  return (await fetched(path, how)).json() as Promise<T>;
}

/** The words of an address that mix a composition; `leave`: leave the muted parts out. */
function mix({ programs, muted }: Mixed, leave: boolean): string {
  const words = new URLSearchParams();
  if (programs.some((each) => each !== null)) words.set("programs", programs.join(","));
  if (leave && muted.length > 0) words.set("without", muted.join(","));
  return words.toString();
}

const take = (name: string): string => `/api/takes/${encodeURIComponent(name)}`;

export const workshop = {
  samples: async (): Promise<readonly string[]> => (await asked<{ melodies: string[] }>("/api/melodies")).melodies,
  sample: (name: string): Promise<Made> => asked(`/api/melodies/${encodeURIComponent(name)}`),
  bring: (data: BlobPart, name: string): Promise<Made> =>
    asked(`/api/melodies?${new URLSearchParams({ name })}`, { method: "POST", body: new Blob([data]) }),
  compose: (melody: string, preset: string, seed: number, mode: string): Promise<Made> =>
    asked("/api/compositions", { method: "POST", body: JSON.stringify({ melody, preset, seed, mode }) }),
  file: async (id: string, kind: "file" | "parts" | "sound", mixed: Mixed, leave: boolean): Promise<Blob> =>
    (await fetched(`/api/compositions/${id}/${kind}?${mix(mixed, leave)}`)).blob(),
  open: (data: Blob): Promise<Composition> => asked("/api/shares", { method: "POST", body: data }),
  share: async (melody: string | null, versions: readonly (Mixed & { id: string })[]): Promise<Blob> => {
    const told = versions.map(({ id, programs, muted }) => ({ id, programs, muted }));
    return (await fetched("/api/shares/new", { method: "POST", body: JSON.stringify({ melody, versions: told }) })).blob();
  },
  takes: async (): Promise<readonly TakeEntry[]> => (await asked<{ takes: TakeEntry[] }>("/api/takes")).takes,
  take: (name: string): Promise<Sheet> => asked(take(name)),
  takeFile: (name: string): string => `${take(name)}/file`,
  rename: async (name: string, wanted: string): Promise<readonly TakeEntry[]> =>
    (await asked<{ takes: TakeEntry[] }>(take(name), { method: "POST", body: JSON.stringify({ name: wanted }) })).takes,
  remove: async (name: string): Promise<readonly TakeEntry[]> =>
    (await asked<{ takes: TakeEntry[] }>(take(name), { method: "DELETE" })).takes,
};
