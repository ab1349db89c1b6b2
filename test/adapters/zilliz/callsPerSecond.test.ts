import fc from 'fast-check';
import type { Reader } from '../../../src/readAs.ts';
import { CallsPerSecond } from '../../../src/adapters/zilliz/callsPerSecond.ts';

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
    await limiter.turn('connect', tooBusy);
    gone.push(Date.now() - from);
  };

  const calls = Promise.all([call(), call(), call(), call(), call()]);
  await jest.advanceTimersByTimeAsync(5000);
  await calls;

  expect(gone).toEqual([0, 0, 1000, 1000, 2000]);
});

it('refuses a call that would wait too long, and does not count it', async () => {
  const limiter = new CallsPerSecond(1, 0);
  await limiter.turn('connect', tooBusy);

  await expect(limiter.turn('connect', tooBusy)).rejects.toThrow('come back in 1 s');
  await expect(limiter.turn('connect', tooBusy)).rejects.toThrow('come back in 1 s');
  jest.setSystemTime(Date.now() + 1000);
  await limiter.turn('connect', tooBusy);
});

it('holds every call for as long as the other side asked one caller to wait', async () => {
  const limiter = new CallsPerSecond(6, 0);

  limiter.rest(97);
  limiter.rest(1);

  await expect(limiter.turn('connect', tooBusy)).rejects.toThrow('come back in 97 s');
  jest.setSystemTime(Date.now() + 97_000);
  await limiter.turn('connect', tooBusy);
});

it('never lets more go within a second, whenever they come', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(300), { maxLength: 60 }), async (pauses) => {
      const limiter = new CallsPerSecond(6, 0);
      const gone: number[] = [];
      for (const pause of pauses) {
        jest.setSystemTime(Date.now() + pause);
        const went = await limiter.turn('connect', tooBusy).then(
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

it('tells each of many syncs a time of its own, when there is room again', async () => {
  const limiter = new CallsPerSecond(2, 0);
  await limiter.turn('connect', tooBusy);
  await limiter.turn('connect', tooBusy);

  const told = await Promise.all(
    Array.from({ length: 6 }, () =>
      limiter.turn('background', tooBusy).catch((error: unknown) => String(error).replace(/\D+/g, '')),
    ),
  );

  expect(told).toEqual(['1', '2', '2', '3', '3', '4']);
});

it('lets a run pass while syncs wait', async () => {
  const limiter = new CallsPerSecond(1, 4, sleep);
  const gone: string[] = [];
  const call = async (reader: Reader): Promise<void> => {
    await limiter.turn(reader, tooBusy);
    gone.push(reader);
  };

  const calls = Promise.allSettled([...Array.from({ length: 5 }, () => call('background')), call('connect')]);
  await jest.advanceTimersByTimeAsync(9000);
  await calls;

  expect(gone).toEqual(['background', 'background', 'background', 'connect']);
});
