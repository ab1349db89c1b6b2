import { app } from '@azure/functions';
import type { Timer } from '@azure/functions';
import { startHost } from '../../../sandbox/host/host.ts';
import type { Host } from '../../../sandbox/host/host.ts';
import { memoryJournal } from '../../../sandbox/host/journal.ts';
import type { JournalStore } from '../../../sandbox/host/journal.ts';
import { parseNcrontab } from '../../../sandbox/host/schedule/ncrontab.ts';
import { inProcessWorker } from '../../../sandbox/host/worker/inProcessWorker.ts';
import { VirtualClock } from '../../../sandbox/kernel/clock.ts';

const HOUR_MS = 60 * 60_000;
let host: Host | undefined;

afterEach(async () => {
  await host?.stop();
  host = undefined;
});

describe('an NCRONTAB expression', () => {
  it.each([
    ['*/2 * * * * *', '2026-01-05T09:00:00Z', '2026-01-05T09:00:02Z'],
    ['0 */5 * * * *', '2026-01-05T09:00:00Z', '2026-01-05T09:05:00Z'],
    ['0 0 * * * *', '2026-01-05T09:59:59.999Z', '2026-01-05T10:00:00Z'],
    ['0 30 9 * * 1-5', '2026-01-09T09:30:00Z', '2026-01-12T09:30:00Z'],
    ['0 0 0 1 jan *', '2026-01-05T09:00:00Z', '2027-01-01T00:00:00Z'],
    ['0 0 12 29 2 *', '2026-01-05T09:00:00Z', '2028-02-29T12:00:00Z'],
    ['0 0 8 * * sun,7', '2026-01-05T09:00:00Z', '2026-01-11T08:00:00Z'],
    ['15,45 10/20 3 * * *', '2026-01-05T03:10:15Z', '2026-01-05T03:10:45Z'],
    ['0 10/20 3 * * *', '2026-01-05T03:10:15Z', '2026-01-05T03:30:00Z'],
    ['59 59 23 31 12 *', '2026-12-31T23:59:58Z', '2026-12-31T23:59:59Z'],
  ])('%s after %s comes at %s', (expression, after, next) => {
    expect(parseNcrontab(expression).next(Date.parse(after))).toBe(Date.parse(next));
  });

  it.each([
    ['* * * * *', 'six fields'],
    ['61 * * * * *', "'61' is no second"],
    ['* * 24 * * *', "'24' is no hour"],
    ['* * * 0 * *', "'0' is no day"],
    ['* * * * foo *', "'foo' is no month"],
    ['5-1 * * * * *', "'5-1' is no second"],
    ['*/0 * * * * *', "'*/0' is no second"],
  ])('%s is refused', (expression, fault) => {
    expect(() => parseNcrontab(expression)).toThrow(fault);
  });

  it('that never comes says so', () => {
    expect(() => parseNcrontab('0 0 0 30 2 *').next(0)).toThrow('never comes');
  });
});

describe('a timer trigger', () => {
  const calls: { at: number; timer: Timer }[] = [];

  beforeEach(() => {
    calls.length = 0;
  });

  function start(clock: VirtualClock, journal: JournalStore, schedule = '%SWEEP%'): Promise<Host> {
    return startHost({
      clock,
      journal,
      worker: inProcessWorker(
        () => {
          app.timer('sweep', {
            schedule,
            handler: (timer) => {
              calls.push({ at: clock.now(), timer });
            },
          });
        },
        { environment: { SWEEP: '0 0 * * * *' } },
      ),
    });
  }

  it('comes by its schedule, which may be a setting', async () => {
    const clock = new VirtualClock();
    const startedAt = clock.now();
    host = await start(clock, memoryJournal());

    await host.runUntil(() => calls.length === 3);

    expect(calls.map(({ at }) => at - startedAt)).toEqual([HOUR_MS, 2 * HOUR_MS, 3 * HOUR_MS]);
    expect(host.functions()).toEqual([{ name: 'sweep', trigger: 'timerTrigger', schedule: '0 0 * * * *' }]);
    expect(calls[1]?.timer).toEqual({
      schedule: { adjustForDST: true },
      scheduleStatus: {
        last: '2026-01-05T10:00:00.000+00:00',
        lastUpdated: '2026-01-05T10:00:00.000+00:00',
        next: '2026-01-05T12:00:00.000+00:00',
      },
      isPastDue: false,
    });
  });

  it('can be run at once', async () => {
    host = await start(new VirtualClock(), memoryJournal());

    await host.runTimerTrigger('sweep');

    expect(calls).toHaveLength(1);
    await expect(host.runTimerTrigger('nobody')).rejects.toThrow("no timer function 'nobody'");
  });

  it('that was missed while the host was down comes late, and is marked as late', async () => {
    const journal = memoryJournal();
    const clock = new VirtualClock();
    host = await start(clock, journal);
    await host.runUntil(() => calls.length === 1);
    await host.stop();

    const later = new VirtualClock(clock.now() + 90 * 60_000);
    host = await start(later, journal);
    await host.whenIdle();

    expect(calls).toHaveLength(2);
    expect(calls[1]).toMatchObject({ at: later.now(), timer: { isPastDue: true } });
  });

  it('with a faulty schedule stops the start', async () => {
    await expect(start(new VirtualClock(), memoryJournal(), 'hourly')).rejects.toThrow('six fields');
  });
});
