import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { roleOf } from '../../sandbox/deployedRoles.ts';
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

const [catalogue] = sample.clusterIds;
const azure = () => world.app.sandbox.azure.control;
const zilliz = () => world.app.sandbox.zilliz.control;

async function openForm(change: Parameters<typeof fillForm>[1] = {}): Promise<void> {
  await watched.page.goto(`${world.address}#/connect`);
  await watched.page.reload();
  await fillForm(watched.page, change);
}

async function showPlan(change: Parameters<typeof fillForm>[1] = {}): Promise<void> {
  const { page } = watched;
  await openForm(change);
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

describe('a mistake, on the form and in the plan', () => {
  const { projectId, regionId, subnetId, virtualNetworkId, apiKey } = sample;
  const networkRole = roleOf('network-connect').actions.filter((action) =>
    action.includes('virtualNetworks/'),
  );
  const hub = `${resourceGroupId.replace(/[^/]+$/, 'rg-hub')}/providers/Microsoft.Network/privateDnsZones`;
  const taken = `${hub}/${regionId}.vectordb.zillizcloud.com`;
  const others = Array.from(
    { length: 10 },
    (_, index) => `pe-${index}.00000000-0000-4000-8000-00000000000${index}`,
  );

  const mistakes: readonly {
    readonly name: string;
    readonly make: () => void;
    readonly words: RegExp;
    readonly undo: () => void;
  }[] = [
    {
      name: 'a full subnet',
      make: () => azure().changeSubnet(subnetId, { addressesTakenByOthers: 251 }),
      words:
        /Subnet for the private endpoint: [^]*no free address[^]*What to do: Use another subnet of the network: snet-apps has free/,
      undo: () => azure().changeSubnet(subnetId, { addressesTakenByOthers: 0 }),
    },
    {
      name: 'a project whose plan is too low',
      make: () => zilliz().setPlan(projectId, 'Standard'),
      words: /Project ID: [^]*Standard[^]*What to do: Upgrade the project to the plan Enterprise or Business/,
      undo: () => zilliz().setPlan(projectId, 'Enterprise'),
    },
    {
      name: 'an eleventh endpoint of the project',
      make: () => others.forEach((endpointId) => zilliz().addEndpoint({ projectId, regionId, endpointId })),
      words:
        /has 10 private endpoints: pe-0, [^]*What to do: Delete a private endpoint that is no longer needed/,
      undo: () => others.forEach((endpointId) => zilliz().forgetEndpoint(endpointId, { silently: true })),
    },
    {
      name: 'a zone of another team',
      make() {
        azure().addResourceGroup({ id: hub.replace(/\/providers.*/, '') });
        azure().addZone({ id: taken });
        azure().addLink({ id: `${taken}/virtualNetworkLinks/hub`, virtualNetworkId });
      },
      words: /rg-hub[^]*What to do: [^]*Ask the owners of \S+rg-hub[^]*“another team owns DNS”/,
      undo: () => azure().remove(taken),
    },
    {
      name: 'a right that is missing at the network',
      make: () => azure().takeActions(['Microsoft.Network/virtualNetworks/join/action']),
      words:
        /lacks Microsoft.Network\/virtualNetworks\/join\/action[^]*network-connect.json[^]*az role assignment create/,
      undo: () => azure().assignRole({ scope: resourceGroupId, actions: networkRole }),
    },
  ];

  it.each(mistakes)('is shown with the next action: $name', async ({ make, words, undo }) => {
    const { page } = watched;
    make();
    await showPlan();
    const plan = page.getByRole('region', { name: 'The plan' });

    expect(await plan.innerText()).toMatch(words);
    expect(await plan.getByRole('button', { name: 'Connect', exact: true }).isDisabled()).toBe(true);
    undo();
  });

  it('is a warning where the app chooses: a network that registers its machines in another zone', async () => {
    const corp = `${hub}/corp.example.com`;
    azure().addResourceGroup({ id: hub.replace(/\/providers.*/, '') });
    azure().addZone({ id: corp });
    azure().addLink({ id: `${corp}/virtualNetworkLinks/corp`, virtualNetworkId, registrationEnabled: true });
    await showPlan();
    const plan = watched.page.getByRole('region', { name: 'The plan' });

    expect(await plan.innerText()).toContain('corp.example.com');
    expect(await plan.getByRole('button', { name: 'Connect', exact: true }).isEnabled()).toBe(true);
    azure().remove(corp);
  });

  it('is a warning that says what to forward: DNS servers of its own', async () => {
    azure().changeVirtualNetwork(virtualNetworkId, { dnsServers: ['10.20.0.4'] });
    await showPlan();

    expect(await watched.page.getByRole('region', { name: 'The plan' }).innerText()).toMatch(
      /DNS servers 10\.20\.0\.4[^]*forward \S+vectordb\.zillizcloud\.com to 168\.63\.129\.16[^]*nslookup/,
    );
    azure().changeVirtualNetwork(virtualNetworkId, { dnsServers: [] });
  });

  it('of the key is shown in the plan: one that Zilliz refuses', async () => {
    const { page } = watched;
    await openForm();
    zilliz().revokeKey(apiKey);
    await page.getByRole('button', { name: 'Show the plan' }).click();
    await page.getByRole('heading', { name: 'The plan' }).waitFor();

    expect(await page.getByRole('region', { name: 'The plan' }).innerText()).toMatch(
      /as a new version of the secret zilliz-api-key[^]*az keyvault secret set --vault-name/,
    );
    zilliz().addKey({ key: apiKey });
  });

  it('stays behind what would break: the hidden names come first, also before the problems', async () => {
    const { page } = watched;
    azure().changeSubnet(subnetId, { addressesTakenByOthers: 251 });
    await showPlan();
    const plan = page.getByRole('region', { name: 'The plan' });
    const top = async (text: RegExp): Promise<number> =>
      (await plan.locator('.notice', { hasText: text }).first().boundingBox())?.y ?? NaN;

    expect(await plan.locator('.notice-title').allInnerTexts()).toEqual([
      '2 public names would stop resolving in the linked networks',
      '1 problem to solve first',
    ]);
    expect(await top(/would stop resolving/)).toBeLessThan(await top(/to solve first/));
    expect(await plan.locator('.notice').first().innerText()).toContain(
      `${catalogue}.${regionId}.vectordb.zillizcloud.com`,
    );
    expect(await faultsOf(watched)).toEqual([]);
    azure().changeSubnet(subnetId, { addressesTakenByOthers: 0 });
  });

  it('is shown at its field when the request is changed: a cluster that is not there', async () => {
    const { page } = watched;
    await openForm();
    await page.getByLabel('only these').check();
    await page.getByLabel('Others, by ID').fill('in01-000000000000000');
    await page.getByRole('button', { name: 'Show the plan' }).click();
    const plan = page.getByRole('region', { name: 'The plan' });
    await plan.waitFor();

    expect(await plan.innerText()).toMatch(
      new RegExp(`Clusters: [^]*are ${catalogue} \\(catalogue\\)[^]*What to do: Use one of the cluster IDs`),
    );
    await page.getByRole('button', { name: 'Change the request' }).click();
    expect(await page.getByLabel('Others, by ID').getAttribute('aria-describedby')).toBe(
      'otherClusters-fault',
    );
    expect(await page.locator('#otherClusters-fault').innerText()).toContain('in01-000000000000000');
    expect(await faultsOf(watched)).toEqual([]);
  });

  it('is shown at each field that the app refuses: an address, an interface and a wait', async () => {
    const { page } = watched;
    await openForm();
    await page.getByText('Advanced: names').click();
    await page.getByLabel('Address of the private endpoint').fill('10.20.1.400');
    await page.getByLabel('Name of its network interface').fill('-nic');
    await page.getByLabel('Minutes to wait').fill('5');
    await page.getByRole('button', { name: 'Show the plan' }).click();
    await page.getByText('There is no plan yet').waitFor();

    const faultOf = (name: string): Promise<string> => page.locator(`#${name}-fault`).innerText();
    expect(await faultOf('staticIpAddress')).toBe('must be an IPv4 address');
    expect(await faultOf('networkInterfaceName')).toMatch(/must/);
    expect(await faultOf('deadlineMinutes')).toBe('must be at least 10');
    expect(await faultsOf(watched)).toEqual([]);

    await page.getByLabel('Address of the private endpoint').fill('10.20.1.77');
    await page.getByLabel('Name of its network interface').fill('nic-zilliz');
    await page.getByLabel('Minutes to wait').fill('30');
    await page.getByRole('button', { name: 'Show the plan' }).click();
    await page.getByRole('heading', { name: 'The plan' }).waitFor();
    await page.getByText('The same from a script').click();
    expect(await page.getByLabel('the command', { exact: true }).last().innerText()).toMatch(
      /"staticIpAddress": "10\.20\.1\.77",\s+"networkInterfaceName": "nic-zilliz"[^]*"deadlineMinutes": 30/,
    );
  });

  it('of a region is not possible where regions are offered, and is corrected where they are typed', async () => {
    const { page } = watched;
    await openForm();
    expect(await page.locator('select#regionId option').allInnerTexts()).not.toContain('eastus');

    world.app.sandbox.faults.order({
      call: 'zilliz.listRegions',
      fault: { kind: 'status', status: 403, body: {} },
      times: 'always',
    });
    await page.reload();
    await page.getByLabel('Project ID').fill(projectId);
    await page.getByText('Not everything could be offered').waitFor();
    await page.locator('input#regionId').fill('eastus');
    await page.getByLabel('Subnet for the private endpoint').selectOption(subnetId);
    await page.getByRole('button', { name: 'Show the plan' }).click();
    await page.getByText('There is no plan yet').waitFor();

    expect(await page.locator('#regionId-fault').innerText()).toMatch(/did you mean az-eastus\?/);
    expect(await page.getByText('What to do:').count()).toBe(1);
    world.app.sandbox.faults.clear();
  });

  it('of a subnet is not possible: one that another service holds is shown, and cannot be chosen', async () => {
    azure().changeSubnet(subnetId, { delegations: ['Microsoft.Web/serverFarms'] });
    await watched.page.goto(`${world.address}#/connect`);
    await watched.page.reload();
    const option = watched.page.locator(`option[value="${subnetId}"]`);
    await option.waitFor({ state: 'attached' });

    expect(await option.innerText()).toContain('(delegated)');
    expect(await option.isDisabled()).toBe(true);
    azure().changeSubnet(subnetId, { delegations: [] });
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

describe('an endpoint that Zilliz rejects', () => {
  it('is a red connection with the reason and the next action', async () => {
    const { page } = watched;
    const regionId = 'az-eastus2';
    zilliz().addCluster({ projectId: sample.projectId, regionId, name: 'orders' });
    zilliz().reviewEndpoints('reject');
    await showPlan({ regionId });
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await page.locator('.sentence.red').waitFor({ timeout: 60_000 });

    expect(await page.locator('.sentence').innerText()).toMatch(
      /pe-zilliz-az-eastus2-\w{8}\.[0-9a-f-]{36}: Rejected[^]*Next: ask the support of Zilliz Cloud[^]*connect again/i,
    );
    expect(await page.locator('.sentence').innerText()).not.toMatch(/POST|DELETE/);
    expect(await page.getByRole('region', { name: 'The path' }).innerText()).toContain('Rejected');
    expect(await faultsOf(watched)).toEqual([]);
  });
});
