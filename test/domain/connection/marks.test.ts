import fc from 'fast-check';
import type { ConnectionSpec } from '../../../src/domain/connection/connection.ts';
import {
  adoptedRecordMarks,
  endpointTags,
  isMarkedFor,
  isOurs,
  readEndpointMarks,
  recordMetadata,
  recordOwner,
  tagBudgetFault,
  ttlToGiveBack,
} from '../../../src/domain/connection/marks.ts';

const network =
  '/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourceGroups/rg-net/providers/Microsoft.Network/virtualNetworks';
const names = fc.stringMatching(/^[a-z][a-z0-9]{0,40}$/);
const networks = fc.uniqueArray(
  names.map((name) => `${network}/${name}`),
  { minLength: 1, maxLength: 5 },
);
const clusterIds = (minLength: number, maxLength: number) =>
  fc.uniqueArray(fc.stringMatching(/^in01-[0-9a-z]{6,40}$/), { minLength, maxLength });

const specs: fc.Arbitrary<ConnectionSpec> = fc
  .record({
    clusters: fc.oneof(fc.constant('all' as const), clusterIds(1, 30)),
    exclusions: clusterIds(0, 10),
    tags: fc.dictionary(
      fc.stringMatching(/^(owner|CostCenter|x[a-z ]{0,20})$/),
      fc.string({ maxLength: 20 }),
    ),
    dns: fc.record({
      manage: fc.boolean(),
      layout: fc.constantFrom('regional' as const, 'per-cluster' as const),
      autoRegistration: fc.boolean(),
      hiddenNames: fc.constantFrom('warn' as const, 'refuse' as const),
      zoneResourceGroupId: fc.option(names.map((name) => network.replace(/rg-net.*/, name))),
      linkedNetworks: fc.option(networks),
    }),
  })
  .filter(({ dns }) => dns.layout === 'regional' || !dns.autoRegistration);

const identity = {
  connectionId: 'az-eastus-0123456789ab',
  projectId: 'proj-1',
  regionId: 'az-eastus',
  whitelistedAt: null,
};

test('reads from the tags what was written in them, in values of at most 256 characters', () => {
  fc.assert(
    fc.property(specs, (spec) => {
      const tags = endpointTags({ ...identity, spec });

      expect(readEndpointMarks(tags)).toEqual({ ...identity, spec });
      expect(tags).toMatchObject(spec.tags);
      expect(Object.values(tags).every((value) => value.length <= 256)).toBe(true);
    }),
  );
});

const spec: ConnectionSpec = {
  clusters: 'all',
  exclusions: [],
  tags: {},
  dns: {
    manage: true,
    layout: 'regional',
    autoRegistration: true,
    hiddenNames: 'warn',
    zoneResourceGroupId: null,
    linkedNetworks: null,
  },
};

test.each([
  ['1', true],
  ['50', true],
  ['51', false],
  ['1000000000', false],
  ['1.5', false],
  ['0', false],
  ['-1', false],
  ['many', false],
])('reads a specification of %s parts: %s', (count, isRead) => {
  const tags = { ...endpointTags({ ...identity, spec }), 'zpl-spec-count': count };

  expect(readEndpointMarks(tags)?.spec !== null).toBe(isRead);
});

test('knows the connection of an endpoint that has lost its other marks', () => {
  expect(isMarkedFor({ 'ZPL-Connection': identity.connectionId }, identity.connectionId)).toBe(true);
  expect(isMarkedFor({ 'zpl-connection': 'az-eastus-ba9876543210' }, identity.connectionId)).toBe(false);
  expect(isMarkedFor({}, identity.connectionId)).toBe(false);
});

const unusable = ['-1', '1.5', String(2 ** 31), 'soon'];

test.each<[ConnectionSpec['tags'], number]>([
  [adoptedRecordMarks(0, 0), 0],
  [adoptedRecordMarks(0, 3600), 3600],
  [adoptedRecordMarks(0, 2 ** 31 - 1), 2 ** 31 - 1],
  [{}, 600],
  ...unusable.map((noted): [ConnectionSpec['tags'], number] => [{ 'zpl-adopted-ttl': noted }, 600]),
])('an adopted record with the marks %j gets back a TTL of %d s', (metadata, ttlSeconds) => {
  expect(ttlToGiveBack({ metadata, ttlSeconds: 600 })).toBe(ttlSeconds);
});

test('reads a specification with a missing part as null', () => {
  const { 'zpl-spec-0': lost, ...rest } = endpointTags({ ...identity, spec });

  expect(lost).toBeDefined();
  expect(readEndpointMarks(rest)).toMatchObject({ connectionId: identity.connectionId, spec: null });
});

test('recognizes its own marks in any case, and no other marks', () => {
  expect(isOurs({ 'ZPL-Made': '2026-11-28T10:00:00.000Z', 'managed-by': 'terraform' })).toBe(true);
  expect(isOurs({ 'managed-by': 'private-link-for-zilliz-cloud' })).toBe(false);
  expect(isOurs({ 'zpl-made': 'yes' })).toBe(false);
  expect(recordOwner(recordMetadata('az-eastus-0123456789ab', 'in01-a'))).toMatchObject({
    connectionId: 'az-eastus-0123456789ab',
    clusterId: 'in01-a',
    endpointId: null,
  });
  expect(recordOwner({ owner: 'me' })).toBeNull();
  const odd = { ...recordMetadata('az-eastus-0123456789ab', 'a b'), 'zpl-endpoint': 'no id' };
  expect(recordOwner(odd)).toMatchObject({ clusterId: null, endpointId: null });
});

test('a record names its private endpoint, of any length, in a value that Azure takes', () => {
  const group = 'g'.repeat(90);
  const privateEndpointId = `/subscriptions/b1e2a7d0-5c1f-4c0e-9a51-6f0c2d3e4a5b/resourceGroups/${group}/providers/Microsoft.Network/privateEndpoints/${'p'.repeat(80)}`;
  const metadata = recordMetadata('az-eastus-0123456789ab', 'in01-a', {
    projectId: 'proj-1',
    endpointId: null,
    privateEndpointId,
  });

  expect(recordOwner(metadata)).toMatchObject({ privateEndpointId, endpointId: null });
  expect(Object.values(metadata).every((value) => value.length <= 256)).toBe(true);
});

test.each([
  '',
  'a/b',
  'b1e2a7d0-5c1f-4c0e-9a51-6f0c2d3e4a5b/rg/pe/more',
  'b1e2a7d0-5c1f-4c0e-9a51-6f0c2d3e4a5b/rg/../x',
  '../x/y',
])('a record that names “%s” names no private endpoint', (mark) => {
  const metadata = { ...recordMetadata('az-eastus-0123456789ab', 'in01-a'), 'zpl-private-endpoint': mark };

  expect(recordOwner(metadata)?.privateEndpointId).toBeNull();
});

test('keeps to 50 tags', () => {
  const tags = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, 'x']));

  expect(tagBudgetFault(tags(49))).toBeNull();
  expect(tagBudgetFault(tags(50))).toMatch(/50/);
});

test('keeps to values of 256 characters', () => {
  expect(tagBudgetFault({ short: 'x'.repeat(256) })).toBeNull();
  expect(tagBudgetFault({ long: 'x'.repeat(257) })).toContain('long');
});
