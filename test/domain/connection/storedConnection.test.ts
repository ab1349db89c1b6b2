import fc from 'fast-check';
import {
  connectionFrom,
  connectionRequestSchema,
  connectionSchema,
} from '../../../src/domain/connection/connection.ts';
import type { Connection } from '../../../src/domain/connection/connection.ts';
import { healthById } from '../../../src/domain/connection/endpointHealth.ts';
import { mergedTags, tagChange } from '../../../src/domain/connection/endpointTags.ts';
import { entryOfOrphan, entryOfStored } from '../../../src/http/views/listing.ts';
import {
  endpointTags,
  isOurs,
  marksAmong,
  readEndpointMarks,
  recordMetadata,
  tagsOfOthers,
} from '../../../src/domain/connection/marks.ts';
import { isConnectionId } from '../../../src/domain/connection/names.ts';
import { authorizeRecordsAlone, recordsAlone } from '../../../src/domain/connection/orphan.ts';
import { authorizeConnection } from '../../../src/domain/connection/request.ts';
import {
  asMarked,
  keepExclusions,
  storedConnection,
} from '../../../src/domain/connection/storedConnection.ts';
import { decideRecord, decideRecordRemoval } from '../../../src/domain/resources/aRecord.ts';
import type { PrivateEndpoint, Tags } from '../../../src/domain/resources/model.ts';
import { decideEndpoint, decideEndpointRemoval } from '../../../src/domain/resources/privateEndpoint.ts';
import { succeeded } from '../../../src/domain/failure/failure.ts';
import { wantedZoneId } from '../../../src/domain/resources/zone.ts';
import { runs } from '../../support/propertyRuns.ts';

const network =
  '/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourceGroups/rg-net/providers/Microsoft.Network/virtualNetworks/vnet-app';

function asked(change: object = {}): Connection {
  return connectionFrom(
    connectionRequestSchema.parse({
      projectId: 'proj-0123456789abcdef',
      regionId: 'az-eastus',
      subnetId: `${network}/subnets/snet-endpoints`,
      ...change,
    }),
  );
}

function tagsOf(connection: Connection, whitelistedAt: string | null = null): Tags {
  const { id: connectionId, projectId, regionId, spec } = connection;
  return endpointTags({ connectionId, projectId, regionId, whitelistedAt, spec });
}

function endpointOf(connection: Connection, tags: Tags): PrivateEndpoint {
  return {
    id: connection.privateEndpoint.id,
    name: connection.privateEndpoint.name,
    location: 'eastus',
    tags,
    subnetId: connection.subnetId,
    provisioningState: 'Succeeded',
    resourceGuid: 'd73e9b55-7b9c-4f8d-8f0a-40e737f1ccbf',
    networkInterfaceId: null,
    target: 'alias',
    connectionName: connection.privateEndpoint.name,
    manual: true,
    connectionState: { status: 'Approved', text: 'Approved', description: '' },
  };
}

test.each([
  ['with nothing but the required fields', {}],
  [
    'with everything said',
    {
      privateEndpoint: { name: 'pe-mine', resourceGroup: 'rg-endpoints' },
      tags: { owner: 'search' },
      clusters: ['in01-0123456789abcde'],
      dns: {
        layout: 'per-cluster',
        hiddenNames: 'refuse',
        zoneResourceGroupId: '/subscriptions/0b1f6471-1bf0-4dda-aec3-111122224444/resourceGroups/rg-hub',
        linkedNetworks: [network, `${network}2`],
      },
    },
  ],
])('a request %s comes back whole from the marks of its endpoint', (_, change) => {
  const connection = asked(change);

  const stored = storedConnection(endpointOf(connection, tagsOf(connection, '2026-11-24T10:00:00Z')));

  expect(stored).toMatchObject({
    connection: { ...connection },
    whitelistedAt: '2026-11-24T10:00:00Z',
    specReadable: true,
  });
});

test('options of a run are not stored: a stored connection keeps and waits for an hour, and adopts unless its request forbids it', () => {
  const connection = asked({ adopt: 'never', onFailure: 'undo', deadlineMinutes: 10 });

  expect(storedConnection(endpointOf(connection, tagsOf(connection)))?.connection).toMatchObject({
    adopt: 'never',
    onFailure: 'keep',
    deadlineMinutes: 60,
  });
});

test('an endpoint without marks is not a connection of this app', () => {
  expect(storedConnection(endpointOf(asked(), { owner: 'search' }))).toBeNull();
});

