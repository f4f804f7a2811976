import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Band } from "../band";
import { pair } from "../link";
import { scanned } from "../scanned";


/** Asks for the code that the band's terminal shows; a scanned one is offered at once. */
export function Pairing({ band }: { band: Band }) {
  const code = useSignal("");
  const wrong = useSignal("");
  const offer = async (typed: string): Promise<void> => {
    const sentence = await pair(typed);
    if (sentence === null) band.open();
    else wrong.value = sentence;
  };
  useEffect(() => {
    const found = scanned();
    if (found !== null) void offer(found);
  }, []);
  return (
    <main class="pairing">
      <h1>bandmate</h1>
      <p>Type the code that the band’s terminal shows.</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void offer(code.value);
        }}
      >
        <label>
          <span>Code</span>
          <input
            value={code.value}
            onInput={(event) => (code.value = event.currentTarget.value)}
            autocomplete="off"
            autocapitalize="characters"
            spellcheck={false}
            maxLength={12}
            placeholder="ABCD-EFGH"
          />
        </label>
        <button class="main" type="submit">
          Pair
        </button>
      </form>
      <p class="wrong" role="alert">
        {wrong.value}
      </p>
    </main>
  );
}
