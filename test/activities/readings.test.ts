import { releaseConnection } from '../../src/activities/release.ts';
import type { Connection } from '../../src/domain/connection/connection.ts';
import { wantedTags } from '../../src/domain/connection/endpointTags.ts';
import {
  adoptedMarks,
  adoptedRecordMarks,
  newSharedTags,
  recordMetadata,
} from '../../src/domain/connection/marks.ts';
import { storedConnection } from '../../src/domain/connection/storedConnection.ts';
import { fail, ProvisioningError, succeeded } from '../../src/domain/failure/failure.ts';
import { subjectOf } from '../../src/domain/plan/removalSubject.ts';
import type { PrivateEndpoint } from '../../src/domain/resources/model.ts';
import type { Fault } from '../../src/domain/run/status.ts';
import {
  activitiesOf,
  address,
  clusterId,
  clusterZone,
  connection,
  connectionOf,
  endpointId,
  entryOf,
  failing,
  finishedWorld,
  group,
  linkOf,
  network,
  recordOf,
  regionalZone,
  zoneOf,
} from './memoryWorld.ts';
import type { MemoryWorld } from './memoryWorld.ts';
import { expectNoted } from './noted.ts';

type Change = (world: MemoryWorld) => Partial<MemoryWorld>;

const endpoint =
  (change: Partial<PrivateEndpoint>): Change =>
  ({ endpoint: found }) => ({ endpoint: found && { ...found, ...change } });
const status = (text: 'Pending' | 'Rejected' | 'Disconnected'): Change =>
  endpoint({ connectionState: { status: text, text, description: '' } });
const tagged = (change: Readonly<Record<string, string>>): Change =>
  endpoint({ tags: { ...wantedTags(connection, null), ...change } });
const cluster =
  (change: Partial<MemoryWorld['clusters'][number]>): Change =>
  ({ clusters }) => ({ clusters: clusters.map((one) => ({ ...one, ...change })) });
const record =
  (change: Parameters<typeof recordOf>[2]): Change =>
  () => ({ records: [recordOf(regionalZone, `${clusterId}-privatelink`, change)] });
const another = connectionOf({ privateEndpoint: { name: 'pe-other' } });
const perCluster = connectionOf({ dns: { layout: 'per-cluster' } });
const unmanaged = connectionOf({ dns: { manage: false } });
const adopted = adoptedMarks(0, endpointId);
const more = ['in01-1', 'in01-2', 'in01-3', 'in01-4'].map((id) => id.padEnd(20, '0'));

const worlds: Readonly<Record<string, Change>> = {
  finished: () => ({}),
  'without the endpoint': () => ({ endpoint: null }),
  'whose endpoint lost its marks': endpoint({ tags: {} }),
  'whose endpoint has the marks of another connection': endpoint({ tags: wantedTags(another, null) }),
  'whose endpoint sits in another subnet': endpoint({ subnetId: `${network}/subnets/other` }),
  'whose endpoint leads elsewhere': endpoint({ target: 'own' }),
  'whose endpoint was created again': endpoint({
    resourceGuid: '0'.repeat(8) + '-0000-0000-0000-' + '0'.repeat(12),
  }),
  'whose endpoint shows no GUID': endpoint({ resourceGuid: null }),
  'whose endpoint has no interface': endpoint({ networkInterfaceId: null }),
  'whose endpoint is pending': status('Pending'),
  'whose endpoint was rejected': status('Rejected'),
  'whose endpoint was disconnected': status('Disconnected'),
  'whose endpoint failed': endpoint({
    provisioningState: 'Failed',
    connectionState: { status: 'Pending', text: 'Pending', description: '' },
  }),
  'whose endpoint is being deleted': endpoint({ provisioningState: 'Deleting' }),
  'whose endpoint changes': endpoint({ provisioningState: 'Updating' }),
  'whose specification cannot be read': tagged({ 'zpl-spec-0': 'x' }),
  'whose endpoint was adopted': tagged(adopted),
  'whose subscription was authorized': tagged({ 'zpl-whitelisted-at': '2026-01-01T00:00:00.000Z' }),
  'whose specification excludes the cluster': endpoint({
    tags: wantedTags({ ...connection, spec: { ...connection.spec, exclusions: [clusterId] } }, null),
  }),
  'whose DNS is of another team': endpoint({ tags: wantedTags(unmanaged, null) }),
  'of zones for single clusters': () => ({
    ...{ endpoint: { ...endpointOf(), tags: wantedTags(perCluster, null) }, zones: [zoneOf(clusterZone)] },
    ...{ links: [linkOf(clusterZone, network)], records: [recordOf(clusterZone, '@')] },
    texts: [entryOf(clusterZone, perCluster)],
  }),
  'whose service is not listed': () => ({ service: null }),
  'whose service is given by its ID': () => ({ service: `${group}/services/one` }),
  'while Zilliz is down': () => ({ zillizFails: 'zilliz-unavailable' }),
  'while Zilliz refuses the key': () => ({ zillizFails: 'zilliz-key-rejected' }),
  'without the registration': () => ({ registered: [] }),
  'whose registration is pending': () => ({
    registered: [{ endpointId, regionId: 'az-eastus', status: 'PENDING' }],
  }),
  'whose registration failed': () => ({
    registered: [{ endpointId, regionId: 'az-eastus', status: 'FAILED' }],
  }),
  'with an older registration of the name': ({ registered }) => ({
    registered: [
      ...registered,
      { endpointId: `${connection.privateEndpoint.name}.old`, regionId: 'az-eastus', status: 'AVAILABLE' },
    ],
  }),
  'without clusters': () => ({ clusters: [] }),
  'whose cluster is deleted': cluster({ status: 'DELETED' }),
  'whose cluster has no address': cluster({ privateLinkAddress: null }),
  'whose cluster is suspended, without an address': cluster({
    privateLinkAddress: null,
    status: 'SUSPENDED',
  }),
  'whose cluster is not dedicated': cluster({ deploymentOption: 'Serverless', plan: 'Serverless' }),
  'whose host is of another region': cluster({
    privateLinkAddress: 'https://one.az-westus.vectordb.zillizcloud.com:1',
  }),
  'with more clusters': ({ clusters: [first] }) => ({
    clusters: first
      ? [
          first,
          ...more.map((id) => ({
            ...first,
            clusterId: id,
            privateLinkAddress: (first.privateLinkAddress ?? '').replace(clusterId, id),
          })),
        ]
      : [],
  }),
  'without the zone': () => ({ zones: [], links: [], records: [], texts: [] }),
  'whose zone has another owner': () => ({ zones: [zoneOf(regionalZone, {})] }),
  'whose zone was adopted': () => ({ zones: [zoneOf(regionalZone, { ...newSharedTags(0), ...adopted })] }),
  'whose zone is being deleted': () => ({
    zones: [{ ...zoneOf(regionalZone), provisioningState: 'Deleting' }],
  }),
  'without the link': () => ({ links: [] }),
  'whose link has another owner': () => ({ links: [linkOf(regionalZone, network, {})] }),
  'whose link is not complete': () => ({ links: [{ ...linkOf(regionalZone, network), completed: false }] }),
  'whose link registers machines': () => ({
    links: [{ ...linkOf(regionalZone, network), registrationEnabled: true }],
  }),
  'whose zone has a link to another network': ({ links }) => ({
    links: [...links, linkOf(regionalZone, `${network}-2`)],
  }),
  'without the record': () => ({ records: [] }),
  'whose record has another owner': record({ metadata: {}, addresses: ['10.9.9.9'] }),
  'whose record was created by hand': record({ metadata: {} }),
  'whose record is of another connection': record({ metadata: recordMetadata(another.id, clusterId) }),
  'whose record has another address': record({ addresses: ['10.0.0.9'] }),
  'whose record was adopted': record({
    ttlSeconds: 700,
    metadata: { ...recordMetadata(connection.id, clusterId), ...adopted, ...adoptedRecordMarks(0, 300) },
  }),
  'with an auto-registered machine': ({ records }) => ({
    records: [...records, recordOf(regionalZone, 'vm', { metadata: {}, autoRegistered: true })],
  }),
  'with a record of another owner to the address': ({ records }) => ({
    records: [...records, recordOf(regionalZone, 'by-hand', { metadata: {} })],
  }),
  'with a record of a cluster that is gone': ({ records }) => ({
    records: [
      ...records,
      recordOf(regionalZone, 'in01-gone', { metadata: recordMetadata(connection.id, 'in01-gone0123456789') }),
    ],
  }),
  'without the entry': () => ({ texts: [] }),
  'whose entry names another network': () => ({
    texts: [entryOf(regionalZone, { ...connection, linkedNetworks: [`${network}-2`] })],
  }),
  'whose entry was written by another tool': () => ({
    texts: [entryOf(regionalZone, connection, { values: ['by hand'], metadata: {} })],
  }),
  'with a neighbour': ({ texts }) => ({
    texts: [...texts, entryOf(regionalZone, another)],
    others: [neighbour()],
  }),
  'with the entry of a connection that is gone': ({ texts }) => ({
    texts: [...texts, entryOf(regionalZone, another)],
  }),
  'with a neighbour that cannot be read': ({ texts }) => ({
    texts: [...texts, entryOf(regionalZone, another)],
    unreadable: [another.privateEndpoint.id],
  }),
  'outside the scopes': () => ({ allowed: { projects: null, scopes: [`${group}-2`] } }),
  'whose network is outside the scopes': () => ({
    allowed: { projects: null, scopes: [regionalZone, connection.privateEndpoint.id] },
  }),
  'outside the projects': () => ({ allowed: { projects: [], scopes: null } }),
  'whose subnet is full': () => ({ freeAddresses: 0 }),
  'whose identity does not see all endpoints': () => ({ readsAll: false, endpoint: null }),
};

