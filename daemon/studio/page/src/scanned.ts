const HASH = "#pair=";

let code: string | null = location.hash.startsWith(HASH) ? location.hash.slice(HASH.length) : null;

// Needed or not, it is not left where a history or a bookmark keeps it.
if (code !== null) history.replaceState(null, "", location.pathname);

/** The code with which the page was opened, the first time; null without one. */
export function scanned(): string | null {
  const found = code;
  code = null;
  return found;
}
