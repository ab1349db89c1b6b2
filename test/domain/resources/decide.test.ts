import { recordMetadata } from '../../../src/domain/connection/marks.ts';
import { decideRecord } from '../../../src/domain/resources/aRecord.ts';
import type { ARecordSet } from '../../../src/domain/resources/model.ts';
import { decideRegistration, defaultZillizStatuses } from '../../../src/domain/resources/registration.ts';
import { decideLink } from '../../../src/domain/resources/virtualNetworkLink.ts';

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
