import fc from 'fast-check';
import { retryAfterSeconds } from '../../src/adapters/http.ts';

const now = Date.parse('2026-01-05T09:00:00Z');

function waitOf(headers: Readonly<Record<string, string>>): number | undefined {
  return retryAfterSeconds((name) => headers[name], now);
}

it.each([
  ['in seconds', { 'retry-after': '17' }, 17],
  ['as a date', { 'retry-after': 'Mon, 05 Jan 2026 09:01:30 GMT' }, 90],
  ['as a date that has passed', { 'retry-after': 'Mon, 05 Jan 2026 08:00:00 GMT' }, 0],
  ['in milliseconds, by Azure', { 'x-ms-retry-after-ms': '1500', 'retry-after': '60' }, 2],
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
