import { newSharedTags, recordMetadata } from '../../../src/domain/connection/marks.ts';
import { connectionId } from '../../../src/domain/connection/names.ts';
import { succeeded } from '../../../src/domain/failure/failure.ts';
import type { ObservedZone } from '../../../src/domain/plan/observation.ts';
import { decideOwnRecord } from '../../../src/domain/resources/aRecord.ts';
import type { ARecordSet, Tags, VirtualNetworkLink } from '../../../src/domain/resources/model.ts';
import { decideEndpointRemoval } from '../../../src/domain/resources/privateEndpoint.ts';
import { decideLinkRemoval } from '../../../src/domain/resources/virtualNetworkLink.ts';
import { decideZoneRemoval } from '../../../src/domain/resources/zone.ts';
import type { OwnerCheck, ZoneOwner } from '../../../src/domain/resources/zoneOwner.ts';
import { decideEntryRemoval } from '../../../src/domain/resources/zoneOwner.ts';
import { networkHash } from '../../../src/domain/connection/names.ts';

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
  const { tags = newSharedTags(0), links = [], records = [], owners = [], otherSets = [] } = change;
  const name = 'az-eastus.vectordb.zillizcloud.com';
  return {
    zone: { id: '/z', name, tags, provisioningState: 'Succeeded', registrationLinkCount: 0 },
    ...{ links, records, owners, otherSets },
  };
}

/** The entry of a connection that links this network, or others. */
function entry(change: Partial<ZoneOwner> = {}): ZoneOwner {
  const connectionId = change.connectionId ?? other;
  const base = { connectionId, isEntry: true, privateEndpointId: null, createdLinks: [] };
  return {
    ...base,
    networks: [networkHash(network)],
    entry: { name: `_zpl-${connectionId}`, etag: '1' },
    ...change,
  };
}

const ours = recordMetadata(own, 'in01-a');
const theirs = recordMetadata(other, 'in01-b');
const ownerCheck: OwnerCheck = { gone: [], unread: {} };
const gone: OwnerCheck = { gone: [other], unread: {} };
const elsewhere = [networkHash(`${network}-other`)];

describe('a link', () => {
  const needs = { reach, address, ownerCheck };
  const inNoNetwork = { ...reach, networks: [`${network}-other`] };

  test.each([
    [
      'goes when it is owned and no connection needs it',
      newSharedTags(0),
      { records: [record(ours)] },
      needs,
      'delete',
    ],
    ['stays when another owner created it', {}, { records: [record(ours)] }, needs, 'keep'],
    [
      'stays when the entry of another connection names its network',
      newSharedTags(0),
      { owners: [entry()] },
      needs,
      'keep',
    ],
    [
      'is deleted when that connection is gone',
      newSharedTags(0),
      { owners: [entry()] },
      { ...needs, ownerCheck: gone },
      'delete',
    ],
    [
      'is deleted when the entry of another connection names other networks',
      newSharedTags(0),
      { owners: [entry({ networks: elsewhere })], records: [record(ours), record(theirs)] },
      needs,
      'delete',
    ],
    [
      'stays when an entry cannot be read',
      newSharedTags(0),
      { owners: [entry({ networks: null })] },
      needs,
      'keep',
    ],
    [
      'stays when the zone has records of a connection without an entry',
      newSharedTags(0),
      { records: [record(ours), record(theirs)] },
      needs,
      'keep',
    ],
    [
      'stays when a record of another owner points to the private address',
      newSharedTags(0),
      { records: [record(ours), record({})] },
      needs,
      'keep',
    ],
    [
      'is deleted when a record of another owner points elsewhere',
      newSharedTags(0),
      { records: [record(ours), record({}, { addresses: ['10.9.9.9'] })] },
      needs,
      'delete',
    ],
    [
      'stays when neither specification nor entry of the connection names its network',
      newSharedTags(0),
      { owners: [entry({ connectionId: own, networks: elsewhere })] },
      { ...needs, reach: inNoNetwork },
      'keep',
    ],
    [
      'is deleted when only the entry of the connection names its network',
      newSharedTags(0),
      { owners: [entry({ connectionId: own })] },
      { ...needs, reach: inNoNetwork },
      'delete',
    ],
    [
      'stays when only records are left of the connection',
      newSharedTags(0),
      { owners: [entry({ connectionId: own })] },
      { ...needs, reach: { ...reach, networks: null } },
      'keep',
    ],
    [
      'stays in a zone of another region',
      newSharedTags(0),
      { records: [record(ours)] },
      { ...needs, reach: { ...reach, regionId: 'az-eastus2' } },
      'keep',
    ],
  ] as const)('%s', (_, tags, content: Partial<ObservedZone>, context, action) => {
    expect(decideLinkRemoval(link(tags), zone(content), context).action).toBe(action);
  });

  it('is kept with the reason why nobody knows whether its owner exists', () => {
    const unread = { gone: [], unread: { [other]: 'HTTP 403' } };
    const { reason } = decideLinkRemoval(link(newSharedTags(0)), zone({ owners: [entry()] }), {
      ...needs,
      ownerCheck: unread,
    });

    expect(reason).toContain(other);
    expect(reason).toContain('HTTP 403');
  });
});

