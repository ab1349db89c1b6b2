import fc from 'fast-check';
import { PoliteLimiter } from '../../../src/adapters/azure/politeLimiter.ts';
import type { Remaining } from '../../../src/adapters/azure/politeLimiter.ts';

const tooBusy = (waitSeconds: number): Error => new Error(`come back in ${waitSeconds} s`);

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('lets a burst pass at once', async () => {
  const limiter = new PoliteLimiter({ burst: 3, perSecond: 1, longestWaitSeconds: 0 });

  await Promise.all([limiter.turn(tooBusy), limiter.turn(tooBusy), limiter.turn(tooBusy)]);

  await expect(limiter.turn(tooBusy)).rejects.toThrow('come back in 1 s');
});

it('fills up again with time, up to the burst', async () => {
  const limiter = new PoliteLimiter({ burst: 2, perSecond: 1, longestWaitSeconds: 0 });
  await limiter.turn(tooBusy);
  await limiter.turn(tooBusy);

  jest.setSystemTime(Date.now() + 3_600_000);

  await limiter.turn(tooBusy);
  await limiter.turn(tooBusy);
  await expect(limiter.turn(tooBusy)).rejects.toThrow();
});

it('turns away whoever would wait too long, each to come back at another time', async () => {
  const limiter = new PoliteLimiter({ burst: 1, perSecond: 0.1, longestWaitSeconds: 5 });
  await limiter.turn(tooBusy);

  await expect(limiter.turn(tooBusy)).rejects.toThrow('come back in 10 s');
  await expect(limiter.turn(tooBusy)).rejects.toThrow('come back in 20 s');
  jest.setSystemTime(Date.now() + 10_000);
  await limiter.turn(tooBusy);
});

it('sends nobody away for more than a minute', async () => {
  const limiter = new PoliteLimiter({ burst: 0, perSecond: 0.001, longestWaitSeconds: 5 });

  await expect(limiter.turn(tooBusy)).rejects.toThrow('come back in 60 s');
});

describe('a limit that several processes share', () => {
  const limit = { burst: 200, perSecond: 1, longestWaitSeconds: 0 };

  it('is used slowly when little of it is left', async () => {
    const limiter = new PoliteLimiter(limit);

    limiter.heed({ calls: 62, windowSeconds: 300 });

    await limiter.turn(tooBusy);
    await expect(limiter.turn(tooBusy)).rejects.toThrow('come back in 7 s');
  });

  it('is asked once a minute when nothing of it is left, and used again in the next window', async () => {
    const limiter = new PoliteLimiter(limit);

    limiter.heed({ calls: 0, windowSeconds: 300 });

    await expect(limiter.turn(tooBusy)).rejects.toThrow('come back in 60 s');
    jest.setSystemTime(Date.now() + 60_000);
    await limiter.turn(tooBusy);
    limiter.heed({ calls: 499, windowSeconds: 300 });
    jest.setSystemTime(Date.now() + 10_000);
    for (let call = 0; call < 10; call++) await limiter.turn(tooBusy);
  });

  it('is left alone by all callers for as long as the other side asked one of them to wait', async () => {
    const limiter = new PoliteLimiter(limit);

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
        const processes = [0, 1, 2].map((index) => ({ index, limiter: new PoliteLimiter(limit) }));
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
      { numRuns: 30 },
    );
  });
});

async function mayGo(limiter: PoliteLimiter): Promise<boolean> {
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
