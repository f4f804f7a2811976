// Files for the user: asked of the band, or made here, and handed to the browser's downloads.

import { DRUM_CHANNEL } from "./drums";
import type { Sheet } from "./sheet";
import { nearest } from "./sounds";
import { Lacking, type Mixed, Refused, workshop } from "./workshop";

/** Have the browser keep a file. */
export function keep(data: Blob, name: string): void {
  const address = URL.createObjectURL(data);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // Not at once: the browser may not have begun to read it.
  window.setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** A name of a file, of letters that every system takes. */
export function fileName(words: string): string {
  return words.replace(/[^\p{L}\p{N} ,_-]+/gu, " ").replace(/\s+/g, " ").trim().slice(0, 80) || "bandmate";
}

/** A WAV file: by the band's machine, or, where that has no synthesiser, by this page. */
export async function sounding(id: string, sheet: Sheet, mixed: Mixed, leave: boolean): Promise<Blob> {
  try {
    return await workshop.file(id, "sound", mixed, leave);
  } catch (error) {
    if (!(error instanceof Lacking)) throw error;
    const offline = await import("./offline");
    if (!offline.canRender()) throw error;
    const programs = sheet.parts.map(({ program, channel }, k) => (channel === DRUM_CHANNEL ? null : nearest(mixed.programs[k] ?? program ?? 1)));
    const file = await workshop.file(id, "file", { ...mixed, programs }, leave);
    try {
      return await offline.rendered(await file.arrayBuffer());
    } catch {
      throw new Refused(error.message);
    }
  }
}
