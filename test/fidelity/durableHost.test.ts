import { setTimeout as pause } from 'node:timers/promises';
import { wholeSecondTimers } from '../../sandbox/host/faults.ts';
import { startHost } from '../../sandbox/host/host.ts';
import type { Host } from '../../sandbox/host/host.ts';
import { processWorker } from '../../sandbox/host/worker/processWorker.ts';
import { VirtualClock } from '../../sandbox/kernel/clock.ts';
import {
  EXCUSED_CASES,
  EXCUSED_EXCHANGES,
  EXCUSES,
  eventKeys,
  eventKinds,
  normalised,
  withoutStacks,
} from './durableHostComparison.ts';
import type { Excuse } from './durableHostComparison.ts';
import { cases, exchanges, RECORDED_KEYS, RECORDINGS } from './durableHostRecordings.ts';
import type { RecordedCase, RecordedExchange, RecordedResponse } from './durableHostRecordings.ts';
import { countExcuses, report } from './tally.ts';

// The probe app that was recorded on the real host runs on the local one, in the same order, and must look the same.

const clock = new VirtualClock();
let host: Host;
const agreed = { cases: 0, exchanges: 0 };

beforeAll(async () => {
  host = await startHost({
    clock,
    worker: processWorker({ appDirectory: `${RECORDINGS}/app`, env: {} }),
    // One case counts its runs to be different in the second one.
    replayTwice: false,
    faults: { timerDelay: wholeSecondTimers },
  });
  const startedAt = clock.now();
  for (const { case: name, input } of cases) await start(name, input);
  await host.runUntil(() => clock.now() >= startedAt + 4000);
  await call('POST', durable('instances/case-event-before-timeout/raiseEvent/go'), { v: 1 });
  // As for the recordings: the cases are looked at 45 seconds after their start.
  await host.runUntil(() => clock.now() >= startedAt + 45_000);
}, 60_000);

afterAll(async () => {
  await host.stop();
  reportBoth();
});

describe('a recorded orchestration has the same history on the local host', () => {
  it.each(cases.map((recorded) => [recorded.case, recorded] as const))('%s', async (name, recorded) => {
    const path = durable(`instances/case-${name}?showHistory=true&showHistoryOutput=true`);
    const { status, body } = await call('GET', path);
    const sdk = (await call('GET', `/api/status/case-${name}`)).body as { value: unknown };

    expect(status).toBe(recorded.httpStatus);
    expect(comparable(name, body)).toEqual(comparable(name, recorded.status));
    expect(comparable(name, sdk.value)).toEqual(comparable(name, recorded.sdkStatus));
    expectSameEvents(recorded);
    agreed.cases += 1;
  });
});

describe('a recorded HTTP exchange goes the same way on the local host', () => {
  it.each(exchanges.map((exchange) => [exchange.name, exchange] as const))('%s', async (name, exchange) => {
    const response = await repeat(exchange);
    await host.whenIdle();
    await advanceOverLatency();

    const excused = EXCUSED_EXCHANGES[name] ?? [];
    expect(response.status).toBe(exchange.response.status);
    expect(headersThatMatter(response, excused)).toEqual(headersThatMatter(exchange.response, excused));
    expectSameBody(response.body, exchange.response.body, excused);
    agreed.exchanges += 1;
  });
});

function start(name: string, input: unknown): Promise<RecordedResponse> {
  return call('POST', durable(`orchestrators/${name}/case-${name}`), input ?? undefined);
}

function durable(path: string): string {
  return `/runtime/webhooks/durabletask/${path}${path.includes('?') ? '&' : '?'}code=${host.keys.system}`;
}

async function call(method: string, path: string, body?: unknown): Promise<RecordedResponse> {
  const response = await fetch(host.baseUrl + path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: {}, body: parsed(await response.text()) };
}

/** The recording holds the 1 MB body as its beginning and its length. */
function wholeBody(text: string): string {
  const cut = /^(x+)…\((\d+) characters\)$/.exec(text);
  return cut ? 'x'.repeat(Number(cut[2])) : text;
}

