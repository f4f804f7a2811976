import type { Band } from "../band";
import { standing, view } from "../store";
import { Compose } from "./compose";
import { Pairing } from "./pairing";
import { Stage } from "./stage";
import { Teach } from "./teach";

/** The whole page: the stage, or what keeps one out of it. */
export function Page({ band }: { band: Band }) {
  if (standing.value === "pairing") return <Pairing band={band} />;
  if (view.value === "teach") return <Teach band={band} />;
  return view.value === "compose" ? <Compose band={band} /> : <Stage band={band} />;
}
