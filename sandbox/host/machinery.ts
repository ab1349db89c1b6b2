import type { Clock } from '../kernel/clock.ts';
import type { AppFunctions } from './appFunctions.ts';
import { HTTP_ACTIVITY } from './engine/callHttp.ts';
import type { DurableExtension } from './engine/failureTexts.ts';
import type { HostFaults } from './faults.ts';
import { ActivityRunner } from './hub/activityRunner.ts';
import { sendHttp } from './hub/sendHttp.ts';
import { Dispatcher } from './hub/dispatcher.ts';
import { EpisodeRunner } from './hub/episodeRunner.ts';
import type { TaskHub } from './hub/taskHub.ts';
import type { HostLog } from './log.ts';
import { TimerTriggers } from './schedule/timerTriggers.ts';
import type { Workload } from './workload.ts';

export interface MachineryOptions {
  readonly app: AppFunctions;
  readonly clock: Clock;
  readonly hub: TaskHub;
  readonly workload: Workload;
  readonly faults: HostFaults;
  readonly log: HostLog;
  readonly replayTwice: boolean;
  readonly activitiesAtOnce: number;
  readonly visibilityTimeoutMs: number;
  readonly extension: DurableExtension;
}

/** What runs without being asked: orchestrations, activities, durable timers and timer triggers. */
export interface Machinery {
  readonly timers: TimerTriggers;
  episodes(): number;
  activityRuns(): number;
  begin(): void;
  stop(): void;
}

/** Throws when a timer trigger has a faulty schedule. */
export function createMachinery(options: MachineryOptions): Machinery {
  const { app, clock, hub, workload, faults, log } = options;
  const timers = new TimerTriggers({ app, clock, hub, workload, log });
  const episodes = new EpisodeRunner({
    clock,
    hub,
    faults,
    registrations: app,
    replayTwice: options.replayTwice,
    invoke: (name, payload) => app.invokeByName(name, { string: payload }),
  });
  const activities = new ActivityRunner({
    clock,
    hub,
    faults,
    workload,
    atOnce: options.activitiesAtOnce,
    visibilityTimeoutMs: options.visibilityTimeoutMs,
    extension: options.extension,
    // The extension's binding data of an activity.
    invoke: (name, input, instanceId) =>
      name === HTTP_ACTIVITY
        ? sendHttp(input?.string ?? '')
        : app.invokeByName(name, input, { instanceId: { string: instanceId } }),
  });
  const dispatcher = new Dispatcher({ clock, hub, faults, workload, episodes, activities, log });
  return {
    timers,
    episodes: () => episodes.episodes,
    activityRuns: () => activities.runs,
    begin() {
      dispatcher.begin();
      timers.begin();
    },
    stop() {
      dispatcher.stop();
      timers.stop();
    },
  };
}
