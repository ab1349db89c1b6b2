import type { Connection } from '../../../src/domain/connection/connection.ts';
import { adoptedMarks, newSharedTags, recordMetadata } from '../../../src/domain/connection/marks.ts';
import { networkHash } from '../../../src/domain/connection/names.ts';
import { fail } from '../../../src/domain/failure/failure.ts';
import type { ObservedZone, UnreadZone } from '../../../src/domain/plan/observation.ts';
import { concerns } from '../../../src/domain/plan/removal.ts';
import type { ARecordSet } from '../../../src/domain/resources/model.ts';
import { networkBeyond } from '../../../src/domain/resources/reach.ts';
import { decideTags, lackingTags, requestedTags } from '../../../src/domain/resources/sharedTags.ts';
import {
  hasLostMark,
  linkName,
  mayAdoptLink,
  wantedRegistration,
} from '../../../src/domain/resources/virtualNetworkLink.ts';
import { mayAdoptZone, placeZone } from '../../../src/domain/resources/zone.ts';
import type { ZoneOwner } from '../../../src/domain/resources/zoneOwner.ts';
import {
  decideEntry,
  entryOf,
  isEntered,
  isNotedAsCreated,
  isOwnedBy,
  ownersIn,
  zoneOwner,
} from '../../../src/domain/resources/zoneOwner.ts';
import {
  clusterZone,
  connection,
  connectionOf,
  entryOf as entrySet,
  group,
  linkOf,
  network,
  recordOf,
  regionalZone,
  zoneOf,
} from '../../activities/memoryWorld.ts';

const made = newSharedTags(0);
const tagsOf = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`t${n}`, '']));

describe('the tags of a request on a zone or link', () => {
  const keep = { action: 'keep', reason: '' } as const;
  const adopt = { action: 'adopt', reason: '' } as const;

  it.each([
    ['are written where they lack', made, false, { a: '1' }],
    ['replace another value where the connection is alone', { ...made, a: '0' }, true, { a: '1' }],
    ['do not replace another value where others use it too', { ...made, a: '0' }, false, {}],
    ['do not replace a value of another owner', { a: '0' }, true, {}],
    ['do not replace a value of what was adopted', { ...adoptedMarks(0), a: '0' }, true, {}],
    ['are not written again', { ...made, A: '1' }, true, {}],
  ])('%s', (_, found, isAlone, lacking) => {
    expect(lackingTags(found, { tags: { a: '1' }, isAlone })).toEqual(lacking);
  });

  it.each([
    ['fifteen tags are taken', tagsOf(14), { a: '1' }, keep, 'tag'],
    ['a sixteenth tag is left to the user', tagsOf(15), { a: '1' }, keep, 'manual'],
    ['sixteen tags that are right are kept', tagsOf(16), {}, keep, 'keep'],
    ['there is room for the mark of an adoption', tagsOf(14), {}, adopt, 'adopt'],
    ['there is room for neither mark nor tag', tagsOf(14), { a: '1' }, adopt, 'manual'],
    ['there is no room for the mark', tagsOf(15), {}, adopt, 'manual'],
    ['tags come with the adoption', tagsOf(1), { a: '1' }, adopt, 'adopt'],
  ])('%s', (_, found, tags, otherwise, action) => {
    expect(decideTags(found, { tags, isAlone: false }, otherwise).action).toBe(action);
  });

  it('know whether another connection uses the zone', () => {
    const own = ownersOf(connection);
    const both = [...own, ...ownersOf(another)];

    expect(requestedTags(connection, null).isAlone).toBe(true);
    expect(requestedTags(connection, { owners: own, records: [] }).isAlone).toBe(true);
    expect(requestedTags(connection, { owners: both, records: [] }).isAlone).toBe(false);
  });
});

const another = connectionOf({ privateEndpoint: { name: 'pe-other' } });
const spoke = `${network}-2`;
const hub = `${network}-3`;

function ownersOf(of: Connection, change: Partial<ZoneOwner> = {}): readonly ZoneOwner[] {
  const owner = zoneOwner(entrySet(regionalZone, of));
  return owner ? [{ ...owner, ...change }] : [];
}

function observed(change: Partial<ObservedZone> = {}, id = regionalZone): ObservedZone {
  return { zone: zoneOf(id), links: [], records: [], owners: [], otherSets: [], ...change };
}

