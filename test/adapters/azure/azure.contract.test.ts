import { startAzure } from '../../../sandbox/azure/azure.ts';
import type { Azure } from '../../../sandbox/azure/azure.ts';
import { emptyAzureState } from '../../../sandbox/azure/state/schema.ts';
import type { AzureTimings } from '../../../sandbox/azure/timings.ts';
import { VirtualClock } from '../../../sandbox/kernel/clock.ts';
import { Faults } from '../../../sandbox/kernel/faults.ts';
import { memoryStore } from '../../../sandbox/kernel/store.ts';
import { Traffic } from '../../../sandbox/kernel/traffic.ts';
import { ArmCalls } from '../../../src/adapters/azure/armCalls.ts';
import { ArmClients } from '../../../src/adapters/azure/armClients.ts';
import { dnsAdapter } from '../../../src/adapters/azure/dns.ts';
import { networkAdapter } from '../../../src/adapters/azure/network.ts';
import type { Dns, Network } from '../../../src/ports.ts';
import { failureOf } from '../failureOf.ts';
import { trustedAuthority } from '../trust.ts';

// The adapters against a whole Azure, as the workflows use them.

const SUBSCRIPTION = '11111111-1111-4111-8111-111111111111';
const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-app`;
const PROVIDER = `${GROUP}/providers/Microsoft.Network`;
const NETWORK = `${PROVIDER}/virtualNetworks/vnet-app`;
const SUBNET = `${NETWORK}/subnets/snet-private`;
const ENDPOINT = `${PROVIDER}/privateEndpoints/pe-zilliz`;
const ZONE = `${PROVIDER}/privateDnsZones/az-eastus2.vectordb.zillizcloud.com`;
const LINK = `${ZONE}/virtualNetworkLinks/link-vnet-app`;
const ALIAS = 'zilliz.22222222-2222-4222-8222-222222222222.eastus2.azure.privatelinkservice';
const MINUTE_MS = 60_000;

const endpoint = {
  id: ENDPOINT,
  location: 'eastus',
  subnetId: SUBNET,
  target: ALIAS,
  connectionName: 'pe-zilliz',
  requestMessage: 'please',
  tags: { 'managed-by': 'us', 'zpl-connection': 'c-1' },
};
const submitted = { follow: false };
const followed = { follow: true };
const atOnce: Partial<AzureTimings> = {
  zone: () => 0,
  link: () => 0,
  privateEndpoint: () => 0,
};

let clock: VirtualClock;
let traffic: Traffic;
let azure: Azure;
let network: Network;
let dns: Dns;

async function start(timings: Partial<AzureTimings> = {}): Promise<void> {
  clock = new VirtualClock();
  traffic = new Traffic();
  const seconds = (count: number) => () => count * 1000;
  azure = await startAzure({
    clock,
    traffic,
    faults: new Faults(),
    certificate: await (await trustedAuthority()).issue(['localhost']),
    store: memoryStore(emptyAzureState()),
    timings: {
      privateEndpoint: seconds(60),
      privateEndpointDelete: seconds(30),
      privateEndpointNameReserved: seconds(0),
      virtualNetwork: seconds(5),
      zone: seconds(15),
      zoneDelete: seconds(15),
      link: seconds(15),
      linkCompleted: seconds(30),
      linkDelete: seconds(15),
      resourceGroupDelete: seconds(30),
      visibilityCheck: seconds(0),
      ...timings,
    },
  });
  azure.control.addSubscription({ subscriptionId: SUBSCRIPTION });
  azure.control.addResourceGroup({ id: GROUP, location: 'eastus' });
  azure.control.addVirtualNetwork({
    id: NETWORK,
    location: 'eastus',
    addressPrefixes: ['10.1.0.0/16'],
    subnets: [{ name: 'snet-private', addressPrefix: '10.1.2.0/24' }],
  });
  azure.control.addPrivateLinkService({ alias: ALIAS, location: 'eastus2' });
  const clients = new ArmClients(
    {
      endpoint: azure.baseUrl,
      scope: `${azure.baseUrl}/.default`,
      requestTimeoutMs: 5000,
    },
    { getToken: () => Promise.resolve({ token: 'opaque', expiresOnTimestamp: Date.now() + 3_600_000 }) },
  );
  const arm = new ArmCalls(clients, 10_000);
  network = networkAdapter(arm);
  dns = dnsAdapter(arm);
}

const pass = (minutes: number): void => clock.advanceTo(clock.now() + minutes * MINUTE_MS);

afterEach(() => azure.stop());

describe('a private endpoint', () => {
  beforeEach(() => start());

  it('is there from its PUT on: first with its GUID, then with its address, at last approved', async () => {
    await network.createPrivateEndpoint(endpoint, submitted);
    const first = await network.privateEndpoint(ENDPOINT);
    expect(first).toMatchObject({
      provisioningState: 'Updating',
      target: ALIAS,
      manual: true,
      tags: endpoint.tags,
      connectionState: { status: 'Pending' },
    });
    expect(first?.resourceGuid).toMatch(/^[0-9a-f-]{36}$/);

    pass(2);
    azure.provider.setConnection(`pe-zilliz.${first!.resourceGuid!}`, 'Approved', 'welcome');

    const last = await network.privateEndpoint(
      ENDPOINT.toUpperCase().replace('/SUBSCRIPTIONS', '/subscriptions'),
    );
    expect(last).toMatchObject({
      provisioningState: 'Succeeded',
      resourceGuid: first?.resourceGuid,
      connectionState: { status: 'Approved', description: 'welcome' },
    });
    await expect(network.privateIpAddress(last!.networkInterfaceId!)).resolves.toBe('10.1.2.4');
    await expect(network.subnet(SUBNET)).resolves.toMatchObject({
      freeAddresses: { ok: true, value: 250 },
    });
  });

  it('is found by its marks, which the tags API changes without a PUT', async () => {
    await network.createPrivateEndpoint(endpoint, submitted);
    pass(2);
    traffic.clear();

    await network.mergeTags(ENDPOINT, { 'zpl-spec-0': '{"clusters":"all"}' });
    await network.removeTags(ENDPOINT, { 'managed-by': 'us' });

    expect(traffic.of('privateEndpoints.put')).toHaveLength(0);
    const { endpoints: found } = await network.privateEndpointsByTag(SUBSCRIPTION, 'zpl-connection', 'c-1');
    expect(found.map(({ tags }) => tags)).toEqual([
      { 'zpl-connection': 'c-1', 'zpl-spec-0': '{"clusters":"all"}' },
    ]);
    await expect(network.privateEndpointsByTag(SUBSCRIPTION, 'managed-by', 'us')).resolves.toEqual({
      endpoints: [],
      failures: [],
    });
    await expect(network.privateEndpointsIn(GROUP)).resolves.toHaveLength(1);
  });

  it('is gone after a delete, and deleting it again is no fault', async () => {
    await network.createPrivateEndpoint(endpoint, submitted);
    pass(2);

    await network.deletePrivateEndpoint(ENDPOINT);
    pass(2);

    await expect(network.privateEndpoint(ENDPOINT)).resolves.toBeNull();
    await expect(network.deletePrivateEndpoint(ENDPOINT)).resolves.toBeUndefined();
  });

  it.each([
    ['subnet-full', () => azure.control.changeSubnet(SUBNET, { addressesTakenByOthers: 251 })],
    [
      'subnet-delegated',
      () => azure.control.changeSubnet(SUBNET, { delegations: ['Microsoft.Web/serverFarms'] }),
    ],
    ['azure-busy', () => azure.control.occupyVirtualNetwork(NETWORK, MINUTE_MS)],
    ['endpoint-name-not-released', () => azure.control.reserveEndpointName(ENDPOINT, MINUTE_MS)],
    ['azure-locked', () => azure.control.lock({ scope: GROUP, name: 'frozen', level: 'ReadOnly' })],
    [
      'provider-not-registered',
      () => azure.control.setRegistration(SUBSCRIPTION, 'Microsoft.Network', false),
    ],
    ['subscription-disabled', () => azure.control.setSubscriptionState(SUBSCRIPTION, 'Disabled')],
  ] as const)('is refused with %s', async (code, spoil) => {
    spoil();

    await expect(failureOf(network.createPrivateEndpoint(endpoint, submitted))).resolves.toMatchObject({
      code,
    });
  });

  it('in a subnet that is not there is refused as such', async () => {
    const elsewhere = { ...endpoint, subnetId: `${NETWORK}/subnets/nowhere` };

    await expect(failureOf(network.createPrivateEndpoint(elsewhere, submitted))).resolves.toMatchObject({
      code: 'subnet-not-found',
    });
  });

  const [write, join] = [
    'Microsoft.Network/privateEndpoints/write',
    'Microsoft.Network/virtualNetworks/subnets/join/action',
  ] as const;

  it.each([
    [write, ENDPOINT, [join]],
    [join, SUBNET, [write]],
  ])('without the right to %s says so, and where', async (action, scope, others) => {
    azure.control.removeRoles();
    azure.control.assignRole({ scope: GROUP, actions: ['*/read', ...others] });

    const failure = await failureOf(network.createPrivateEndpoint(endpoint, submitted));

    expect(failure.code).toBe('azure-permission-denied');
    expect(failure.message).toContain(`the identity lacks ${action} at ${scope}`);
  });
});

describe('a private endpoint that is followed', () => {
  beforeEach(() => start(atOnce));

  it('fails with the reason that only the operation knows', async () => {
    azure.control.failNext('privateEndpoints.put', { code: 'InternalSomething', message: 'Out of luck.' });

    const failure = await failureOf(network.createPrivateEndpoint(endpoint, followed));

    expect(failure.code).toBe('endpoint-failed');
    expect(failure.message).toContain('InternalSomething: Out of luck.');
  });

  it('of a service that is not visible is worth another try', async () => {
    azure.control.changePrivateLinkService(ALIAS, { requiresVisibility: true, visibleTo: [] });

    await expect(failureOf(network.createPrivateEndpoint(endpoint, followed))).resolves.toMatchObject({
      kind: 'transient',
      code: 'endpoint-service-not-visible',
    });
  });
});

describe('the visibility of a service', () => {
  const asked = { subscriptionId: SUBSCRIPTION, resourceGroup: 'rg-app', location: 'eastus', alias: ALIAS };

  it.each([[0], [1000]])('is answered at once or a little later: %i ms', async (milliseconds) => {
    await start({ visibilityCheck: () => milliseconds });
    azure.control.changePrivateLinkService(ALIAS, { requiresVisibility: true, visibleTo: [] });

    const ticking = setInterval(() => pass(1), 50);
    await expect(network.isPrivateLinkServiceVisible(asked)).resolves.toBe(false);
    clearInterval(ticking);
  });

  it('follows from who is let in', async () => {
    await start();
    azure.control.changePrivateLinkService(ALIAS, { requiresVisibility: true, visibleTo: [] });

    azure.provider.allowSubscription(ALIAS, SUBSCRIPTION);

    await expect(network.isPrivateLinkServiceVisible(asked)).resolves.toBe(true);
  });
});

describe('private DNS', () => {
  beforeEach(() => start());
  const link = {
    id: LINK,
    virtualNetworkId: NETWORK,
    registrationEnabled: true,
    tags: { 'managed-by': 'us' },
  };

  async function zoneIsThere(): Promise<void> {
    await dns.createZone({ id: ZONE, tags: { 'managed-by': 'us' } }, submitted);
    pass(1);
  }

  it('has zone, record and link, each read as it was written', async () => {
    await expect(dns.zone(ZONE)).resolves.toBeNull();
    await zoneIsThere();
    await expect(dns.zone(ZONE)).resolves.toMatchObject({
      tags: { 'managed-by': 'us' },
      registrationLinkCount: 0,
    });
    await expect(dns.zones(SUBSCRIPTION)).resolves.toHaveLength(1);

    const record = {
      zoneId: ZONE,
      name: 'in01-1-privatelink',
      ttlSeconds: 600,
      address: '10.1.2.4',
      metadata: { o: 'c' },
    };
    const written = await dns.putRecord(record, null);
    await expect(dns.record(ZONE, record.name)).resolves.toEqual(written);
    const text = { zoneId: ZONE, name: '_zpl-1', ttlSeconds: 600, value: 'v1', metadata: { o: 'c' } };
    await dns.putText(text, null);
    await expect(dns.putText(text, null)).rejects.toMatchObject({ failure: { code: 'precondition-failed' } });
    const sets = await dns.recordSets(ZONE);
    expect(sets).toMatchObject({
      ...{ records: [written], others: [] },
      texts: [{ name: '_zpl-1', values: ['v1'], metadata: { o: 'c' } }],
    });
    await dns.deleteText(ZONE, '_zpl-1', sets.texts[0]?.etag ?? '');
    await expect(dns.recordSets(ZONE)).resolves.toMatchObject({ texts: [] });

    await dns.createLink(link, submitted);
    pass(0.4);
    await expect(dns.links(ZONE)).resolves.toMatchObject([{ completed: false, registrationEnabled: true }]);
    pass(2);
    await expect(dns.link(LINK)).resolves.toMatchObject({
      completed: true,
      virtualNetworkId: NETWORK,
      zoneId: ZONE,
    });
    await expect(dns.zone(ZONE)).resolves.toMatchObject({ registrationLinkCount: 1 });
  });

  it('never overwrites what another caller wrote meanwhile', async () => {
    await zoneIsThere();
    const record = { zoneId: ZONE, name: '@', ttlSeconds: 600, address: '10.1.2.4', metadata: {} };
    const written = await dns.putRecord(record, null);

    await expect(failureOf(dns.putRecord(record, null))).resolves.toMatchObject({
      code: 'precondition-failed',
    });
    const changed = await dns.putRecord({ ...record, address: '10.1.2.5' }, written.etag);
    await expect(failureOf(dns.putRecord(record, written.etag))).resolves.toMatchObject({
      code: 'precondition-failed',
    });
    await expect(failureOf(dns.deleteRecord(ZONE, '@', written.etag))).resolves.toMatchObject({
      code: 'precondition-failed',
    });
    await dns.deleteRecord(ZONE, '@', changed.etag);
    await expect(dns.record(ZONE, '@')).resolves.toBeNull();
    await expect(dns.deleteRecord(ZONE, '@', changed.etag)).resolves.toBeUndefined();
  });

  it('switches auto registration of a link, and keeps its tags', async () => {
    await zoneIsThere();
    await dns.createLink(link, submitted);
    pass(2);

    await dns.changeLink({ ...link, registrationEnabled: false }, submitted);
    pass(2);

    await expect(dns.link(LINK)).resolves.toMatchObject({ registrationEnabled: false, tags: link.tags });
  });

  it('gives a zone up only after its links', async () => {
    await zoneIsThere();
    await dns.createLink(link, submitted);
    pass(2);

    await expect(failureOf(dns.deleteZone(ZONE))).resolves.toMatchObject({
      kind: 'transient',
      code: 'azure-busy',
    });
    await dns.deleteLink(LINK);
    pass(1);
    await dns.deleteZone(ZONE);
    pass(1);

    await expect(dns.zone(ZONE)).resolves.toBeNull();
    await expect(dns.links(ZONE)).resolves.toEqual([]);
    await expect(dns.deleteLink(LINK)).resolves.toBeUndefined();
  });
});

describe('private DNS that is followed', () => {
  beforeEach(() => start(atOnce));
  const other = ZONE.replace('rg-app', 'rg-other');

  it('says that a zone is there already', async () => {
    await dns.createZone({ id: ZONE, tags: {} }, followed);

    await expect(failureOf(dns.createZone({ id: ZONE, tags: {} }, followed))).resolves.toMatchObject({
      code: 'precondition-failed',
    });
  });

  it.each([
    ['overlapping-zone', ZONE, false],
    ['link-conflict', ZONE.replace('eastus2', 'westus'), true],
  ])('says %s of a network that is linked elsewhere', async (code, first, registrationEnabled) => {
    azure.control.addResourceGroup({ id: GROUP.replace('rg-app', 'rg-other'), location: 'eastus' });
    const link = { virtualNetworkId: NETWORK, registrationEnabled, tags: {} };
    for (const id of [first, other]) await dns.createZone({ id, tags: {} }, followed);
    await dns.createLink({ ...link, id: `${first}/virtualNetworkLinks/l` }, followed);

    const failure = await failureOf(
      dns.createLink({ ...link, id: `${other}/virtualNetworkLinks/l` }, followed),
    );

    expect(failure).toMatchObject({ kind: 'conflict', code });
  });
});

describe('what an identity may do', () => {
  beforeEach(() => start());

  it('is read at a scope', async () => {
    azure.control.removeRoles();
    azure.control.assignRole({ scope: GROUP, actions: ['Microsoft.Network/*'], notActions: ['*/delete'] });
    azure.control.assignRole({ scope: `/subscriptions/${SUBSCRIPTION}`, actions: ['*/read'] });

    const found = await network.permissions(GROUP);

    expect(found).toEqual(
      expect.arrayContaining([{ actions: ['Microsoft.Network/*'], notActions: ['*/delete'] }]),
    );
    await expect(network.subscriptions()).resolves.toEqual([SUBSCRIPTION]);
  });

  it('is nothing at all: every read says what it lacks', async () => {
    azure.control.removeRoles();

    const failure = await failureOf(network.virtualNetwork(NETWORK));

    expect(failure.message).toContain('the identity lacks Microsoft.Network/virtualNetworks/read at');
    await expect(network.subscriptions()).resolves.toEqual([]);
  });

  it('shrinks by policy: its name is reported', async () => {
    azure.control.addPolicy({
      name: 'no-endpoints',
      scope: GROUP,
      resourceType: 'Microsoft.Network/privateEndpoints',
    });

    const failure = await failureOf(network.createPrivateEndpoint(endpoint, submitted));

    expect(failure.code).toBe('azure-policy-denied');
    expect(failure.message).toContain('no-endpoints');
  });
});
