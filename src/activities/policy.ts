import type { Allowed } from '../domain/bounds.ts';
import type { StatusWords } from '../domain/words.ts';

/** What the operator of a deployment lays down for it, as far as activities need it. */
export interface Policy {
  readonly statusWords: StatusWords;
  /** What this deployment may act on, also where the marks of an endpoint ask for it. */
  readonly allowed: Allowed;
  /** How long a record outlives its cluster, which may come back from the recycle bin. */
  readonly recordRemovalDelayHours: number;
}
