import type { StatusWords } from '../domain/words.ts';

/** What the operator of a deployment lays down for it, as far as activities need it. */
export interface Policy {
  readonly statusWords: StatusWords;
}
