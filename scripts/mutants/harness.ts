import { expect } from 'expect';

type Work = (...row: unknown[]) => unknown;

/** A test, as `it` has collected it. */
export interface Test {
  readonly id: string;
  readonly run: () => unknown;
}

/** Collects the tests of files that are written for Jest, without Jest: one process then runs them thousands of times. */
export class Harness {
  readonly tests: Test[] = [];
  readonly #titles: string[] = [];

  /** Defines the globals of Jest that the tests use. Anything else that they use is missing, and fails. */
  install(): void {
    const describe = (title: string, define: Work, row: readonly unknown[] = []): void => {
      this.#titles.push(title);
      define(...row);
      this.#titles.pop();
    };
    const it = (title: string, run: Work, row: readonly unknown[] = []): void => {
      const id = [...this.#titles, title, this.tests.length].join(' > ');
      this.tests.push({ id, run: () => run(...row) });
    };
    const test = withEach(it);
    Object.assign(globalThis, { describe: withEach(describe), it: test, test, expect });
  }
}

function withEach(define: (title: string, work: Work, row?: readonly unknown[]) => void) {
  const each = (rows: readonly unknown[]) => (title: string, work: Work) => {
    for (const row of rows) define(title, work, Array.isArray(row) ? row : [row]);
  };
  return Object.assign(define, { each });
}
