import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sample } from '../../sandbox/sampleWorld.ts';
import { faultsOf, tracesOf } from './checks.ts';
import { clientId, startIssuer, tenantId } from './issuer.ts';
import type { Issuer } from './issuer.ts';
import { openWorld } from './world.ts';
import type { Watched, World } from './world.ts';

// A life by keyboard alone, signed in with Entra ID. The tests follow each other.

let directory: string;
let issuer: Issuer;
let world: World;
let watched: Watched;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'browser-'));
  issuer = await startIssuer(join(directory, 'tls'));
  const settings = {
    AUTH_MODE: 'entra',
    ENTRA_TENANT_ID: tenantId,
    ENTRA_AUDIENCE: clientId,
    AZURE_AUTHORITY_HOST: issuer.origin,
  };
  world = await openWorld({ directory, settings });
  watched = await world.open();
});

afterAll(async () => {
  await world.stop();
  issuer.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** Moves the focus with Tab until it is on the element of this name, as a person without a mouse does. */
async function tabTo(name: RegExp): Promise<void> {
  const { page } = watched;
  for (let steps = 0; steps < 80; steps++) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate<string>(`(() => {
      const { activeElement: element } = document;
      const labels = [...(element.labels ?? [])].map(({ innerText }) => innerText).join(' ');
      return element.getAttribute('aria-label') ?? (labels || element.innerText || '');
    })()`);
    if (name.test(focused.trim())) return;
  }
  throw new Error(`Tab does not lead to ${String(name)}.`);
}

async function type(field: RegExp, text: string): Promise<void> {
  await tabTo(field);
  await watched.page.keyboard.type(text);
}

async function press(button: RegExp): Promise<void> {
  await tabTo(button);
  await watched.page.keyboard.press('Enter');
}

describe('a person of the tenant, with a keyboard', () => {
  it('signs in by code with PKCE, and comes back to the view that was asked for', async () => {
    const { page } = watched;
    await page.goto(`${world.address}#/connect`);
    await page.getByRole('button', { name: 'Sign in with Microsoft' }).waitFor();
    expect(await faultsOf(watched)).toEqual([]);
    await press(/^Sign in with Microsoft$/);
    await page.getByRole('heading', { name: 'Connect', level: 1 }).waitFor();

    expect(page.url()).toBe(`${world.address}#/connect`);
    expect(await page.getByText('ana@contoso.example').count()).toBe(1);
    expect([issuer.faults, issuer.exchanged()]).toEqual([[], 1]);
  });

  it('sees a plan with the role to read, and is told which role it takes to connect', async () => {
    const { page } = watched;
    await type(/^Project ID/, sample.projectId);
    await page.locator('select#regionId').waitFor();
    await type(/^Region/, 'az-eastus');
    await type(/^Subnet for the private endpoint/, 'snet-private');
    // Of the radio buttons of DNS the next one: a zone for each cluster hides no name.
    await tabTo(/^one zone for the region/);
    await page.keyboard.press('ArrowDown');
    await press(/^Show the plan$/);
    await page.getByRole('heading', { name: 'The plan' }).waitFor();
    expect(await page.getByText('would stop resolving').count()).toBe(0);
    await press(/^Connect$/);
    await page.getByText('Connections.Connect').first().waitFor();

    expect(await faultsOf(watched)).toEqual([]);
  });

  it('connects with that role after another sign-in', async () => {
    const { page } = watched;
    issuer.roles = ['Connections.Read', 'Connections.Connect', 'Connections.Disconnect'];
    await press(/^Sign out$/);
    await page.getByRole('button', { name: 'Sign in with Microsoft' }).waitFor();
    await press(/^Sign in with Microsoft$/);
    await page.getByRole('heading', { name: 'Connect', level: 1 }).waitFor();
    await type(/^Project ID/, sample.projectId);
    await page.locator('select#regionId').waitFor();
    await type(/^Region/, 'az-eastus');
    await type(/^Subnet for the private endpoint/, 'snet-private');
    await tabTo(/^one zone for the region/);
    await page.keyboard.press('ArrowDown');
    await press(/^Show the plan$/);
    await page.getByRole('heading', { name: 'The plan' }).waitFor();
    await press(/^Connect$/);
    await page.getByText('Connected: 2 clusters').waitFor({ timeout: 60_000 });

    expect(await faultsOf(watched)).toEqual([]);
  });

  it('stays signed in when the page is loaded again, and finds no drift', async () => {
    const { page } = watched;
    await page.reload();
    await page.getByText('Connected: 2 clusters').waitFor();
    await press(/^Check for drift$/);
    await page.getByRole('dialog', { name: 'No drift' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });

    expect(issuer.exchanged()).toBe(2);
  });

  it('disconnects by typing the ID', async () => {
    const { page } = watched;
    const id = (await page.getByRole('heading', { level: 1 }).textContent()) ?? '';
    await press(/^Disconnect$/);
    await page.getByRole('dialog').waitFor();
    await type(/^To confirm/, id);
    await page.keyboard.press('Enter');
    await page.getByText('Disconnected: everything').waitFor({ timeout: 60_000 });
  });

  it('has left nothing outside of the tab: no token in an address, storage or log', async () => {
    const tokens = await tokensOfTheTab();
    // The browser itself reports the refusal of the second test.
    watched.lines.splice(
      0,
      watched.lines.length,
      ...watched.lines.filter((line) => !/status of 40[13]/.test(line)),
    );

    expect(tokens.length).toBeGreaterThan(0);
    expect(await tracesOf(watched, world, tokens, [issuer.origin])).toEqual([]);
    expect(issuer.faults).toEqual([]);
  });
});

/** The tokens that the tab keeps. */
async function tokensOfTheTab(): Promise<readonly string[]> {
  const kept = await watched.page.evaluate<string>('JSON.stringify({ ...sessionStorage })');
  return kept.match(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g) ?? [];
}

it('an app with wrong settings says which, and what to do', async () => {
  const wrong = await openWorld({ settings: { AUTH_MODE: 'entra' } });
  try {
    const seen = await wrong.open();
    await seen.page.goto(wrong.address);
    await seen.page.getByText('ENTRA_TENANT_ID').waitFor();

    expect(await seen.page.locator('main').innerText()).toMatch(/is missing[^]*What to do:/);
    expect(await faultsOf(seen)).toEqual([]);
  } finally {
    await wrong.stop();
  }
});