test('marks copied to another endpoint give themselves away', () => {
  const connection = asked();
  const copy = asked({ privateEndpoint: { name: 'pe-copy' } });

  expect(storedConnection(endpointOf(copy, tagsOf(connection)))).toBeNull();
});

test('a truncated specification is reported as unreadable, and the connection is still found', () => {
  const connection = asked({ clusters: ['in01-0123456789abcde'] });
  const tags = { ...tagsOf(connection), 'zpl-spec-0': '{"v":1' };

  expect(storedConnection(endpointOf(connection, tags))).toMatchObject({
    connection: { id: connection.id },
    specReadable: false,
  });
});

describe('any text that a user has written into the tags', () => {
  const connection = asked();
  const plain = { v: 1, spec: connection.spec };
  const withSpec = (text: string, tags = tagsOf(connection)): Tags => {
    const others = Object.entries(tags).filter(([name]) => !name.startsWith('zpl-spec-'));
    const parts = text.match(/[^]{1,256}/g) ?? [];
    return {
      ...Object.fromEntries(others),
      'zpl-spec-count': String(parts.length),
      ...Object.fromEntries(parts.map((part, index) => [`zpl-spec-${index}`, part])),
    };
  };
  const withDns = (dns: object): string =>
    JSON.stringify({ ...plain, spec: { ...plain.spec, dns: { ...plain.spec.dns, ...dns } } });
  const withClusters = (change: object): string =>
    JSON.stringify({ ...plain, spec: { ...plain.spec, ...change } });
  const clusterId = 'in01-0123456789abcde';

  it.each([
    ['a zone group that is no resource ID', withDns({ zoneResourceGroupId: 'x' })],
    ['a network as the zone group', withDns({ zoneResourceGroupId: network })],
    ['no linked network at all', withDns({ linkedNetworks: [] })],
    ['a linked network that is no resource ID', withDns({ linkedNetworks: [network, '/x/../y'] })],
    ['a linked network twice', withDns({ linkedNetworks: [network, network.toUpperCase()] })],
    [
      'more linked networks than a request takes',
      withDns({
        linkedNetworks: Array.from({ length: 51 }, (_, index) => `${network.slice(0, 130)}${index}`),
      }),
    ],
    [
      'auto registration with a zone for each cluster',
      withDns({ layout: 'per-cluster', autoRegistration: true }),
    ],
    ['an unknown layout', withDns({ layout: '__proto__' })],
    ['no clusters', withClusters({ clusters: [] })],
    ['clusters that are none', withClusters({ clusters: ['../projects'] })],
    ['a cluster twice', withClusters({ clusters: [clusterId, clusterId] })],
    ['exclusions that are no clusters', withClusters({ exclusions: ['', '\ud800'] })],
    ['a newer version', JSON.stringify({ ...plain, v: 2 })],
    ['another kind of JSON', '[[[[[['.repeat(500)],
    ['nothing', ''],
  ])('%s: the connection is found, and its specification counts as unreadable', (_, text) => {
    expect(storedConnection(endpointOf(connection, withSpec(text)))).toMatchObject({
      connection: { id: connection.id },
      specReadable: false,
    });
  });

  it.each(['0', '-1', '1e9', '51', 'NaN', '0x1', '1.5', '__proto__', '9'.repeat(256)])(
    'a count of %s: the same',
    (count) => {
      const tags = { ...withSpec(JSON.stringify({ ...plain, v: 2 })), 'zpl-spec-count': count };

      expect(storedConnection(endpointOf(connection, tags))).toMatchObject({ specReadable: false });
    },
  );

  it.each(['yesterday', '2026-13-01T00:00:00Z', '2026-11-24T10:00:00Z\nterraform {', ''])(
    'a time of the whitelist entry that is none counts as not there: %j',
    (time) => {
      const tags = { ...tagsOf(connection), 'zpl-whitelisted-at': time };

      expect(storedConnection(endpointOf(connection, tags))).toMatchObject({ whitelistedAt: null });
    },
  );

  it.each([
    ['zpl-project', '../x'],
    ['zpl-project', ''],
    ['zpl-region', 'az-eastus.example.com'],
    ['zpl-region', '__proto__'],
    ['zpl-connection', 'constructor'],
  ])('with %s %j it is no connection of ours', (name, value) => {
    expect(storedConnection(endpointOf(connection, { ...tagsOf(connection), [name]: value }))).toBeNull();
  });

  const names = fc.oneof(
    fc.constantFrom(...Object.keys(tagsOf(connection)), 'zpl-whitelisted-at', 'zpl-gone-since'),
    fc.constantFrom('__proto__', 'constructor', 'toString', 'Managed-By', 'ZPL-SPEC-0', 'zpl-spec-49', ''),
    fc.string({ unit: 'binary' }),
  );
  const json = fc.json({ maxDepth: 4 });
  const values = fc.oneof(
    fc.constantFrom(...Object.values(tagsOf(connection)), '__proto__', 'null', '1e400'),
    json.map((value) => `{"v":1,"spec":${value}}`),
    fc.string({ unit: 'binary', maxLength: 400 }),
    json,
  );
  const oddSpecs = fc
    .record(
      {
        clusters: fc.oneof(fc.constant('all'), fc.array(fc.constantFrom(clusterId, '', 'x')), fc.jsonValue()),
        exclusions: fc.oneof(fc.array(fc.constantFrom(clusterId, 'x')), fc.jsonValue()),
        dns: fc.oneof(
          fc.record({
            manage: fc.boolean(),
            layout: fc.constantFrom('regional', 'per-cluster', 'other'),
            autoRegistration: fc.boolean(),
            hiddenNames: fc.constantFrom('warn', 'refuse', 1),
            zoneResourceGroupId: fc.constantFrom(null, 'x', network, network.replace(/\/providers.*/, '')),
            linkedNetworks: fc.oneof(
              fc.constant(null),
              fc.array(fc.constantFrom(network, `${network}2`, 'x', ''), { maxLength: 3 }),
            ),
          }),
          fc.jsonValue(),
        ),
      },
      { requiredKeys: [] },
    )
    .map((spec) => withSpec(JSON.stringify({ v: 1, spec })));
  const tags = fc
    .tuple(
      fc.oneof(oddSpecs, fc.constant(tagsOf(connection)), fc.constant({})),
      fc.array(fc.tuple(names, values)),
    )
    .map(([some, changes]): Tags => Object.fromEntries([...Object.entries(some), ...changes]));

  it('no reader of stored things throws, and what it reads passes for a request’s', () => {
    fc.assert(
      fc.property(tags, (odd) => {
        const endpoint = endpointOf(connection, odd);
        const stored = storedConnection(endpoint);

        readAll(connection, endpoint);
        if (!stored) return;
        expect(connectionSchema.safeParse(stored.connection).error).toBeUndefined();
        expect(entryOfStored(stored).health?.state).toBe(
          stored.specReadable ? 'connected' : 'spec-unreadable',
        );
        expect(
          authorizeConnection(stored.connection, { projects: [], scopes: ['/subscriptions/x'] }),
        ).not.toEqual([]);
        wantedZoneId(stored.connection, 'zone');
        recordMetadata(stored.connection.id, clusterId, {
          ...{ projectId: 'p', endpointId: null },
          privateEndpointId: stored.connection.privateEndpoint.id,
        });
      }),
      { numRuns: runs(2_000) },
    );
  });
});

