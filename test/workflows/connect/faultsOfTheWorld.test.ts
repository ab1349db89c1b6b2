import fc from 'fast-check';
import { runs } from '../../support/propertyRuns.ts';
import { connect } from '../../../src/workflows/connect/connect.ts';
import { ENDLESS } from '../simulatedRun.ts';
import { failureOf } from '../simulatedWorld.ts';
import type { Situation } from '../simulatedWorld.ts';
import { simulateConnect } from './simulatedConnect.ts';
import { inGate } from '../../support/inGate.ts';

const usual: Situation = {
  ...{ layout: 'regional', clusters: 3, oneWithoutAddress: false, networks: 2, refused: 0 },
  ...{ outage: null, provedAt: 0, deadlineMinutes: 60 },
};
const layouts = ['regional', 'per-cluster'] as const;
const usually = layouts.map((layout) => [layout, { ...usual, layout }] as const);

const dnsActivities = ['ensureZone', 'enterZone', 'ensureRecords', 'ensureLink', 'readLink'];
const beforeRegistration = [
  ...['preflight', 'authorizeSubscription', 'readEndpointService'],
  ...['ensurePrivateEndpoint', 'readPrivateEndpoint', 'registerEndpoint'],
];
const allActivities = [...beforeRegistration, 'observeAllocation', ...dnsActivities, 'verifyTargets'];

const MINUTE = 60;

/** A situation in which these activities meet a busy network until then. */
function busy(situation: Situation, names: readonly string[], until: number): Situation {
  const failure = failureOf('azure-busy', 'another operation on the network is in progress');
  return {
    ...{ ...situation, isAuthorized: false },
    failure: ({ name, seconds }) => (names.includes(name) && seconds < until ? failure : null),
  };
}

describe('a connect run, while DNS is away', () => {
  it.each(usually)('registers the endpoint as early as ever, and connects (%s)', (_, situation) => {
    const healthy = simulateConnect({ ...situation, isAuthorized: false });
    const { end, world } = simulateConnect(busy(situation, dnsActivities, 10 * MINUTE));

    expect(end).toBe('connected');
    expect(world.calledAt('registerEndpoint')).toEqual(healthy.world.calledAt('registerEndpoint'));
  });
});

describe('a connect run, when its zone is deleted by another process', () => {
  it.each(usually)('makes it again with records and links, whenever it was (%s)', (_, situation) => {
    const { world } = simulateConnect(situation);
    const lastProof = world.calls.findLastIndex(({ name }) => name === 'verifyTargets');
    for (let nth = 1; nth <= lastProof; nth++) {
      const meanwhile: Situation['meanwhile'] = ({ number }, azure) => {
        if (number === nth) azure.deleteZones();
      };
      const again = simulateConnect({ ...situation, meanwhile });

      expect([nth, again.end]).toEqual([nth, 'connected']);
      expect([nth, again.world.present]).toEqual([nth, world.present]);
    }
  });

  it.each(usually)('fails for that reason when it is deleted again and again (%s)', (_, situation) => {
    const meanwhile: Situation['meanwhile'] = ({ name }, azure) => {
      if (name === 'ensureRecords' || name === 'ensureLink') azure.deleteZones();
    };

    expect(simulateConnect({ ...situation, meanwhile }).code).toBe('zone-removed');
  });

  it('ends, however often that is', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...layouts),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }),
        (layout, pattern) => {
          const meanwhile: Situation['meanwhile'] = ({ number }, azure) => {
            if (pattern[number % pattern.length] === true) azure.deleteZones();
          };
          const { end, code, seconds } = simulateConnect({ ...usual, layout, meanwhile });

          expect(end).not.toBe(ENDLESS);
          expect(code === null || code.startsWith('zone-') || code === 'name-resolves-elsewhere').toBe(true);
          expect(seconds).toBeLessThan(3 * 60 * MINUTE);
        },
      ),
      { numRuns: runs(200) },
    );
  });
});

describe('a connect run, on a busy network', () => {
  it.each(allActivities)('still connects when %s waits for half an hour', (name) => {
    expect(simulateConnect(busy(usual, [name], 30 * MINUTE)).end).toBe('connected');
  });

  it.each(beforeRegistration)('ends with that failure when %s waits for 70 minutes', (name) => {
    const { code, statuses, seconds } = simulateConnect(busy(usual, [name], 70 * MINUTE));
    const reasons = statuses.flatMap(({ phases }) =>
      phases.flatMap(({ state, reason }) => (state === 'running' ? (reason ?? []) : [])),
    );

    expect(code).toBe('azure-busy');
    expect(seconds).toBeLessThan(61 * MINUTE);
    expect(reasons).toContainEqual(
      expect.stringMatching(/since 2026-01-05 00:0\d, tried until 2026-01-05 01:00 UTC/),
    );
  });

  it.each(['ensureZone', 'ensureLink'])('says since when and until when %s is tried again', (name) => {
    const { statuses } = simulateConnect(busy(usual, [name], 30 * MINUTE));
    const reasons = statuses.flatMap(({ phases }) => phases.flatMap(({ reason }) => reason ?? []));

    expect(reasons).toContainEqual(
      expect.stringMatching(/since 2026-01-05 00:0\d, tried until 2026-01-05 01:0\d UTC/),
    );
  });
});

