import { connectionFrom, connectionRequestSchema } from '../../../src/domain/connection/connection.ts';
import { recordMetadata, sharedTags } from '../../../src/domain/connection/marks.ts';
import { connectionId } from '../../../src/domain/connection/names.ts';
import { succeeded } from '../../../src/domain/failure/failure.ts';
import type { ObservedZone } from '../../../src/domain/plan/observation.ts';
import { decideOwnRecord } from '../../../src/domain/resources/aRecord.ts';
import type { ARecordSet, Tags, VirtualNetworkLink } from '../../../src/domain/resources/model.ts';
import { decideEndpointRemoval } from '../../../src/domain/resources/privateEndpoint.ts';
import { decideLinkRemoval } from '../../../src/domain/resources/virtualNetworkLink.ts';
import type { Neighbour, Neighbours } from '../../../src/domain/resources/neighbour.ts';
import { decideZoneRemoval } from '../../../src/domain/resources/zone.ts';

const own = 'az-eastus-0123456789ab';
const other = 'az-eastus-ba9876543210';
const address = '10.0.0.4';
const group = '/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourceGroups/rg';
const network = `${group}/providers/Microsoft.Network/virtualNetworks/vnet`;
const reach = { connectionId: own, regionId: 'az-eastus', networks: [network] };

function record(metadata: Tags, change: Partial<ARecordSet> = {}): ARecordSet {
  const base = { zoneId: '/z', name: 'r', ttlSeconds: 600, addresses: [address], etag: '1' };
  return { ...base, autoRegistered: false, metadata, ...change };
}

function link(tags: Tags): VirtualNetworkLink {
  const base = { id: '/z/virtualNetworkLinks/l', name: 'l', zoneId: '/z', virtualNetworkId: network };
  return { ...base, registrationEnabled: false, completed: true, tags };
}

function zone(change: Partial<ObservedZone> & { readonly tags?: Tags } = {}): ObservedZone {
  const { tags = sharedTags(), links = [], records = [] } = change;
  const name = 'az-eastus.vectordb.zillizcloud.com';
  return {
    zone: { id: '/z', name, tags, provisioningState: 'Succeeded', registrationLinkCount: 0 },
    links,
    records,
  };
}

/** Another connection of the region, in a network of its own or in this one. */
function neighbour(change: object = {}): Neighbour {
  const connection = connectionFrom(
    connectionRequestSchema.parse({
      projectId: 'proj-0123456789abcdef',
      regionId: 'az-eastus',
      subnetId: `${network}/subnets/snet`,
      ...change,
    }),
  );
  return { connection: { ...connection, id: other }, specReadable: true };
}

const ours = recordMetadata(own, 'in01-a');
const theirs = recordMetadata(other, 'in01-b');
const inOtherNetwork = { dns: { linkedNetworks: [`${network}-other`] } };

describe('a link', () => {
  const none: Neighbours = { known: [], unseen: null };
  const needs = { reach, address, neighbours: none };

  test.each([
    ['goes when it is owned and no connection needs it', sharedTags(), [record(ours)], needs, 'delete'],
    ['stays when another owner created it', {}, [record(ours)], needs, 'keep'],
    [
      'stays when another connection names its network',
      sharedTags(),
      [record(ours)],
      { ...needs, neighbours: { known: [neighbour()], unseen: null } },
      'keep',
    ],
    [
      'is deleted when another connection of the zone names other networks',
      sharedTags(),
      [record(ours), record(theirs)],
      { ...needs, neighbours: { known: [neighbour(inOtherNetwork)], unseen: null } },
      'delete',
    ],
    [
      'is deleted when another connection leaves DNS to another owner',
      sharedTags(),
      [record(ours)],
      { ...needs, neighbours: { known: [neighbour({ dns: { manage: false } })], unseen: null } },
      'delete',
    ],
    [
      'stays when the specification of another connection cannot be read',
      sharedTags(),
      [record(ours), record(theirs)],
      {
        ...needs,
        neighbours: { known: [{ ...neighbour(inOtherNetwork), specReadable: false }], unseen: null },
      },
      'keep',
    ],
    [
      'stays when the zone has records of a connection that is not found',
      sharedTags(),
      [record(ours), record(theirs)],
      needs,
      'keep',
    ],
    [
      'stays when a record of another owner points to the private address',
      sharedTags(),
      [record(ours), record({})],
      needs,
      'keep',
    ],
    [
      'is deleted when a record of another owner points elsewhere',
      sharedTags(),
      [record(ours), record({}, { addresses: ['10.9.9.9'] })],
      needs,
      'delete',
    ],
    [
      'stays when the connection does not name its network',
      sharedTags(),
      [record(ours)],
      { ...needs, reach: { ...reach, networks: [`${network}-other`] } },
      'keep',
    ],
    [
      'stays when the networks of the connection are unknown',
      sharedTags(),
      [record(ours)],
      { ...needs, reach: { ...reach, networks: null } },
      'keep',
    ],
    [
      'stays in a zone of another region',
      sharedTags(),
      [record(ours)],
      { ...needs, reach: { ...reach, regionId: 'az-eastus2' } },
      'keep',
    ],
  ] as const)('%s', (_, tags, records, context, action) => {
    expect(decideLinkRemoval(link(tags), zone({ records }), context).action).toBe(action);
  });
});

