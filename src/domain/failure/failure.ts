import type { FailureCode } from './catalog.ts';
import { failureCatalog } from './catalog.ts';

/**
 * What a failure means for the run (docs/architecture.md, "The path of an error").
 * `validation`, `conflict`, `permission` and `rejected` stop it; `transient` is tried again on durable timers;
 * `timeout` stops it, and posting the request again continues it.
 */
export type FailureKind = 'validation' | 'conflict' | 'permission' | 'transient' | 'timeout' | 'rejected';

/** Who said no. */
export type FailureSource = 'azure' | 'zilliz' | 'key-vault' | 'identity' | 'network' | 'app';

/**
 * A failure as plain data, because it is stored in the run's history and shown to people: never a secret, never a URL
 * with a query. `code` is the key into the failure catalogue, which knows cause and remedy.
 */
export interface Failure {
  readonly kind: FailureKind;
  readonly code: FailureCode;
  /** What was being done to what, and what came back: "creating private endpoint x in rg: …". */
  readonly message: string;
  readonly source: FailureSource;
  /** What the other side asked us to wait, in seconds. */
  readonly retryAfterSeconds?: number;
  /** The other side's request ID, for its support. */
  readonly requestId?: string;
}

/** A failure on its way through code that runs in one process. It becomes {@link Failure} data at the activity's border. */
export class ProvisioningError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure, options?: ErrorOptions) {
    super(failure.message, options);
    this.name = 'ProvisioningError';
    this.failure = failure;
  }
}

/** An expected failure is data across every border between processes and across the history of a run. */
export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export function succeeded<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function failed(failure: Failure): Outcome<never> {
  return { ok: false, failure };
}

/** The failure of a read as data. A transient one, and an unexpected error, is thrown, so that the step is tried again. */
export function lastingFailure(error: unknown): Outcome<never> {
  if (error instanceof ProvisioningError && error.failure.kind !== 'transient') return failed(error.failure);
  throw error;
}

/** A failure of our own finding, with the kind that the catalogue gives its code. */
export function fail(code: FailureCode, message: string): ProvisioningError {
  return new ProvisioningError({ kind: failureCatalog[code].kind, code, message, source: 'app' });
}
