import { useSignal } from "@preact/signals";

interface Props {
  readonly label: string;
  /** What the band says, 0..1; it counts while nobody moves the fader. */
  readonly value: number;
  readonly move: (value: number) => void;
  readonly name?: string;
}

/** A fader from 0 to 100. */
export function Fader({ label, value, move, name }: Props) {
  const held = useSignal<number | null>(null);
  const shown = held.value ?? value;
  return (
    <label class="fader">
      <span>{label}</span>
      <input
        type="range"
        min={0}
        max={100}
        step={1}
        aria-label={name ?? label}
        value={Math.round(100 * shown)}
        onInput={(event) => {
          held.value = Number(event.currentTarget.value) / 100;
          move(held.value);
        }}
        onChange={() => (held.value = null)}
        onBlur={() => (held.value = null)}
      />
      <output>{Math.round(100 * shown)}</output>
    </label>
  );
}