function endpointOf(): PrivateEndpoint {
  const { endpoint: found } = finishedWorld();
  if (!found) throw new Error('The finished world has an endpoint.');
  return found;
}

function neighbour(): PrivateEndpoint {
  const { id, name } = another.privateEndpoint;
  return { ...endpointOf(), id, name, tags: wantedTags(another, null) };
}

type Read = (app: ReturnType<typeof activitiesOf>, of: Connection) => Promise<unknown>;

const removal = { endpointIds: [], deletedByRun: [], unregisteredByRun: [], whitelist: null };
const round = { projectId: connection.projectId, regionId: 'az-eastus', now: 0, mostDue: 3, tried: [] };

/** What of a plan is noted: not its long IDs. */
const rowsOf = (rows: readonly { action: string; resource: string; reason: string }[]): readonly string[] =>
  rows.map(({ action, resource, reason }) => `${action} ${resource}: ${reason}`);

async function preflight(
  { activities }: ReturnType<typeof activitiesOf>,
  of: Connection,
  shown: (fault: Fault) => string,
): Promise<object> {
  const { faults, warnings, removals, ...plan } = await activities.preflight({ connection: of });
  return {
    ...{ faults: faults.map(shown), codes: warnings.map(({ code }) => code), removals: rowsOf(removals) },
    ...plan,
  };
}

