import fc from 'fast-check';
import type { RemovalRow } from '../../src/domain/plan/removal.ts';
import { removalRowSchema } from '../../src/domain/plan/removal.ts';
import { subjectOf } from '../../src/domain/plan/removalSubject.ts';
import { removalPhaseNames } from '../../src/domain/run/phase.ts';
import { newRunStatus } from '../../src/domain/run/status.ts';
import { ProvisioningError } from '../../src/domain/failure/failure.ts';
import type { Workflow } from '../../src/durable/register.ts';
import { ContinueAsNew } from '../../src/durable/run.ts';
import { disconnect } from '../../src/workflows/disconnect/disconnect.ts';
import { removalStateSchema } from '../../src/workflows/disconnect/removalProgress.ts';
import { tearDown } from '../../src/workflows/disconnect/tearDown.ts';
import { StagedRun, stagedStateSchema } from '../../src/workflows/stagedRun.ts';
import { sync } from '../../src/workflows/sync/sync.ts';
import { connection } from '../activities/memoryWorld.ts';
import { expectNoted } from '../activities/noted.ts';
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

type Row = Partial<RemovalRow> & Pick<RemovalRow, 'resource' | 'id'>;

const phaseOf: Readonly<Partial<Record<RemovalRow['resource'], RemovalRow['phase']>>> = {
  ...{ 'virtual network link': 'remove-links', 'A record set': 'remove-records' },
  ...{ 'owner entry': 'remove-zones', 'private DNS zone': 'remove-zones' },
  ...{ registration: 'unregister-endpoint', 'private endpoint': 'delete-endpoint' },
};
const link = (id: string, change: Partial<RemovalRow> = {}): Row => ({
  ...{ resource: 'virtual network link', id, zoneId: id.slice(0, 2) },
  ...change,
});
const ofZone = (zoneId: string, ...records: readonly string[]): readonly Row[] => [
  ...records.map((record): Row => ({ resource: 'A record set', id: `${zoneId}/${record}`, zoneId, record })),
  { resource: 'owner entry', id: `${zoneId}/txt`, zoneId, record: 'txt' },
  { resource: 'private DNS zone', id: zoneId },
];
const registration = (id: string, change: Partial<RemovalRow> = {}): Row => ({
  ...{ resource: 'registration', id, ...change },
});
const endpointRow = (change: Partial<RemovalRow> = {}): Row => ({
  ...{ resource: 'private endpoint', id: '/PE', ...change },
});
const kept = { action: 'keep', reason: 'of others' } as const;
const unasked = { action: 'keep', reason: 'not asked', unasked: true } as const;

type Answer = 'tag' | 'keep' | 'absent' | 'fail';

/** What a removal finds: a plan each time it reads, the last one again and again; what is removed is in no later one. */
interface Script {
  readonly plans: readonly (readonly Row[])[];
  readonly answers?: Readonly<Record<string, Answer>>;
  /** How many reads still show what is removed. */
  readonly shown?: Readonly<Record<string, number>>;
  readonly unread?: readonly string[];
  /** Removed, and there again at once. */
  readonly returning?: readonly string[];
  readonly zillizFails?: boolean;
  /** Seconds since the start until which Zilliz gives no answer. */
  readonly zillizDownUntil?: number;
  /** Seconds since the start in which an activity meets another change. */
  readonly busy?: Readonly<Record<string, readonly [from: number, until: number]>>;
  /** What is removed cannot be read again. */
  readonly unreadable?: boolean;
}

interface RemovalInput extends Partial<
  Readonly<Record<'ids' | 'links' | 'records' | 'entries' | 'zones', readonly { readonly id: string }[]>>
> {
  readonly waitForZilliz?: boolean;
  readonly endpointId?: string;
}

class Scripted {
  seconds = 0;
  readonly calls: string[] = [];
  #plans = 0;
  readonly #gone = new Set<string>();
  readonly #left: Map<string, number>;
  readonly #script: Script;

  constructor(script: Script) {
    this.#script = script;
    this.#left = new Map(Object.entries(script.shown ?? {}));
  }

