import fc from 'fast-check';
import { subjectOf } from '../../src/domain/plan/removalSubject.ts';
import { disconnect } from '../../src/workflows/disconnect/disconnect.ts';
import { sync } from '../../src/workflows/sync/sync.ts';
import { runs } from '../support/propertyRuns.ts';
import { simulateConnect } from './connect/simulatedConnect.ts';
import type { IsUsed } from './simulatedRun.ts';
import { ENDLESS, simulate } from './simulatedRun.ts';
import { failureOf } from './simulatedWorld.ts';
import type { Call, Situation } from './simulatedWorld.ts';
import type { World } from './simulatedWorld.ts';

const usual: Situation = {
  ...{ layout: 'regional', clusters: 4, oneWithoutAddress: false, networks: 2, refused: 0 },
  ...{ outage: null, provedAt: 0, deadlineMinutes: 20 },
};
const layouts = ['regional', 'per-cluster'] as const;

type Change = Partial<Pick<Situation, 'failure' | 'refused' | 'meanwhile'>>;
const denied = failureOf('zone-not-writable', 'HTTP 403');
const busy = failureOf('azure-busy', 'HTTP 409');

/** A connected world, in which the next run meets this. */
function connected(layout: Situation['layout'], change: Change): World {
  const { world } = simulateConnect({ ...usual, layout });
  return world.goesOnWith(change);
}

function disconnected(layout: Situation['layout'], change: Change, isUsed: IsUsed) {
  const world = connected(layout, change);
  const input = { subject: subjectOf(world.connection), startedBy: 'a test' };
  const { output, failure, statuses, places } = simulate(disconnect, input, world, isUsed);
  const phases = statuses.at(-1)?.phases ?? [];
  const seen = { output, failure, writes: world.writes.toSorted(), present: world.present };
  return { seen: { ...seen, phases: phases.map(({ phase, state }) => `${phase} ${state}`) }, places };
}

function synced(layout: Situation['layout'], change: Change, isUsed: IsUsed) {
  const world = connected(layout, change);
  if (layout === 'per-cluster') world.deleteZones();
  else world.deleteRecords();
  const { output, failure, places } = simulate(
    sync,
    { projectId: 'proj-1', regionId: 'az-eastus' },
    world,
    isUsed,
  );
  const [summary] = output?.connections ?? [];
  const seen = {
    ...{ failure, writes: world.writes.toSorted(), present: world.present, written: output?.writes },
    // What a round wrote before it continued as new is there already when it goes on.
    ...{ right: (summary?.kept ?? 0) + (summary?.written ?? 0), faults: summary?.faults },
  };
  return { seen, places };
}

/** The first calls of an activity meet this. */
function firstCalls(
  name: string,
  calls: number,
  failure: Call['name'] extends string ? typeof busy : never,
): Change {
  let left = calls;
  return { failure: (call) => (call.name === name && left-- > 0 ? failure : null) };
}

const removals: Readonly<Record<string, () => Change>> = {
  'goes well': () => ({}),
  'is refused at the zones': () => ({ failure: ({ name }) => (name === 'removeZones' ? denied : null) }),
  'is refused at the endpoint': () => ({
    failure: ({ name }) => (name === 'removeEndpoint' ? denied : null),
  }),
  'meets a busy network': () => firstCalls('removeLinks', 5, busy),
};
const rounds: Readonly<Record<string, () => Change>> = {
  'goes well': () => ({}),
  'has a refused record': () => ({ refused: 1 }),
  'meets a busy zone': () => firstCalls('ensureRecords', 5, busy),
};

function cases(all: Readonly<Record<string, () => Change>>) {
  return Object.entries(all).flatMap(([name, change]) => layouts.map((layout) => ({ name, layout, change })));
}

const workflows = [
  { workflow: 'a disconnect', cases: cases(removals), run: disconnected },
  { workflow: 'a sync run', cases: cases(rounds), run: synced },
];

describe.each(workflows)('$workflow that continues as new', ({ cases: all, run }) => {
  it.each(all)(
    'at every place, or any one, has the same end and writes: it $name ($layout)',
    ({ layout, change }) => {
      const { seen, places } = run(layout, change(), () => false);
      expect(seen.failure).not.toBe(ENDLESS);
      expect(run(layout, change(), () => true).seen).toEqual(seen);
      for (let place = 0; place < places; place++) {
        expect(run(layout, change(), (nth) => nth === place).seen).toEqual(seen);
      }
    },
  );

  it('at any places has the same end and writes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...all),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 100 }),
        ({ layout, change }, used) => {
          const { seen } = run(layout, change(), () => false);
          expect(run(layout, change(), (nth) => used[nth] ?? false).seen).toEqual(seen);
        },
      ),
      { numRuns: runs(500) },
    );
  });
});

describe('a disconnect', () => {
  it.each(layouts)('leaves nothing (%s)', (layout) => {
    const { seen } = disconnected(layout, {}, () => false);
    expect(seen.output?.outcome).toBe('disconnected');
    expect(seen.present).toEqual([]);
  });

  it('goes on after hours of waiting for its share of reads, also if Azure then fails once', () => {
    const throttled = failureOf('azure-throttled', 'the share of reads is used up');
    let from: number | null = null;
    let isBusy = true;
    const failure = ({ name, seconds }: Call) => {
      if (name === 'removeLinks' && seconds - (from ??= seconds) < 3 * 3600) return throttled;
      if (name !== 'removeRecords' || !isBusy) return null;
      isBusy = false;
      return busy;
    };

    const { seen } = disconnected('regional', { failure }, () => false);

    expect(seen.output?.outcome).toBe('disconnected');
  });

  it.each(layouts)('never ends well while one of its links cannot be removed (%s)', (layout) => {
    for (const isUsed of [() => false, () => true]) {
      const { seen } = disconnected(
        layout,
        { meanwhile: (_, world) => world.refuseRemoval('vnet-1') },
        isUsed,
      );
      expect(seen.failure).toContain('zone-not-writable');
      expect(seen.phases).toContain('remove-links failed');
      expect(seen.phases.filter((phase) => phase.endsWith('running'))).toEqual([]);
    }
  });
});

describe('a sync run', () => {
  it.each(layouts)('writes the other records when one is refused (%s)', (layout) => {
    const { seen } = synced(layout, { refused: 1 }, () => false);
    expect(seen.right).toBe(3);
    expect(seen.faults).toEqual([expect.stringContaining('in01-000000000000000')]);
  });
});