const reads: Readonly<Record<string, Read>> = {
  preflight: (app, of) => preflight(app, of, ({ code, pointer }) => `${code} ${pointer}`),
  planSync: async ({ activities }) => {
    const { connections, ...plan } = await activities.planSync({ ...round, drift: false });
    return {
      ...plan,
      connections: connections.map(({ hold, round: of, reading, health }) => ({
        hold,
        round: of,
        reading,
        health,
      })),
    };
  },
  'planSync, of one record': async ({ activities }) => {
    const { connections, more: isMore } = await activities.planSync({
      ...round,
      mostDue: 1,
      drift: true,
      ofSweep: true,
    });
    return {
      isMore,
      planned: connections.map(({ round: { due }, drift }) => [due.map((one) => one.clusterId), drift]),
    };
  },
  'planSync, of records that were tried': async ({ activities }) => {
    const tried = [`${connection.id} ${clusterId}`];
    return (await activities.planSync({ ...round, tried, drift: false })).connections.map(
      (one) => one.round.due.length,
    );
  },
  'planSync, while it has a run': ({ activities }) =>
    activities.planSync({ ...round, drift: false, running: [connection.id] }),
  findAddresses: ({ activities }) => activities.findAddresses({ ...round, clusterIds: [clusterId] }),
  observeAllocation: ({ activities }, of) => activities.observeAllocation({ connection: of, endpointId }),
  readEndpointService: ({ activities }, of) =>
    activities.readEndpointService({ connection: of, location: 'eastus' }),
  readPrivateEndpoint: ({ activities }, of) => activities.readPrivateEndpoint({ connection: of }),
  readLink: ({ activities }, of) =>
    Promise.all(
      (['on', 'off', 'leave'] as const).map((autoRegistration) =>
        activities.readLink({
          connection: of,
          zoneId: regionalZone,
          virtualNetworkId: network,
          autoRegistration,
        }),
      ),
    ),
  readRemoved: ({ activities }) => {
    const one = { resource: 'virtual network link', id: linkOf(regionalZone, network).id } as const;
    return activities.readRemoved({
      ids: [
        one,
        { resource: 'private DNS zone', id: regionalZone },
        { resource: 'private endpoint', id: connection.privateEndpoint.id },
      ],
    });
  },
  'readRemoved, of many': ({ activities }) =>
    activities.readRemoved({
      ids: [network, `${network}-2`].flatMap((of) => [
        { resource: 'virtual network link' as const, id: linkOf(regionalZone, of).id },
        { resource: 'private DNS zone' as const, id: of === network ? regionalZone : clusterZone },
      ]),
    }),
  planTearDown: async ({ activities }, of) => {
    const plan = await activities.planTearDown({ subject: subjectOf(of), waitForZilliz: false, ...removal });
    return { rows: rowsOf(plan.rows), endpointIds: plan.endpointIds, steps: plan.manualSteps };
  },
  'planTearDown, which waits for Zilliz': async ({ activities }, of) => {
    const plan = await activities.planTearDown({ subject: subjectOf(of), waitForZilliz: true, ...removal });
    return plan.rows.length;
  },
  'planTearDown, with only records left': async ({ activities }, of) => {
    const subject = { ...subjectOf(of), connection: null };
    return rowsOf(
      (
        await activities.planTearDown({
          subject,
          waitForZilliz: false,
          ...removal,
          deletedByRun: [endpointId],
        })
      ).rows,
    );
  },
  'removals of all': async ({ activities }, of) => {
    const subject = subjectOf(of);
    const entries = [{ id: `${regionalZone}/TXT/_zpl-${of.id}`, zoneId: regionalZone }];
    const links = [
      { id: linkOf(regionalZone, network).id, zoneId: regionalZone },
      { id: `${regionalZone}/virtualNetworkLinks/none`, zoneId: regionalZone },
    ];
    const records = [`${clusterId}-privatelink`, 'none'].map((name) => ({
      id: name,
      zoneId: regionalZone,
      name,
    }));
    const all = [
      await activities.removeLinks({ subject, links }),
      await activities.removeRecords({ subject, records }),
      await activities.removeZones({ subject, zones: [{ id: regionalZone }], entries }),
    ];
    return all.flatMap(({ removed }) =>
      removed.map(({ outcome }) =>
        outcome.ok
          ? `${outcome.value.action} ${outcome.value.state}: ${outcome.value.reason}`
          : outcome.failure.code,
      ),
    );
  },
  'removals at Zilliz': async ({ activities }, of) => [
    await activities.removeRegistration({ subject: subjectOf(of), endpointId, deletedByRun: [] }),
    await activities.removeEndpoint({ subject: subjectOf(of), unregisteredByRun: [endpointId] }),
  ],
  releaseConnection: async ({ ports, policy }, of) => {
    const stored = storedConnection({ ...endpointOf(), tags: wantedTags(of, null) });
    return stored && releaseConnection(ports, policy, stored);
  },
  ensureRecords: async ({ activities }, of) => {
    const records = [clusterId, ...more].map((id) => ({ clusterId: id, record: `${id}-privatelink` }));
    const of1 = { connection: of, zoneId: regionalZone, address };
    return [
      await activities.ensureRecords({ ...of1, records: records.slice(0, 1) }),
      await activities.ensureRecords({ ...of1, records }),
    ];
  },
  ensureLink: ({ activities }, of) =>
    activities.ensureLink({
      ...{ connection: of, zoneId: regionalZone, virtualNetworkId: network, autoRegistration: 'off' },
      follow: false,
    }),
  pruneRecords: async ({ activities }, of) => {
    const rows = (['alive', 'ask', 'not-wanted'] as const).map((word) => ({
      clusterId,
      zoneId: regionalZone,
      record: `${clusterId}-privatelink`,
      word,
    }));
    return (await activities.pruneRecords({ connection: of, now: 0, records: rows })).settled;
  },
};

const managed = Object.entries(worlds).flatMap(([world, change]) =>
  Object.entries(reads).map(([read, run]) => ({ read, world, change, run })),
);

/** What the activities see in a world, and would send. */
test.each(managed)('$read in a world $world', async ({ read, world, change, run }) => {
  const found = finishedWorld();
  Object.assign(found, change(found));
  const of = world.includes('single clusters')
    ? perCluster
    : world.includes('another team')
      ? unmanaged
      : connection;
  expectNoted(`${read} in a world ${world}`, await seenIn(found, run, of), `${read} in a world finished`);
});

const spoke = `${network}-2`;
const hosted = (id: string) => `https://${id}-privatelink.az-eastus.vectordb.zillizcloud.com:19530`;
const clusterOf = (id: string, change: Partial<MemoryWorld['clusters'][number]> = {}): Change =>
  cluster({ clusterId: id, privateLinkAddress: hosted(id), ...change });
const [first = '', second = ''] = more;
const shows =
  (port: keyof MemoryWorld['reads'], change: object): Change =>
  ({ reads: all }) => ({ reads: { ...all, [port]: { ...all[port], ...change } } });
const subnet =
  (change: object, subnets: readonly object[] = []): Change =>
  (world) => {
    const network4 = {
      addressPrefixes: ['10.0.0.0/24', 'fd00::/64'],
      delegations: [],
      freeAddresses: succeeded(9),
    };
    const policies = { networkPolicies: { securityGroup: false, routeTable: false } };
    return {
      endpoint: null,
      ...shows('network', {
        virtualNetwork: (id: string) => ({ id, location: 'eastus', dnsServers: [], subnets }),
        subnet: (id: string) => ({
          ...{ id, networkSecurityGroupId: null, routeTableId: null, withRoom: [], ...network4, ...policies },
          ...change,
        }),
      })(world),
    };
  };
const both =
  (...changes: readonly Change[]): Change =>
  (world) =>
    changes.reduce<Partial<MemoryWorld>>((all, change) => ({ ...all, ...change({ ...world, ...all }) }), {});
const registeringIn =
  (zoneId: string, networkId = network, isOn = true): Change =>
  ({ zones, links }) => ({
    zones: [...zones.filter(({ id }) => id !== zoneId), { ...zoneOf(zoneId), registrationLinkCount: 1 }],
    links: [
      ...links.filter((link) => link.zoneId !== zoneId),
      { ...linkOf(zoneId, networkId), registrationEnabled: isOn },
    ],
  });