/** Everything that reads tags of an endpoint, a zone, a link or a record. */
function readAll(connection: Connection, endpoint: PrivateEndpoint): void {
  const { tags } = endpoint;
  const record = {
    ...{ zoneId: 'zone', name: 'a', ttlSeconds: 600, addresses: ['10.0.0.4'], autoRegistered: false },
    ...{ metadata: tags, etag: '1' },
  };
  readEndpointMarks(tags);
  healthById(connection.id, endpoint);
  keepExclusions(connection, endpoint);
  asMarked(connection, endpoint);
  decideEndpoint(connection, 'alias', endpoint);
  decideEndpointRemoval(endpoint, connection.id, [record], {
    zilliz: succeeded({ service: 'alias', registered: [] }),
    unregisteredByRun: [],
  });
  decideRecord(
    {
      connectionId: connection.id,
      clusterId: 'in01-0123456789abcde',
      address: '10.0.0.4',
      adopt: 'matching',
    },
    record,
  );
  decideRecordRemoval(
    { connectionId: connection.id, clusterId: 'x', word: 'gone', now: 0, delayHours: 1 },
    record,
  );
  tagChange(tags, connection.spec);
  mergedTags(tags, tags);
  marksAmong(tagsOfOthers(tags));
  isOurs(tags);
  for (const alone of recordsAlone([record], () => true)) {
    expect(isConnectionId(alone.connectionId)).toBe(true);
    expect(authorizeRecordsAlone(alone, { projects: [], scopes: [] })).not.toEqual([]);
    entryOfOrphan({ ...alone, doubt: null });
  }
}
