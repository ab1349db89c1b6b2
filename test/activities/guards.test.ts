import { changeClusters } from '../../src/activities/changeClusters.ts';
import { wantedTags } from '../../src/domain/connection/endpointTags.ts';
import {
  adoptedMarks,
  adoptedRecordMarks,
  newSharedTags,
  recordMetadata,
} from '../../src/domain/connection/marks.ts';
import { ProvisioningError } from '../../src/domain/failure/failure.ts';
import { subjectOf } from '../../src/domain/plan/removalSubject.ts';
import type { PrivateEndpoint } from '../../src/domain/resources/model.ts';
import {
  activitiesOf,
  address,
  allWrites,
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
import { expectNoted } from './noted.ts';
import type { MemoryWorld, Sent } from './memoryWorld.ts';
import { textSetId } from '../../src/domain/connection/resourceId.ts';
import { storedConnection } from '../../src/domain/connection/storedConnection.ts';
import { entryName } from '../../src/domain/resources/zoneOwner.ts';

interface Outcome {
  readonly sent: readonly Sent[];
  readonly result?: unknown;
  readonly code?: string;
}

type Change = (world: MemoryWorld) => void;
/** What has changed between the plan and the write, and the code of the failure, if there is one. */
type Forbidden = readonly [what: string, change: Change, code?: string];

interface Case {
  readonly write: string;
  readonly by: string;
  /** The world in which it writes, made from that of a finished connection. */
  readonly given?: Change;
  readonly run: (app: ReturnType<typeof activitiesOf>) => Promise<unknown>;
  readonly forbidden: readonly Forbidden[];
}

const otherConnection = 'az-eastus-ffffffffffff';
const other = connectionOf({ privateEndpoint: { name: 'pe-other' } });
const subject = subjectOf(connection);
const perCluster = connectionOf({ dns: { layout: 'per-cluster' } });
const record = { clusterId, record: `${clusterId}-privatelink` };
const adopted = adoptedMarks(0);
const foreign = { metadata: {}, name: 'by-hand' };

const endpoint =
  (change: Partial<PrivateEndpoint>): Change =>
  (world) => {
    if (world.endpoint) world.endpoint = { ...world.endpoint, ...change };
  };
const status = (text: 'Approved' | 'Pending' | 'Rejected' | 'Disconnected'): Change =>
  endpoint({ connectionState: { status: text, text, description: '' } });
const all =
  (...changes: readonly Change[]): Change =>
  (world) => {
    for (const change of changes) change(world);
  };
const set =
  (change: Partial<MemoryWorld>): Change =>
  (world) => {
    Object.assign(world, change);
  };
const failedOne = all(endpoint({ provisioningState: 'Failed' }), status('Pending'), set({ registered: [] }));

/** Another connection of the region, whose private endpoint carries its marks. */
function neighbour(change: Partial<PrivateEndpoint> = {}): PrivateEndpoint {
  const own = finishedWorld().endpoint;
  if (!own) throw new Error('The finished world has an endpoint.');
  const { id, name } = other.privateEndpoint;
  return { ...own, id, name, tags: wantedTags(other, null), ...change };
}

const outside: Forbidden = [
  'it is outside ALLOWED_SCOPES now',
  set({ allowed: { projects: null, scopes: [`${group}-2`] } }),
];
const otherProject: Forbidden = [
  'its project is outside ALLOWED_PROJECTS now',
  set({ allowed: { projects: [], scopes: null } }),
];
const withoutZilliz: readonly Forbidden[] = [
  ['Zilliz is down', set({ zillizFails: 'zilliz-unavailable' }), 'zilliz-unavailable'],
  ['Zilliz refuses the key', set({ zillizFails: 'zilliz-key-rejected' }), 'zilliz-key-rejected'],
];
const silently = (rows: readonly Forbidden[]): readonly Forbidden[] =>
  rows.map(([what, change]) => [what, change] as const);
const unlisted: Forbidden = [
  'Zilliz names no service',
  set({ service: null }),
  'endpoint-service-not-listed',
];
const elsewhere: Forbidden = [
  'its target is an own service',
  endpoint({ target: 'own' }),
  'endpoint-changed',
];
const marksOff: Forbidden = ['its marks are taken off', endpoint({ tags: {} }), 'endpoint-changed'];
const marksOfOther: Forbidden = [
  'it carries the marks of another connection',
  endpoint({ tags: neighbour().tags }),
  'endpoint-changed',
];
const otherSubnet: Forbidden = [
  'it sits in another subnet',
  endpoint({ subnetId: `${network}/subnets/other` }),
  'endpoint-changed',
];
const gone: Forbidden = ['the endpoint is gone', set({ endpoint: null }), 'endpoint-changed'];
/** Proof of a connect up to the registration. */
const unprovedEndpoint = [
  ...[gone, marksOff, marksOfOther, otherSubnet, elsewhere, unlisted, outside],
  ...withoutZilliz,
];
/** Proof of sync, and of connect from the records on. */
const unprovedRecords: readonly Forbidden[] = [
  ...unprovedEndpoint,
  ['it is not registered', set({ registered: [] }), 'endpoint-not-registered'],
  [
    'its registration is not ready',
    set({ registered: [{ endpointId, regionId: 'az-eastus', status: 'PENDING' }] }),
    'endpoint-not-registered',
  ],
  [
    'it was created again, with another GUID',
    endpoint({ resourceGuid: `${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}` }),
    'endpoint-not-registered',
  ],
];
const pointed: Forbidden = [
  'a record of another owner points to it',
  (world) => world.records.push(recordOf(regionalZone, 'by-hand', foreign)),
];
/** Proof of a removal of the endpoint. A removal keeps what is not proved, and does not fail. */
const unprovedRemoval: readonly Forbidden[] = [
  ...silently([marksOff, marksOfOther, elsewhere, ...withoutZilliz, outside]),
  ['Zilliz names no service, and does not list it', set({ service: null, registered: [] })],
  pointed,
];
const otherRegion: Forbidden = [
  'the zone is of another region',
  (world) => {
    world.zones = world.zones.map((zone) => ({ ...zone, name: 'az-westus.vectordb.zillizcloud.com' }));
  },
];
const zoneOfOthers: Forbidden = [
  'the zone has another owner',
  (world) => {
    world.zones = world.zones.map((zone) => ({ ...zone, tags: {} }));
  },
];
const withText =
  (text: MemoryWorld['texts'][number]): Change =>
  (world) => {
    world.texts = [...world.texts.filter(({ name }) => name !== text.name), text];
  };
/** An entry of another connection, whose private endpoint is not there. */
const ofNeighbour = (zoneId = regionalZone, of = other): Change => withText(entryOf(zoneId, of));
const neighbours = (zoneId?: string): readonly Forbidden[] => [
  ['another connection needs it', all(ofNeighbour(zoneId), set({ others: [neighbour()] }))],
  [
    'another connection needs it whose endpoint has lost its marks',
    all(ofNeighbour(zoneId), set({ others: [neighbour({ tags: {} })] })),
  ],
  [
    'another connection may need it whose endpoint cannot be read',
    all(ofNeighbour(zoneId), set({ unreadable: [other.privateEndpoint.id] })),
  ],
  [
    'another connection may need it whose entry does not prove its endpoint',
    withText(entryOf(zoneId ?? regionalZone, { ...other, id: otherConnection })),
  ],
];
/** A TXT record set that has the name of an entry, and was written by another tool. */
const foreignText = (of = connection, zoneId = regionalZone): Change =>
  withText(entryOf(zoneId, of, { values: ['by hand'], metadata: {} }));
const foreignEntry: Forbidden = [
  'a TXT record set of another owner has the name of its entry',
  foreignText(),
  'record-conflict',
];
const recordWith = (change: Parameters<typeof recordOf>[2]): Change =>
  set({ records: [recordOf(regionalZone, `${clusterId}-privatelink`, change)] });
const recordOfOthers: readonly Forbidden[] = [
  ['the record has another owner', recordWith({ metadata: {} })],
  [
    'the record belongs to another connection',
    recordWith({ metadata: recordMetadata(otherConnection, clusterId) }),
  ],
];

const noEntry = set({ texts: [] });
const ownText = { id: textSetId(regionalZone, entryName(connection.id)), zoneId: regionalZone };
const otherText = { id: textSetId(regionalZone, entryName(other.id)), zoneId: regionalZone };
const withClusterZone = set({
  ...{ zones: [zoneOf(clusterZone)], links: [], records: [] },
  texts: [entryOf(clusterZone, perCluster)],
});
const removable = { subject, links: [{ id: linkOf(regionalZone, network).id, zoneId: regionalZone }] };
const emptyZone = set({ links: [], records: [] });
const notKept: readonly Forbidden[] = [otherRegion, zoneOfOthers, ...neighbours(), outside];
const linkOfOthers: Forbidden = [
  'the link has another owner',
  set({ links: [linkOf(regionalZone, network, {})] }),
];
const linkOfOtherNetwork: Forbidden = [
  'the connection does not name its network',
  (world) => {
    world.links = world.links.map((link) => ({ ...link, virtualNetworkId: `${network}-2` }));
  },
];
const lost: Forbidden = [
  'records of a connection are in the zone whose endpoint is not found',
  (world) =>
    world.records.push(
      recordOf(regionalZone, 'other', { metadata: recordMetadata(otherConnection, 'in01-b') }),
    ),
];

const zillizCases: readonly Case[] = [
  {
    ...{ write: 'zilliz.addWhitelistEntry', by: 'authorizeSubscription' },
    run: ({ activities }) => activities.authorizeSubscription({ connection }),
    forbidden: [
      otherProject,
      ['its subscription is outside', set({ allowed: { projects: null, scopes: ['/subscriptions/2'] } })],
    ],
  },
  {
    ...{ write: 'zilliz.registerPrivateEndpoint', by: 'registerEndpoint' },
    given: set({ registered: [] }),
    run: ({ activities }) => activities.registerEndpoint({ connection, endpointId }),
    forbidden: [
      ...unprovedEndpoint.filter((row) => row !== outside),
      otherProject,
      [
        'it was created again, with another GUID',
        endpoint({ resourceGuid: '00000000-0000-0000-0000-000000000000' }),
        'endpoint-changed',
      ],
      ['it is registered already', set({ registered: finishedWorld().registered })],
      [
        'the project has no room',
        set({
          registered: Array.from({ length: 10 }, (_, n) => ({
            ...{ endpointId: `pe.${n}`, regionId: 'az-eastus', status: 'AVAILABLE' },
          })),
        }),
        'endpoint-quota',
      ],
    ],
  },
  {
    ...{ write: 'zilliz.deletePrivateEndpoint', by: 'removeRegistration' },
    run: ({ activities }) => activities.removeRegistration({ subject, endpointId, deletedByRun: [] }),
    forbidden: [
      ...unprovedRemoval.filter(([what]) => !/Zilliz|SCOPES/.test(what)),
      ...withoutZilliz,
      otherProject,
      ['it is not listed', set({ registered: [] })],
      [
        'it was registered before the adoption',
        endpoint({ tags: { ...wantedTags(connection, null), ...adoptedMarks(0, endpointId) } }),
      ],
    ],
  },
  {
    ...{ write: 'zilliz.deletePrivateEndpoint', by: 'removeRegistration, of an endpoint that is gone' },
    given: set({ endpoint: null }),
    run: ({ activities }) => activities.removeRegistration({ subject, endpointId, deletedByRun: [] }),
    forbidden: [
      ...withoutZilliz,
      otherProject,
      ['the identity cannot read all endpoints', set({ readsAll: false })],
      [
        'an endpoint elsewhere has its GUID',
        set({ others: [neighbour({ tags: {}, resourceGuid: endpointId.split('.')[1] ?? null })] }),
      ],
    ],
  },
];

function storedOf({ privateEndpoint: { id } }: typeof connection) {
  const found = finishedWorld().endpoint;
  const stored = found && storedConnection({ ...found, id });
  if (!stored) throw new Error('The finished world has a stored connection.');
  return stored;
}

const ensureEndpoint: Case['run'] = ({ activities }) =>
  activities.ensurePrivateEndpoint({ connection, location: 'eastus', whitelistedAt: null, follow: false });
const taken = 'endpoint-name-taken';
/** What makes an existing endpoint of the name a conflict. */
const takenName: readonly Forbidden[] = [
  ['it carries the marks of another connection', endpoint({ tags: neighbour().tags }), taken],
  ['it sits in another subnet', endpoint({ subnetId: `${network}/subnets/other` }), taken],
  ['its target is an own service', endpoint({ target: 'own' }), taken],
  ...[unlisted, outside, ...withoutZilliz],
];

const checked = (at: string, outcome = 'verified'): Change =>
  endpoint({ tags: { ...wantedTags(connection, null), 'zpl-checked': `${at} ${outcome}` } });

const probing = (change: object): Change =>
  set({
    reads: {
      probe: {
        insideNetwork: true,
        resolve: () => ({ outcome: 'resolved', addresses: ['10.0.0.4'] }),
        connect: () => ({ outcome: 'answered', status: 200 }),
        ...change,
      },
    },
  });
const onlyFirst = ({ host }: { readonly host: string }): object =>
  host === 'h' ? { outcome: 'answered', status: 200 } : unreachable();
const unreachable = (): object => ({ outcome: 'unreachable', detail: 'ETIMEDOUT' });
const target = { clusterId, host: 'h', port: 443, address: '10.0.0.4', isSuspended: false };
const verifying = { targets: [target], note: { connection, now: Date.parse('2026-01-02T00:00:00Z') } };
const verifyAll: Case['run'] = ({ activities }) =>
  activities.verifyTargets({ ...verifying, targets: [target, { ...target, host: 'h2' }] });
const verifySuspended: Case['run'] = ({ activities }) =>
  activities.verifyTargets({ ...verifying, targets: [{ ...target, isSuspended: true }] });

const endpointCases: readonly Case[] = [
  {
    ...{ write: 'network.mergeTags', by: 'noteCheck' },
    given: checked('2026-01-01T00:00:00.000Z'),
    run: ({ activities }) =>
      activities.noteCheck({ connection, outcome: 'verified', now: Date.parse('2026-01-02T00:00:00Z') }),
    forbidden: [
      ...silently([gone, marksOff, marksOfOther]),
      [outside[0], outside[1], 'scope-not-allowed'],
      ['the same was noted within a day', checked('2026-01-01T00:00:00.001Z')],
    ],
  },
  {
    ...{ write: 'network.mergeTags', by: 'noteCheck, of another outcome within the day' },
    given: checked('2026-01-01T23:00:00.000Z', 'failed'),
    run: ({ activities }) =>
      activities.noteCheck({ connection, outcome: 'verified', now: Date.parse('2026-01-02T00:00:00Z') }),
    forbidden: silently([marksOff]),
  },
  {
    ...{ write: 'network.mergeTags', by: 'verifyTargets, of all that the connection has' },
    given: all(checked('2026-01-01T00:00:00.000Z'), probing({})),
    run: verifyAll,
    forbidden: [
      ...silently([
        gone,
        marksOff,
        outside,
        ['the same was noted within a day', checked('2026-01-01T00:00:00.001Z')],
      ]),
      ['no name resolves yet', probing({ resolve: () => ({ outcome: 'no-such-name', detail: 'NXDOMAIN' }) })],
      ['no resolver answers', probing({ resolve: () => ({ outcome: 'no-answer', detail: 'no answer' }) })],
      ['nothing answers', probing({ connect: unreachable })],
      ['one of two does not answer', probing({ connect: onlyFirst })],
    ],
  },
  {
    ...{ write: 'network.mergeTags', by: 'verifyTargets, of a suspended cluster that does not answer' },
    given: all(checked('2026-01-01T00:00:00.000Z'), probing({ connect: unreachable })),
    run: verifySuspended,
    forbidden: silently([marksOff]),
  },
  {
    ...{ write: 'network.mergeTags', by: 'verifyTargets, of a suspended cluster that answers' },
    given: all(checked('2026-01-01T00:00:00.000Z'), probing({})),
    run: verifySuspended,
    forbidden: silently([marksOff]),
  },
  {
    ...{ write: 'network.createPrivateEndpoint', by: 'ensurePrivateEndpoint' },
    given: set({ endpoint: null }),
    run: ensureEndpoint,
    forbidden: [
      ...[unlisted, outside, ...withoutZilliz],
      [
        'its subnet is outside',
        set({ allowed: { projects: null, scopes: [connection.privateEndpoint.id] } }),
        'scope-not-allowed',
      ],
      ['one of its name is there by now', all(set({ endpoint: finishedWorld().endpoint }))],
    ],
  },
  {
    ...{ write: 'network.repeatPrivateEndpoint', by: 'ensurePrivateEndpoint' },
    given: failedOne,
    run: ensureEndpoint,
    forbidden: [
      ...takenName,
      ['Zilliz approved it', status('Approved')],
      ['Zilliz rejected it', status('Rejected'), 'connection-rejected'],
      ['Azure works on it', endpoint({ provisioningState: 'Updating' })],
    ],
  },
  {
    ...{ write: 'network.mergeTags', by: 'ensurePrivateEndpoint, to adopt' },
    given: endpoint({ tags: {} }),
    run: ensureEndpoint,
    forbidden: [...takenName, ['Zilliz rejected it', status('Rejected'), 'connection-rejected']],
  },
  {
    ...{ write: 'network.mergeTags', by: 'ensurePrivateEndpoint, of one that Zilliz lists' },
    given: all(
      endpoint({ tags: {} }),
      set({
        registered: [
          { endpointId: 'pe.other', regionId: 'az-eastus', status: 'AVAILABLE' },
          ...finishedWorld().registered,
        ],
      }),
    ),
    run: ensureEndpoint,
    forbidden: takenName,
  },
  {
    ...{ write: 'network.mergeTags', by: 'ensurePrivateEndpoint, of one that has lost marks' },
    given: endpoint({ tags: { 'zpl-connection': connection.id } }),
    run: ensureEndpoint,
    forbidden: [
      ...takenName,
      [
        'Zilliz removed its connection',
        all(endpoint({ tags: wantedTags(connection, null) }), status('Disconnected')),
        'connection-disconnected',
      ],
    ],
  },
  {
    ...{ write: 'network.mergeTags', by: 'ensurePrivateEndpoint, that may be replaced' },
    given: endpoint({ tags: { ...wantedTags(connection, null), 'zpl-spec-0': '' } }),
    run: ({ activities }) =>
      activities.ensurePrivateEndpoint({
        ...{
          connection: { ...connection, allowReplace: true },
          location: 'eastus',
          whitelistedAt: null,
          follow: false,
        },
      }),
    forbidden: [['Zilliz removed its connection', status('Disconnected'), 'connection-disconnected']],
  },
  {
    ...{ write: 'network.createPrivateEndpoint', by: 'ensurePrivateEndpoint, of the longest names' },
    given: set({ endpoint: null }),
    run: ({ activities }) => {
      const long = connectionOf({ projectId: 'p'.repeat(64), regionId: `az-${'e'.repeat(37)}` });
      return activities.ensurePrivateEndpoint({
        ...{ connection: long, location: 'eastus', whitelistedAt: null, follow: false },
      });
    },
    forbidden: withoutZilliz,
  },
  {
    ...{ write: 'network.removeTags', by: 'ensurePrivateEndpoint, for a shorter specification' },
    given: endpoint({ tags: { ...wantedTags(connection, null), 'zpl-spec-9': 'old' } }),
    run: ensureEndpoint,
    forbidden: takenName,
  },
  {
    ...{ write: 'network.mergeTags', by: 'changeClusters' },
    run: ({ ports, policy }) =>
      changeClusters(ports, policy, { stored: storedOf(connection), clusterId, wanted: false }),
    forbidden: unprovedEndpoint,
  },
  {
    ...{ write: 'network.deletePrivateEndpoint', by: 'removeEndpoint' },
    run: ({ activities }) => activities.removeEndpoint({ subject, unregisteredByRun: [] }),
    forbidden: [...unprovedRemoval, ['Azure is deleting it', endpoint({ provisioningState: 'Deleting' })]],
  },
  {
    ...{ write: 'network.removeTags', by: 'removeEndpoint, of an adopted one' },
    given: endpoint({ tags: { ...wantedTags(connection, null), ...adopted } }),
    run: ({ activities }) => activities.removeEndpoint({ subject, unregisteredByRun: [] }),
    forbidden: unprovedRemoval.filter((row) => row !== pointed),
  },
  {
    ...{ write: 'network.deletePrivateEndpoint', by: 'discardFailedEndpoint' },
    given: failedOne,
    run: ({ activities }) => activities.discardFailedEndpoint({ connection }),
    forbidden: [
      ...silently([gone, marksOff, marksOfOther]),
      ...[otherSubnet, elsewhere, unlisted, outside, ...withoutZilliz],
      ['it is not Failed any more', endpoint({ provisioningState: 'Succeeded' })],
      ['Zilliz rejected it', status('Rejected')],
      [
        'Zilliz lists one of its name',
        set({
          registered: [
            { endpointId: `${connection.privateEndpoint.name}.x`, regionId: 'az-eastus', status: 'PENDING' },
          ],
        }),
      ],
    ],
  },
  {
    ...{ write: 'network.deletePrivateEndpoint', by: 'discardDisconnected' },
    given: status('Disconnected'),
    run: ({ activities }) =>
      activities.discardDisconnected({ connection: { ...connection, allowReplace: true } }),
    forbidden: [
      ...silently([gone, marksOff, marksOfOther, otherSubnet]),
      ...[outside, ...withoutZilliz, pointed],
      ['Azure is deleting it', endpoint({ provisioningState: 'Deleting' })],
      ['a new one has taken its place', status('Approved')],
    ],
  },
];

const ensureZone =
  (fromTags: boolean, of = connection): Case['run'] =>
  ({ activities }) =>
    activities.ensureZone({
      ...{ connection: of, fromTags, follow: false },
      zoneName: (of.spec.dns.layout === 'regional' ? regionalZone : clusterZone).split('/').at(-1) ?? '',
    });
const removeZone: Case['run'] = ({ activities }) =>
  activities.removeZones({ subject, zones: [{ id: regionalZone }], entries: [] });
const inMixedHands = set({ records: [recordOf(regionalZone, 'a', { ...foreign, addresses: ['10.0.0.9'] })] });

const wantsTags = connectionOf({ tags: { owner: 'a' } });
const fullOfTags = Object.fromEntries(Array.from({ length: 14 }, (_, n) => [`t${n}`, '']));

const zoneCases: readonly Case[] = [
  {
    ...{ write: 'network.mergeTags', by: 'ensureZone, for the tags of a request' },
    run: ensureZone(false, wantsTags),
    forbidden: [
      ...unprovedEndpoint,
      ['it has them', set({ zones: [zoneOf(regionalZone, { ...newSharedTags(0), owner: 'a' })] })],
      ['Azure takes no more', set({ zones: [zoneOf(regionalZone, { ...newSharedTags(0), ...fullOfTags })] })],
      zoneOfOthers,
    ],
  },
  {
    ...{ write: 'dns.createZone', by: 'ensureZone, for a request' },
    given: set({ zones: [], links: [], records: [] }),
    run: ensureZone(false),
    forbidden: [...unprovedEndpoint, ['it is there by now', set({ zones: [zoneOf(regionalZone)] })]],
  },
  {
    ...{ write: 'dns.createZone', by: 'ensureZone, of a cluster for sync' },
    given: set({ zones: [], links: [], records: [] }),
    run: ensureZone(true, perCluster),
    forbidden: unprovedRecords.filter((row) => row !== outside),
  },
  {
    ...{ write: 'network.mergeTags', by: 'ensureZone, to adopt' },
    given: set({
      ...{ zones: [zoneOf(regionalZone, {})], links: [] },
      records: [recordOf(regionalZone, 'by-hand', foreign)],
    }),
    run: ensureZone(false),
    forbidden: [
      ...unprovedEndpoint.filter((row) => row !== gone),
      ...silently([gone]),
      ['a record points elsewhere', inMixedHands],
      ['another connection has entered it', all(ofNeighbour(), set({ others: [neighbour()] }))],
      foreignEntry,
      ['it is ours by now', set({ zones: [zoneOf(regionalZone)] })],
    ],
  },
  {
    ...{ write: 'dns.deleteZone', by: 'removeZones' },
    given: emptyZone,
    run: removeZone,
    forbidden: [
      ...notKept,
      ['it is linked', set({ links: [linkOf(regionalZone, network)] })],
      lost,
      ['a record of another owner is in it', pointed[1]],
      ['a TXT record set of another owner has the name of its entry', foreignText()],
    ],
  },
  {
    ...{ write: 'network.removeTags', by: 'removeZones, of an adopted one' },
    given: set({
      ...{ links: [], records: [] },
      zones: [zoneOf(regionalZone, { ...newSharedTags(0), ...adopted })],
    }),
    run: removeZone,
    forbidden: [...notKept, lost],
  },
  {
    ...{ write: 'dns.deleteZone', by: 'removeClusterZone' },
    given: all(withClusterZone, noEntry),
    run: ({ activities }) => activities.removeClusterZone({ connection: perCluster, zoneId: clusterZone }),
    forbidden: [
      ...unprovedRecords,
      ...[otherRegion, zoneOfOthers, ...neighbours(clusterZone)],
      ['a record is in it', set({ records: [recordOf(clusterZone, '@')] })],
      ['a TXT record set of another owner is in it', foreignText(connection, clusterZone)],
      ['it is linked by another owner', set({ links: [linkOf(clusterZone, network, {})] })],
      [
        'Azure is deleting it',
        (world) => {
          world.zones = world.zones.map((zone) => ({ ...zone, provisioningState: 'Deleting' }));
        },
      ],
    ],
  },
  {
    ...{ write: 'dns.deleteLink', by: 'removeClusterZone' },
    given: all(withClusterZone, set({ links: [linkOf(clusterZone, network)] })),
    run: ({ activities }) => activities.removeClusterZone({ connection: perCluster, zoneId: clusterZone }),
    forbidden: [
      ...unprovedRecords,
      ...[otherRegion, zoneOfOthers, ...neighbours(clusterZone), linkOfOtherNetwork],
      ['the link has another owner', set({ links: [linkOf(clusterZone, network, {})] })],
    ],
  },
];

const ensureLink: Case['run'] = ({ activities }) =>
  activities.ensureLink({
    ...{ connection, zoneId: regionalZone, virtualNetworkId: network, autoRegistration: 'on', follow: false },
  });
const networkOutside: Forbidden = [
  'its network is outside',
  set({ allowed: { projects: null, scopes: [regionalZone] } }),
  'scope-not-allowed',
];

const linkCases: readonly Case[] = [
  {
    ...{ write: 'network.mergeTags', by: 'ensureLink, for the tags of a request' },
    run: ({ activities }) =>
      activities.ensureLink({
        ...{ connection: wantsTags, zoneId: regionalZone, virtualNetworkId: network, follow: false },
        autoRegistration: 'off',
      }),
    forbidden: [
      ...unprovedRecords,
      ['it has them', set({ links: [linkOf(regionalZone, network, { ...newSharedTags(0), owner: 'a' })] })],
      [
        'Azure takes no more',
        set({ links: [linkOf(regionalZone, network, { ...newSharedTags(0), ...fullOfTags })] }),
      ],
      ['link and zone have another owner', all(linkOfOthers[1], zoneOfOthers[1])],
    ],
  },
  {
    ...{ write: 'dns.createLink', by: 'ensureLink' },
    given: set({ links: [] }),
    run: ensureLink,
    forbidden: [...unprovedRecords, networkOutside],
  },
  {
    ...{ write: 'dns.changeLink', by: 'ensureLink' },
    run: ensureLink,
    forbidden: [
      ...[...unprovedRecords, networkOutside],
      ['link and zone have another owner', all(linkOfOthers[1], zoneOfOthers[1])],
      [
        'it was adopted',
        set({ links: [linkOf(regionalZone, network, { ...newSharedTags(0), ...adopted })] }),
      ],
      ['Azure works on it', set({ links: [{ ...linkOf(regionalZone, network), completed: false }] })],
      ['another connection needs it as it is', all(ofNeighbour(), set({ others: [neighbour()] }))],
      ['it is as wanted', set({ links: [{ ...linkOf(regionalZone, network), registrationEnabled: true }] })],
    ],
  },
  {
    ...{ write: 'network.mergeTags', by: 'ensureLink, to adopt' },
    given: set({ links: [linkOf(regionalZone, network, {})] }),
    run: ensureLink,
    forbidden: [...unprovedRecords, zoneOfOthers],
  },
  {
    ...{ write: 'dns.deleteLink', by: 'removeLinks' },
    run: ({ activities }) => activities.removeLinks(removable),
    forbidden: [
      ...[otherRegion, ...neighbours(), outside],
      ...[linkOfOthers, linkOfOtherNetwork, lost, pointed],
    ],
  },
  {
    ...{ write: 'network.removeTags', by: 'removeLinks, of an adopted one' },
    given: set({ links: [linkOf(regionalZone, network, { ...newSharedTags(0), ...adopted })] }),
    run: ({ activities }) => activities.removeLinks(removable),
    forbidden: [otherRegion, ...neighbours(), outside, linkOfOthers, lost, pointed],
  },
];

const ensureRecords: Case['run'] = ({ activities }) =>
  activities.ensureRecords({ connection, zoneId: regionalZone, address, records: [record] });
const prune =
  (word: 'ask' | 'not-wanted'): Case['run'] =>
  ({ activities }) =>
    activities.pruneRecords({
      ...{ connection, now: Date.parse('2026-01-02T00:00:00Z') },
      records: [{ clusterId, zoneId: regionalZone, record: record.record, word }],
    });
const removeRecords: Case['run'] = ({ activities }) =>
  activities.removeRecords({
    ...{ subject, records: [{ id: 'record', zoneId: regionalZone, name: record.record }] },
  });
const ofOtherCluster: Forbidden = [
  'the record is of another cluster',
  set({
    records: [recordOf(regionalZone, record.record, { metadata: recordMetadata(connection.id, 'in01-b') })],
  }),
];
const adoptedRecord = {
  metadata: { ...recordMetadata(connection.id, clusterId), ...adoptedRecordMarks(0, 300) },
};
const goneSince = (time: string): Change =>
  set({
    clusters: [],
    records: [
      recordOf(regionalZone, record.record, {
        metadata: { ...recordMetadata(connection.id, clusterId), 'zpl-gone-since': time },
      }),
    ],
  });

const noProject: Forbidden = [
  'the key does not see the project',
  set({ reads: { zilliz: { project: () => null } } }),
];

const recordCases: readonly Case[] = [
  {
    ...{ write: 'dns.putRecord', by: 'ensureRecords' },
    given: set({ records: [recordOf(regionalZone, record.record, { addresses: ['10.0.0.9'] })] }),
    run: ensureRecords,
    forbidden: [
      ...unprovedRecords.filter((row) => row !== outside),
      ...[outside, ...recordOfOthers.slice(1)],
      [
        'a record of another owner has taken the name',
        set({ records: [recordOf(regionalZone, record.record, { metadata: {}, addresses: ['10.0.0.9'] })] }),
      ],
      [
        'a record set of another type has taken the name',
        set({ records: [], otherSets: [{ zoneId: regionalZone, type: 'CNAME', name: record.record }] }),
      ],
    ],
  },
  {
    ...{ write: 'dns.putRecord', by: 'pruneRecords, to mark' },
    given: set({ clusters: [] }),
    run: prune('ask'),
    forbidden: [
      ...unprovedRecords,
      ...[...recordOfOthers, ofOtherCluster],
      ['Zilliz shows the cluster', set({ clusters: finishedWorld().clusters })],
      noProject,
      [
        'the record has more addresses',
        set({ records: [recordOf(regionalZone, record.record, { addresses: ['10.0.0.4', '10.0.0.5'] })] }),
      ],
    ],
  },
  {
    ...{ write: 'dns.putRecord', by: 'removeRecords, of an adopted one' },
    given: set({ records: [recordOf(regionalZone, record.record, adoptedRecord)] }),
    run: removeRecords,
    forbidden: [...recordOfOthers, outside],
  },
  {
    // Nothing but the marks of the record is asked for.
    ...{ write: 'dns.deleteRecord', by: 'removeRecords, of an endpoint that cannot be read' },
    given: set({ unreadable: [connection.privateEndpoint.id] }),
    run: removeRecords,
    forbidden: recordOfOthers,
  },
  {
    ...{ write: 'dns.deleteRecord', by: 'removeRecords' },
    run: removeRecords,
    forbidden: [...recordOfOthers, outside],
  },
  {
    ...{ write: 'dns.deleteRecord', by: 'removeRecords, of a connection whose endpoint is gone' },
    given: set({ endpoint: null }),
    run: ({ activities }) =>
      activities.removeRecords({
        ...{ subject: { ...subject, connection: null } },
        records: [{ id: 'record', zoneId: regionalZone, name: record.record }],
      }),
    forbidden: [
      ...recordOfOthers,
      ['its endpoint is there', set({ endpoint: finishedWorld().endpoint }), 'endpoint-not-visible'],
    ],
  },
  {
    ...{ write: 'dns.deleteRecord', by: 'pruneRecords, of a cluster that was taken out' },
    run: prune('not-wanted'),
    forbidden: [...unprovedRecords, ...recordOfOthers, ofOtherCluster],
  },
  {
    ...{ write: 'dns.deleteRecord', by: 'pruneRecords, of a cluster that is gone' },
    given: goneSince('2026-01-01T00:00:00Z'),
    run: prune('ask'),
    forbidden: [...unprovedRecords, noProject, ['the delay is not over', goneSince('2026-01-01T00:00:01Z')]],
  },
];

const enterZone =
  (fromTags: boolean, isRecent: boolean, of = connection): Case['run'] =>
  ({ activities }) =>
    activities.enterZone({
      ...{ connection: of, fromTags, isRecent },
      zoneName: (of.spec.dns.layout === 'regional' ? regionalZone : clusterZone).split('/').at(-1) ?? '',
    });
const removeEntry =
  (entry: typeof ownText, of = subject): Case['run'] =>
  ({ activities }) =>
    activities.removeZones({ subject: of, zones: [], entries: [entry] });
const ownRecordLeft: Forbidden = ['a record of it is left', set({ records: finishedWorld().records })];
const entered: Forbidden = ['it is entered by now', set({ texts: finishedWorld().texts })];
const emptyClusterZone = all(withClusterZone, noEntry);
const notProvedFor = (rows: readonly Forbidden[]): readonly Forbidden[] => [
  ...rows.filter((row) => row !== outside),
  ['the zone is outside ALLOWED_SCOPES now', outside[1], 'scope-not-allowed'],
];

/** Sync enters only a zone as this app creates it: without anything in it. */
const usedZone: readonly Forbidden[] = [
  ['the zone has another owner', set({ zones: [zoneOf(clusterZone, {})] }), 'request-needed'],
  ['a record is in the zone', set({ records: [recordOf(clusterZone, '@', foreign)] }), 'request-needed'],
  ['the zone is linked', set({ links: [linkOf(clusterZone, network)] }), 'request-needed'],
  ['another connection has entered the zone', ofNeighbour(clusterZone), 'request-needed'],
  [
    'a record set of another type is in the zone',
    set({ otherSets: [{ zoneId: clusterZone, type: 'MX', name: 'mail' }] }),
    'request-needed',
  ],
];

const entryCases: readonly Case[] = [
  {
    ...{ write: 'dns.putText', by: 'ensureZone, for a request' },
    given: noEntry,
    run: ensureZone(false),
    forbidden: [...notProvedFor(unprovedEndpoint), foreignEntry, entered],
  },
  {
    ...{ write: 'dns.putText', by: 'ensureZone, of a cluster for sync' },
    given: emptyClusterZone,
    run: ensureZone(true, perCluster),
    forbidden: [
      ...notProvedFor(unprovedRecords),
      [foreignEntry[0], foreignText(connection, clusterZone), 'record-conflict'],
      ...usedZone,
    ],
  },
  {
    ...{ write: 'dns.putText', by: 'enterZone, for a request' },
    given: noEntry,
    run: enterZone(false, true),
    // Whose entry it is only the list of the zone says: the write itself is refused, by If-None-Match.
    forbidden: notProvedFor(unprovedEndpoint),
  },
  {
    ...{ write: 'dns.putText', by: 'enterZone, of a cluster for sync' },
    given: emptyClusterZone,
    run: enterZone(true, false, perCluster),
    forbidden: notProvedFor(unprovedRecords),
  },
  {
    ...{ write: 'dns.deleteText', by: 'removeZones, of the connection' },
    given: emptyZone,
    run: removeEntry(ownText),
    forbidden: [
      ...[outside, otherRegion, ownRecordLeft],
      ['its link is left', set({ links: finishedWorld().links })],
      ['another tool has written it', foreignText()],
      ['it is not there any more', noEntry],
      ['the zone is gone', set({ zones: [] })],
    ],
  },
  {
    ...{ write: 'dns.deleteText', by: 'removeZones, of a connection that is gone' },
    given: all(emptyZone, ofNeighbour()),
    run: removeEntry(otherText),
    forbidden: [
      ...[outside, otherRegion],
      ['its endpoint is there', set({ others: [neighbour()] })],
      ['its endpoint is there, without marks', set({ others: [neighbour({ tags: {} })] })],
      ['its endpoint cannot be read', set({ unreadable: [other.privateEndpoint.id] })],
      [
        'it names the endpoint of another connection',
        withText({
          ...entryOf(regionalZone, { ...connectionOf({ privateEndpoint: { name: 'pe-3' } }), id: other.id }),
        }),
      ],
      [
        'a record of that connection is left',
        set({ records: [recordOf(regionalZone, 'r', { metadata: recordMetadata(other.id, clusterId) })] }),
      ],
      ['another tool has written it', foreignText(other)],
    ],
  },
  {
    ...{ write: 'dns.deleteText', by: 'removeZones, of a connection of which only records were left' },
    given: all(emptyZone, set({ endpoint: null })),
    run: removeEntry(ownText, { ...subject, connection: null }),
    forbidden: [
      ['its endpoint is there', set({ endpoint: finishedWorld().endpoint }), 'endpoint-not-visible'],
      [
        'its endpoint cannot be read',
        set({ unreadable: [connection.privateEndpoint.id] }),
        'endpoint-not-visible',
      ],
      ownRecordLeft,
    ],
  },
  {
    ...{ write: 'dns.deleteText', by: 'removeClusterZone' },
    given: withClusterZone,
    run: ({ activities }) => activities.removeClusterZone({ connection: perCluster, zoneId: clusterZone }),
    forbidden: [
      ...unprovedRecords,
      ...[otherRegion, zoneOfOthers, ...neighbours(clusterZone)],
      ['a record is in it', set({ records: [recordOf(clusterZone, '@')] })],
      ['another tool has written it', foreignText(connection, clusterZone)],
      ['it is linked by another owner', set({ links: [linkOf(clusterZone, network, {})] })],
    ],
  },
];

const cases = [...entryCases, ...zillizCases, ...endpointCases, ...zoneCases, ...linkCases, ...recordCases];

/** Runs one activity; returns what it has sent and returned, or the code of its failure. */
async function outcomeOf({ given, run }: Case, change: Change = () => undefined): Promise<Outcome> {
  const world = finishedWorld();
  given?.(world);
  change(world);
  const app = activitiesOf(world);
  try {
    const result = await run(app);
    return { sent: app.sent, result };
  } catch (error) {
    if (!(error instanceof ProvisioningError)) throw error;
    return { sent: app.sent, code: error.failure.code };
  }
}

const writesOf = ({ sent }: Outcome): readonly string[] => sent.map(({ write }) => write);

test('each write of the ports has a row', () => {
  expect([...new Set(cases.map(({ write }) => write))].toSorted()).toEqual(allWrites().toSorted());
});

describe.each(cases)('$write by $by', (one) => {
  const name = `${one.write} by ${one.by}`;

  it('is sent, as noted, while nothing forbids it', async () => {
    const outcome = await outcomeOf(one);

    expect(outcome.code).toBeUndefined();
    expect(writesOf(outcome)).toContain(one.write);
    expectNoted(name, outcome);
  });

  const rows = one.forbidden.map(([what, change, code]) => ({ what, change, code }));

  it.each(rows)('is not sent if $what', async ({ what, change, code }) => {
    const outcome = await outcomeOf(one, change);

    expect(writesOf(outcome)).toEqual([]);
    if (code !== undefined) expect(outcome.code).toBe(code);
    expectNoted(`${name}, if ${what}`, outcome);
  });
});

test.each([
  ['creates no regional zone', set({ zones: [], links: [], records: [] }), 'request-needed'],
  [
    'adopts no zone',
    set({ zones: [zoneOf(regionalZone, {})], records: [recordOf(regionalZone, 'by-hand', foreign)] }),
    undefined,
  ],
  ['enters no regional zone', noEntry, 'request-needed'],
  [
    'changes no entry of a regional zone',
    set({ texts: [entryOf(regionalZone, { ...connection, linkedNetworks: [`${network}-2`] })] }),
    undefined,
  ],
] as const)('sync %s from tags alone', async (_, change, code) => {
  const run = { write: '', by: '', run: ensureZone(true), forbidden: [] };

  const outcome = await outcomeOf(run, change);

  expect([writesOf(outcome), outcome.code]).toEqual([[], code]);
});

test('records of a connection are not removed for an endpoint that never was its own', async () => {
  const foreignId = connection.privateEndpoint.id.replace(/[^/]+$/, 'pe-of-others');
  const claimed = { ...subject, connection: null, privateEndpointId: foreignId };

  const outcome = await outcomeOf({
    ...{ write: '', by: '', forbidden: [] },
    run: ({ activities }) =>
      activities.removeRecords({
        ...{ subject: claimed, records: [{ id: 'record', zoneId: regionalZone, name: record.record }] },
      }),
  });

  expect(outcome).toEqual({ sent: [], code: 'endpoint-not-visible' });
});

test('a record in a zone of another region is not removed', async () => {
  const zoneId = regionalZone.replace('az-eastus', 'az-westus');
  const outcome = await outcomeOf({
    ...{ write: '', by: '', forbidden: [] },
    given: set({ records: [recordOf(zoneId, record.record)] }),
    run: ({ activities }) =>
      activities.removeRecords({ subject, records: [{ id: 'record', zoneId, name: record.record }] }),
  });

  expect(outcome.sent).toEqual([]);
});

test('a zone stays that another connection enters while the entry of its last owner is removed', async () => {
  const world = finishedWorld();
  all(emptyZone, set({ others: [neighbour()] }))(world);
  const { activities, sent } = activitiesOf(world);
  const isRemoved = (): boolean => sent.some(({ write }) => write === 'dns.deleteText');
  Object.defineProperty(world, 'texts', {
    get: () => [entryOf(regionalZone, isRemoved() ? other : connection)],
  });

  const { removed } = await activities.removeZones({
    ...{ subject, zones: [{ id: regionalZone }], entries: [ownText] },
  });

  expect(sent.map(({ write }) => write)).toEqual(['dns.deleteText']);
  expect(removed.map(({ outcome }) => outcome.ok && outcome.value.action)).toEqual(['delete', 'keep']);
});

test('beside the wait a zone is linked before Zilliz shows the endpoint as ready, and never for another service', async () => {
  const run =
    (isBesideWait: boolean): Case['run'] =>
    ({ activities }) =>
      activities.ensureLink({
        ...{
          connection: perCluster,
          zoneId: clusterZone,
          virtualNetworkId: network,
          autoRegistration: 'off',
        },
        ...{ follow: false, isBesideWait },
      });
  const pending = all(
    set({ zones: [zoneOf(clusterZone)], links: [], texts: [entryOf(clusterZone, perCluster)] }),
    (world) => {
      world.registered = world.registered.map((one) => ({ ...one, status: 'PENDING' }));
    },
  );
  const ofAnother = all(pending, set({ service: 'another' }));
  const sentBy = async (isBesideWait: boolean, change: Change) =>
    writesOf(await outcomeOf({ write: '', by: '', forbidden: [], run: run(isBesideWait) }, change));

  expect(await sentBy(true, pending)).toEqual(['dns.createLink']);
  expect(await sentBy(false, pending)).toEqual([]);
  expect(await sentBy(true, ofAnother)).toEqual([]);
});

test('a fault of the program is not taken for a note that fails', async () => {
  const world = finishedWorld();
  all(probing({}), (one) => {
    one.reads = {
      ...one.reads,
      network: { privateEndpoint: () => Promise.reject(new TypeError('a fault')) },
    };
  })(world);

  await expect(verifyAll(activitiesOf(world))).rejects.toThrow('a fault');
});