const otherZone = regionalZone.replace('az-eastus', 'internal');
const without =
  (...ids: readonly string[]) =>
  (id: string) =>
    ids.includes(id) ? null : { id, location: 'eastus', dnsServers: [], subnets: [] };
const named = connectionOf({ clusters: [clusterId, first] });
const linked = connectionOf({ dns: { linkedNetworks: [network, spoke] } });
const central = connectionOf({ dns: { zoneResourceGroupId: `${group}-dns` } });
const unmanagedCentral = {
  ...central,
  spec: { ...central.spec, dns: { ...central.spec.dns, manage: false } },
};
const registering = connectionOf({ dns: { autoRegistration: true } });
const fixed = connectionOf({
  privateEndpoint: { staticIpAddress: '10.0.0.10', networkInterfaceName: 'nic-1' },
});
const ofAddress = (staticIpAddress: string) => connectionOf({ privateEndpoint: { staticIpAddress } });
const many = Array.from({ length: 12 }, (_, n) => `snet-${n}`);
const required = shows('zilliz', {
  endpointService: () => ({
    regionId: 'az-eastus',
    service: 'a.b.azure.privatelinkservice',
    whitelistRequired: true,
  }),
});
const visible = shows('network', { isPrivateLinkServiceVisible: () => true });

const probe = {
  insideNetwork: true,
  resolve: () => ({ outcome: 'resolved', addresses: [address] }),
  connect: () => ({ outcome: 'answered', status: 200 }),
};

const probes: readonly (readonly [world: string, change: object])[] = [
  ['outside the network', { insideNetwork: false }],
  ['where the name does not exist', { resolve: () => ({ outcome: 'no-such-name', detail: 'NXDOMAIN' }) }],
  ['where no resolver answers', { resolve: () => ({ outcome: 'no-answer', detail: 'no answer' }) }],
  ['where the name leads elsewhere', { resolve: () => ({ outcome: 'resolved', addresses: ['1.2.3.4'] }) }],
  ['where the service answers', {}],
  ['where another name answers', { connect: () => ({ outcome: 'wrong-name', detail: 'CN=x' }) }],
  ['where nothing answers', { connect: () => ({ outcome: 'unreachable', detail: 'ETIMEDOUT' }) }],
  [
    'where nothing answers at the public address',
    {
      resolve: () => ({ outcome: 'resolved', addresses: ['1.2.3.4'] }),
      connect: () => ({ outcome: 'unreachable', detail: 'ETIMEDOUT' }),
    },
  ],
];

