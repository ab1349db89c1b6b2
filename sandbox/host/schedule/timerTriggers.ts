import type { Cancel, Clock } from '../../kernel/clock.ts';
import type { AppFunctions } from '../appFunctions.ts';
import type { TaskHub } from '../hub/taskHub.ts';
import type { HostLog } from '../log.ts';
import { triggerOf } from '../worker/worker.ts';
import type { RegisteredFunction } from '../worker/worker.ts';
import type { Workload } from '../workload.ts';
import { parseNcrontab } from './ncrontab.ts';
import type { Schedule } from './ncrontab.ts';

/** Schedules that come more often are not monitored: their function gets no status, and none is stored. */
const MONITORED_FROM_MS = 60_000;

interface TimerTrigger {
  readonly registered: RegisteredFunction;
  readonly schedule: Schedule;
  readonly text: string;
  readonly monitored: boolean;
  readonly runOnStartup: boolean;
}

export interface TimerTriggerOptions {
  readonly app: AppFunctions;
  readonly clock: Clock;
  readonly hub: TaskHub;
  readonly workload: Workload;
  readonly log: HostLog;
}

/** Fires the app's timer triggers on the clock. A function never overlaps itself. */
export class TimerTriggers {
  readonly #options: TimerTriggerOptions;
  readonly #triggers: readonly TimerTrigger[];
  readonly #calls = new Map<string, Cancel>();
  #stopped = false;

  /** Throws when a schedule is none. */
  constructor(options: TimerTriggerOptions) {
    this.#options = options;
    this.#triggers = options.app.functions.flatMap((registered) => timerTrigger(options.app, registered));
  }

  /** Schedules as the app has them, settings filled in. */
  schedules(): ReadonlyMap<string, string> {
    return new Map(this.#triggers.map(({ registered, text }) => [registered.name, text]));
  }

  begin(): void {
    const { clock, hub } = this.#options;
    for (const trigger of this.#triggers) {
      const missed = hub.state.schedule(trigger.registered.name);
      const isPastDue = trigger.monitored && missed !== undefined && missed.next < clock.now();
      if (isPastDue || trigger.runOnStartup) void this.#runAndPlan(trigger, isPastDue);
      else this.#plan(trigger);
    }
  }

  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#calls.values()) cancel();
  }

  /** Runs the function now, outside its schedule. Throws when there is no such timer function. */
  async runNow(name: string): Promise<void> {
    const trigger = this.#triggers.find(
      ({ registered }) => registered.name.toLowerCase() === name.toLowerCase(),
    );
    if (!trigger) throw new Error(`There is no timer function '${name}'.`);
    await this.#run(trigger, false);
  }

  #plan(trigger: TimerTrigger): void {
    if (this.#stopped) return;
    const { clock } = this.#options;
    const at = trigger.schedule.next(clock.now());
    const cancel = clock.schedule(at, () => void this.#runAndPlan(trigger, false));
    this.#calls.set(trigger.registered.name, cancel);
  }

  async #runAndPlan(trigger: TimerTrigger, isPastDue: boolean): Promise<void> {
    if (this.#stopped) return;
    await this.#run(trigger, isPastDue);
    this.#plan(trigger);
  }

  async #run(trigger: TimerTrigger, isPastDue: boolean): Promise<void> {
    const { app, clock, hub, workload, log } = this.#options;
    const { registered, schedule, monitored } = trigger;
    const startedAt = clock.now();
    const before = hub.state.schedule(registered.name);
    const status = {
      Last: before ? offsetTime(before.last) : '0001-01-01T00:00:00+00:00',
      LastUpdated: before ? offsetTime(before.last) : '0001-01-01T00:00:00+00:00',
      Next: offsetTime(schedule.next(startedAt)),
    };
    const input = {
      Schedule: { AdjustForDST: true },
      ScheduleStatus: monitored ? status : null,
      IsPastDue: isPastDue,
    };
    await workload.during(async () => {
      const result = await app
        .invoke(registered, { json: JSON.stringify(input) })
        .catch((error: unknown) => ({ ok: false as const, message: String(error) }));
      if (!result.ok) {
        const functionName = registered.name;
        log({ source: 'host', level: 'error', message: result.message, functionName });
      }
      if (!monitored || this.#stopped) return;
      const next = schedule.next(clock.now());
      hub.commit([{ type: 'schedule', name: registered.name, last: startedAt, next }]);
    });
  }
}

function timerTrigger(app: AppFunctions, registered: RegisteredFunction): TimerTrigger[] {
  const trigger = triggerOf(registered);
  if (trigger?.type !== 'timerTrigger') return [];
  const text = app.resolveSetting(String(trigger.schedule));
  const schedule = parseNcrontab(text);
  const first = schedule.next(0);
  const monitored = trigger.useMonitor !== false && schedule.next(first) - first >= MONITORED_FROM_MS;
  return [{ registered, schedule, text, monitored, runOnStartup: trigger.runOnStartup === true }];
}

/** As .NET writes a DateTimeOffset. */
function offsetTime(at: number): string {
  return new Date(at).toISOString().replace(/Z$/, '+00:00');
}
