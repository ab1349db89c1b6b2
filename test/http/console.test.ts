import { HttpRequest, InvocationContext } from '@azure/functions';
import type { HttpResponseInit } from '@azure/functions';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sampleRequest, startRig } from '../../sandbox/rig/rig.ts';
import type { Rig } from '../../sandbox/rig/rig.ts';
import { sample } from '../../sandbox/sampleWorld.ts';
import { appOf } from '../../src/app.ts';
import type { App } from '../../src/app.ts';
import { readSettings } from '../../src/config.ts';
import { signInSchema } from '../../src/http/console/pages.ts';
import { buildApp } from '../support/builtApp.ts';
import type { BuiltApp } from '../support/builtApp.ts';

const good = { KEY_VAULT_URL: 'https://vault.example' };
const tenantId = '3f2c9a10-0000-4000-8000-000000000001';
const clientId = '5e1d0000-0000-4000-8000-000000000002';
const entra = {
  ...good,
  AUTH_MODE: 'entra',
  ENTRA_TENANT_ID: tenantId,
  ENTRA_AUDIENCE: `api://${clientId}`,
};

let built: BuiltApp;
let rig: Rig;

beforeAll(async () => {
  built = buildApp();
  rig = await startRig();
});

afterAll(async () => {
  await rig.stop();
  built.remove();
});

const folder = (): string => join(built.directory, 'dist/console');

function handlersOf(settings: Readonly<Record<string, string>>): App['handlers'] {
  return appOf(readSettings(settings), { consoleFolder: folder() }).handlers;
}

function get(
  file: string | null,
  settings: Readonly<Record<string, string>> = good,
  headers: Readonly<Record<string, string>> = {},
): Promise<HttpResponseInit> {
  const { console: page, consoleFile } = handlersOf(settings);
  const request = new HttpRequest({
    ...{ method: 'GET', url: 'https://app.example/api/console', headers },
    ...(file !== null && { params: { file } }),
  });
  const context = new InvocationContext({ functionName: 'console' });
  return (file === null ? page : consoleFile)(request, context) as Promise<HttpResponseInit>;
}

function headerOf({ headers }: HttpResponseInit, name: string): string {
  return (headers as Record<string, string>)[name] ?? '';
}

function named(pattern: RegExp): string {
  return readdirSync(folder()).find((name) => pattern.test(name)) ?? '';
}

describe('the console as files', () => {
  it('is a page that may run its own scripts and speak to its own app, and nothing else', async () => {
    const page = await get(null);

    expect(page.status).toBe(200);
    expect(headerOf(page, 'content-security-policy').split('; ')).toEqual([
      "default-src 'none'",
      ...["script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'"],
      ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
      "require-trusted-types-for 'script'",
    ]);
    expect(headerOf(page, 'referrer-policy')).toBe('no-referrer');
    expect(headerOf(page, 'cache-control')).toBe('no-cache');
  });

  it('may also speak to Entra ID where people sign in there', async () => {
    expect(headerOf(await get(null, entra), 'content-security-policy')).toContain(
      "connect-src 'self' https://login.microsoftonline.com;",
    );
  });

  it('names its parts by absolute addresses of its own, which are kept for a year', async () => {
    const addresses = [
      ...readFileSync(join(folder(), 'index.html'), 'utf8').matchAll(/(?:src|href)="([^"]*)"/g),
    ].map(([, address = '']) => address);
    const parts = await Promise.all(addresses.map((address) => get(address.replace('/api/console/', ''))));

    expect(addresses).toHaveLength(3);
    expect(addresses.every((address) => address.startsWith('/api/console/'))).toBe(true);
    expect(parts.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(parts.map((part) => headerOf(part, 'cache-control')))).toEqual(
      new Set(['public, max-age=31536000, immutable']),
    );
  });

  it('has nothing but its parts: no other file, and no way out of the folder', async () => {
    const names = ['index.html', '../main.cjs', '..%2fmain.cjs', 'console-00000000.js', 'toString', ''];

    expect(await Promise.all(names.map(async (name) => (await get(name)).status))).toEqual(
      names.map(() => 404),
    );
  });

  it('is sent compressed to a browser that can unpack it', async () => {
    const name = named(/^console-\w+\.js$/);
    const part = await get(name, good, { 'accept-encoding': 'gzip, br' });

    expect(headerOf(part, 'content-encoding')).toBe('gzip');
    expect(part.body).toEqual(readFileSync(join(folder(), `${name}.gz`)));
  });

  it('weighs less than 60 kB without the sign-in library, which is loaded with Entra ID only', () => {
    const first = readFileSync(join(folder(), named(/^console-\w+\.js$/)), 'utf8');
    const statically = [...first.matchAll(/(?:from|import)"\.\/([^"]+)"/g)].map(([, name = '']) => name);
    const parts = ['index.html', named(/^console-\w+\.js$/), named(/^style-\w+\.css$/), ...statically];
    const bytes = parts.reduce((sum, name) => sum + readFileSync(join(folder(), `${name}.gz`)).length, 0);

    expect(statically.filter((name) => name.startsWith('entra-'))).toEqual([]);
    expect(first).toContain(named(/^entra-\w+\.js$/));
    expect(bytes).toBeLessThan(60_000);
  });

  it('adds nothing to what a cold start loads', () => {
    expect(readFileSync(join(built.directory, 'dist/main.cjs'), 'utf8')).not.toContain('pymilvus');
  });

  it('says how people sign in, also when the settings are wrong', async () => {
    const signIn = async (settings: Readonly<Record<string, string>>): Promise<unknown> => {
      const request = new HttpRequest({ method: 'GET', url: 'https://app.example/api/sign-in' });
      const response = await handlersOf(settings).signIn(request, new InvocationContext());
      return signInSchema.parse((response as HttpResponseInit).jsonBody);
    };

    expect(await signIn(good)).toEqual({ mode: 'function-key' });
    expect(await signIn({ ...good, ARM_ENDPOINT: 'nowhere' })).toEqual({ mode: 'unknown' });
    expect(await signIn(entra)).toEqual({
      ...{ mode: 'entra', clientId, scope: `api://${clientId}/.default` },
      authority: `https://login.microsoftonline.com/${tenantId}`,
    });
    expect(await signIn({ ...entra, ENTRA_AUDIENCE: 'api://ours' })).toMatchObject({ clientId: null });
  });
});