async function repeat({ name, request }: RecordedExchange): Promise<RecordedResponse> {
  const isFunctionKey = name.startsWith('http:');
  const code = isFunctionKey ? host.keys.function : host.keys.system;
  const headers = Object.entries(request.headers).map(([key, value]): [string, string] => {
    const which = RECORDED_KEYS[value];
    return [key, which ? host.keys[which] : value];
  });
  const body = request.body === null ? null : Buffer.from(wholeBody(request.body));
  const response = await fetch(host.baseUrl + request.path.replace('code=KEY', `code=${code}`), {
    method: request.method,
    headers: body === null ? headers : [...headers, ['content-length', String(body.length)]],
    body,
  });
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: parsed(await response.text()),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Restarted and resumed instances of the exchanges need their turn, as they had on the real host. */
async function advanceOverLatency(): Promise<void> {
  await pause(5);
  await host.whenIdle();
}

function places(): readonly (readonly [string, string])[] {
  return [
    [host.baseUrl, 'ORIGIN'],
    ['http://localhost:7200', 'ORIGIN'],
    ['https://localhost:7200', 'ORIGIN'],
    [host.keys.system, 'KEY'],
  ];
}

function comparable(name: string, value: unknown): unknown {
  const excused = EXCUSED_CASES[name] ?? [];
  let result = normalised(withCutText(value), places());
  if (excused.includes('stack')) result = withoutStacks(result);
  if (excused.includes('generated')) result = withoutGenerated(result);
  if (excused.includes('order')) result = sortedHistory(result);
  return result;
}

/** As long texts are written in the recordings. */
function withCutText(value: unknown): unknown {
  if (typeof value === 'string')
    return value.length > 90_000 ? `${value.slice(0, 40)}…(${value.length} characters)` : value;
  if (Array.isArray(value)) return value.map(withCutText);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withCutText(item)]));
}

function withoutGenerated(value: unknown): unknown {
  const id = /[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/g;
  return JSON.parse(JSON.stringify(value).replace(id, 'ID'));
}

function sortedHistory(value: unknown): unknown {
  const { historyEvents, ...rest } = value as { historyEvents?: unknown[] };
  return { ...rest, historyEvents: historyEvents?.map((event) => JSON.stringify(event)).sort() };
}

function expectSameEvents(recorded: RecordedCase): void {
  const local = host.history(`case-${recorded.case}`);
  const history = recorded.episodes.at(-1)?.input.history ?? [];
  if (EXCUSED_CASES[recorded.case]?.includes('order') === true) {
    expect(eventKinds(local).filter((kind) => kind !== 1)).toEqual(eventKinds(history));
    return;
  }
  // The recording ends before the last decisions; the status above has shown those.
  const keys = eventKeys(history);
  expect(eventKeys(local).slice(0, keys.length)).toEqual(keys);
}

function headersThatMatter(response: RecordedResponse, excused: readonly Excuse[]): Record<string, unknown> {
  const names = [
    'content-type',
    'location',
    'retry-after',
    'www-authenticate',
    'webhook-allowed-origin',
    'x-one',
  ];
  const chosen = names.map((name) => [name, response.headers[name]] as const);
  const more = response.headers['x-ms-continuation-token'] !== undefined;
  const result = normalised({ ...Object.fromEntries(chosen), more }, places()) as Record<string, unknown>;
  return (excused.includes('generated') ? withoutGenerated(result) : result) as Record<string, unknown>;
}

function expectSameBody(local: unknown, recorded: unknown, excused: readonly Excuse[]): void {
  if (excused.includes('page')) return;
  if (excused.includes('place')) {
    expectSameInventory(local, recorded);
    return;
  }
  let [mine, theirs] = [normalised(local, places()), normalised(recorded, places())];
  if (excused.includes('wording')) [mine, theirs] = [withoutWording(mine), withoutWording(theirs)];
  if (excused.includes('stack')) [mine, theirs] = [withoutStacks(mine), withoutStacks(theirs)];
  if (excused.includes('generated')) [mine, theirs] = [shapeOf(mine), shapeOf(theirs)];
  expect(mine).toEqual(theirs);
}

function withoutWording(value: unknown): unknown {
  expect(value).toMatchObject({ ExceptionMessage: expect.any(String) as string });
  return { ...(value as object), ExceptionMessage: 'WORDING' };
}

/** Names, routes and bindings of functions; of anything else, which properties there are. */
function expectSameInventory(local: unknown, recorded: unknown): void {
  if (!Array.isArray(recorded)) {
    expect(shapeOf(local)).toEqual(shapeOf(recorded));
    return;
  }
  for (const expected of recorded as {
    name: string;
    invoke_url_template: string;
    config: { bindings: unknown };
  }[]) {
    const mine = (local as (typeof expected)[]).find(({ name }) => name === expected.name);
    expect(mine?.config.bindings).toEqual(expected.config.bindings);
    expect(pathOf(mine?.invoke_url_template)).toEqual(pathOf(expected.invoke_url_template));
  }
}

function pathOf(url: string | null | undefined): string | undefined {
  return url?.replace(/^https?:\/\/[^/]+/, '');
}

function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  return typeof value === 'object' && value !== null ? Object.keys(value).sort() : typeof value;
}

function reportBoth(): void {
  report({
    subject: 'orchestrations',
    agree: agreed.cases,
    of: cases.length,
    excused: countExcuses(EXCUSES, Object.values(EXCUSED_CASES)),
  });
  report({
    subject: 'hostExchanges',
    agree: agreed.exchanges,
    of: exchanges.length,
    excused: countExcuses(EXCUSES, Object.values(EXCUSED_EXCHANGES)),
  });
}