/** Worlds that concern one reading, and what is requested there. */
type Concerned = readonly [read: string, world: string, change: Change, of?: Connection];
const concerned: readonly Concerned[] = [
  ['preflight', 'with a linked network', () => ({}), linked],
  [
    'preflight',
    'whose spoke is not shown',
    shows('network', {
      virtualNetwork: (id: string) => {
        if (id === spoke) throw fail('azure-permission-denied', 'the spoke');
        return { id, location: 'eastus', dnsServers: [], subnets: [] };
      },
    }),
    linked,
  ],
  [
    'preflight',
    'of an unknown project, beside others',
    both(
      shows('zilliz', {
        project: () => null,
        projects: () => [
          { projectId: 'proj-2', name: 'two', plan: 'Enterprise', regionIds: [] },
          { projectId: 'proj-3', name: 'three', plan: 'Enterprise', regionIds: [] },
        ],
      }),
      () => ({ allowed: { projects: [connection.projectId, 'proj-2'], scopes: null } }),
    ),
  ],
  [
    'preflight',
    'without a group of its own for the endpoint',
    shows('network', { resourceGroup: without(`${group}-pe`) }),
    connectionOf({ privateEndpoint: { resourceGroup: 'rg-pe' } }),
  ],
  [
    'preflight',
    'whose service is hidden',
    shows('network', { isPrivateLinkServiceVisible: failing('azure-refused') }),
  ],
  [
    'enterZone',
    'whose zone was entered, without an answer',
    () => ({ refused: { 'dns.putText': 'azure-unavailable' } }),
  ],
  ['preflight', 'with a group of zones', () => ({}), central],
  ['readEndpointService', 'whose region has no service', shows('zilliz', { endpointService: () => null })],
  ['ensurePrivateEndpoint', 'whose endpoint has the address', () => ({}), ofAddress('10.0.0.4')],
  ['ensurePrivateEndpoint', 'whose endpoint has another address', () => ({}), ofAddress('10.0.0.10')],
  ['ensurePrivateEndpoint', 'whose endpoint has another interface', () => ({}), fixed],
  [
    'ensurePrivateEndpoint',
    'whose endpoint shows no address',
    endpoint({ networkInterfaceId: null }),
    ofAddress('10.0.0.4'),
  ],
  ['ensurePrivateEndpoint', 'without the endpoint, of an address', () => ({ endpoint: null }), fixed],
  ['ensurePrivateEndpoint', 'without the endpoint', () => ({ endpoint: null })],
  [
    'preflight',
    'where each read is denied for a reason of its own',
    shows('network', {
      virtualNetwork: () => {
        throw fail('azure-permission-denied', 'the network');
      },
      subnet: () => {
        throw fail('azure-permission-denied', 'the subnet');
      },
    }),
  ],
  ['preflight', 'without the network', shows('network', { virtualNetwork: without(network) })],
  ['preflight', 'without a linked network', shows('network', { virtualNetwork: without(spoke) }), linked],
  [
    'preflight',
    'whose linked network is not shown',
    shows('network', { virtualNetwork: failing('azure-permission-denied') }),
  ],
  ['preflight', 'without the subnet', both(subnet({}), shows('network', { subnet: () => null }))],
  [
    'preflight',
    'without the subnet, with others',
    both(subnet({}, [{ name: 'a' }, { name: 'b' }]), shows('network', { subnet: () => null })),
  ],
  [
    'preflight',
    'without the subnet, with ten others',
    both(
      subnet(
        {},
        many.slice(2).map((name) => ({ name })),
      ),
      shows('network', { subnet: () => null }),
    ),
  ],
  [
    'preflight',
    'without the subnet, with many others',
    both(
      subnet(
        {},
        many.map((name) => ({ name })),
      ),
      shows('network', { subnet: () => null }),
    ),
  ],
  [
    'preflight',
    'whose subnet is delegated',
    subnet({ delegations: ['Microsoft.Web/serverFarms'], withRoom: ['SNET', 'a', 'B', 'c'] }, [
      { name: 'snet' },
      { name: 'A' },
      { name: 'b', delegated: true },
    ]),
  ],
  [
    'preflight',
    'whose subnet is delegated, beside two others',
    subnet({ delegations: ['Microsoft.Web/serverFarms'], withRoom: ['a', 'b'] }, [
      { name: 'a' },
      { name: 'b' },
    ]),
  ],
  ['preflight', 'whose subnet has no room for a new endpoint', subnet({ freeAddresses: succeeded(0) })],
  ['preflight', 'whose subnet has room for one', subnet({ freeAddresses: succeeded(1) })],
  ['preflight', 'whose subnet has fewer addresses than none', subnet({ freeAddresses: succeeded(-1) })],
  ['preflight', 'whose free addresses are not shown', subnet({ freeAddresses: succeeded(null) })],
  ...['10.0.0.3', '10.0.0.4', '10.0.0.254', '10.0.0.255', '10.0.1.4'].map((staticIpAddress): Concerned => [
    'preflight',
    `with the address ${staticIpAddress}`,
    subnet({}),
    connectionOf({ privateEndpoint: { staticIpAddress } }),
  ]),
  ['preflight', 'with an address, of an endpoint that is there', () => ({}), fixed],
  ['preflight', 'with an address and an interface', subnet({}), fixed],
  ['preflight', 'without the groups', shows('network', { resourceGroup: () => null }), central],
  [
    'preflight',
    'without the group of zones',
    shows('network', { resourceGroup: without(`${group}-dns`) }),
    central,
  ],
  ['preflight', 'without the group of the endpoint', shows('network', { resourceGroup: () => null })],
  [
    'preflight',
    'without the groups, with DNS of another team',
    shows('network', { resourceGroup: () => null }),
    unmanagedCentral,
  ],
  [
    'preflight',
    'whose group of zones is not shown',
    shows('network', { resourceGroup: failing('azure-permission-denied') }),
    central,
  ],
  [
    'preflight',
    'where all is denied',
    shows('network', {
      virtualNetwork: failing('azure-permission-denied'),
      subnet: failing('azure-permission-denied'),
      resourceGroup: failing('azure-deny-assignment'),
    }),
  ],
  [
    'preflight',
    'where each read has a reason of its own',
    shows('network', {
      virtualNetwork: () => {
        const { failure } = fail('azure-permission-denied', 'the network');
        throw new ProvisioningError({ ...failure, cure: 'Grant it.' });
      },
      subnet: () => {
        throw fail('azure-deny-assignment', 'the subnet');
      },
      privateEndpoint: () => {
        throw fail('azure-deny-assignment', 'the endpoint');
      },
    }),
  ],
  [
    'preflight',
    'where two reads have one reason',
    shows('network', {
      virtualNetwork: () => {
        throw fail('azure-refused', 'the network');
      },
      subnet: () => {
        throw fail('azure-refused', 'the subnet');
      },
    }),
  ],
  [
    'preflight',
    'of an unknown project',
    shows('zilliz', { project: () => null, regions: failing('project-not-found') }),
  ],
  [
    'preflight',
    'of a project that is not found while the region is refused',
    shows('zilliz', { project: () => null, regions: failing('zilliz-key-rejected') }),
  ],
  [
    'preflight',
    'of a project with a small plan',
    shows('zilliz', { project: () => ({ projectId: 'p', name: 'p', plan: 'Standard' }) }),
  ],
  [
    'preflight',
    'of a project with a larger plan',
    shows('zilliz', { project: () => ({ projectId: 'p', name: 'p', plan: 'BUSINESS_CRITICAL' }) }),
  ],
  [
    'preflight',
    'whose region is not offered',
    shows('zilliz', { regions: () => [{ regionId: 'az-westus3' }, { regionId: 'az-x' }] }),
  ],
  [
    'preflight',
    'whose region is one of two',
    shows('zilliz', { regions: () => [{ regionId: 'az-westus3' }, { regionId: 'az-eastus' }] }),
  ],
  ['preflight', 'that names its cluster and another', () => ({}), named],
  [
    'preflight',
    'that names two clusters',
    both(({ clusters: all }) => ({
      clusters: [
        ...all,
        ...all.map((one) => ({ ...one, clusterId: first, privateLinkAddress: hosted(first) })),
      ],
    })),
    named,
  ],
  [
    'preflight',
    'that names the second of two clusters',
    ({ clusters: all }) => ({
      clusters: [...all, ...all.map((one) => ({ ...one, clusterId: first, deploymentOption: 'Serverless' }))],
    }),
    connectionOf({ clusters: [first] }),
  ],
  [
    'preflight',
    'that names a serverless cluster',
    clusterOf(first, { deploymentOption: 'Serverless' }),
    connectionOf({ clusters: [first] }),
  ],
  [
    'preflight',
    'that names a cluster of an older plan',
    clusterOf('in03-0123456789abcde', { deploymentOption: null, plan: 'Free' }),
    connectionOf({ clusters: ['in03-0123456789abcde'] }),
  ],
  [
    'preflight',
    'that names a cluster of another project',
    clusterOf(first, { projectId: 'proj-2' }),
    connectionOf({ clusters: [first, second] }),
  ],
  [
    'preflight',
    'that names a cluster of another region',
    clusterOf(first, { regionId: 'az-westus3' }),
    connectionOf({ clusters: [first, second] }),
  ],
  [
    'preflight',
    'that names no cluster that it has',
    clusterOf(first, { deploymentOption: 'Serverless' }),
    connectionOf({ clusters: [second] }),
  ],
  ['preflight', 'whose service is not visible', required],
  ['preflight', 'whose service is visible', both(required, visible)],
  ['preflight', 'whose network registers its machines elsewhere', registeringIn(otherZone)],
  [
    'preflight',
    'whose network registers its machines elsewhere, against the request',
    registeringIn(otherZone),
    registering,
  ],
  [
    'preflight',
    'whose network registers its machines elsewhere, with DNS of another team',
    registeringIn(otherZone),
    connectionOf({ dns: { manage: false } }),
  ],
  [
    'preflight',
    'whose network registers its machines elsewhere, as the request wants',
    registeringIn(otherZone),
    connectionOf({ dns: { autoRegistration: false } }),
  ],
  [
    'preflight',
    'where another network registers its machines elsewhere',
    registeringIn(otherZone, spoke),
    registering,
  ],
  ['preflight', 'whose network registers its machines in its zone', registeringIn(regionalZone), registering],
  [
    'preflight',
    'whose network registers its machines in one of two zones of the name',
    both(registeringIn(regionalZone.replace('/rg/', '/rg-2/')), registeringIn(regionalZone)),
    registering,
  ],
  [
    'planSync',
    'with a zone of a cluster too',
    ({ zones, records }) => ({
      zones: [...zones, zoneOf(clusterZone)],
      records: [...records, recordOf(clusterZone, '@')],
    }),
  ],
  [
    'planSync',
    'of zones for single clusters, of which some are gone or of others',
    (world) => {
      const zoneFor = (id: string) => regionalZone.replace('az-eastus', `${id}.az-eastus`);
      const gone = [zoneFor('gone'), zoneFor('Upper'), regionalZone.replace('az-eastus', 'x.az-westus3')];
      const others = [zoneFor('others')];
      const ofCluster = (id: string) =>
        recordOf(id, '@', { metadata: recordMetadata(connection.id, 'in01-gone0123456789') });
      return {
        ...worlds['of zones for single clusters']?.(world),
        zones: [zoneOf(clusterZone), ...gone.map((id) => zoneOf(id)), ...others.map((id) => zoneOf(id, {}))],
        records: [...gone, ...others].map(ofCluster),
        texts: [clusterZone, ...gone, ...others].map((id) => entryOf(id, perCluster)),
      };
    },
    perCluster,
  ],
  ['planSync', 'that a busy service hides', shows('dns', { recordSets: failing('azure-busy') })],
  [
    'planSync, for the last time',
    'that a busy service hides',
    shows('dns', { recordSets: failing('azure-busy') }),
  ],
  [
    'planSync, with drift',
    'where much is missing',
    () => ({
      endpoint: { ...endpointOf(), tags: { ...wantedTags(linked, null), zpl: '' } },
      zones: [],
      links: [],
    }),
    linked,
  ],
  [
    'planSync, with drift',
    'of zones for single clusters that are gone',
    (world) => ({
      ...worlds['with more clusters']?.(world),
      endpoint: { ...endpointOf(), tags: wantedTags(perCluster, null) },
      zones: [],
      links: [],
    }),
    perCluster,
  ],
  [
    'planSync, with drift',
    'where the plan cannot be made now',
    shows('zilliz', { regions: failing('zilliz-unavailable') }),
  ],
  ['planSync, of known connections', 'finished', () => ({})],
  ['planSync, of known connections', 'without marks', endpoint({ tags: {} })],
  [
    'planSync, of known connections',
    'whose scopes exclude it',
    both(endpoint({ tags: {} }), () => ({ allowed: { projects: null, scopes: [`${group}-2`] } })),
  ],
  [
    'planSync, of known connections',
    'that is hidden',
    both(endpoint({ tags: {} }), ({ unreadable }) => ({
      unreadable: [...unreadable, connection.privateEndpoint.id],
    })),
  ],
  ['findAddresses, of others', 'finished', () => ({})],
  [
    'findAddresses, of others',
    'without addresses',
    (world) => ({
      clusters: (worlds['with more clusters']?.(world).clusters ?? []).map((one, n) => ({
        ...one,
        privateLinkAddress: n === 2 ? one.privateLinkAddress : null,
      })),
    }),
  ],
  ['planTearDown', 'whose subscription may be authorized', both(required, visible)],
  ['planTearDown', 'whose subscription need not be authorized', visible],
  ['planTearDown', 'whose subscription is not authorized', required],
  ['planTearDown, after an authorization', 'finished', () => ({})],
  ['planTearDown, after an authorization', 'whose subscription may be authorized', both(required, visible)],
  [
    'planTearDown',
    'whose link was adopted',
    () => ({ links: [linkOf(regionalZone, network, { ...newSharedTags(0), ...adopted })] }),
  ],
  [
    'planTearDown',
    'of another connection, without records',
    both(endpoint({ tags: wantedTags(another, null) }), () => ({ records: [] })),
  ],
  [
    'planTearDown',
    'whose endpoint is outside the scopes',
    () => ({ allowed: { projects: null, scopes: [regionalZone] } }),
  ],
  [
    'planTearDown',
    'outside the scopes, with a link of others',
    () => ({
      allowed: { projects: null, scopes: [`${group}-2`] },
      links: [linkOf(regionalZone, network, {})],
    }),
  ],
  ['releaseConnection', 'whose record has more addresses', record({ addresses: [address, '10.0.0.5'] })],
  [
    'releaseConnection',
    'whose zone is outside the scopes, with a neighbour',
    ({ texts }) => ({
      texts: [...texts, entryOf(regionalZone, another)],
      others: [neighbour()],
      allowed: {
        projects: null,
        scopes: [connection.privateEndpoint.id, `${regionalZone}/A`, `${regionalZone}/TXT`],
      },
    }),
  ],
  ['enterZone', 'without the zone', () => ({ zones: [] })],
  ['enterZone, after a minute', 'without the zone', () => ({ zones: [] })],
  [
    'enterZone',
    'whose zone is listed, and gone when it is entered',
    ({ reads: all }) => ({
      refused: { 'dns.putText': 'azure-refused' },
      texts: [],
      reads: { ...all, dns: { zone: () => null } },
    }),
  ],
  [
    'enterZone',
    'whose zone was entered meanwhile',
    () => ({ refused: { 'dns.putText': 'precondition-failed' } }),
  ],
  ['enterZone', 'whose zone refuses the entry', () => ({ refused: { 'dns.putText': 'zone-not-writable' } })],
  ...['enterZone', 'enterZone, after a minute'].map(
    (read) =>
      [
        read,
        'whose zone is being deleted, beside a linked one',
        () => {
          const elsewhere = regionalZone.replace('/rg/', '/rg-2/');
          const zones = [
            { ...zoneOf(regionalZone), provisioningState: 'Deleting' as const },
            zoneOf(elsewhere),
          ];
          return { zones, links: [linkOf(elsewhere, network)], texts: [] };
        },
      ] as const,
  ),
  ['ensureZone', 'whose zone lacks tags', () => ({}), connectionOf({ tags: { owner: 'a' } })],
  [
    'ensureZone',
    'whose zone has the tags of another connection',
    ({ texts }) => ({
      zones: [zoneOf(regionalZone, { ...newSharedTags(0), owner: 'b' })],
      texts: [...texts, entryOf(regionalZone, another)],
    }),
    connectionOf({ tags: { owner: 'a' } }),
  ],
  [
    'ensureZone',
    'whose zone was created by hand',
    () => ({ zones: [zoneOf(regionalZone, {})], records: [recordOf(regionalZone, 'a', { metadata: {} })] }),
  ],
  [
    'ensureZone',
    'whose zone was created by hand, without leave to adopt',
    () => ({ zones: [zoneOf(regionalZone, {})], records: [recordOf(regionalZone, 'a', { metadata: {} })] }),
    connectionOf({ adopt: 'never' }),
  ],
  ['ensureLink', 'whose link lacks tags', () => ({}), connectionOf({ tags: { owner: 'a' } })],
  [
    'ensureLink',
    'whose link has tags of others',
    ({ texts }) => ({
      links: [linkOf(regionalZone, network, { ...newSharedTags(0), owner: 'b' })],
      texts: [...texts, entryOf(regionalZone, another)],
    }),
    connectionOf({ tags: { owner: 'a' } }),
  ],
  [
    'ensureLink',
    'whose link has tags of its own',
    () => ({ links: [linkOf(regionalZone, network, { ...newSharedTags(0), owner: 'b' })] }),
    connectionOf({ tags: { owner: 'a' } }),
  ],
  [
    'ensureLink',
    'whose link has too many tags',
    () => ({
      links: [
        linkOf(regionalZone, network, {
          ...newSharedTags(0),
          ...Object.fromEntries(many.concat('x').map((name) => [name, ''])),
        }),
      ],
    }),
    connectionOf({ tags: { owner: 'a' } }),
  ],
  ['ensureLink, which stays as it is', 'without the link', () => ({ links: [] })],
  [
    'ensureRecords',
    'whose record set is of another type',
    () => ({
      records: [],
      otherSets: [{ zoneId: regionalZone, type: 'CNAME', name: `${clusterId}-privatelink` }],
    }),
  ],
  [
    'ensureRecords',
    'without the record, and a busy service',
    () => ({ records: [], refused: { 'dns.putRecord': 'azure-busy' } }),
  ],
  [
    'ensureRecords',
    'without the record, and a refusal',
    () => ({ records: [], refused: { 'dns.putRecord': 'azure-refused' } }),
  ],
  [
    'ensureRecords',
    'without the record and the zone',
    () => ({ zones: [], records: [], refused: { 'dns.putRecord': 'azure-refused' } }),
  ],
  [
    'ensureRecords',
    'without the zone, and another refusal',
    () => ({ zones: [], records: [], refused: { 'dns.putRecord': 'zone-not-writable' } }),
  ],
  [
    'pruneRecords',
    'whose record is hidden by a busy service',
    shows('dns', { record: failing('azure-busy') }),
  ],
  ['pruneRecords', 'whose record is hidden', shows('dns', { record: failing('zone-not-writable') })],
  [
    'pruneRecords',
    'whose adopted record is given back',
    record({
      ttlSeconds: 700,
      metadata: { ...recordMetadata(connection.id, clusterId), ...adoptedRecordMarks(0, 300) },
    }),
  ],
  [
    'pruneRecords',
    'whose adopted record is marked',
    both(
      () => ({ clusters: [] }),
      record({
        ttlSeconds: 700,
        metadata: { ...recordMetadata(connection.id, clusterId), ...adoptedRecordMarks(0, 300) },
      }),
    ),
  ],
  [
    'removals of all',
    'whose links are refused by a busy service',
    () => ({ refused: { 'dns.deleteLink': 'azure-busy' } }),
  ],
  [
    'removals of all',
    'whose links are refused',
    () => ({ refused: { 'dns.deleteLink': 'zone-not-writable' } }),
  ],
  ...probes.flatMap(([world, change]) => [
    ['verifyTargets', world, shows('probe', { ...probe, ...change })] as const,
    ['probePublicAccess', world, shows('probe', { ...probe, ...change })] as const,
  ]),
];

