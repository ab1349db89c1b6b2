import { TtlCache } from '../../src/queries/memoizedReads.ts';

let now: number;
let reads: number;
let readings: TtlCache<number>;

beforeEach(() => {
  now = 0;
  reads = 0;
  readings = new TtlCache(() => now);
});

const read = (): Promise<number> => Promise.resolve(++reads);

describe('a reading that people look at', () => {
  it('serves all who ask within half a minute, each ID its own', async () => {
    const answers = [await readings.of('a', read), await readings.of('b', read)];
    now = 29_999;
    answers.push(await readings.of('a', read));
    now = 30_000;
    answers.push(await readings.of('a', read));

    expect(answers).toEqual([1, 2, 1, 3]);
  });

  it('is tried again at once when it failed', async () => {
    const failing = readings.of('a', () => Promise.reject(new Error('no answer')));

    await expect(failing).rejects.toThrow('no answer');
    expect(await readings.of('a', read)).toBe(1);
  });
});
