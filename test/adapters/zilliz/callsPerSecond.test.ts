import fc from 'fast-check';
import { CallsPerSecond } from '../../../src/adapters/zilliz/client.ts';

const tooBusy = (waitSeconds: number): Error => new Error(`come back in ${waitSeconds} s`);

// The promises' timers are not among those that Jest fakes.
const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('lets so many go at once, and the next a second later', async () => {
  const limiter = new CallsPerSecond(2, 5, sleep);
  const gone: number[] = [];
  const from = Date.now();
  const call = async (): Promise<void> => {
    await limiter.turn(tooBusy);
    gone.push(Date.now() - from);
  };

  const calls = Promise.all([call(), call(), call(), call(), call()]);
  await jest.advanceTimersByTimeAsync(5000);
  await calls;

  expect(gone).toEqual([0, 0, 1000, 1000, 2000]);
});

it('refuses a call that would wait too long, and does not count it', async () => {
  const limiter = new CallsPerSecond(1, 0);
  await limiter.turn(tooBusy);

  await expect(limiter.turn(tooBusy)).rejects.toThrow('come back in 1 s');
  await expect(limiter.turn(tooBusy)).rejects.toThrow('come back in 1 s');
  jest.setSystemTime(Date.now() + 1000);
  await limiter.turn(tooBusy);
});

it('holds every call for as long as the other side asked one caller to wait', async () => {
  const limiter = new CallsPerSecond(6, 0);

  limiter.rest(97);
  limiter.rest(1);

  await expect(limiter.turn(tooBusy)).rejects.toThrow('come back in 97 s');
  jest.setSystemTime(Date.now() + 97_000);
  await limiter.turn(tooBusy);
});

it('never lets more go within a second, whenever they come', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(300), { maxLength: 60 }), async (pauses) => {
      const limiter = new CallsPerSecond(6, 0);
      const gone: number[] = [];
      for (const pause of pauses) {
        jest.setSystemTime(Date.now() + pause);
        const went = await limiter.turn(tooBusy).then(
          () => true,
          () => false,
        );
        if (went) gone.push(Date.now());
      }
      for (const at of gone) {
        expect(gone.filter((other) => other >= at && other < at + 1000).length).toBeLessThanOrEqual(6);
      }
    }),
  );
});