describe('the zone of a name', () => {
  const name = 'az-eastus.vectordb.zillizcloud.com';
  const fresh = `new ${regionalZone.replace(name, name.toUpperCase())}`;
  const elsewhere = regionalZone.replace('/rg/', '/rg-2/');
  const central = regionalZone.replace('/rg/', '/rg-3/');
  const two = connectionOf({ dns: { linkedNetworks: [network, spoke] } });
  const inGroup = (zoneResourceGroupId: string) => connectionOf({ dns: { zoneResourceGroupId } });
  const linkedTo = (id: string, ...networks: readonly string[]) =>
    observed({ links: networks.map((of) => linkOf(id, of)) }, id);
  const hidden = (zone: string): readonly UnreadZone[] => [
    { id: elsewhere, name: zone, failure: fail('azure-permission-denied', 'HTTP 403').failure },
  ];
  const place = (of: Connection, zones: readonly ObservedZone[], unread: readonly UnreadZone[]) => {
    const found = placeZone(of, name.toUpperCase(), { zones, unread });
    return found.kind === 'conflict' ? `${found.kind} ${found.code}` : `${found.kind} ${found.id}`;
  };

  it.each([
    ['is new where there is none', two, [], [], fresh],
    ['is the one in its group', two, [observed({}, elsewhere), observed()], [], `existing ${regionalZone}`],
    ['is new beside one of another group', two, [observed({}, elsewhere)], [], fresh],
    ['is the linked one', two, [linkedTo(elsewhere, hub, spoke), observed()], [], `existing ${elsewhere}`],
    ['is not one that only others link', two, [linkedTo(elsewhere, hub)], [], fresh],
    ['has this name', two, [linkedTo(clusterZone, network)], [], fresh],
    [
      'is a conflict where each network has its own',
      two,
      [linkedTo(elsewhere, network), linkedTo(central, spoke)],
      [],
      'conflict overlapping-zone',
    ],
    [
      'is in the requested group',
      inGroup(`${group}-2`),
      [linkedTo(elsewhere, network)],
      [],
      `existing ${elsewhere}`,
    ],
    [
      'is a conflict where a network has one outside the requested group',
      inGroup(`${group}-2`),
      [linkedTo(central, network)],
      [],
      'conflict overlapping-zone',
    ],
    [
      'is a conflict where it cannot be read',
      two,
      [observed()],
      hidden(name),
      'conflict azure-permission-denied',
    ],
    ['is not hidden by another that cannot be read', two, [], hidden('x.com'), fresh],
  ])('%s', (_, of, zones, unread, expected) => {
    expect(place(of, zones, unread)).toBe(expected);
  });
});

describe('a zone created by hand', () => {
  const byHand = { ...zoneOf(regionalZone), tags: {} };
  const foreign = (change: Partial<ARecordSet> = {}) =>
    recordOf(regionalZone, 'a', { metadata: {}, ...change });
  const machine = foreign({ autoRegistered: true, addresses: ['10.0.0.9'] });
  const theirs = recordOf(regionalZone, 'b', { metadata: recordMetadata(another.id, 'in01-b') });
  const zone = (records: readonly ARecordSet[], change: Partial<ObservedZone> = {}) =>
    observed({ zone: byHand, records, ...change });
  const own = recordOf(regionalZone, 'own');

  it.each([
    ['is adopted with its records', connection, zone([foreign()]), true],
    [
      'is adopted with machines and a record of the connection',
      connection,
      zone([foreign(), machine, own]),
      true,
    ],
    ['is not adopted without a record', connection, zone([]), false],
    ['is not adopted with only machines', connection, zone([machine]), false],
    ['is not adopted with only a record of the connection', connection, zone([own]), false],
    [
      'is not adopted with a record elsewhere',
      connection,
      zone([foreign(), foreign({ addresses: ['::1'] })]),
      false,
    ],
    [
      'is not adopted with more addresses',
      connection,
      zone([foreign({ addresses: ['10.0.0.4', '::1'] })]),
      false,
    ],
    ['is not adopted with a record of another connection', connection, zone([foreign(), theirs]), false],
    [
      'is not adopted with another owner',
      connection,
      zone([foreign()], { owners: ownersOf(another) }),
      false,
    ],
    ['is not adopted twice', connection, zone([foreign()], { zone: zoneOf(regionalZone) }), false],
    ['is not adopted without leave', connectionOf({ adopt: 'never' }), zone([foreign()]), false],
    [
      'is not adopted as the central zone of a request',
      connectionOf({ dns: { zoneResourceGroupId: group } }),
      zone([foreign()]),
      false,
    ],
    [
      'is not adopted in another group',
      connection,
      zone([foreign()], { zone: { ...byHand, id: regionalZone.replace('/rg/', '/rg-2/') } }),
      false,
    ],
  ])('%s', (_, of, found, may) => {
    expect(mayAdoptZone(of, found, '10.0.0.4')).toBe(may);
  });

  it('is not adopted while the endpoint has no address', () => {
    expect(mayAdoptZone(connection, zone([foreign()]), null)).toBe(false);
    expect(mayAdoptZone(connection, zone([foreign({ addresses: [] })]), null)).toBe(false);
  });
});

