// How much later than it is meant a note of the band sounds in the page: as little as the way here allows.

const FIRST = 0.03;
const LEAST = 0.012;
const MOST = 0.25;
/** Seconds to spare, by which a note should arrive ahead of its sounding. */
const SPARE = 0.006;
const STEP = 0.01;
/** After so many notes in a row with more than enough to spare the delay shrinks. */
const PATIENCE = 150;

export class Delay {
  seconds = FIRST;
  private spared = Infinity;
  private notes = 0;

  /** A note came with so many seconds left until it has to sound. */
  came(left: number): void {
    if (left < SPARE) {
      this.seconds = Math.min(this.seconds + Math.max(STEP, SPARE - left), MOST);
      this.forget();
      return;
    }
    this.spared = Math.min(this.spared, left);
    this.notes += 1;
    if (this.notes < PATIENCE) return;
    if (this.spared > 3 * SPARE) this.seconds = Math.max(this.seconds - this.spared / 2, LEAST);
    this.forget();
  }

  private forget(): void {
    this.spared = Infinity;
    this.notes = 0;
  }
}
