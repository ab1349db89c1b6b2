import { adoptedMarks, recordMetadata } from '../../../src/domain/connection/marks.ts';
import { fail, failed, succeeded } from '../../../src/domain/failure/failure.ts';
import {
  decideRecord,
  holderOf,
  removeForeignRecord,
  ttlWarning,
} from '../../../src/domain/resources/aRecord.ts';
import { hostOfRegion, isAwaited, wantedClusters } from '../../../src/domain/resources/cluster.ts';
import type { ARecordSet, Cluster, PrivateEndpoint } from '../../../src/domain/resources/model.ts';
import { decideEndpoint, decideEndpointRemoval } from '../../../src/domain/resources/privateEndpoint.ts';
import {
  decideCurrentRegistration,
  decideRegistration,
  decideStaleRegistration,
  defaultZillizStatuses,
} from '../../../src/domain/resources/registration.ts';
import { decideLink } from '../../../src/domain/resources/virtualNetworkLink.ts';
import { names } from '../../../src/domain/resources/verdict.ts';
import { decideAuthorization } from '../../../src/domain/resources/whitelist.ts';
import {
  connection,
  connectionOf,
  endpointId as currentId,
  finishedWorld,
  recordOf,
  regionalZone,
} from '../../activities/memoryWorld.ts';

const ours = 'az-eastus-0123456789ab';
const endpointId = 'pe-zilliz.d73e9b55-7b9c-4f8d-8f0a-40e737f1ccbf';
const privateEndpointId =
  '/subscriptions/b1e2a7d0-5c1f-4c0e-9a51-6f0c2d3e4a5b/resourceGroups/rg/providers/Microsoft.Network/privateEndpoints/pe-zilliz';
const wanted = {
  ...{ connectionId: ours, clusterId: 'in01-0123456789abcde', address: '10.0.0.4' },
  ...{ endpointId, privateEndpointId, adopt: 'matching' as const },
};
const registered = { projectId: 'proj-0123456789abcdef', endpointId, privateEndpointId };

function aRecord(change: Partial<ARecordSet>): ARecordSet {
  return {
    zoneId: '/z',
    name: 'r',
    ttlSeconds: 600,
    addresses: ['10.0.0.4'],
    metadata: {},
    autoRegistered: false,
    etag: '1',
    ...change,
  };
}

test.each([
  ['is created when there is none', null, 'create'],
  [
    'is kept when it is ours and right',
    aRecord({ metadata: recordMetadata(ours, wanted.clusterId, registered) }),
    'keep',
  ],
  [
    'is changed when it is ours and the address moved',
    aRecord({ metadata: recordMetadata(ours, wanted.clusterId, registered), addresses: ['10.0.0.9'] }),
    'update',
  ],
  [
    'is changed when the endpoint was created again, even with the same address',
    aRecord({
      metadata: recordMetadata(ours, wanted.clusterId, { ...registered, endpointId: 'pe-zilliz.old' }),
    }),
    'update',
  ],
  [
    'is changed when it does not name the private endpoint',
    aRecord({
      metadata: { ...recordMetadata(ours, wanted.clusterId, registered), 'zpl-private-endpoint': '' },
    }),
    'update',
  ],
  [
    'is changed when its TTL is another one',
    aRecord({ metadata: recordMetadata(ours, wanted.clusterId, registered), ttlSeconds: 300 }),
    'update',
  ],
  ['is adopted when a user created it and it is right', aRecord({}), 'adopt'],
  [
    'is a conflict when a user created it with another address',
    aRecord({ addresses: ['10.0.0.9'] }),
    'conflict',
  ],
  [
    'is a conflict when it has further addresses',
    aRecord({ addresses: ['10.0.0.4', '10.0.0.9'] }),
    'conflict',
  ],
  ['is a conflict when a machine registered it', aRecord({ autoRegistered: true }), 'conflict'],
  [
    'is a conflict when another connection keeps it, even with our address',
    aRecord({ metadata: recordMetadata('az-eastus-ffffffffffff', 'x') }),
    'conflict',
  ],
])('a record %s', (_, found, action) => {
  expect(decideRecord(wanted, found).action).toBe(action);
});