describe('the owners of a zone', () => {
  const own = ownersOf(connection);
  const others = ownersOf(another);
  const two = connectionOf({ dns: { layout: 'per-cluster', linkedNetworks: [network, spoke] } });

  it('are its entries and the connections of its records', () => {
    const records = [recordOf(regionalZone, 'r', { metadata: recordMetadata(another.id, 'in01-b') })];
    const all = ownersIn({ owners: own, records });

    expect(all.map(({ connectionId, isEntry }) => [connectionId, isEntry])).toEqual([
      [connection.id, true],
      [another.id, false],
    ]);
    expect(isOwnedBy({ owners: own, records }, connection.id)).toBe(true);
    expect(isOwnedBy({ owners: others, records: [] }, connection.id)).toBe(false);
    expect(entryOf({ owners: [...others, ...own] }, connection.id)).toEqual(own[0]);
    expect(entryOf({ owners: others }, connection.id)).toBeNull();
  });

  it.each([
    ['an entry that names all networks', ownersOf(two), true],
    ['an entry that names one of them', ownersOf(two, { networks: [networkHash(network)] }), false],
    ['an entry that names others', ownersOf(two, { networks: [networkHash(hub)] }), false],
    ['an entry without a list', ownersOf(two, { networks: null }), false],
    ['the entry of another tool', ownersOf(two, { isEntry: false }), false],
    ['the entry of another connection', others, false],
  ])('show by %s whether a request was carried out', (_, owners, entered) => {
    expect(isEntered(two, { owners })).toBe(entered);
  });

  it.each([
    ['has its name, value and metadata', {}, true],
    ['has another value', { values: ['v2'] }, false],
    ['has more values', { values: ['v1', 'v2'] }, false],
    ['has the metadata of another connection', { metadata: entrySet(regionalZone, another).metadata }, false],
    ['has another name', { name: `other${connection.id}` }, null],
    ['has no connection ID in its name', { name: '_zpl-anything' }, null],
  ])('have an entry that %s: %j', (_, change, isEntry) => {
    expect(zoneOwner(entrySet(regionalZone, connection, change))?.isEntry ?? null).toBe(isEntry);
  });

  it('have unknown networks if one of the list cannot be read', () => {
    const metadata = { ...entrySet(regionalZone).metadata, 'zpl-networks-1': ',broken' };

    expect(zoneOwner(entrySet(regionalZone, connection, { metadata }))?.networks).toBeNull();
  });

  const both = [network, spoke];
  const before = ownersOf(connection, { networks: hashesOf(both), createdLinks: hashesOf(both) });
  const needing = ownersOf(another, { networks: hashesOf(both) });
  const links = (tags = newSharedTags(0)) => [
    linkOf(regionalZone, network),
    linkOf(regionalZone, spoke, tags),
  ];
  const ofNetwork = (tags: Readonly<Record<string, string>>) => [linkOf(regionalZone, network, tags)];

  it.each([
    ['the link of an earlier specification is ours', before, links(), 'keep', both, both],
    ['that link has another owner', before, links({}), 'update', [network], [network]],
    ['that link is gone', before, links().slice(0, 1), 'update', [network], [network]],
    ['another connection needs that link', [...before, ...needing], links(), 'update', [network], [network]],
    [
      'one of others needs that link',
      [...others, ...before, ...needing],
      links(),
      'update',
      [network],
      [network],
    ],
    ['another connection needs another link', [...before, ...others], links(), 'keep', both, both],
    [
      'the entry names no endpoint',
      ownersOf(connection, { privateEndpointId: null }),
      [],
      'update',
      [network],
      [network],
    ],
    [
      'another tool has written it',
      ownersOf(connection, { isEntry: false }),
      [],
      'conflict',
      [network],
      [network],
    ],
    ['there is none', others, [], 'create', [network], [network]],
    ['the link was adopted', own, ofNetwork(adoptedMarks(0)), 'keep', [network], []],
    [
      'only one of the links was adopted',
      before,
      [...ofNetwork(adoptedMarks(0)), ...links().slice(1)],
      'keep',
      both,
      [spoke],
    ],
    ['the link has lost its mark', own, ofNetwork({}), 'keep', [network], [network]],
    [
      'the link was there before',
      ownersOf(another, { createdLinks: [] }),
      ofNetwork({}),
      'create',
      [network],
      [],
    ],
  ])('get an entry of the connection if %s', (_, owners, found, action, named, created) => {
    const { verdict, metadata } = decideEntry(connection, observed({ owners, links: found }));
    const written = zoneOwner({ ...entrySet(regionalZone), metadata });

    expect(verdict.action).toBe(action);
    expect(written?.networks).toEqual(hashesOf(named));
    expect(written?.createdLinks).toEqual(hashesOf(created));
  });
});