  outcome(name: string, input: never): unknown {
    const text = JSON.stringify(input, (key, value: unknown) => (key === 'subject' ? undefined : value));
    if (this.calls.at(-1) !== `${name} ${text}`) this.calls.push(`${name} ${text}`);
    return this.#outcome(() => this.#value(name, input));
  }

  #outcome(work: () => unknown): object {
    try {
      return { ok: true, value: work() };
    } catch (error) {
      if (error instanceof ProvisioningError) return { ok: false, failure: error.failure };
      throw error;
    }
  }

  #value(name: string, input: RemovalInput): unknown {
    const of = (key: 'ids' | 'links' | 'records' | 'entries' | 'zones') => input[key] ?? [];
    const { zillizDownUntil = 0, unreadable = false, busy: all } = this.#script;
    const [from, until] = all?.[name] ?? [0, 0];
    if (this.seconds >= from && this.seconds < until) throw new ProvisioningError(busy);
    if (name === 'readRemoved' && unreadable) throw new ProvisioningError(denied);
    if (input.waitForZilliz === true && this.seconds < zillizDownUntil)
      throw new ProvisioningError(failureOf('zilliz-unavailable', 'HTTP 503'));
    switch (name) {
      case 'planTearDown': {
        if (input.waitForZilliz === true && this.#script.zillizFails === true)
          throw new ProvisioningError(failureOf('zilliz-key-rejected', 'HTTP 401'));
        const rows = this.#script.plans[this.#plans++] ?? this.#script.plans.at(-1) ?? [];
        return {
          rows: rows
            .filter(({ id }) => !this.#gone.has(id) || (this.#left.get(id) ?? 0) > 0)
            .map((row) => removalRowSchema.parse({ ...usualRow(row), ...row })),
          ...{ endpointIds: ['pe.1'], manualSteps: [`step ${Math.min(this.#plans, 2)}`], whitelist: null },
        };
      }
      case 'removeRegistration':
        return this.#removed(input.endpointId ?? '');
      case 'removeEndpoint':
        return { ...this.#removed('/PE'), endpointId: 'pe.1' };
      case 'readRemoved': {
        const left = of('ids').filter(({ id }) => {
          const count = this.#left.get(id) ?? 0;
          this.#left.set(id, count - 1);
          return count > 0;
        });
        const unread = of('ids').filter(({ id }) => this.#script.unread?.includes(id));
        return {
          left: left.map(({ id }) => id),
          unread: unread.map(({ id }) => ({
            id,
            failure: failureOf('azure-permission-denied', `${id}: 403`),
          })),
        };
      }
      default: {
        const all = [...of('links'), ...of('records'), ...of('entries'), ...of('zones')];
        return {
          removed: all.map(({ id }) => ({ id, outcome: this.#outcome(() => this.#removed(id)) })),
        };
      }
    }
  }

  #removed(id: string): object {
    const answer = this.#script.answers?.[id];
    if (answer === 'fail') throw new ProvisioningError(denied);
    if (answer === 'keep') return { id, action: 'keep', state: 'ready', reason: 'needed' };
    if (answer === 'absent') return { id, action: 'keep', state: 'absent', reason: 'it is not there' };
    if (answer === 'tag') return { id, action: 'tag', state: 'ready', reason: 'it was adopted' };
    if (this.#script.returning?.includes(id) !== true) this.#gone.add(id);
    return { id, action: 'delete', state: 'working', reason: 'ours' };
  }
}

function usualRow({ resource }: Row) {
  const phase = phaseOf[resource] ?? 'take-stock';
  return { phase, guideStep: '', action: 'delete', reason: 'ours', zoneId: null, record: null };
}

const undoState = stagedStateSchema.extend({ removal: removalStateSchema.prefault({}) });

/** What a failed connect does, if the request says so: it goes on past what cannot be removed. */
const undoing: Workflow<ReturnType<typeof undoState.parse>, object> = {
  parse: (input) => undoState.parse(input),
  *run(run, state) {
    const staged = new StagedRun(run, state, {
      restart: () => {
        throw new ContinueAsNew(state);
      },
      until: (since) => since + 900_000,
    });
    try {
      return yield* tearDown(staged, state.removal, { subject: subjectOf(connection), tolerant: true });
    } catch (error) {
      if (!(error instanceof ProvisioningError)) throw error;
      staged.fail(error);
      throw staged.ended();
    }
  },
};

const whole = [
  ...[link('z1/l1'), link('z2/l2')],
  ...[...ofZone('z1', 'a', 'b'), ...ofZone('z2', 'c')],
  ...[registration('pe.1'), registration('pe.0'), endpointRow()],
];
const manyZones = Array.from({ length: 30 }, (_, n) => ofZone(`z${n}`)).flat();
const scripts: Readonly<Record<string, Script>> = {
  'of a whole connection': { plans: [whole] },
  'of nothing': { plans: [[]] },
  'of only a link': { plans: [[link('z1/l1')]] },
  'of what others own too': { plans: [[link('z1/l1', kept), link('z1/l2'), endpointRow(kept)]] },
  'of a connection whose endpoint goes, while others stay': {
    plans: [[link('z1/l1', kept), registration('pe.1', kept), endpointRow()]],
  },
  'of what was adopted': {
    plans: [
      [link('z1/L1'), registration('pe.1'), endpointRow()],
      [link('z1/l1', kept), endpointRow(kept)],
    ],
    answers: { 'z1/L1': 'tag', '/PE': 'tag' },
  },
  'of what is gone or needed by now': {
    plans: [[link('z1/l1'), link('z2/l2'), registration('pe.1'), endpointRow()], []],
    answers: { 'z1/l1': 'absent', 'z2/l2': 'keep', 'pe.1': 'absent', '/PE': 'keep' },
  },
  'of many records': { plans: [ofZone('z1', ...Array.from({ length: 101 }, (_, n) => `r${n}`))] },
  'of many zones, of which no batch parts one from its owner entry': {
    plans: [[{ resource: 'private DNS zone', id: 'z' }, ...manyZones]],
  },
  'of what Zilliz must be asked for, which it answers later': {
    plans: [
      [link('z1/l1'), registration('pe.1', unasked), endpointRow(unasked)],
      [registration('pe.1'), endpointRow()],
    ],
  },
  'of what Zilliz refuses to be asked for': {
    plans: [[link('z1/l1'), registration('pe.1', unasked), endpointRow(unasked)]],
    zillizFails: true,
  },
  'of a locked link': { plans: [[link('z1/l1', { ...kept, locked: true }), link('z1/l2')]] },
  'of two locked links': {
    plans: [[link('z1/l1', { ...kept, locked: true }), link('z1/l2', { ...kept, locked: true })]],
  },
  'of a link outside the scopes': { plans: [[link('z1/l1', { ...kept, outside: true }), link('z1/l2')]] },
  'while a write lands late': {
    plans: [[link('z1/l1')], [...ofZone('z1', 'late'), link('z1/l3'), registration('pe.9')]],
  },
  'of what comes again and again': { plans: [[link('z1/l1')]], returning: ['z1/l1'] },
  'of links that take their time': {
    plans: [[link('z1/l1'), link('z1/l2')]],
    shown: { 'z1/l1': 2, 'z1/l2': 1 },
  },
  'of a link that stays': { plans: [[link('z1/l1'), link('z1/l2'), endpointRow()]], shown: { 'z1/l1': 999 } },
  'of a link that cannot be read again': {
    plans: [[link('z1/l1'), link('z1/l2'), endpointRow()]],
    unread: ['z1/l1'],
  },
  'of a link and a record that are refused': {
    plans: [[link('z1/l1'), link('z1/l2'), ...ofZone('z1', 'a', 'b'), endpointRow()]],
    answers: { 'z1/l1': 'fail', 'z1/b': 'fail' },
  },
  'of an endpoint that is refused': {
    plans: [[registration('PE.1'), endpointRow()]],
    answers: { '/PE': 'fail' },
  },
  'of what Zilliz can be asked for after half an hour': {
    plans: [
      [registration('pe.1', unasked), endpointRow(unasked)],
      [registration('pe.1'), endpointRow()],
    ],
    zillizDownUntil: 1800,
  },
  'of a link that is refused, before Zilliz is asked': {
    plans: [[link('z1/l1'), registration('pe.1', unasked)]],
    answers: { 'z1/l1': 'fail' },
  },
  'of an endpoint that comes again': { plans: [[endpointRow()]], returning: ['/PE'] },
  'of links that cannot be read again': {
    plans: [[link('z1/L1'), link('z1/l2'), link('z1/l3')]],
    answers: { 'z1/L1': 'keep' },
    unreadable: true,
  },
  'of links, then of records that are busy': {
    plans: [[link('z1/l1'), ...ofZone('z1', 'a')]],
    busy: { removeLinks: [0, 3300], removeRecords: [3000, 3900] },
  },
  'of links that are busy for 55 minutes': { plans: [[link('z1/l1')]], busy: { removeLinks: [0, 3300] } },
  'of links that are busy for 65 minutes': { plans: [[link('z1/l1')]], busy: { removeLinks: [0, 3900] } },
};
const removed = [
  {
    removal: 'a disconnect',
    workflow: disconnect,
    input: { subject: subjectOf(connection), startedBy: 'a test' },
  },
  { removal: 'an undo', workflow: undoing, input: { status: newRunStatus(removalPhaseNames) } },
];

describe.each(removed)('$removal', ({ removal, workflow, input }) => {
  it.each(Object.entries(scripts))('%s asks for each step and says what became of all', (what, script) => {
    const world = new Scripted(script);
    const { output, failure, statuses } = simulate(workflow as Workflow<unknown, object>, input, world);
    const { phases = [], removal: shown } = statuses.at(-1) ?? {};
    const seen = phases.map(({ phase, state, reason }) => [phase, state, reason]);

    expectNoted(`${removal} ${what}`, { output, failure, phases: seen, removal: shown, calls: world.calls });
  });
});

test('a disconnect of what comes again and again gives up, also if it begins anew at each place', () => {
  const world = new Scripted({ plans: [[link('z1/l1')]], returning: ['z1/l1'] });
  const input = { subject: subjectOf(connection), startedBy: 'a test' };

  const { failure } = simulate(disconnect, input, world, () => true);

  expect(failure).toContain('removal-incomplete');
  expect(world.calls.filter((call) => call.startsWith('removeLinks'))).toHaveLength(3);
});

test('a disconnect of many links asks for each once, also if it begins anew at each place', () => {
  const many = Array.from({ length: 151 }, (_, n) => link(`z1/l${n}`));
  const shown = Object.fromEntries(many.map(({ id }) => [id, 1]));
  const world = new Scripted({ plans: [many], shown });
  const input = { subject: subjectOf(connection), startedBy: 'a test' };

  const { output } = simulate(disconnect, input, world, () => true);

  const asked = world.calls.filter((call) => call.startsWith('removeLinks'));
  expect(output?.outcome).toBe('disconnected');
  expect(asked).toHaveLength(4);
  expect(new Set(asked).size).toBe(4);
});

test('a disconnect waits for Zilliz, also if it begins anew at each place', () => {
  const world = new Scripted({
    plans: [[endpointRow(unasked)], [endpointRow()]],
    zillizDownUntil: 1800,
  });
  const input = { subject: subjectOf(connection), startedBy: 'a test' };

  const { output } = simulate(disconnect, input, world, () => true);

  expect(output?.outcome).toBe('disconnected');
  expect(world.seconds).toBeGreaterThan(1800);
});

test('a disconnect looks later after four links than after three, most of which are gone then at the first look', () => {
  const secondsFor = (links: number): number => {
    const rows = Array.from({ length: links }, (_, n) => link(`z1/l${n}`));
    const world = new Scripted({ plans: [rows], shown: { 'z1/l0': 1 } });
    simulate(disconnect, { subject: subjectOf(connection), startedBy: 'a test' }, world);
    return world.seconds;
  };

  expect(secondsFor(3)).toBe(secondsFor(1));
  expect(secondsFor(4)).toBeGreaterThan(secondsFor(3));
});
