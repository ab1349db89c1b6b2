import fc from 'fast-check';
import { retryAfterSeconds } from '../../src/adapters/http.ts';
import type { Failure } from '../../src/domain/failure/failure.ts';
import { countFailure, pauseAfter, retrySpan } from '../../src/durable/retries.ts';
import type { Retries } from '../../src/durable/retries.ts';

const now = Date.parse('2026-01-05T09:00:00Z');

function waitOf(headers: Readonly<Record<string, string>>): number | undefined {
  return retryAfterSeconds((name) => headers[name], now);
}

it.each([
  ['in seconds', { 'retry-after': '17' }, 17],
  ['as a date', { 'retry-after': 'Mon, 05 Jan 2026 09:01:30 GMT' }, 90],
  ['as a date that has passed', { 'retry-after': 'Mon, 05 Jan 2026 08:00:00 GMT' }, 0],
  ['in milliseconds, by Azure', { 'x-ms-retry-after-ms': '1500', 'retry-after': '60' }, 2],
  ['no time, by Azure', { 'x-ms-retry-after-ms': '0', 'retry-after': '60' }, 0],
  ['for less than nothing, by Azure', { 'retry-after-ms': '-1', 'retry-after': '60' }, 60],
  ['no seconds', { 'retry-after': '0' }, 0],
  ['with an empty header', { 'retry-after': '' }, undefined],
  ['for a day', { 'retry-after': '86400' }, 900],
  ['until a date far off', { 'retry-after': 'Tue, 05 Jan 2027 09:00:00 GMT' }, 900],
  ['for less than nothing', { 'retry-after': '-5' }, undefined],
  ['in words', { 'retry-after': 'soon' }, undefined],
  ['not at all', {}, undefined],
])('an answer that asks to wait %s', (_, headers, seconds) => {
  expect(waitOf(headers)).toBe(seconds);
});

it('is whole seconds up to fifteen minutes, or nothing, for any header', () => {
  const text = fc.oneof(fc.string(), fc.double().map(String), fc.date({ noInvalidDate: true }).map(String));
  fc.assert(
    fc.property(text, (header) => {
      const seconds = waitOf({ 'retry-after': header }) ?? 0;
      expect(Number.isInteger(seconds)).toBe(true);
      expect(seconds).toBeGreaterThanOrEqual(0);
      expect(seconds).toBeLessThanOrEqual(900);
    }),
  );
});

const busy: Failure = { kind: 'transient', code: 'azure-busy', message: 'busy', source: 'azure' };
const throttled: Failure = { ...busy, code: 'azure-throttled' };
const interrupted: Failure = { ...busy, code: 'step-interrupted', source: 'app' };
const MINUTE_MS = 60_000;
const HOUR = 60;

/** `failing`: minutes since the first failure; `budget`: minutes from the first failure until the run gives up. */
it.each<[what: string, failure: Failure, failing: number, budget: number, pause: number | null]>([
  ['at once', busy, 0, HOUR, 5],
  ['for half a minute', busy, 0.5, HOUR, 30],
  ['for five minutes', busy, 5, HOUR, 60],
  ['for just under ten minutes', busy, 9.99, HOUR, 60],
  ['for ten minutes', busy, 10, HOUR, 300],
  ['shortly before the end of its budget', busy, 59.5, HOUR, 30],
  ['at the end of its budget', busy, HOUR, HOUR, null],
  ['after its budget', busy, 61, HOUR, null],
  ['and is asked to wait longer', { ...busy, retryAfterSeconds: 90 }, 0, HOUR, 90],
  ['and is asked to wait past its budget', { ...busy, retryAfterSeconds: 90 }, 59.5, HOUR, 90],
  ['and is asked to wait shorter', { ...busy, retryAfterSeconds: 7 }, 0.5, HOUR, 30],
  ['for good', { ...busy, kind: 'rejected' }, 0, HOUR, null],
  ['by a limit of calls', { ...throttled, retryAfterSeconds: 207 }, 30, HOUR, 207],
  ['by a limit of calls of Zilliz, past its budget', { ...throttled, code: 'zilliz-throttled' }, 30, 15, 300],
  ['by a limit of calls, for a moment', { ...throttled, retryAfterSeconds: 1 }, 30, HOUR, 5],
  ['by a limit of calls, past its budget', { ...throttled, retryAfterSeconds: 60 }, 59, 15, 60],
  ['by a limit of calls, for six hours', { ...throttled, retryAfterSeconds: 60 }, 6 * HOUR, 15, null],
  ['by a limit of calls, within a longer budget', throttled, 2 * HOUR, 3 * HOUR, 300],
  ['by a limit of calls without a time', throttled, 5, HOUR, 60],
  ['by a name that is not free yet', { ...busy, code: 'endpoint-name-not-released' }, 1, HOUR, 120],
])('a step that fails %s', (_, failure, failing, budget, pause) => {
  const at = now + failing * MINUTE_MS;

  expect(pauseAfter(failure, { since: now, attempts: 1 }, at, now + budget * MINUTE_MS)).toBe(pause);
});

it('is tried again three times after an interruption, also after its budget', () => {
  const retries: Retries = {};
  const pauses = [1, 2, 3, 4].map(() =>
    pauseAfter(interrupted, countFailure(retries, 'step', now), now + MINUTE_MS, now),
  );

  expect(pauses).toEqual([60, 60, 120, null]);
  expect(retries.step).toEqual({ since: now, attempts: 4 });
});

it('shows since when a step fails and until when it is tried again', () => {
  const until = now + HOUR * MINUTE_MS;

  expect(retrySpan('azure-busy', now, until)).toBe(
    'since 2026-01-05 09:00, tried until 2026-01-05 10:00 UTC',
  );
  expect(retrySpan('azure-throttled', now, now)).toBe(
    'since 2026-01-05 09:00, tried until 2026-01-05 15:00 UTC',
  );
});
