import fc from 'fast-check';
import { runs } from '../../support/propertyRuns.ts';
import { ENDLESS } from '../simulatedRun.ts';
import type { IsUsed } from '../simulatedRun.ts';
import { failureOf } from '../simulatedWorld.ts';
import type { Situation } from '../simulatedWorld.ts';
import type { ConnectEnding } from './simulatedConnect.ts';
import { simulateConnect } from './simulatedConnect.ts';
import { inGate } from '../../support/inGate.ts';

const usual: Situation = {
  ...{ layout: 'regional', clusters: 3, oneWithoutAddress: false, networks: 2, refused: 0 },
  ...{ outage: null, provedAt: 0, deadlineMinutes: 20, isAuthorized: false },
};

const refusedLink = (call: { readonly name: string }) =>
  call.name === 'ensureLink' ? failureOf('zone-not-writable', 'HTTP 403') : null;

const situations: Readonly<Record<string, Situation>> = {
  'connects one zone for the region': usual,
  'connects a zone for each cluster': { ...usual, layout: 'per-cluster' },
  'waits for a cluster without an address': { ...usual, oneWithoutAddress: true, deadlineMinutes: 10 },
  'is proved late': { ...usual, provedAt: 400 },
  'has a refused record': { ...usual, layout: 'per-cluster', refused: 1 },
  'has a zone service that is away for ten minutes': {
    ...usual,
    outage: { activity: 'ensureZone', from: 0, until: 600 },
  },
  'has an endpoint that fails once': { ...usual, failedEndpoints: 1 },
  'replaces an endpoint that Zilliz disconnected': { ...usual, replaces: true },
  'removes what an earlier specification left': { ...usual, hasObsolete: true },
  'fails at a link': { ...usual, failure: refusedLink },
  'is undone after a failure at a link': { ...usual, failure: refusedLink, onFailure: 'undo' },
  'is undone, with a zone for each cluster': {
    ...usual,
    layout: 'per-cluster',
    provedAt: Infinity,
    onFailure: 'undo',
  },
};

/** What a user sees of a run, and what it has written. */
function seen({ end, world, statuses, output }: ConnectEnding): object {
  const last = statuses.at(-1);
  return {
    ...{ end, writes: world.writes.toSorted(), present: world.present, clusters: output?.clusters },
    ...{ written: output?.writes, undo: last?.undo, problem: last?.problem },
    phases: last?.phases.map(({ phase, state }) => `${phase} ${state}`),
  };
}

const expected = new Map<Situation, object>();

function same(situation: Situation, isUsed: IsUsed): void {
  const without = expected.get(situation) ?? seen(simulateConnect(situation, () => false));
  expected.set(situation, without);
  expect(seen(simulateConnect(situation, isUsed))).toEqual(without);
}

describe('a connect run that continues as new', () => {
  const named = Object.entries(situations);

  it.each(named)('at every possible place has the same end and writes: it %s', (_, situation) => {
    expect(simulateConnect(situation, () => true).end).not.toBe(ENDLESS);
    same(situation, () => true);
  });

  it.each(inGate(named, 'waits for a cluster without an address', 'is undone after a failure at a link'))(
    'at any one place has the same end and writes: it %s',
    (_, situation) => {
      const { places } = simulateConnect(situation, () => false);
      expect(places).toBeGreaterThan(5);
      for (let place = 0; place < places; place++) same(situation, (nth) => nth === place);
    },
  );

  it('at any places has the same end and writes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...named.map(([, situation]) => situation)),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 200 }),
        (situation, used) => {
          same(situation, (nth) => used[nth] ?? false);
        },
      ),
      { numRuns: runs(1000) },
    );
  });
});
