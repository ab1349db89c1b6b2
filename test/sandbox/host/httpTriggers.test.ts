import { app } from '@azure/functions';
import type { HttpRequest } from '@azure/functions';
import { startHost } from '../../../sandbox/host/host.ts';
import type { Host } from '../../../sandbox/host/host.ts';
import { routeTemplate } from '../../../sandbox/host/http/routeTemplate.ts';
import { inProcessWorker } from '../../../sandbox/host/worker/inProcessWorker.ts';
import { VirtualClock } from '../../../sandbox/kernel/clock.ts';

let host: Host;
let gridCalls: unknown[] = [];

beforeEach(async () => {
  gridCalls = [];
  host = await startHost({
    clock: new VirtualClock(),
    worker: inProcessWorker(register),
    keys: { function: 'f' },
  });
});

afterEach(() => host.stop());

function register(): void {
  const named = (name: string) => (request: HttpRequest) => ({ jsonBody: { name, params: request.params } });
  const open = { methods: ['GET' as const], authLevel: 'anonymous' as const };
  app.http('one', { ...open, route: 'things/{id}', handler: named('one') });
  app.http('plan', { ...open, route: 'things/plan', handler: named('plan') });
  app.http('files', { ...open, route: 'files/{*path}', handler: named('files') });
  app.http('unnamed', { ...open, handler: named('unnamed') });
  app.http('admin', { ...open, authLevel: 'admin', handler: named('admin') });
  app.http('keyed', { ...open, authLevel: 'function', handler: named('keyed') });
  app.http('baked', {
    ...open,
    handler: () => ({
      cookies: [{ name: 'a', value: 'b c', path: '/', httpOnly: true, sameSite: 'Strict' }],
      headers: { 'x-a': '1' },
      body: Buffer.from([0, 255]),
    }),
  });
  app.eventGrid('grid', {
    handler: (event) => {
      gridCalls.push(event);
    },
  });
}

async function get(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${host.baseUrl}/api/${path}`, { headers });
  const text = await response.text();
  return { status: response.status, body: text === '' ? '' : (JSON.parse(text) as unknown) };
}

describe('the route of an HTTP trigger', () => {
  it.each([
    ['things/plan', { name: 'plan', params: {} }],
    ['things/x', { name: 'one', params: { id: 'x' } }],
    ['files/a/b%20c', { name: 'files', params: { path: 'a/b c' } }],
    ['unnamed', { name: 'unnamed', params: {} }],
  ])('%s is found, literals first', async (path, body) => {
    expect(await get(path)).toEqual({ status: 200, body });
  });

  it.each([
    ['a/{b}', '/a', undefined],
    ['a/{b?}', '/a', {}],
    ['a/{b:int}', '/A/1/', { b: '1' }],
    ['a/{b}', '/a/1/2', undefined],
    ['a/{b}', '/a/%E0%A4%A', { b: '%E0%A4%A' }],
  ])('%s against %s gives %o', (template, path, parameters) => {
    expect(routeTemplate(template).match(path)).toEqual(parameters);
  });
});

describe('the key of an HTTP trigger', () => {
  it.each([
    ['keyed', {}, 401],
    ['keyed?code=f', {}, 200],
    ['keyed', { 'x-functions-key': 'f' }, 200],
    ['keyed?code=development-master-key', {}, 200],
    ['keyed?code=development-system-key', {}, 401],
    ['admin?code=f', {}, 401],
    ['admin?code=development-master-key', {}, 200],
  ])('%s with %o returns %i', async (path, headers, status) => {
    expect((await get(path, headers)).status).toBe(status);
  });
});

describe('the answer of an HTTP trigger', () => {
  it('keeps its bytes, headers and cookies', async () => {
    const response = await fetch(`${host.baseUrl}/api/baked`);

    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([0, 255]));
    expect(response.headers.get('x-a')).toBe('1');
    expect(response.headers.getSetCookie()).toEqual(['a=b%20c; Path=/; HttpOnly; SameSite=strict']);
  });
});

describe('the event grid webhook', () => {
  it('delivers each event of a batch by itself', async () => {
    const events = ['1', '2'].map((id) => ({ id, data: {} }));
    const response = await fetch(
      `${host.baseUrl}/runtime/webhooks/eventgrid?functionName=grid&code=${host.keys.system}`,
      { method: 'POST', headers: { 'aeg-event-type': 'Notification' }, body: JSON.stringify(events) },
    );

    expect(response.status).toBe(202);
    expect(gridCalls).toEqual(events);
  });

  it('as seen of the real host, is a 500 for [null] in a batch, and delivers none of it', async () => {
    gridCalls.length = 0;
    const response = await fetch(
      `${host.baseUrl}/runtime/webhooks/eventgrid?functionName=grid&code=${host.keys.system}`,
      { method: 'POST', headers: { 'aeg-event-type': 'Notification' }, body: '[{"id":"1"},null]' },
    );

    expect(response.status).toBe(500);
    expect(gridCalls).toEqual([]);
  });
});

describe('as seen of the real host', () => {
  const master = 'development-master-key';
  it.each([
    ['GET', '/admin/host/ping', null, null, 200],
    ['GET', '/admin/host/status', null, null, 401],
    ['GET', '/admin/host/status', 'f', null, 403],
    ['GET', '/admin/host/status', 'other', null, 401],
    ['GET', '/runtime/webhooks/durabletask/instances', 'f', null, 403],
    ['POST', '/runtime/webhooks/eventgrid?functionName=grid', 'f', '[]', 403],
    ['POST', '/admin/functions/grid', master, null, 415],
    ['POST', '/admin/functions/grid', master, '{}', 202],
  ])('%s %s with the key %s and the body %s returns %i', async (method, path, key, body, status) => {
    const response = await fetch(`${host.baseUrl}${path}`, {
      method,
      headers: key === null ? {} : { 'x-functions-key': key },
      ...(body !== null && { body }),
    });

    expect(response.status).toBe(status);
  });
});
