import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { sample } from '../../sandbox/sampleWorld.ts';
import { faultsOf } from './checks.ts';
import { fillForm, openWorld, signInByKey } from './world.ts';
import type { Watched, World } from './world.ts';

// States that a person meets beside the usual life. The tests follow each other.

/** Without blocking this process, which is the network. */
const execute = promisify(execFile);

let world: World;
let watched: Watched;

beforeAll(async () => {
  world = await openWorld();
  watched = await world.open();
  await signInByKey(watched, world);
});

afterAll(() => world.stop());

const [, resourceGroupId = ''] = /^(.*\/resourceGroups\/[^/]+)/.exec(sample.subnetId) ?? [];

async function showPlan(change: Parameters<typeof fillForm>[1] = {}): Promise<void> {
  const { page } = watched;
  await page.goto(`${world.address}#/connect`);
  await page.reload();
  await fillForm(page, change);
  await page.getByRole('button', { name: 'Show the plan' }).click();
  await page.getByRole('heading', { name: 'The plan' }).waitFor();
}

describe('a plan in a governed subscription', () => {
  it('shows what a lock and a policy deny, and what could not be asked', async () => {
    const { page } = watched;
    const { control } = world.app.sandbox.azure;
    control.lock({ scope: resourceGroupId, name: 'keep', level: 'ReadOnly' });
    await showPlan();
    const checks = page.locator('details', { hasText: 'What could refuse it' });

    expect(await checks.getByText('denied', { exact: true }).count()).toBeGreaterThan(0);
    expect(await checks.getByText('nothing found from here').count()).toBeGreaterThan(0);
    expect(await checks.innerText()).toContain('the ReadOnly lock keep');
    expect(await page.getByRole('button', { name: 'Connect', exact: true }).isDisabled()).toBe(true);
    expect(await faultsOf(watched)).toEqual([]);
    control.unlock(resourceGroupId, 'keep');

    world.app.sandbox.faults.order({
      call: 'policyRestrictions.check',
      fault: { kind: 'status', status: 403, body: { error: { code: 'AuthorizationFailed', message: 'no' } } },
      times: 'always',
    });
    await showPlan();
    expect(await checks.getByText('could not ask').count()).toBeGreaterThan(0);
    expect(await faultsOf(watched)).toEqual([]);
    world.app.sandbox.faults.clear();
  });

  it('shows a missing right, with the command that gives it, ready to copy', async () => {
    const { page } = watched;
    const { control } = world.app.sandbox.azure;
    const action = 'Microsoft.Network/privateEndpoints/write';
    control.takeActions([action]);
    await showPlan();
    const checks = page.locator('details', { hasText: 'What could refuse it' });

    expect(await checks.innerText()).toMatch(/missing\s+right\s+Microsoft\.Network\/privateEndpoints\/write/);
    await page.getByRole('button', { name: 'Copy the command' }).first().click();
    expect(await page.evaluate<string>('navigator.clipboard.readText()')).toMatch(
      /^az role assignment create --assignee-object-id [0-9a-f-]{36} [^<>`]*--role/,
    );
    expect(await faultsOf(watched)).toEqual([]);
    control.assignRole({ scope: resourceGroupId, actions: [action] });
  });
});

describe('a connection whose DNS another team owns', () => {
  it('waits for it, and says what the team creates', async () => {
    const { page } = watched;
    await showPlan({ manage: false });
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await page.getByText('waiting-for-dns-owner').first().waitFor({ timeout: 60_000 });

    expect(await page.locator('.sentence').innerText()).toMatch(/Next:/);
    expect(await page.locator('main').innerText()).toContain(`${sample.regionId}.vectordb.zillizcloud.com`);
    expect(await faultsOf(watched)).toEqual([]);
  });
});

describe('a connection with 30 clusters', () => {
  it('shows all of them on a screen, finds one by its name, and its pasted curl reaches the service', async () => {
    const { page } = watched;
    const { zilliz } = world.app.sandbox;
    const { projectId, regionId } = sample;
    for (let index = 3; index <= 30; index++)
      zilliz.control.addCluster({ projectId, regionId, name: `tenant-${index}` });
    await showPlan({ subnet: 'snet-apps' });
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await page.getByText(/Connected: 30 clusters/).waitFor({ timeout: 90_000 });

    const table = page.locator('table.clusters');
    expect(await table.locator('tbody tr').count()).toBe(30);
    expect((await table.boundingBox())?.height).toBeLessThan(30 * 45);
    expect(await faultsOf(watched)).toEqual([]);
    await page.getByLabel('Search clusters').fill('tenant-17');
    expect(await table.locator('tbody tr').count()).toBe(1);
    const pasted = async (what: string): Promise<string> => {
      await page.getByRole('button', { name: `Copy ${what}` }).click();
      return page.evaluate<string>('navigator.clipboard.readText()');
    };
    const python = await pasted('the Python code');
    const curl = await pasted('the curl command');
    const [, uri = ''] = /uri="([^"]+)"/.exec(python) ?? [];
    const { VERIFY_CONNECT_PROXY = '', NODE_EXTRA_CA_CERTS = '' } = world.app.sandbox.environment;
    const env = {
      https_proxy: VERIFY_CONNECT_PROXY,
      CURL_CA_BUNDLE: NODE_EXTRA_CA_CERTS,
      ZILLIZ_TOKEN: 'key',
    };

    await execute('python3', ['-c', `import ast; ast.parse('''${python}''')`]);
    expect(uri).toMatch(
      /^https:\/\/in01-[0-9a-f]+-privatelink\.az-eastus\.vectordb\.zillizcloud\.com:19530$/,
    );
    expect(curl).toContain(`'${uri}/v2/vectordb/collections/list'`);
    // The sandbox's service responds with 400 and nothing more: name, address, port and certificate are right.
    await execute('bash', ['-c', curl], { env: { ...env, PATH: process.env.PATH } });
  });

  it('is released, and from then on not known to the app', async () => {
    const { page } = watched;
    const id = (await page.getByRole('heading', { level: 1 }).textContent()) ?? '';
    await page.getByRole('button', { name: 'Release' }).click();
    const dialog = page.getByRole('dialog', { name: 'Release the connection?' });

    expect(await dialog.innerText()).toContain('Export it first');
    expect(await faultsOf(watched)).toEqual([]);
    await dialog.getByRole('button', { name: 'Release' }).click();
    const released = page.getByRole('heading', { name: 'Connections', level: 1 });
    const refused = page.getByText('That was not done');
    await released.or(refused).waitFor();
    // A sync may be writing records, which refuses it for a moment.
    while (await refused.isVisible()) {
      await page.getByRole('button', { name: 'Release' }).click();
      await dialog.getByRole('button', { name: 'Release' }).click();
      await page.waitForTimeout(500);
      await released.or(refused).waitFor();
    }
    await released.waitFor();
    await page.getByRole('button', { name: 'Read again' }).click();
    await page.getByRole('link', { name: id }).waitFor({ state: 'detached' });

    await page.goto(`${world.address}#/connections/${id}`);
    await page.getByRole('heading', { name: 'No such connection' }).waitFor();
    expect(await faultsOf(watched)).toEqual([]);
  });
});
