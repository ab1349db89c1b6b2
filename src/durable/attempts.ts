/** How often each step that fails for a while has been tried; a run that renews itself takes it along. */
export class Attempts {
  readonly #counts: Map<string, number>;

  constructor(counts: Readonly<Record<string, number>> = {}) {
    this.#counts = new Map(Object.entries(counts));
  }

  /** One more try of the step has failed; answers how many there have been. */
  failed(step: string): number {
    const attempt = (this.#counts.get(step) ?? 0) + 1;
    this.#counts.set(step, attempt);
    return attempt;
  }

  /** The step has ended, one way or the other. */
  ended(step: string): void {
    this.#counts.delete(step);
  }

  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }
}
