import { appOf } from '../../src/app.ts';
import { readSettings } from '../../src/config.ts';
import { registerApp } from '../../src/app.ts';
import type { Decision } from '../../sandbox/host/engine/decision.ts';
import type { ExecutionStarted, HistoryEvent } from '../../sandbox/host/engine/history.ts';
import { orchestratorPayload } from '../../sandbox/host/engine/payload.ts';
import { replay } from '../../sandbox/host/engine/replay.ts';
import { parseAnswer, parseThrownAnswer } from '../../sandbox/host/engine/sdkAnswer.ts';
import { inProcessWorker } from '../../sandbox/host/worker/inProcessWorker.ts';
import { triggerOf } from '../../sandbox/host/worker/worker.ts';
import { VirtualClock } from '../../sandbox/kernel/clock.ts';

/** What today's code does with a history. */
export interface Replayed {
  readonly decisions: readonly Decision[];
  /** The log lines of the run, as one process after another writes them: none remembers earlier lines. */
  readonly said: readonly string[];
}

/** Gives a history to today's workflow, through the real SDK, and its answer to the engine that plays the host. */
export async function replayToday(history: readonly HistoryEvent[]): Promise<Replayed> {
  const said: string[] = [];
  // Settings do not matter: workflows read none, and no activity is run.
  const worker = await inProcessWorker(() => registerApp(appOf(readSettings({})))).start({
    clock: new VirtualClock(),
    log: ({ message }) => said.push(message),
    variables: {},
  });
  const started = startOf(history);
  const registered = worker.functions.find(({ name }) => name === started.Name);
  const result = await worker.invoke({
    functionName: started.Name,
    inputData: [
      {
        name: (registered && triggerOf(registered)?.name) ?? '',
        data: { string: payloadOf(started, history) },
      },
    ],
    triggerMetadata: {},
  });
  const isKind = (kind: string) => (name: string) =>
    worker.functions.some((one) => one.name === name && triggerOf(one)?.type === kind);
  const { decisions } = replay({
    executionId: started.OrchestrationInstance.ExecutionId,
    functionName: started.Name,
    history,
    answer: result.ok
      ? parseAnswer(JSON.parse(result.returnValue?.json ?? 'null'))
      : parseThrownAnswer(result.message),
    registrations: {
      isActivity: isKind('activityTrigger'),
      isOrchestration: isKind('orchestrationTrigger'),
    },
  });
  return { decisions, said };
}

function startOf(history: readonly HistoryEvent[]): ExecutionStarted {
  const started = history.find((event) => event.EventType === 0);
  if (!started) throw new Error('The history has no beginning.');
  return started;
}

function payloadOf(started: ExecutionStarted, history: readonly HistoryEvent[]): string {
  const frame = {
    instanceId: started.OrchestrationInstance.InstanceId,
    input: started.Input,
    parentInstanceId: null,
    isReplaying: history.length > 2,
  };
  return orchestratorPayload(frame, '', history);
}