function hashesOf(networks: readonly string[]): readonly string[] {
  return networks.map(networkHash).toSorted();
}

describe('a link', () => {
  const noted = ownersOf(connection);
  const made = { ...linkOf(regionalZone, network), tags: {} };

  it('that has lost its mark is known by name and entry together', () => {
    expect(hasLostMark(made, noted)).toBe(true);
    expect(hasLostMark({ ...made, name: 'by-hand' }, noted)).toBe(false);
    expect(hasLostMark(made, ownersOf(connection, { createdLinks: [] }))).toBe(false);
    expect(
      isNotedAsCreated(networkHash(network), [...noted, ...ownersOf(another, { createdLinks: [] })]),
    ).toBe(true);
  });

  it('is adopted with a zone that is ours, if the request allows it', () => {
    const zone = zoneOf(regionalZone);

    expect(mayAdoptLink(connection, zone, false)).toBe(true);
    expect(mayAdoptLink(connectionOf({ adopt: 'never' }), zone, false)).toBe(false);
    expect(mayAdoptLink(connection, { ...zone, tags: {} }, false)).toBe(false);
    expect(mayAdoptLink(connection, { ...zone, tags: {} }, true)).toBe(true);
    expect(mayAdoptLink(connection, null, true)).toBe(false);
  });

  it('registers machines of the endpoint’s network only', () => {
    expect(wantedRegistration(connection, spoke, 'on')).toBe(false);
    expect(wantedRegistration(connection, network.toUpperCase(), 'on')).toBe(true);
    expect(wantedRegistration(connection, network, 'off')).toBe(false);
    expect(wantedRegistration(connection, network, 'leave')).toBeNull();
  });

  it('has a name that Azure takes', () => {
    expect(linkName(`${group}/providers/Microsoft.Network/virtualNetworks/${'v'.repeat(64)}`).length).toBe(
      76,
    );
    expect(linkName(`${group}/providers/Microsoft.Network/virtualNetworks/${'v'.repeat(80)}`).length).toBe(
      78,
    );
  });

  it('is removed from any of the networks of its connection, and from no other', () => {
    const reach = { connectionId: connection.id, regionId: 'az-eastus', networks: [network, spoke] };

    expect(networkBeyond(reach, network)).toBeNull();
    expect(networkBeyond(reach, spoke)).toBeNull();
    expect(networkBeyond(reach, hub)).not.toBeNull();
  });
});

describe('a zone that a connection may have left', () => {
  const place = {
    isNamed: (name: string) => name.startsWith('az-eastus.'),
    isWanted: (id: string) => id === regionalZone,
    isLinked: (id: string) => id === network,
  };
  const elsewhere = regionalZone.replace('/rg/', '/rg-2/');
  const noMark = { zone: { ...zoneOf(regionalZone), tags: {} } };
  const ourLink = linkOf(regionalZone, network);

  it.each([
    ['has its entry', observed({ owners: ownersOf(connection) }, clusterZone), true],
    ['has the name and place of its own', observed(), true],
    ['has another name', observed({}, clusterZone), false],
    ['has its name in another group', observed({}, elsewhere), false],
    ['has another owner', observed(noMark), false],
    ['has our link to its network', observed({ links: [ourLink, linkOf(elsewhere, hub)] }, elsewhere), true],
    [
      'has a link of others to its network',
      observed({ links: [{ ...ourLink, tags: {} }] }, elsewhere),
      false,
    ],
    ['has our link to another network', observed({ links: [linkOf(elsewhere, hub)] }, elsewhere), false],
    ['has another name and our link', observed({ links: [ourLink] }, clusterZone), false],
  ])('is looked at if it %s', (_, zone, concerned) => {
    expect(concerns(zone, connection.id, place)).toBe(concerned);
  });
});