describe('a browser that asks the API', () => {
  const browser = { accept: 'text/html,application/xhtml+xml' };
  const id = 'az-eastus-0123456789ab';

  async function location(
    path: string,
    origin = rig.host.baseUrl,
  ): Promise<readonly (number | string | null)[]> {
    const headers = { ...browser, 'x-functions-key': rig.host.keys.function };
    const { status, headers: received } = await fetch(`${origin}${path}`, { headers, redirect: 'manual' });
    return [status, received.get('location')];
  }

  it('is sent to the console, for one connection and for all', async () => {
    expect(await location(`/api/connections/${id}`)).toEqual([302, `/api/console#/connections/${id}`]);
    expect(await location('/api/connections')).toEqual([302, '/api/console']);
  });

  it('leaves its key behind', async () => {
    const path = `/api/connections/${id}?code=${rig.host.keys.function}`;

    expect(await location(path)).toEqual([302, `/api/console#/connections/${id}`]);
  });

  it('is sent there before it is asked for a token, which no browser sends of its own accord', async () => {
    const { host } = await rig.deployAnother({
      settings: { ...entra, KEY_VAULT_URL: rig.sandbox.keyVault.baseUrl },
    });

    expect(await location(`/api/connections/${id}`, host.baseUrl)).toEqual([
      302,
      `/api/console#/connections/${id}`,
    ]);
  });

  it('gets no address of its own making', async () => {
    expect(await location('/api/connections/%2F%2Fevil.example')).toEqual([302, '/api/console']);
  });
});

describe('what the console reads', () => {
  it('is what a request can name: networks, then regions, then clusters', async () => {
    const { projectId, regionId, subnetId, virtualNetworkId, clusterIds } = sample;
    const first = await rig.call('GET', '/api/options');
    const then = await rig.call('GET', `/api/options?projectId=${projectId}&regionId=${regionId}`);
    const { regions } = then.body as { regions: readonly string[] };

    expect(first.body).toMatchObject({
      ...{ projects: null, regions: [], clusters: [], incomplete: [] },
      networks: [
        {
          id: virtualNetworkId,
          subnets: expect.arrayContaining([
            { id: subnetId, addressPrefixes: ['10.20.1.0/24'], delegations: [] },
          ]) as unknown,
        },
      ],
    });
    expect(regions).toContain(regionId);
    expect(then.body).toMatchObject({
      clusters: clusterIds.map((clusterId): unknown => expect.objectContaining({ clusterId })),
    });
  });

  it('is also what could be read of it, and why the rest could not', async () => {
    const body = { error: { code: 'AuthorizationFailed', message: 'no' } };
    rig.sandbox.faults.order({ call: 'virtualNetworks.list', fault: { kind: 'status', status: 403, body } });
    const { status, body: found } = await rig.call('GET', `/api/options?projectId=${sample.projectId}`);

    expect(status).toBe(200);
    expect(found).toMatchObject({
      networks: [],
      incomplete: [{ scope: `/subscriptions/${sample.subscriptionId}` }],
    });
    expect((found as { regions: unknown[] }).regions).not.toEqual([]);
  });

  it('does not leave the bounds of the deployment', async () => {
    const bounded = await rig.deployAnother({
      settings: { ALLOWED_PROJECTS: 'proj-ours', ALLOWED_SCOPES: `/subscriptions/${tenantId}` },
    });

    expect(await bounded.call('GET', '/api/options')).toMatchObject({
      body: { projects: ['proj-ours'], networks: [] },
    });
    expect(await bounded.call('GET', `/api/options?projectId=${sample.projectId}`)).toMatchObject({
      status: 422,
    });
  });

  it('is what a disconnect removes and keeps, before anything is removed', async () => {
    const { id } = await rig.connect(sampleRequest);
    const { status, body } = await rig.call('POST', `/api/connections/${id}/plan?for=disconnect`);
    const { rows } = body as { rows: readonly { resource: string; action: string }[] };

    expect(status).toBe(200);
    expect(rows.map(({ resource, action }) => [resource, action])).toEqual(
      expect.arrayContaining([
        ['virtual network link', 'delete'],
        ['A record set', 'delete'],
        ['private DNS zone', 'delete'],
        ['registration', 'delete'],
        ['private endpoint', 'delete'],
      ]) as unknown,
    );
    expect(await rig.call('GET', `/api/connections/${id}`)).toMatchObject({ body: { status: 'connected' } });
  });

  it('has for each connection when its path was last verified', async () => {
    const { body } = await rig.call('GET', '/api/connections');

    expect(body).toMatchObject({ connections: [{ verification: { outcome: 'verified' } }] });
  });
});
