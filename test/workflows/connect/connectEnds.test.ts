import fc from 'fast-check';
import { simulateConnect } from './simulatedConnect.ts';
import type { Situation } from './simulatedConnect.ts';
import { runs } from '../../support/propertyRuns.ts';

const activities = [
  'observeAllocation',
  'ensureZone',
  'readZone',
  'ensureRecords',
  'ensureLink',
  'readLink',
  'verifyTargets',
];

/** An hour's wait, and ten minutes each for zones, links and proof, with the patience of a step or two. */
const LONGEST_SECONDS = 3 * 3600;

const situations: fc.Arbitrary<Situation> = fc.record({
  layout: fc.constantFrom('regional', 'per-cluster'),
  clusters: fc.nat({ max: 60 }),
  oneWithoutAddress: fc.boolean(),
  networks: fc.constantFrom(1, 1, 2, 12, 50),
  refused: fc.nat({ max: 60 }),
  outage: fc.option(
    fc
      .tuple(fc.constantFrom(...activities), fc.nat({ max: 1000 }), fc.constantFrom(30, 300, 3000, Infinity))
      .map(([activity, from, seconds]) => ({ activity, from, until: from + seconds })),
  ),
  provedAt: fc.constantFrom(0, 0, 400, Infinity),
  deadlineMinutes: fc.constantFrom(10, 60),
});

const usual: Situation = {
  ...{ layout: 'per-cluster', clusters: 3, oneWithoutAddress: false, networks: 1, refused: 0 },
  ...{ outage: null, provedAt: 0, deadlineMinutes: 60 },
};

describe('a connect run', () => {
  it('ends with a short history, for every failure and every number of clusters and networks', () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const { end, seconds, mostEvents } = simulateConnect(situation);

        expect(end).not.toBe('goes on and on');
        expect(seconds).toBeLessThan(LONGEST_SECONDS);
        // Four events are counted for each step. 200 was the most seen, with dozens of zones and an outage that stays.
        expect(mostEvents).toBeLessThan(210);
      }),
      { numRuns: runs(200) },
    );
  });

  it('connects the rest when dozens of records are refused, without asking for those again and again', () => {
    const { end, activities: made } = simulateConnect({ ...usual, clusters: 60, refused: 45 });

    expect(end).toBe('partial');
    expect(made).toBeLessThan(350);
  });

  it('takes zone, record and link of a further cluster and a look at two of them, renewals included', () => {
    const [few, many] = [10, 60].map((clusters) => simulateConnect({ ...usual, clusters }).activities);

    expect(((many ?? 0) - (few ?? 0)) / 50).toBeLessThan(5.5);
  });

  it('makes many links in the time of one', () => {
    const [one, many] = [1, 50].map(
      (networks) => simulateConnect({ ...usual, clusters: 1, networks }).seconds,
    );

    expect((many ?? 0) - (one ?? 0)).toBeLessThan(120);
  });
});
