import { TtlCache } from '../src/ttlCache.ts';

let now: number;
let reads: number;
let cache: TtlCache<number>;

beforeEach(() => {
  now = 0;
  reads = 0;
  cache = new TtlCache(() => now);
});

const read = (): Promise<number> => Promise.resolve(++reads);

describe('a cached result for display', () => {
  it('is returned for half a minute, separately for each ID', async () => {
    const results = [await cache.of('a', read), await cache.of('b', read)];
    now = 29_999;
    results.push(await cache.of('a', read));
    now = 30_000;
    results.push(await cache.of('a', read));

    expect(results).toEqual([1, 2, 1, 3]);
  });

  it('is not kept if the read failed', async () => {
    const failing = cache.of('a', () => Promise.reject(new Error('no response')));

    await expect(failing).rejects.toThrow('no response');
    expect(await cache.of('a', read)).toBe(1);
  });
});
