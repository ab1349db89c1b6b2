import type { RecordedEvent } from './durableHostRecordings.ts';

/** What may differ between the recordings and the local host, and why. Nothing else may. */
export const EXCUSES = {
  order: 'order of completions that are due at the same moment (differs between two recordings, too)',
  stack: 'stack traces of .NET exceptions',
  wording: 'what the .NET parser says of a faulty text',
  generated: 'generated IDs: their values, and what sorts by them',
  place: 'paths, versions and uptime of the machine that ran the real host',
  page: 'the page that the host shows at its root',
} as const;

export type Excuse = keyof typeof EXCUSES;

/** Where the tables of the test look up what is excused, by case or exchange. */
export const EXCUSED_CASES: Readonly<Record<string, readonly Excuse[]>> = {
  children: ['order'],
  'fan-out-50': ['order'],
  'retry-left-behind': ['order', 'stack'],
  'activity-throws': ['stack'],
  'activity-throws-caught': ['stack'],
  'all-with-failure': ['stack'],
  'retry-against-timer': ['stack'],
  'retry-exhausted': ['stack'],
  'retry-succeeds': ['stack'],
  'retry-timeout': ['stack'],
  'child-fails': ['stack'],
  'not-deterministic': ['stack'],
  'child-without-id': ['generated'],
};

export const EXCUSED_EXCHANGES: Readonly<Record<string, readonly Excuse[]>> = {
  'webhook: start without id': ['generated'],
  'webhook: start with a body that is not JSON': ['stack', 'wording'],
  'webhook: list, two at a time': ['generated'],
  'webhook: list by status': ['stack'],
  'webhook: suspend again': ['stack'],
  'sdk: suspend again': ['stack'],
  'sdk: resume again': ['stack'],
  'http: root': ['page'],
  'admin: host status': ['place'],
  'admin: list functions': ['place'],
};

/** `EventType#number`, the marks of the episodes left out: how messages were batched is a matter of timing. */
export function eventKeys(history: readonly RecordedEvent[]): readonly string[] {
  return history
    .filter(({ EventType }) => EventType !== 12 && EventType !== 13)
    .map((event) => {
      const id =
        event.EventId === -1 ? (event.TaskScheduledId ?? event.TimerId ?? event.Name) : event.EventId;
      return `${event.EventType}#${id ?? ''}`;
    });
}

/** Kinds only, sorted: for cases whose numbers depend on which completion came first. */
export function eventKinds(history: readonly RecordedEvent[]): readonly number[] {
  return history
    .map(({ EventType }) => EventType)
    .filter((type) => type !== 12 && type !== 13)
    .toSorted((a, b) => a - b);
}

/** Puts a word in the place of everything that is different in each run: times, origins and keys. */
export function normalised(value: unknown, places: readonly (readonly [string, string])[]): unknown {
  if (typeof value === 'string') return normalisedText(value, places);
  if (Array.isArray(value)) return value.map((item) => normalised(item, places));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, normalised(item, places)]));
}

// The dates that the `dates` case and the event grid bodies send are data and stay.
const RUN_TIME = /20\d\d-(?:11-2\d|01-05)T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)/g;

function normalisedText(text: string, places: readonly (readonly [string, string])[]): string {
  let result = text.replace(RUN_TIME, 'TIME').replace(/http:\/\/127\.0\.0\.1:\d+\/durabletask\//g, 'RPC');
  for (const [from, to] of places) result = result.replaceAll(from, to);
  return result;
}

/** Cuts off what .NET says about itself, wherever it is in a text or under `StackTrace`, `Details`. */
export function withoutStacks(value: unknown): unknown {
  if (typeof value === 'string') {
    return value
      .replace(/( \n \{"\$type":"System\.Exception).*/s, '$1')
      .replace(/, StackTrace: .*/s, '')
      .replace(/\\"StackTrace\\":.*/s, '')
      .replace(/"StackTrace":.*/s, '');
  }
  if (Array.isArray(value)) return value.map(withoutStacks);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'StackTrace' && key !== 'Details')
      .map(([key, item]) => [key, withoutStacks(item)]),
  );
}
