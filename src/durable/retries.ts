import * as z from 'zod';
import type { FailureCode } from '../domain/failure/catalog.ts';
import type { Failure } from '../domain/failure/failure.ts';
import { isOfLimit } from '../domain/failure/failure.ts';

/** The steps that fail transiently, by their key: since when, in milliseconds since the epoch, and how often. */
export const retriesSchema = z.record(z.string(), z.object({ since: z.number(), attempts: z.number() }));

export type Retries = z.infer<typeof retriesSchema>;
export type Retry = Retries[string];

const SHORTEST_PAUSE_SECONDS = 5;
const LONGEST_PAUSE_SECONDS = 60;
/** After ten minutes of failures a further attempt every five minutes is enough. */
const LATER_SECONDS = 600;
const LONGEST_LATER_PAUSE_SECONDS = 300;
/** Azure reserves a deleted endpoint's name for twenty minutes and more. */
const NAME_RESERVED_SECONDS = 120;
/** A zone or link that it requested shows within a minute, and a worker is available again. A bug in this app remains. */
const INTERRUPTED_SECONDS = [60, 60, 120] as const;

/** Counts one more failed attempt of a step. */
export function countFailure(retries: Retries, key: string, now: number): Retry {
  const retry = nextRetry(retries[key], now);
  retries[key] = retry;
  return retry;
}

export function nextRetry(last: Retry | null | undefined, now: number): Retry {
  return { since: last?.since ?? now, attempts: (last?.attempts ?? 0) + 1 };
}

/**
 * For its turn under a limit a step waits six hours, also where less is left of the budget. To take down a thousand zones takes
 * about seven hours of the reads that the app may make.
 */
const LONGEST_TURN_MS = 6 * 3_600_000;

/** Until when a failure is tried again that began at `since`. Milliseconds since the epoch. */
function triedUntil(code: FailureCode, since: number, budget: number): number {
  return isOfLimit({ code }) ? Math.max(budget, since + LONGEST_TURN_MS) : budget;
}

/** The text of since when something fails and until when it is tried again. */
export function retrySpan(code: FailureCode, since: number, budget: number): string {
  return `since ${clock(since)}, tried until ${clock(triedUntil(code, since, budget))} UTC`;
}

/** With the date, since a deadline can be days away. */
function clock(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}

/**
 * Returns the seconds until the next attempt after a failure; null if there is none. The budget is a time, `budget` is its end in
 * milliseconds since the epoch, and not a number of attempts: waiting is free. The last attempt is at its
 * end, or later if the other system requests a longer wait.
 */
export function pauseAfter(failure: Failure, retry: Retry, now: number, budget: number): number | null {
  if (failure.kind !== 'transient') return null;
  const until = triedUntil(failure.code, retry.since, budget);
  if (failure.code === 'step-interrupted') return INTERRUPTED_SECONDS[retry.attempts - 1] ?? null;
  if (now >= until) return null;
  const { code, retryAfterSeconds } = failure;
  if (isOfLimit(failure) && retryAfterSeconds !== undefined) {
    return Math.max(SHORTEST_PAUSE_SECONDS, retryAfterSeconds);
  }
  const elapsed = (now - retry.since) / 1000;
  const longest = elapsed < LATER_SECONDS ? LONGEST_PAUSE_SECONDS : LONGEST_LATER_PAUSE_SECONDS;
  // As long as the failure has lasted: 5, 5, 10, 20, 40 and then 60 seconds.
  const growing = Math.min(longest, Math.max(SHORTEST_PAUSE_SECONDS, elapsed));
  const scheduled = code === 'endpoint-name-not-released' ? NAME_RESERVED_SECONDS : growing;
  return Math.max(retryAfterSeconds ?? 0, Math.min(scheduled, (until - now) / 1000));
}
