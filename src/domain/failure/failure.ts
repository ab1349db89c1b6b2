import * as z from 'zod';
import { failureCatalog } from './catalog.ts';
import type { FailureCode } from './catalog.ts';

/**
 * What a failure means for the run (docs/explanation/architecture.md, "The path of an error").
 * `validation`, `conflict`, `permission` and `rejected` end the run; `transient` is retried on durable timers;
 * `timeout` ends it, and posting the request again continues it.
 */
const failureKinds = ['validation', 'conflict', 'permission', 'transient', 'timeout', 'rejected'] as const;

/** The system that refused or failed. */
const failureSources = ['azure', 'zilliz', 'key-vault', 'identity', 'network', 'app'] as const;

export type FailureKind = (typeof failureKinds)[number];
export type FailureSource = (typeof failureSources)[number];

export const failureCodeSchema = z
  .enum(Object.keys(failureCatalog).filter(isFailureCode))
  .meta({ id: 'FailureCode', description: 'Its meaning and remedy: docs/reference/failure-codes.md' });

function isFailureCode(text: string): text is FailureCode {
  return Object.hasOwn(failureCatalog, text);
}

/**
 * A failure as plain data, because it is stored in the run's history and shown to users: never a secret, never a URL
 * with a query. `code` is the key into the failure catalogue, which has cause and remedy.
 */
export const failureSchema = z.object({
  kind: z.enum(failureKinds),
  code: failureCodeSchema,
  /** The operation, its resource, and the response: "creating private endpoint x in rg: …". */
  message: z.string(),
  source: z.enum(failureSources),
  /** The correction of this one case, with the names that are known: for users, in place of the catalogue's. */
  cure: z.string().exactOptional(),
  /** The wait that the other system requested, in seconds. */
  retryAfterSeconds: z.number().exactOptional(),
  /** The request ID of the other system, for its support. */
  requestId: z.string().exactOptional(),
});

export type Failure = Readonly<z.infer<typeof failureSchema>>;

/** A failure that is thrown within one process. An activity returns it as {@link Failure} data. */
export class ProvisioningError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure, options?: ErrorOptions) {
    super(failure.message, options);
    this.name = 'ProvisioningError';
    this.failure = failure;
  }
}

/** An expected failure crosses processes and the history of a run as data, not as an exception. */
export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export function succeeded<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function failed(failure: Failure): Outcome<never> {
  return { ok: false, failure };
}

/** The failure of a read as data. A transient one, and an unexpected error, is thrown, so that the step is retried. */
export function lastingFailure(error: unknown): Outcome<never> {
  if (error instanceof ProvisioningError && error.failure.kind !== 'transient') return failed(error.failure);
  throw error;
}

/** Whether the request may have been carried out all the same: no answer came, or none that says what was done. */
export function mayBeDone({ code }: Pick<Failure, 'code'>): boolean {
  return ['azure-unavailable', 'zilliz-unavailable', 'step-interrupted'].includes(code);
}

/** A limit on calls is no fault: what it holds up goes on later. */
export function isOfLimit({ code }: Pick<Failure, 'code'>): boolean {
  return ['azure-throttled', 'zilliz-throttled'].includes(code);
}

/** A failure that this app itself detects. Its kind comes from the catalogue. */
export function fail(code: FailureCode, message: string): ProvisioningError {
  return new ProvisioningError({ kind: failureCatalog[code].kind, code, message, source: 'app' });
}
