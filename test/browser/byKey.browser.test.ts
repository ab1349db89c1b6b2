import { sample } from '../../sandbox/sampleWorld.ts';
import { faultsOf, tracesOf } from './checks.ts';
import { fillForm, openWorld, signInByKey } from './world.ts';
import type { Watched, World } from './world.ts';

// One life of a connection, in a browser and with a function key. The tests follow each other.

let world: World;
let watched: Watched;

beforeAll(async () => {
  world = await openWorld();
  watched = await world.open();
});

afterAll(() => world.stop());

const [catalogue] = sample.clusterIds;

describe('a person with a function key', () => {
  it('is asked for it, and is told when it is wrong', async () => {
    const { page } = watched;
    await page.goto(world.address);
    await page.getByLabel('Function key').fill('not-the-key');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('The app does not accept this key').waitFor();

    expect(await faultsOf(watched)).toEqual([]);
    // The browser itself reports the refusal.
    watched.lines.length = 0;
  });

  it('sees how to begin, where there is nothing yet', async () => {
    const { page } = watched;
    await signInByKey(watched, world);
    await page.getByRole('heading', { name: 'No connection yet' }).waitFor();

    expect(await faultsOf(watched)).toEqual([]);
  });

  it('sees what prevents a connection before anything is written', async () => {
    const { page } = watched;
    const before = writes();
    await page.getByRole('link', { name: 'Plan a connection' }).click();
    await page.getByLabel('Project ID').fill('proj-that-is-not-there');
    await page.locator('select#regionId').selectOption(sample.regionId);
    await page.getByLabel('Subnet for the private endpoint').selectOption(sample.subnetId);
    await page.getByRole('button', { name: 'Show the plan' }).click();
    await page.getByText(/problems? to solve first/).waitFor();

    expect(await page.getByRole('button', { name: 'Connect', exact: true }).isDisabled()).toBe(true);
    expect(await page.getByText('What to do:').count()).toBeGreaterThan(0);
    expect(await faultsOf(watched)).toEqual([]);
    expect(writes()).toBe(before);
    await page.getByRole('button', { name: 'Change the request' }).click();
  });

  it('is shown first which names would be hidden, then what is created, the cost and the duration', async () => {
    const { page } = watched;
    const before = writes();
    await fillForm(page);
    expect(await faultsOf(watched)).toEqual([]);
    await page.getByRole('button', { name: 'Show the plan' }).click();
    const plan = page.getByRole('region', { name: 'The plan' });
    await plan.getByText('2 public names would stop resolving in the linked networks').waitFor();
    expect(await page.evaluate<number>('scrollY')).toBe(0);

    expect(await plan.locator('.notice-title').first().textContent()).toContain('public names');
    expect(await plan.innerText()).toMatch(/Cost a month\s+\d+\.\d\d USD\s+Takes about\s+\d+ minutes/);
    expect(await faultsOf(watched)).toEqual([]);
    expect(writes()).toBe(before);
  });

  it('watches the run, and ends with addresses to copy', async () => {
    const { page } = watched;
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await page.getByText('Connecting:').waitFor();
    await page.getByText(/about .* left, until \d\d:\d\d/).waitFor();
    expect(await page.getByText('unreachable', { exact: true }).count()).toBe(0);
    expect(await faultsOf(watched)).toEqual([]);
    await page
      .getByText(/Connected: 2 clusters reachable from vnet-app at 10\.20\.1\.\d/)
      .waitFor({ timeout: 60_000 });

    await page.getByRole('button', { name: 'Copy the address of catalogue' }).click();
    const uri = `https://${catalogue}-privatelink.${sample.regionId}.vectordb.zillizcloud.com:19530`;
    expect(await page.evaluate<string>('navigator.clipboard.readText()')).toBe(uri);
    await page.getByRole('button', { name: 'Copy the Python code' }).click();
    expect(await page.evaluate<string>('navigator.clipboard.readText()')).toContain(`uri="${uri}"`);
    expect(await page.getByRole('region', { name: 'The path' }).innerText()).toMatch(
      /linked[^]*Approved[^]*registered[^]*reachable[^]*records right/,
    );
    expect(await faultsOf(watched)).toEqual([]);
  });

  it('finds a record that was changed by hand, and repairs it', async () => {
    const { page } = watched;
    const { control } = world.app.sandbox.azure;
    const record = Object.values(control.snapshot().dns.recordSets).find(({ id }) =>
      id.includes(`${catalogue}-privatelink`),
    );
    const [zoneId = '', name = ''] = record?.id.split('/A/') ?? [];
    control.setRecord({ zoneId, name, addresses: ['10.9.9.9'], metadata: record?.metadata ?? {} });
    await page.getByRole('button', { name: /^Check (for drift|and repair)$/ }).click();
    const dialog = page.getByRole('dialog', { name: 'Drift' });
    await dialog.getByText('change', { exact: true }).waitFor();

    expect(await dialog.locator('tbody tr').first().innerText()).toContain('change');
    expect(await faultsOf(watched)).toEqual([]);
    await dialog.getByRole('button', { name: 'Repair' }).click();
    await page.getByText('Connecting:').waitFor();
    await page.getByText('Connected: 2 clusters').waitFor({ timeout: 60_000 });
  });

  it('finds the connection in the list, by state, network or problem', async () => {
    const { page } = watched;
    await page.getByRole('link', { name: 'Connections' }).first().click();
    await page.getByRole('searchbox').fill('vnet-app connected');

    expect(await page.locator('tbody tr').count()).toBe(1);
    expect(await page.locator('tbody tr').innerText()).toMatch(/connected[^]*az-eastus[^]*ago|just now/);
    expect(await faultsOf(watched)).toEqual([]);
    await page.getByRole('searchbox').fill('another');
    await page.getByText('No connection matches.').waitFor();
    await page.getByRole('searchbox').fill('');
    await page.getByRole('link', { name: /^az-eastus-/ }).click();
  });

  it('takes it out as Terraform', async () => {
    const { page } = watched;
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('dialog').getByText('azurerm_private_endpoint').first().waitFor();

    expect(await faultsOf(watched)).toEqual([]);
    await page.keyboard.press('Escape');
  });

  it('disconnects only after the ID is typed, and sees before what goes and what stays', async () => {
    const { page } = watched;
    const id = (await page.getByRole('heading', { level: 1 }).textContent()) ?? '';
    await page.getByRole('button', { name: 'Disconnect' }).click();
    const dialog = page.getByRole('dialog', { name: 'Disconnect' });
    const confirm = dialog.getByRole('button', { name: 'Disconnect' });
    await dialog.getByText('whitelist entry').waitFor();

    expect(await dialog.locator('tbody tr').allInnerTexts()).toContainEqual(
      expect.stringMatching(/remove[^]*private endpoint/),
    );
    expect(await confirm.isDisabled()).toBe(true);
    expect(await faultsOf(watched)).toEqual([]);
    await dialog.getByLabel('To confirm, type').fill(id);
    await confirm.click();
    await page
      .getByText('Disconnected: everything of this connection is removed.')
      .waitFor({ timeout: 60_000 });
    expect(await page.getByText('What the disconnect did').count()).toBe(1);
    expect(await faultsOf(watched)).toEqual([]);
  });

  it('sees a failed run with its cause and the next step', async () => {
    const { page } = watched;
    const body = {
      error: { code: 'RequestDisallowedByPolicy', message: 'Resource was disallowed by policy.' },
    };
    world.app.sandbox.faults.order({
      call: 'privateEndpoints.put',
      fault: { kind: 'status', status: 403, body },
      times: 'always',
    });
    await page.goto(`${world.address}#/connect`);
    await fillForm(page);
    await page.getByRole('button', { name: 'Show the plan' }).click();
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await page.locator('.sentence.red').waitFor({ timeout: 60_000 });

    expect(await page.locator('.sentence').innerText()).toMatch(/policy[^]*Next:[^]*connect again/i);
    expect(await page.locator('.sentence').innerText()).not.toMatch(/POST|DELETE/);
    expect(await faultsOf(watched)).toEqual([]);
    world.app.sandbox.faults.clear();
  });

  it('is told what to do about an ID that is not known', async () => {
    const { page } = watched;
    await page.goto(`${world.app.host.baseUrl}/api/connections/az-eastus-000000000000?code=${world.key}`);
    await page.getByRole('heading', { name: 'No such connection' }).waitFor();

    expect(page.url()).toBe(`${world.address}#/connections/az-eastus-000000000000`);
    expect(await faultsOf(watched)).toEqual([]);
  });

  it('has left no trace outside of the tab: no request to others, no key in an address, storage or log', async () => {
    // The address with the key was the person's own; the refusals are reported by the browser.
    watched.requests.splice(
      0,
      watched.requests.length,
      ...watched.requests.filter((url) => !url.includes('?code=')),
    );
    watched.lines.splice(
      0,
      watched.lines.length,
      ...watched.lines.filter((line) => !/status of 40[134]/.test(line)),
    );

    expect(await tracesOf(watched, world, [world.key])).toEqual([]);
    const other = await watched.context.newPage();
    await other.goto(world.address);
    await other.getByLabel('Function key').waitFor();
    await other.close();
  });

  it('signs out, and nothing of the session is left', async () => {
    const { page } = watched;
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Function key').waitFor();

    expect(await page.evaluate<number>('sessionStorage.length')).toBe(0);
  });
});

/** How many writes have reached Azure and Zilliz. */
function writes(): number {
  return world.app.sandbox.traffic.writes().length;
}