const target = { clusterId, host: 'h', port: 1, address };
const special: Readonly<Record<string, Read>> = {
  ...reads,
  preflight: (app, of) =>
    preflight(app, of, ({ code, pointer, detail, cure = '' }) => `${code} ${pointer}: ${detail} ${cure}`),
  'planSync, for the last time': ({ activities }) =>
    activities.planSync({ ...round, drift: false, isLast: true }),
  'planSync, with drift': async ({ activities }) =>
    (await activities.planSync({ ...round, drift: true })).connections.map(({ drift }) => drift),
  'planSync, of known connections': async ({ activities }) => {
    const { id } = connection.privateEndpoint;
    const known = [
      { connectionId: connection.id, privateEndpointId: id },
      { connectionId: another.id, privateEndpointId: another.privateEndpoint.id },
      { connectionId: perCluster.id.replace(/.{12}$/, 'f'.repeat(12)), privateEndpointId: id },
    ];
    return (await activities.planSync({ ...round, drift: false, known })).lost;
  },
  'findAddresses, of others': ({ activities }) =>
    Promise.all(
      [[], [first], [clusterId], [clusterId, first], [first, second], [second, first]].map((clusterIds) =>
        activities.findAddresses({ ...round, clusterIds }),
      ),
    ),
  'planTearDown, after an authorization': async ({ activities }, of) => {
    const whitelist = { at: '2026-01-01T00:00:00.000Z', confirmed: false };
    const plan = await activities.planTearDown({
      subject: subjectOf(of),
      waitForZilliz: false,
      ...removal,
      whitelist,
    });
    return { whitelist: plan.whitelist, steps: plan.manualSteps };
  },
  enterZone: ({ activities }, of) =>
    activities.enterZone({
      ...{ connection: of, zoneName: regionalZone.split('/').at(-1) ?? '', fromTags: false },
      isRecent: true,
    }),
  'enterZone, after a minute': ({ activities }, of) =>
    activities.enterZone({
      ...{ connection: of, zoneName: regionalZone.split('/').at(-1) ?? '', fromTags: false },
      isRecent: false,
    }),
  ensureZone: ({ activities }, of) =>
    activities.ensureZone({
      ...{ connection: of, zoneName: regionalZone.split('/').at(-1) ?? '', fromTags: false, follow: false },
    }),
  'ensureLink, which stays as it is': ({ activities }, of) =>
    activities.ensureLink({
      ...{ connection: of, zoneId: regionalZone, virtualNetworkId: network, autoRegistration: 'leave' },
      follow: false,
    }),
  ensurePrivateEndpoint: ({ activities }, of) =>
    activities.ensurePrivateEndpoint({
      connection: of,
      location: 'eastus',
      whitelistedAt: null,
      follow: false,
    }),
  verifyTargets: ({ activities }) =>
    activities.verifyTargets({ targets: [{ ...target, isSuspended: false }], note: null }),
  probePublicAccess: ({ activities }) =>
    activities.probePublicAccess({ targets: [target, { ...target, privateAddress: address }] }),
};

