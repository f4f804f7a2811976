import { useSignal } from "@preact/signals";
import type { Band } from "../band";
import { Calls } from "./calls";
import { Header } from "./header";
import { Keyboard } from "./keyboard";
import { Meters } from "./meters";
import { Mixer } from "./mixer";
import { Presets } from "./presets";
import { RollView } from "./rollview";
import { Said } from "./said";
import { Setup } from "./setup";
import { Transport } from "./transport";

const PANELS = ["Play", "Mix", "Setup"] as const;
type Panel = (typeof PANELS)[number];

/** The live view. On a wide screen all is there; on a narrow one the lower half is one of three panels. */
export function Stage({ band }: { band: Band }) {
  const panel = useSignal<Panel>("Play");
  const settings = useSignal(false);
  return (
    <div class={`stage panel-${panel.value.toLowerCase()}`}>
      <Header band={band} settings={settings} />
      <main>
        <RollView band={band} />
        <div class="panels">
          <nav class="tabs" aria-label="Panels">
            {PANELS.map((each) => (
              <button key={each} type="button" aria-pressed={panel.value === each} onClick={() => (panel.value = each)}>
                {each}
              </button>
            ))}
          </nav>
          <div class="play">
            <Presets band={band} />
            <Transport band={band} />
            <Calls band={band} />
          </div>
          <Mixer band={band} />
          <div class={settings.value ? "set open" : "set"}>
            <Setup band={band} />
            <Meters />
          </div>
        </div>
        <Keyboard band={band} />
      </main>
      <Said />
    </div>
  );
}