describe('a record', () => {
  test.each([
    ['goes when it is ours', ours, 'delete'],
    ['stays when another connection owns it', theirs, 'keep'],
    ['stays when it has no mark', {}, 'keep'],
    ['stays when another tool marked it', { 'managed-by': 'terraform' }, 'keep'],
  ])('%s', (_, metadata, action) => {
    expect(decideOwnRecord(record(metadata), zone().zone, reach).action).toBe(action);
  });
});

describe('a zone', () => {
  test.each([
    ['goes when it is ours and empty', zone(), 0, 'delete'],
    ['stays when another owner created it', zone({ tags: {} }), 0, 'keep'],
    ['stays while it is linked', zone({ links: [link({})] }), 0, 'keep'],
    ['stays while another connection has a record in it', zone({ records: [record(theirs)] }), 1, 'keep'],
    ['stays while any other record set is in it, of any type', zone(), 1, 'keep'],
  ])('%s', (_, observed, recordSets, action) => {
    expect(
      decideZoneRemoval(observed, { recordSets }, { reach, neighbours: { known: [], unseen: null } }).action,
    ).toBe(action);
  });
});

test.each(['az-eastus2', 'az-east', 'az-us'])(
  'nothing in a zone is deleted with a connection of %s',
  (regionId) => {
    const elsewhere = { ...reach, regionId };
    expect(
      decideZoneRemoval(
        zone(),
        { recordSets: 0 },
        { reach: elsewhere, neighbours: { known: [], unseen: null } },
      ).action,
    ).toBe('keep');
    expect(decideOwnRecord(record(ours), zone().zone, elsewhere).action).toBe('keep');
  },
);

describe('a private endpoint', () => {
  const id = `${group}/providers/Microsoft.Network/privateEndpoints/pe`;
  const projectId = 'proj-0123456789abcdef';
  const hashed = connectionId({ projectId, regionId: 'az-eastus', privateEndpointId: id });
  const facts = { zilliz: succeeded({ service: 'alias', registered: [] }), unregisteredByRun: [] };
  const tags = (connectionId: string): Tags => ({
    ...sharedTags(),
    'zpl-connection': connectionId,
    'zpl-project': projectId,
    'zpl-region': 'az-eastus',
  });
  const endpoint = (marks: Tags) => ({
    id,
    name: 'pe',
    location: 'eastus',
    tags: marks,
    subnetId: `${network}/subnets/snet`,
    provisioningState: 'Succeeded' as const,
    resourceGuid: null,
    networkInterfaceId: null,
    target: 'alias',
    connectionName: 'pe',
    manual: true,
    connectionState: { status: 'Approved' as const, text: 'Approved', description: '' },
  });

  test.each([
    ['goes when it is ours', tags(hashed), [record(ours)], 'delete'],
    ['stays when another connection owns it', tags(other), [], 'keep'],
    ['stays when it is not marked', {}, [], 'keep'],
    ['stays while a record of another owner points to it', tags(hashed), [record({})], 'keep'],
    [
      'is deleted when only a machine’s name has its address',
      tags(hashed),
      [record({}, { autoRegistered: true })],
      'delete',
    ],
  ] as const)('%s', (_, marks, pointing, action) => {
    expect(decideEndpointRemoval(endpoint(marks), hashed, pointing, facts).action).toBe(action);
  });
});