test.each(concerned.map(([read, world, change, of]) => ({ read, world, change, of })))(
  '$read in a world $world',
  async ({ read, world, change, of = connection }) => {
    const found = finishedWorld();
    Object.assign(found, change(found));
    expectNoted(`${read} in a world ${world}`, await seenIn(found, special[read], of));
  },
);

/** What a reading returns, or how it fails, and what it sends. */
async function seenIn(world: MemoryWorld, read: Read | undefined, of: Connection): Promise<object> {
  if (!read) throw new Error('There is no such reading.');
  const app = activitiesOf(world);
  const seen = await read(app, of).then(
    (result) => ({ result }),
    (error: unknown) => {
      if (error instanceof ProvisioningError) return { code: error.failure.code, kind: error.failure.kind };
      throw error;
    },
  );
  return { ...seen, sent: app.sent };
}

describe('Azure Private DNS limits reads', () => {
  const ids = ['in01-1', 'in01-2', 'in01-3', 'in01-4'].map((id) => id.padEnd(20, '0'));
  const asked = async (
    world: Partial<MemoryWorld>,
    run: (app: ReturnType<typeof activitiesOf>) => Promise<unknown>,
  ) => {
    const app = activitiesOf({ ...finishedWorld(), ...world });
    const result = await run(app);
    const count = (read: string) => app.asked.filter((one) => one === read).length;
    return { result, count };
  };
  const writing =
    (number: number): Parameters<typeof asked>[1] =>
    ({ activities }) =>
      activities.ensureRecords({
        ...{ connection, zoneId: regionalZone, address },
        records: [clusterId, ...ids.slice(0, number)].map((id) => ({
          clusterId: id,
          record: `${id}-privatelink`,
        })),
      });

  it.each([
    [0, 1, 0],
    [3, 1, 3],
    [4, 2, 0],
  ])(
    '%d written records are read back by few reads, and what is kept is not',
    async (number, lists, single) => {
      const { count } = await asked({}, writing(number));

      expect([count('dns.recordSets'), count('dns.record')]).toEqual([lists, single]);
    },
  );

  it.each([
    ['busy', 'azure-busy', 5],
    ['closed', 'zone-not-writable', 7],
  ] as const)('a zone that is %s gets no more writes than it must', async (_, refused, writes) => {
    const app = activitiesOf({ ...finishedWorld(), records: [], refused: { 'dns.putRecord': refused } });
    const records = [clusterId, ...ids, 'in01-5', 'in01-6'].map((id) => ({ clusterId: id, record: id }));
    await app.activities.ensureRecords({ connection, zoneId: regionalZone, address, records });

    expect(app.sent).toHaveLength(writes);
  });

  it.each<[string, Read, Partial<MemoryWorld>, readonly string[]]>([
    [
      'a link that is right',
      ({ activities }) =>
        activities.ensureLink({
          ...{ connection, zoneId: regionalZone, virtualNetworkId: network, autoRegistration: 'off' },
          follow: false,
        }),
      {},
      ['dns.links'],
    ],
    [
      'a zone that is right',
      ({ activities }) =>
        activities.ensureZone({
          ...{ connection, zoneName: regionalZone.split('/').at(-1) ?? '', fromTags: false, follow: false },
        }),
      {},
      ['dns.zones', 'dns.links', 'dns.recordSets'],
    ],
    [
      'an endpoint that is right',
      ({ activities }) =>
        activities.ensurePrivateEndpoint({
          connection,
          location: 'eastus',
          whitelistedAt: null,
          follow: false,
        }),
      {},
      ['network.privateIpAddress'],
    ],
    [
      'a sync of a regional zone',
      ({ activities }) => activities.planSync({ ...round, drift: false }),
      { zones: [zoneOf(regionalZone), zoneOf(clusterZone)] },
      ['network.privateIpAddress', 'dns.zones', 'dns.links', 'dns.recordSets'],
    ],
  ])('%s takes few', async (_, read, world, expected) => {
    const app = activitiesOf({ ...finishedWorld(), ...world });
    await read(app, connection);

    expect(app.asked.filter((one) => /^dns|IpAddress$/.test(one))).toEqual(expected);
  });

  it('a removal lists all private endpoints only for a registration of one that is gone', async () => {
    const of = async (change: Partial<MemoryWorld>) =>
      (
        await asked(change, ({ activities }) =>
          activities.planTearDown({ subject: subjectOf(connection), waitForZilliz: false, ...removal }),
        )
      ).count('network.privateEndpointsIn');

    expect(await of({})).toBe(0);
    expect(await of({ endpoint: null })).toBe(1);
  });

  const networks = [network, spoke, `${network}-3`];
  const links = networks.map((of) => ({
    resource: 'virtual network link' as const,
    id: linkOf(regionalZone, of).id,
  }));
  const zones = [regionalZone, clusterZone].map((id) => ({ resource: 'private DNS zone' as const, id }));
  const counted = { ...zoneOf(regionalZone), contents: { links: 0, recordSets: 1, etag: '1' } };
  const left = ({ result }: { readonly result: unknown }) => result as { readonly left: readonly string[] };

  it.each([
    ['three are read one by one', {}, links, [3, 0], 1],
    ['a fourth makes it a list, and a zone is not read', {}, [...links, ...zones.slice(0, 1)], [3, 1], 2],
    ['a zone that is not listed is gone, with its links', { zones: [] }, [...links, ...zones], [0, 1], 0],
    ['a listed zone without links has lost them', { zones: [counted] }, [...links, ...zones], [0, 1], 1],
    [
      'where zones cannot be listed, each is read',
      { reads: { dns: { zones: failing('azure-permission-denied') } } },
      [...links, ...zones],
      [3, 1],
      2,
    ],
  ])('to see what is removed, %s', async (_, world, of, [single, lists], count) => {
    const seen = await asked(world, ({ activities }) => activities.readRemoved({ ids: of }));

    expect(left(seen).left).toHaveLength(count);
    expect([seen.count('dns.link'), seen.count('dns.zones')]).toEqual([single, lists]);
  });
});

test('an error of the program in a comparison is none of Azure or Zilliz', async () => {
  const regions = () => {
    throw new TypeError('no failure');
  };
  const { activities } = activitiesOf({ ...finishedWorld(), reads: { zilliz: { regions } } });

  await expect(activities.planSync({ ...round, drift: true })).rejects.toThrow('no failure');
});
