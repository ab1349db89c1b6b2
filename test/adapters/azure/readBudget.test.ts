import fc from 'fast-check';
import { ReadBudget } from '../../../src/adapters/azure/readBudget.ts';
import type { Reader } from '../../../src/readAs.ts';
import { runs } from '../../support/propertyRuns.ts';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const FIVE_MINUTES = 300;

/** How many of these reads each process may send now. */
function taken(budget: ReadBudget, reader: Reader, wanted: number): number {
  return Array.from({ length: wanted }, () => budget.take(reader)).filter((wait) => wait === 0).length;
}

function pass(seconds: number): void {
  jest.setSystemTime(Date.now() + seconds * 1000);
}

describe('the reads of private DNS that one process may send', () => {
  it('are a quarter of what Azure allows, at most half of them for requests and sweeps', () => {
    const budget = new ReadBudget();

    expect(taken(budget, 'background', 100)).toBe(41);
    expect(taken(budget, 'people', 100)).toBe(21);
    expect(taken(budget, 'connect', 100)).toBe(63);
  });

  it('are mostly for runs that connect, and leave some for a request', () => {
    const budget = new ReadBudget();

    expect(taken(budget, 'connect', 200)).toBe(100);
    expect(taken(budget, 'people', 200)).toBe(25);
  });

  it('come back five minutes later, which the refusal says', () => {
    const budget = new ReadBudget();
    taken(budget, 'background', 40);
    pass(100);
    taken(budget, 'background', 1);

    expect(budget.take('background')).toBe(FIVE_MINUTES - 100);
    pass(FIVE_MINUTES - 100);
    expect(taken(budget, 'background', 100)).toBe(40);
  });

  it('wait after a 429 for as long as Azure asks', () => {
    const budget = new ReadBudget();

    budget.pause(97);
    budget.pause(0);

    expect(budget.take('connect')).toBe(97);
    pass(97);
    expect(budget.take('connect')).toBe(0);
  });

  it('together with those of three other processes never meet a 429, whatever all of them want', () => {
    const wanted = fc.record({
      seconds: fc.integer({ min: 1, max: 400 }),
      wants: fc.array(fc.tuple(fc.nat(3), fc.constantFrom<Reader>('connect', 'people', 'background')), {
        maxLength: 300,
      }),
    });
    fc.assert(
      fc.property(fc.array(wanted, { maxLength: 8 }), (phases) => {
        const budgets = [0, 1, 2, 3].map(() => new ReadBudget());
        const sent: number[] = [];
        for (const { seconds, wants } of phases) {
          for (const [process, reader] of wants) {
            if (budgets[process]?.take(reader) === 0) sent.push(Date.now());
          }
          const inWindow = sent.filter((at) => Date.now() - at < FIVE_MINUTES * 1000);
          expect(inWindow.length).toBeLessThanOrEqual(500);
          pass(seconds);
        }
      }),
      { numRuns: runs(30) },
    );
  });
});
