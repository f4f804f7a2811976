import type { Band } from "../band";
import { standing } from "../store";
import { Pairing } from "./pairing";
import { Stage } from "./stage";

/** The whole page: the stage, or what keeps one out of it. */
export function Page({ band }: { band: Band }) {
  return standing.value === "pairing" ? <Pairing band={band} /> : <Stage band={band} />;
}
