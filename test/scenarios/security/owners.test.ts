import { planObsolete } from '../../../src/domain/plan/obsolete.ts';
import { decideEntry } from '../../../src/domain/resources/zoneOwner.ts';
import { placeZone } from '../../../src/domain/resources/zone.ts';
import type { Phase } from './sharedWorld.ts';
import { network, phases, SharedWorld } from './sharedWorld.ts';

const layouts = ['regional', 'per-cluster'] as const;
const regions = { 'in the same region': 'az-eastus', 'in another region': 'az-centralus' } as const;
const networks = { 'in the same network': 'vnet-a', 'in another network': 'vnet-b' } as const;
/** Another deployment, or another subscription: the identity may not read the private endpoint of B. */
const views = { visible: true, 'not visible': false } as const;

const cases = Object.entries(regions).flatMap(([where, regionOfB]) =>
  Object.entries(networks).flatMap(([near, networkOfB]) =>
    layouts.flatMap((layoutOfA) =>
      layouts.flatMap((layoutOfB) =>
        phases.flatMap((phase) =>
          Object.entries(views).map(([seen, isVisible]) => {
            const name = `${phase}, ${layoutOfB} ${where}, ${near}, ${seen}, beside one that is ${layoutOfA}`;
            return { name, regionOfB, networkOfB, layoutOfA, layoutOfB, phase, isVisible };
          }),
        ),
      ),
    ),
  ),
);

type Case = (typeof cases)[number];

function pairOf({ regionOfB, networkOfB, layoutOfA, layoutOfB, phase, isVisible }: Case, phaseOfA: Phase) {
  const world = new SharedWorld();
  const a = world.add({
    ...{ name: 'aa', regionId: 'az-eastus', layout: layoutOfA, networkId: network('vnet-a') },
    phase: phaseOfA,
  });
  const b = world.add({
    ...{ name: 'bb', regionId: regionOfB, layout: layoutOfB, networkId: network(networkOfB), phase },
  });
  const ownerCheck = { gone: [], unread: isVisible ? {} : { [b.connection.id]: 'HTTP 403' } };
  return { world, a, b, ownerCheck };
}

describe('of two connections', () => {
  test.each(cases)('disconnect of one leaves the other: $name', (one) => {
    const { world, a, b, ownerCheck } = pairOf(one, 'connected');
    const before = world.stateOf(b.needs);

    const kept = world.takeDown(a, ownerCheck);

    expect(before).toHaveLength(b.needs.length);
    expect(world.stateOf(b.needs)).toEqual(before);
    expect(world.ids.filter((id) => id.includes(a.connection.id))).toEqual([]);
    const shares =
      one.regionOfB === 'az-eastus' && one.layoutOfA === 'regional' && one.layoutOfB === 'regional';
    const names = kept.filter((reason) => reason.includes(b.connection.id));
    expect(names.length > 0).toBe(shares);
    expect(names.every((reason) => one.isVisible || reason.includes('HTTP 403'))).toBe(true);
  });

  test.each(cases)('undo of one before its records leaves the other: $name', (one) => {
    const { world, a, b, ownerCheck } = pairOf(one, 'failed before records');
    const before = world.stateOf(b.needs);

    world.takeDown(a, ownerCheck);

    expect(world.stateOf(b.needs)).toEqual(before);
  });

  test.each(cases)('reconcile of one has nothing to do with the other: $name', (one) => {
    const { world, a, ownerCheck } = pairOf(one, 'connected');
    const zones = world.observed();
    const { removals } = planObsolete(a.connection, {
      ...{ allowed: { projects: null, scopes: null }, endpoint: a.endpoint, registrations: [], clusters: [] },
      ...{ zones, formerZones: [], ownerCheck, address: a.address, replacing: false, census: null },
    });
    const placed = placeZone(a.connection, zones[0]?.zone.name ?? '', { zones, unread: [] });

    expect(removals).toEqual([]);
    expect(placed).toMatchObject({ kind: 'existing', id: a.needs[0] });
    expect(decideEntry(a.connection, zones[0] ?? null).verdict.action).toBe('keep');
  });

  test.each(cases)('the last one leaves nothing: $name', (one) => {
    const { world, a, b } = pairOf(one, 'connected');

    world.takeDown(a, { gone: [], unread: {} });
    world.takeDown(b, { gone: [], unread: {} });

    expect(world.ids).toEqual([]);
  });

  test.each(cases)('what is left of one that is gone protects nothing: $name', (one) => {
    const { world, a, b } = pairOf({ ...one, phase: 'failed before records' }, 'connected');
    const isShared = a.needs[0] === b.needs[0];

    world.takeDown(a, { gone: [b.connection.id], unread: {} });

    expect(world.ids.filter((id) => id === a.needs[0])).toEqual([]);
    expect(world.ids.length === 0).toBe(isShared);
  });
});
