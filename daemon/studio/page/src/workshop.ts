// Melodies, compositions and takes, over HTTP.

import type { Sheet } from "./sheet";

export interface Made {
  readonly id: string;
  readonly sheet: Sheet;
}

export interface TakeEntry {
  readonly name: string;
  readonly when: string;
  readonly bytes: number;
}

/** What could not be done, in a sentence for the user. */
export class Refused extends Error {}

/** Ask; what was refused is thrown as a sentence. */
export async function asked<T>(path: string, how: RequestInit = {}): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(path, how);
  } catch {
    throw new Refused("the band can't be reached; look whether it still runs");
  }
  const given = (await answer.json().catch(() => ({}))) as { sentence?: string };
  if (!answer.ok) throw new Refused(given.sentence ?? `that was refused (${answer.status})`);
  return given as T;
}

const take = (name: string): string => `/api/takes/${encodeURIComponent(name)}`;

export const workshop = {
  samples: async (): Promise<readonly string[]> => (await asked<{ melodies: string[] }>("/api/melodies")).melodies,
  sample: (name: string): Promise<Made> => asked(`/api/melodies/${encodeURIComponent(name)}`),
  bring: (data: BlobPart): Promise<Made> => asked("/api/melodies", { method: "POST", body: new Blob([data]) }),
  compose: (melody: string, preset: string, seed: number, mode: string): Promise<Made> =>
    asked("/api/compositions", { method: "POST", body: JSON.stringify({ melody, preset, seed, mode }) }),
  file: (id: string): string => `/api/compositions/${id}/file`,
  takes: async (): Promise<readonly TakeEntry[]> => (await asked<{ takes: TakeEntry[] }>("/api/takes")).takes,
  take: (name: string): Promise<Sheet> => asked(take(name)),
  takeFile: (name: string): string => `${take(name)}/file`,
  rename: async (name: string, wanted: string): Promise<readonly TakeEntry[]> =>
    (await asked<{ takes: TakeEntry[] }>(take(name), { method: "POST", body: JSON.stringify({ name: wanted }) })).takes,
  remove: async (name: string): Promise<readonly TakeEntry[]> =>
    (await asked<{ takes: TakeEntry[] }>(take(name), { method: "DELETE" })).takes,
};
