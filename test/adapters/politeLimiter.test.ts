import { PoliteLimiter } from '../../src/adapters/politeLimiter.ts';

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

it('turns away, and counts not, whoever would wait too long', async () => {
  const limiter = new PoliteLimiter({ burst: 1, perSecond: 0.1, longestWaitSeconds: 5 });
  await limiter.turn(tooBusy);

  await expect(limiter.turn(tooBusy)).rejects.toThrow('come back in 10 s');
  await expect(limiter.turn(tooBusy)).rejects.toThrow('come back in 10 s');
});