test('a record of an earlier endpoint names it', () => {
  const earlier = 'pe-zilliz.00000000-7b9c-4f8d-8f0a-40e737f1ccbf';
  const metadata = recordMetadata(ours, wanted.clusterId, { ...registered, endpointId: earlier });

  expect(decideRecord(wanted, aRecord({ metadata })).reason).toContain(`for the endpoint ID ${earlier}`);
});

test('a record that a user created stays a conflict if the request allows no adoption', () => {
  expect(decideRecord({ ...wanted, adopt: 'never' }, aRecord({})).action).toBe('conflict');
});

test('an endpoint is registered once, in any case of its ID at Zilliz', () => {
  const registered = [{ endpointId: 'PE.ABC', regionId: 'az-eastus', status: 'AVAILABLE' }];

  expect(decideRegistration('pe.abc', registered, defaultZillizStatuses).action).toBe('keep');
  expect(decideRegistration('pe.def', registered, defaultZillizStatuses).action).toBe('create');
});

test('the eleventh endpoint of a project is refused before its creation', () => {
  const registered = Array.from({ length: 10 }, (_, index) => ({
    endpointId: `pe.${index}`,
    regionId: 'az-eastus',
    status: 'AVAILABLE',
  }));

  expect(decideRegistration('pe.new', registered, defaultZillizStatuses)).toMatchObject({
    action: 'conflict',
    code: 'endpoint-quota',
  });
});

test('a network is linked to a zone once, under any link name', () => {
  const link = {
    id: '/l',
    name: 'by-hand',
    zoneId: '/z',
    virtualNetworkId: '/V',
    tags: {},
    registrationEnabled: false,
    completed: true,
  };

  expect(decideLink('/v', [link]).action).toBe('keep');
  expect(decideLink('/v', [{ ...link, completed: false }]).action).toBe('wait');
  expect(decideLink('/other', [link]).action).toBe('create');
});

test('an adopted record says which TTL it had, and a kept one nothing', () => {
  const slow = aRecord({ ttlSeconds: 3600 });
  const adopt = decideRecord(wanted, slow);

  expect(adopt.reason).toContain('3600 s becomes 600 s');
  expect(decideRecord(wanted, aRecord({})).reason).not.toContain('TTL');
  expect(ttlWarning('/r', adopt, slow)).toHaveLength(1);
  expect(ttlWarning('/r', { action: 'keep', reason: '' }, slow)).toEqual([]);
  expect(ttlWarning('/r', adopt, aRecord({}))).toEqual([]);
});

test('a record set of another type holds its name, in any case', () => {
  const otherSets = [
    { type: 'MX', name: 'mail' },
    { type: 'CNAME', name: 'Taken' },
  ];

  expect(holderOf('tAKEN', { otherSets })).toEqual(otherSets[1]);
  expect(holderOf('free', { otherSets })).toBeNull();
});

const listed: PrivateEndpoint = (() => {
  const { endpoint } = finishedWorld();
  if (!endpoint) throw new Error('The finished world has an endpoint.');
  return endpoint;
})();
const { target } = listed;

