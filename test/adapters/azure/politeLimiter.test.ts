import fc from 'fast-check';
import { RequestLimiter } from '../../../src/adapters/azure/requestLimiter.ts';
import type { Limit, Remaining } from '../../../src/adapters/azure/requestLimiter.ts';
import { runs } from '../../support/propertyRuns.ts';

const tooBusy = (waitSeconds: number): Error => new Error(`come back in ${waitSeconds} s`);

function limitOf(burst: number, perSecond: number, longestWaitSeconds: number): Limit {
  return { burst, perSecond, perSecondWhenCounted: perSecond, longestWaitSeconds };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('lets a burst pass at once', async () => {
  const limiter = new RequestLimiter(limitOf(3, 1, 0));

  await Promise.all([limiter.turn(tooBusy), limiter.turn(tooBusy), limiter.turn(tooBusy)]);

  await expect(limiter.turn(tooBusy)).rejects.toThrow('come back in 1 s');
});

it('fills up again with time, up to the burst', async () => {
  const limiter = new RequestLimiter(limitOf(2, 1, 0));
  await limiter.turn(tooBusy);
  await limiter.turn(tooBusy);

  jest.setSystemTime(Date.now() + 3_600_000);

  await limiter.turn(tooBusy);
  await limiter.turn(tooBusy);
  await expect(limiter.turn(tooBusy)).rejects.toThrow();
});

it('refuses calls that would wait too long, each to come back at another time', async () => {
  const limiter = new RequestLimiter(limitOf(1, 0.1, 5));
  await limiter.turn(tooBusy);

  await expect(limiter.turn(tooBusy)).rejects.toThrow('come back in 10 s');
  await expect(limiter.turn(tooBusy)).rejects.toThrow('come back in 20 s');
  jest.setSystemTime(Date.now() + 10_000);
  await limiter.turn(tooBusy);
});

it('refuses no call for more than a minute', async () => {
  const limiter = new RequestLimiter(limitOf(0, 0.001, 5));

  await expect(limiter.turn(tooBusy)).rejects.toThrow('come back in 60 s');
});

describe('a limit that several processes share', () => {
  const limit = { burst: 60, perSecond: 0.3, perSecondWhenCounted: 1, longestWaitSeconds: 0 };

  it('is used slowly when little of it is left', async () => {
    const limiter = new RequestLimiter(limit);

    limiter.heed({ calls: 62, windowSeconds: 300 });

    await limiter.turn(tooBusy);
    await expect(limiter.turn(tooBusy)).rejects.toThrow('come back in 7 s');
  });

  it('is asked once a minute when nothing of it is left, and used again in the next window', async () => {
    const limiter = new RequestLimiter(limit);

    limiter.heed({ calls: 0, windowSeconds: 300 });

    await expect(limiter.turn(tooBusy)).rejects.toThrow('come back in 60 s');
    jest.setSystemTime(Date.now() + 60_000);
    await limiter.turn(tooBusy);
    limiter.heed({ calls: 499, windowSeconds: 300 });
    jest.setSystemTime(Date.now() + 10_000);
    for (let call = 0; call < 3; call++) await limiter.turn(tooBusy);
  });

  it('is used up to its reserve by one that finds itself alone', async () => {
    const azure = sharedLimit({ calls: 500, windowSeconds: 300 });

    expect(await readsIn(300, [new RequestLimiter(limit)], () => azure.take().calls)).toBeGreaterThan(340);
  });

  /** As in the recordings: nearly always the same, however much has been read. */
  it.each([
    ['stays the same', () => 499],
    ['falls by one and rises again', (nth: number) => (nth % 2 === 0 ? 499 : 498)],
    ['falls now and then', (nth: number) => (nth % 9 === 8 ? 498 : 499)],
  ])(
    'is kept by three of them, of whom none learns of the others from a figure that %s',
    async (_, figure) => {
      let reads = 0;
      const processes = [0, 1, 2].map(() => new RequestLimiter(limit));

      const first = await readsIn(300, processes, () => figure(reads++));
      const second = await readsIn(300, processes, () => figure(reads++));

      expect(first).toBeLessThan(500);
      expect(first).toBeGreaterThan(400);
      expect(second).toBeLessThan(300);
    },
  );

  it('is left alone by all callers for as long as the other side asked one of them to wait', async () => {
    const limiter = new RequestLimiter(limit);

    limiter.rest(97);
    limiter.rest(0);

    await expect(limiter.turn(tooBusy)).rejects.toThrow('come back in 97 s');
    jest.setSystemTime(Date.now() + 96_000);
    await expect(limiter.turn(tooBusy)).rejects.toThrow('come back in 1 s');
    jest.setSystemTime(Date.now() + 1000);
    await limiter.turn(tooBusy);
  });

  it('is never used up by three of them, however much they want', async () => {
    const wanted = fc.nat(20);
    const phase = fc.record({
      seconds: fc.integer({ min: 1, max: 400 }),
      wanted: fc.tuple(wanted, wanted, wanted),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(phase, { minLength: 5, maxLength: 5 }), async (phases) => {
        const azure = sharedLimit({ calls: 500, windowSeconds: 300 });
        const processes = [0, 1, 2].map((index) => ({ index, limiter: new RequestLimiter(limit) }));
        for (const { seconds, wanted } of phases) {
          for (let second = 0; second < seconds; second++) {
            for (const { index, limiter } of processes) {
              for (let call = 0; call < (wanted[index] ?? 0) && (await mayGo(limiter)); call++) {
                limiter.heed(azure.take());
              }
            }
            jest.setSystemTime(Date.now() + 1000);
          }
        }
      }),
      { numRuns: runs(30) },
    );
  });
});

/** The number of reads in so many seconds, at ten a second wanted by each, who learn after each read what is left. */
async function readsIn(
  seconds: number,
  limiters: readonly RequestLimiter[],
  left: () => number,
): Promise<number> {
  let reads = 0;
  for (let second = 0; second < seconds; second++) {
    for (const limiter of limiters) {
      for (let call = 0; call < 10 && (await mayGo(limiter)); call++) {
        reads += 1;
        limiter.heed({ calls: left(), windowSeconds: 300 });
      }
    }
    jest.setSystemTime(Date.now() + 1000);
  }
  return reads;
}

async function mayGo(limiter: RequestLimiter): Promise<boolean> {
  return limiter.turn(tooBusy).then(
    () => true,
    () => false,
  );
}

/** As Azure counts for private DNS: so many calls in a window of fixed length. */
function sharedLimit({ calls, windowSeconds }: Remaining): { take(): Remaining } {
  let left = calls;
  let since = Date.now();
  return {
    take() {
      if (Date.now() - since >= windowSeconds * 1000) {
        left = calls;
        since = Date.now();
      }
      left -= 1;
      if (left < 0) throw new Error('429');
      return { calls: left, windowSeconds };
    },
  };
}