describe('the entry of an owner', () => {
  test.each([
    ['goes with its connection', entry({ connectionId: own }), zone(), ownerCheck, 'delete'],
    [
      'stays while a record of its connection is in the zone',
      entry({ connectionId: own }),
      zone({ records: [record(ours)] }),
      ownerCheck,
      'keep',
    ],
    [
      'stays while a link of its connection alone is there',
      entry({ connectionId: own }),
      zone({ links: [link(newSharedTags(0))] }),
      ownerCheck,
      'keep',
    ],
    [
      'goes when another connection needs the link too',
      entry({ connectionId: own }),
      zone({ links: [link(newSharedTags(0))], owners: [entry()] }),
      ownerCheck,
      'delete',
    ],
    [
      'stays when it is no entry of this app',
      entry({ connectionId: own, isEntry: false }),
      zone(),
      ownerCheck,
      'keep',
    ],
    ['of another connection stays', entry(), zone(), ownerCheck, 'keep'],
    ['of a connection that is gone goes', entry(), zone(), gone, 'delete'],
    [
      'of a connection that is gone stays while its records are there',
      entry(),
      zone({ records: [record(theirs)] }),
      gone,
      'keep',
    ],
  ] as const)('%s', (_, owner, observed, check, action) => {
    expect(decideEntryRemoval(owner, observed, { reach, ownerCheck: check }).action).toBe(action);
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
    ['goes when it is ours and empty', zone(), ownerCheck, 'delete'],
    [
      'goes when only machines have names in it',
      zone({ records: [record({}, { autoRegistered: true })] }),
      ownerCheck,
      'delete',
    ],
    ['stays when another owner created it', zone({ tags: {} }), ownerCheck, 'keep'],
    ['stays while it is linked', zone({ links: [link({})] }), ownerCheck, 'keep'],
    ['stays while another connection has an entry in it', zone({ owners: [entry()] }), ownerCheck, 'keep'],
    ['goes when that connection is gone', zone({ owners: [entry()] }), gone, 'delete'],
    [
      'stays while a record set of another owner has the name of its entry',
      zone({ owners: [entry({ connectionId: own, isEntry: false })] }),
      ownerCheck,
      'keep',
    ],
    [
      'stays while a connection that is gone has a record in it',
      zone({ records: [record(theirs)] }),
      gone,
      'keep',
    ],
    [
      'stays while another connection has a record in it',
      zone({ records: [record(theirs)] }),
      ownerCheck,
      'keep',
    ],
    ['stays while a record of another owner is in it', zone({ records: [record({})] }), ownerCheck, 'keep'],
    [
      'stays while any other record set is in it, of any type',
      zone({ otherSets: [{ type: 'MX', name: 'mail' }] }),
      ownerCheck,
      'keep',
    ],
  ] as const)('%s', (_, observed, check, action) => {
    expect(decideZoneRemoval(observed, { reach, ownerCheck: check }).action).toBe(action);
  });
});

test.each(['az-eastus2', 'az-east', 'az-us'])(
  'nothing in a zone is deleted with a connection of %s',
  (regionId) => {
    const beyond = { ...reach, regionId };
    expect(decideZoneRemoval(zone(), { reach: beyond, ownerCheck }).action).toBe('keep');
    expect(decideOwnRecord(record(ours), zone().zone, beyond).action).toBe('keep');
    expect(decideEntryRemoval(entry(), zone(), { reach: beyond, ownerCheck: gone }).action).toBe('keep');
  },
);

describe('a private endpoint', () => {
  const id = `${group}/providers/Microsoft.Network/privateEndpoints/pe`;
  const projectId = 'proj-0123456789abcdef';
  const hashed = connectionId({ projectId, regionId: 'az-eastus', privateEndpointId: id });
  const facts = { zilliz: succeeded({ service: 'alias', registered: [] }), unregisteredByRun: [] };
  const tags = (connectionId: string): Tags => ({
    ...newSharedTags(0),
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
