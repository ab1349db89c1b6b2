import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../kernel/clock.ts';
import type { Registrations } from '../engine/frameworkContext.ts';
import { orchestratorMark } from '../engine/history.ts';
import type { HistoryEvent } from '../engine/history.ts';
import { orchestratorPayload } from '../engine/payload.ts';
import { replay } from '../engine/replay.ts';
import type { Outcome } from '../engine/replay.ts';
import { parseAnswer, parseThrownAnswer } from '../engine/sdkAnswer.ts';
import type { SdkAnswer } from '../engine/sdkAnswer.ts';
import type { HostFaults } from '../faults.ts';
import type { InvocationResult } from '../worker/worker.ts';
import { episodeRecords } from './episodeRecords.ts';
import type { Instance } from './instance.ts';
import { selectMessages } from './inbox.ts';
import type { TaskHub } from './taskHub.ts';

export interface EpisodeRunnerOptions {
  readonly clock: Clock;
  readonly hub: TaskHub;
  readonly faults: HostFaults;
  readonly registrations: Registrations & { orchestrations(): readonly string[] };
  readonly replayTwice: boolean;
  readonly invoke: (functionName: string, payload: string) => Promise<InvocationResult>;
}

/** Runs orchestrators: one episode at a time and instance, from the new messages to the commit. */
export class EpisodeRunner {
  readonly #options: EpisodeRunnerOptions;
  #episodes = 0;

  constructor(options: EpisodeRunnerOptions) {
    this.#options = options;
  }

  get episodes(): number {
    return this.#episodes;
  }

  /**
   * Returns `stuck` when nothing was stored because the orchestrator called a function that is not registered: the next
   * try waits for the next message. Rejects with WorkerLostError when the process died; the episode is then run again.
   */
  async run(instance: Instance): Promise<'done' | 'stuck'> {
    const { clock, hub, faults } = this.#options;
    const { events, consumed } = selectMessages(instance, faults);
    // What the first run of a renewed execution finds is its history already.
    const seen = instance.renewed ? [] : instance.history;
    const fresh = instance.renewed ? [] : [orchestratorMark(12, clock.now()), ...events];
    if (!instance.renewed && events.length === 0) {
      instance.inbox = instance.inbox.filter(({ sequence }) => !consumed.includes(sequence));
      return 'done';
    }
    const outcome = await this.#decide(instance, seen, instance.renewed ? instance.history : fresh);
    if (!hub.state.execution(instance.instanceId, instance.executionId)) return 'done';
    const common = { instance, fresh, consumed: instance.renewed ? [] : consumed, at: clock.now() };
    if (outcome.stuck === undefined) {
      hub.commit(episodeRecords(hub, { ...common, outcome }));
      return 'done';
    }
    // The real host shows the start of such an instance, and nothing that followed.
    if (instance.history.length > 0) return 'stuck';
    const nothing: Outcome = { decisions: [], customStatus: undefined, openTimers: [], suspended: false };
    hub.commit(episodeRecords(hub, { ...common, outcome: nothing }));
    return 'done';
  }

  async #decide(
    instance: Instance,
    past: readonly HistoryEvent[],
    fresh: readonly HistoryEvent[],
  ): Promise<Outcome> {
    const { registrations } = this.#options;
    const answer = registrations.isOrchestration(instance.name)
      ? await this.#ask(instance, past, fresh)
      : failing(unknownOrchestrator(instance.name, registrations.orchestrations()));
    return replay({
      executionId: instance.executionId,
      functionName: instance.name,
      history: [...past, ...fresh],
      answer,
      registrations,
    });
  }

  async #ask(
    instance: Instance,
    past: readonly HistoryEvent[],
    fresh: readonly HistoryEvent[],
  ): Promise<SdkAnswer> {
    this.#episodes += 1;
    const frame = {
      instanceId: instance.instanceId,
      input: instance.inputJson,
      parentInstanceId: instance.parent?.OrchestrationInstance.InstanceId ?? null,
      isReplaying: past.length > 0,
    };
    const pastJson = past.length === 0 ? '' : this.#options.hub.state.pastJson(instance);
    const payload = orchestratorPayload(frame, pastJson, fresh);
    const result = await this.#options.invoke(instance.name, payload);
    if (this.#options.replayTwice) {
      const again = await this.#options.invoke(instance.name, payload);
      if (!isDeepStrictEqual(answerText(result), answerText(again))) {
        return failing(
          `Two runs over the same history differ: ${answerText(result)} and ${answerText(again)}`,
        );
      }
    }
    if (!result.ok) return parseThrownAnswer(result.message);
    return parseAnswer(JSON.parse(result.returnValue?.json ?? 'null'));
  }
}

function answerText(result: InvocationResult): string {
  return result.ok ? (result.returnValue?.json ?? '') : result.message;
}

function failing(error: string): SdkAnswer {
  return { isDone: false, actions: [], output: undefined, error, customStatus: undefined };
}

function unknownOrchestrator(name: string, known: readonly string[]): string {
  const names = known.map((other) => `'${other}'`).join(', ');
  return `The function '${name}' doesn't exist, is disabled, or is not an orchestrator function. Additional info: The following are the known orchestrator functions: ${names}.`;
}