describe('a private endpoint', () => {
  const bare = { ...listed, tags: {} };
  const never = connectionOf({ adopt: 'never' });
  const rejected = { status: 'Rejected', text: 'Rejected', description: 'no' } as const;

  it.each([
    ['is kept when it is there', connection, target, listed, 'keep'],
    ['is kept while Zilliz shows no service', connection, null, listed, 'keep'],
    ['is tagged when it is ours and the request allows no adoption', never, target, listed, 'tag'],
    ['is adopted without marks', connection, target, bare, 'adopt'],
    ['is not adopted while Zilliz shows no service', connection, null, bare, 'conflict'],
    ['is not adopted without leave', never, target, bare, 'conflict'],
    [
      'is not created for another ID',
      { ...connection, id: 'az-eastus-ffffffffffff' },
      target,
      null,
      'conflict',
    ],
    ['is not ours in another subnet', connection, target, { ...listed, subnetId: '/s' }, 'conflict'],
    ['is not ours with another target', connection, target, { ...listed, target: 'own' }, 'conflict'],
  ] as const)('%s', (_, of, service, found, action) => {
    expect(decideEndpoint(of, service, found).action).toBe(action);
  });

  it('that Zilliz rejected is named by its ID, if Azure shows one', () => {
    const reasonOf = (change: Partial<PrivateEndpoint>) =>
      decideEndpoint(connection, target, { ...listed, connectionState: rejected, ...change }).reason;

    expect(reasonOf({})).toBe(`Zilliz rejected it: no (endpoint ID ${currentId})`);
    expect(reasonOf({ resourceGuid: null })).toBe('Zilliz rejected it: no');
  });

  it('says with which address and interface it is created, and keeps them in any case of letters', () => {
    const fixed = connectionOf({
      privateEndpoint: { staticIpAddress: '10.0.0.4', networkInterfaceName: 'Nic-1' },
    });
    const there = { ...listed, staticIpAddress: '10.0.0.4', networkInterfaceId: '/interfaces/nIC-1' };
    const decided = (of: typeof connection, found: PrivateEndpoint | null) =>
      decideEndpoint(of, target, found);

    expect(decided(connection, null).reason).toBe('there is no private endpoint of this name');
    expect(decided(fixed, null).reason).toBe(
      'there is no private endpoint of this name, with the address 10.0.0.4, with the network interface Nic-1',
    );
    expect(decided(fixed, there).action).not.toBe('conflict');
    expect(decided(fixed, { ...there, networkInterfaceId: '/interfaces/nic-2' }).action).toBe('conflict');
    expect(decided(fixed, { ...there, staticIpAddress: '10.0.0.5' }).action).toBe('conflict');
    // Azure may show neither while it creates the endpoint.
    expect(decided(fixed, { ...listed, networkInterfaceId: null }).action).not.toBe('conflict');
  });

  const down = failed(fail('zilliz-unavailable', 'HTTP 503').failure);
  const up = succeeded({ service: target, registered: [] });
  const foreign = recordOf(regionalZone, 'by-hand', { metadata: {} });
  const adopted = { ...listed, tags: { ...listed.tags, ...adoptedMarks(0) } };
  const removal = (endpoint: PrivateEndpoint, zilliz: typeof down | typeof up) =>
    decideEndpointRemoval(endpoint, connection.id, [foreign], { zilliz, unregisteredByRun: [] });

  it('that was adopted loses its marks, whatever points to it', () => {
    expect(removal(adopted, up).action).toBe('tag');
    expect(removal(listed, up).action).toBe('keep');
  });

  it('stays for later only where Zilliz could have proved it', () => {
    expect(removal(listed, down)).toMatchObject({ action: 'keep', unasked: true });
    const copied = { ...listed, id: `${listed.id}-copy`, name: `${listed.name}-copy` };
    expect(removal(copied, down).action).toBe('keep');
    expect(removal(copied, down)).not.toHaveProperty('unasked');
  });
});

describe('the registration of a private endpoint', () => {
  const registeredAs = (id: string) => ({ endpointId: id, regionId: 'az-eastus', status: 'AVAILABLE' });
  const full = Array.from({ length: 10 }, (_, n) => registeredAs(`pe.${n}`));
  const release = { action: 'tag', reason: '' } as const;

  it('has room when the run removes another first', () => {
    expect(decideRegistration('pe.x', full, defaultZillizStatuses, ['PE.3']).action).toBe('create');
    expect(decideRegistration('pe.x', full, defaultZillizStatuses, ['pe.other']).action).toBe('conflict');
  });

  it('stays with an adopted endpoint only if it was there before', () => {
    const before = { ...listed, tags: adoptedMarks(0, currentId) };
    const other = { ...listed, tags: adoptedMarks(0, 'pe.other') };

    expect(decideCurrentRegistration(currentId, before, release).action).toBe('keep');
    expect(decideCurrentRegistration(currentId, other, release).action).toBe('delete');
    expect(decideCurrentRegistration(currentId, { ...listed, tags: {} }, release).action).toBe('delete');
  });

  it.each([
    ['goes when no endpoint has its GUID', 'PE-own.guid', [], 'delete'],
    ['stays with another name', 'pe-of-others.guid', [], 'keep'],
    ['stays with another name, also if the run names it', 'pe-of-others.guid', ['pe-of-others.guid'], 'keep'],
  ])('%s', (_, id, deletedByRun, action) => {
    const proof = { ownName: 'pe-Own', deletedByRun, census: { whole: true, guids: [] } };

    expect(decideStaleRegistration(id, proof).action).toBe(action);
  });
});