describe('a connect run, with one record that Azure refuses', () => {
  it.each(usually)('connects the other clusters (%s)', (_, situation) => {
    const { end, output, world } = simulateConnect({ ...situation, refused: 1 });

    expect(end).toBe('degraded');
    expect(output?.clusters.map(({ state }) => state)).toEqual(['failed', 'connected', 'connected']);
    expect(world.count('A record set')).toBe(2);
  });
});

const phaseOf: Readonly<Record<string, string>> = {
  preflight: 'preflight',
  authorizeSubscription: 'authorize-subscription',
  readEndpointService: 'authorize-subscription',
  ensurePrivateEndpoint: 'create-endpoint',
  readPrivateEndpoint: 'create-endpoint',
  registerEndpoint: 'register-endpoint',
  observeAllocation: 'await-allocation',
  ensureZone: 'configure-dns',
  enterZone: 'configure-dns',
  ensureRecords: 'configure-dns',
  ensureLink: 'configure-dns',
  readLink: 'configure-dns',
};

describe('the status at the end of a connect run', () => {
  const failing = Object.entries(phaseOf).flatMap(([name, phase]) =>
    (['keep', 'undo'] as const).map((onFailure) => ({ name, phase, onFailure })),
  );

  it.each(failing)(
    'names $phase as failed when $name is refused ($onFailure)',
    ({ name, phase, onFailure }) => {
      const failure = failureOf('zone-not-writable', 'HTTP 403');
      const refused: Situation = {
        ...{ ...usual, onFailure, isAuthorized: false },
        failure: (call) => (call.name === name ? failure : null),
      };
      for (const isUsed of [() => false, () => true]) {
        const { statuses, code } = simulateConnect(refused, isUsed);
        const phases = statuses.at(-1)?.phases ?? [];

        expect(code).toBe('zone-not-writable');
        expect(phases.filter(({ state }) => state === 'failed').map((entry) => entry.phase)).toEqual([phase]);
        expect(phases.filter(({ state }) => state === 'running')).toEqual([]);
      }
    },
  );

  it.each(usually)('has no phase that is running or pending after a success (%s)', (_, situation) => {
    const states = simulateConnect(situation)
      .statuses.at(-1)
      ?.phases.map(({ state }) => state);

    expect(new Set(states)).toEqual(new Set(['done', 'skipped']));
  });

  it.each(['planTearDown', 'removeZones', 'readRemoved', 'removeEndpoint'])(
    'has no phase that is running when the undo fails too, at %s',
    (name) => {
      const refusals = ['ensureLink', name];
      const failure = failureOf('zone-not-writable', 'HTTP 403');
      const { statuses } = simulateConnect({
        ...{ ...usual, onFailure: 'undo' },
        failure: (call) => (refusals.includes(call.name) ? failure : null),
      });
      const last = statuses.at(-1);

      expect(last?.phases.filter(({ state }) => state === 'running')).toEqual([]);
      expect(last?.phases.find(({ state }) => state === 'failed')?.phase).toBe('configure-dns');
      expect(last?.undo).toBeDefined();
    },
  );
});

describe('a connect run that an unreadable state would start', () => {
  const { connection } = simulateConnect(usual).world;

  it.each([
    { done: { preflight: {} } },
    { done: { 'create-endpoint': { endpointId: 'pe.guid' } } },
    { done: { 'register-endpoint': null } },
    { status: { phases: [{ phase: 'unknown', state: 'done', attempts: 1 }] } },
    { dns: { ready: 'zone/region' } },
    { ensuring: { 'create-endpoint/endpoint': { step: 'later', submittedAt: 0, dueAt: 0 } } },
    { failure: { code: 'no-such-code', kind: 'rejected', message: '', source: 'app' } },
  ])('is refused: %j', (state) => {
    expect(() => connect.parse({ connection, startedBy: 'a test', state })).toThrow();
  });

  it('is not refused without a state', () => {
    expect(() => connect.parse({ connection, startedBy: 'a test' })).not.toThrow();
  });
});

describe('a connect run for 500 clusters', () => {
  const many = { ...usual, clusters: 500, networks: 1 };
  const perCluster = { ...many, layout: 'per-cluster' as const };
  const cases = [
    ['in one zone', many],
    ['with a zone for each', perCluster],
    ['with a zone for each, all refused', { ...perCluster, refused: 500 }],
    ['while private DNS is busy', busy(perCluster, ['enterZone', 'readLink'], 20 * MINUTE)],
  ] as const;

  it.each(inGate(cases, 'in one zone', 'with a zone for each, all refused'))(
    'carries less than 64 kB through continue as new, %s',
    (_, situation) => {
      const { mostStateBytes, mostEvents, end } = simulateConnect(situation);

      expect(end).not.toBe(ENDLESS);
      expect(mostStateBytes).toBeLessThan(64 * 1024);
      expect(mostEvents).toBeLessThanOrEqual(1000);
    },
  );

  it.each(layouts)('has a history of at most 200 events for ten clusters (%s)', (layout) => {
    expect(simulateConnect({ ...many, layout, clusters: 10 }).mostEvents).toBeLessThanOrEqual(200);
  });
});
