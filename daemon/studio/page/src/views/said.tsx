import { useEffect } from "preact/hooks";
import { seen, sentences } from "../store";

const STAYS = 9000;

/** What the band says, for a while; read out by screen readers. */
export function Said() {
  const last = sentences.value.at(-1);
  useEffect(() => {
    if (last === undefined) return;
    const timer = window.setTimeout(() => (seen.value = last.number), STAYS);
    return () => window.clearTimeout(timer);
  }, [last?.number]);
  const shown = last !== undefined && last.number > seen.value;
  return (
    <div class="said" role="status" aria-live="polite">
      {shown && <p class={last.wrong ? "wrong" : ""}>{last.text}</p>}
    </div>
  );
}
