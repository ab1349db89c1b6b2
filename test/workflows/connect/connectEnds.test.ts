import fc from 'fast-check';
import { MOST_EVENTS } from '../../support/runBounds.ts';
import { SECONDS_TO_COMPLETE } from '../simulatedWorld.ts';
import type { Situation } from '../simulatedWorld.ts';
import { simulateConnect } from './simulatedConnect.ts';
import { runs } from '../../support/propertyRuns.ts';

const activities = [
  'observeAllocation',
  'ensureZone',
  'enterZone',
  'ensureRecords',
  'ensureLink',
  'readLink',
  'verifyTargets',
];

/** An hour's wait, and ten minutes each for zones, links and proof, with the deadline of a step or two. */
const LONGEST_SECONDS = 3 * 3600;

/** Thousands of links take longer: ten are made side by side, in at most twice the time that one takes. */
function longestSeconds({ layout, clusters, networks }: Situation): number {
  const links = (layout === 'per-cluster' ? clusters : 1) * networks;
  return LONGEST_SECONDS + (links / 10) * 2 * SECONDS_TO_COMPLETE;
}

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
        expect(seconds).toBeLessThan(longestSeconds(situation));
        expect(mostEvents).toBeLessThanOrEqual(MOST_EVENTS);
      }),
      { numRuns: runs(200) },
    );
  });

  it('connects the rest when dozens of records are refused, without asking for those again and again', () => {
    const [none, many] = [0, 45].map((refused) => simulateConnect({ ...usual, clusters: 60, refused }));

    expect(many?.end).toBe('degraded');
    expect(many?.activities).toBeLessThanOrEqual(none?.activities ?? 0);
  });

  it('takes five activities for a further cluster, and at most one for each continue-as-new', () => {
    const [few, many] = [10, 60].map((clusters) => simulateConnect({ ...usual, clusters }));

    // Zone, record and link are ensured, and zone and link are read.
    const passes = (many?.passes ?? 0) - (few?.passes ?? 0);
    expect((many?.activities ?? 0) - (few?.activities ?? 0)).toBeLessThanOrEqual(5 * 50 + passes);
  });

  it('makes many links side by side, ten in the time of one', () => {
    const [one, many] = [1, 50].map(
      (networks) => simulateConnect({ ...usual, clusters: 1, networks }).seconds,
    );

    expect((many ?? 0) - (one ?? 0)).toBeLessThan((50 / 10) * SECONDS_TO_COMPLETE);
  });
});