describe('the authorization of a subscription', () => {
  const service = { regionId: 'az-eastus', service: target };
  const failure = { ...listed, provisioningState: 'Failed' } as const;
  const pending = { status: 'Pending', text: 'Pending', description: '' } as const;

  it.each([
    ['is asked for while Zilliz shows no service', { ...service, service: null }, null, listed, 'create'],
    [
      'is not asked for where none is required',
      { ...service, whitelistRequired: false },
      false,
      null,
      'keep',
    ],
    ['is not asked for where Azure shows the service', service, true, null, 'keep'],
    ['is asked for where Azure does not show it', service, false, listed, 'create'],
    ['is proved by an endpoint where Azure cannot be asked', service, null, listed, 'keep'],
    ['is not proved without an endpoint', service, null, null, 'create'],
    [
      'is not proved by an endpoint that failed',
      service,
      null,
      { ...failure, connectionState: pending },
      'create',
    ],
  ] as const)('%s', (_, found, visible, endpoint, action) => {
    const required = { whitelistRequired: true, ...found };

    expect(decideAuthorization(required, visible, endpoint).action).toBe(action);
  });
});

describe('the clusters of a connection', () => {
  const [base] = finishedWorld().clusters;
  if (!base) throw new Error('The finished world has a cluster.');
  const cluster = (clusterId: string, change: Partial<Cluster> = {}): Cluster => ({
    ...base,
    clusterId,
    ...change,
  });
  const [a, b] = ['in01-aaaaaaaaaaaaaaa', 'in01-bbbbbbbbbbbbbbb'];

  it('are those that it names and that are Dedicated', () => {
    const all = [cluster(a), cluster(b), cluster('in03-ccccccccccccccc', { deploymentOption: null })];
    const of = (change: object) =>
      wantedClusters(connectionOf(change), all).map(({ clusterId }) => clusterId);

    expect(of({})).toEqual([a, b]);
    expect(of({ clusters: [b] })).toEqual([b]);
    expect(wantedClusters(connection, [cluster(a, { deploymentOption: null })])).toHaveLength(1);
  });

  it('are awaited if they are named, or in use', () => {
    const asleep = cluster(a, { status: 'SUSPENDED' });

    expect(isAwaited(connection, asleep)).toBe(false);
    expect(isAwaited(connection, cluster(a))).toBe(true);
    expect(isAwaited(connectionOf({ clusters: [a] }), asleep)).toBe(true);
  });

  it('have hosts of their region only', () => {
    expect(hostOfRegion('https://a.az-eastus.vectordb.zillizcloud.com', 'az-eastus')).not.toBeNull();
    expect(hostOfRegion('https://a.az-westus3.vectordb.zillizcloud.com', 'az-eastus')).toBeNull();
    expect(hostOfRegion('https://login.microsoftonline.com', 'az-eastus')).toBeNull();
  });
});

test('five records are named, and the others counted', () => {
  const records = (count: number) => Array.from({ length: count }, (_, n) => aRecord({ name: `r${n}` }));

  expect(names(records(5))).toBe('r0, r1, r2, r3, r4');
  expect(names(records(7))).toBe('r0, r1, r2, r3, r4 and 2 more');
});

test('the command that removes a foreign record set names its type as the Azure CLI does', () => {
  const id =
    '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/privateDnsZones/zone.example/A/name';

  expect(removeForeignRecord(id, 'CNAME')).toContain(
    '`az network private-dns record-set cname delete --subscription s -g rg -z zone.example -n name`',
  );
});
