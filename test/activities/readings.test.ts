import { releaseConnection } from '../../src/activities/release.ts';
import type { Connection } from '../../src/domain/connection/connection.ts';
import { wantedTags } from '../../src/domain/connection/endpointTags.ts';
import { adoptedMarks, newSharedTags, recordMetadata } from '../../src/domain/connection/marks.ts';
import { storedConnection } from '../../src/domain/connection/storedConnection.ts';
import { ProvisioningError } from '../../src/domain/failure/failure.ts';
import { subjectOf } from '../../src/domain/plan/removalSubject.ts';
import type { PrivateEndpoint } from '../../src/domain/resources/model.ts';
import {
  activitiesOf,
  address,
  clusterId,
  clusterZone,
  connection,
  connectionOf,
  endpointId,
  entryOf,
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
  'whose specification cannot be read': tagged({ 'zpl-spec-count': '7' }),
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
    metadata: { ...recordMetadata(connection.id, clusterId), ...adopted },
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

const reads: Readonly<Record<string, Read>> = {
  preflight: async ({ activities }, of) => {
    const { faults, warnings, removals, ...plan } = await activities.preflight({ connection: of });
    const codes = warnings.map(({ code }) => code);
    return {
      faults: faults.map(({ code, pointer }) => `${code} ${pointer}`),
      codes,
      removals: rowsOf(removals),
      ...plan,
    };
  },
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
  const app = activitiesOf(found);
  const of = world.includes('single clusters')
    ? perCluster
    : world.includes('another team')
      ? unmanaged
      : connection;
  const seen = await run(app, of).then(
    (result) => ({ result }),
    (error: unknown) => {
      if (error instanceof ProvisioningError) return { code: error.failure.code, kind: error.failure.kind };
      throw error;
    },
  );

  expectNoted(`${read} in a world ${world}`, { ...seen, sent: app.sent }, `${read} in a world finished`);
});
