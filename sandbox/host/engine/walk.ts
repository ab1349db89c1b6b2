import { callHttp } from './callHttp.ts';
import type { FrameworkContext } from './frameworkContext.ts';
import { OpenTask, whenAll, whenAny } from './openTask.ts';
import { retried } from './retry.ts';
import type { SdkAction } from './sdkAnswer.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Sent to the SDK with each episode: both sides split longer timers in the same way. */
const LONGEST_TIMER_MS = 6 * DAY_MS;
const LONG_TIMER_STEP_MS = 3 * DAY_MS;

/**
 * Does the SDK's actions one after the other, as the extension does: each is turned into tasks, waited for, and its error
 * swallowed, for the orchestrator has already dealt with it. Calls `done` behind the last one.
 */
export function walk(context: FrameworkContext, actions: readonly SdkAction[], done: () => void): void {
  const step = (index: number): void => {
    const action = actions[index];
    if (!action) {
      done();
      return;
    }
    taskOf(context, action).whenSettled(() => {
      step(index + 1);
    });
  };
  step(0);
}

function taskOf(context: FrameworkContext, action: SdkAction): OpenTask {
  switch (action.actionType) {
    case 0:
      return context.callActivity(action.functionName, action.input);
    case 1:
      return retried(context, action.retryOptions, () =>
        context.callActivity(action.functionName, action.input),
      );
    case 2:
      return context.callChild(action.functionName, action.instanceId, action.input);
    case 3:
      return retried(context, action.retryOptions, () =>
        context.callChild(action.functionName, action.instanceId, action.input),
      );
    case 4:
      context.continueAsNew(action.input);
      return settled();
    case 5:
      return timer(context, Date.parse(action.fireAt), action.isCanceled);
    case 6:
      return context.waitForEvent(action.externalEventName);
    case 8:
      return callHttp(context, action.httpRequest);
    case 11:
      return whenAny(action.compoundActions.map((child) => taskOf(context, child)));
    case 12:
      return whenAll(action.compoundActions.map((child) => taskOf(context, child)));
  }
}

function timer(context: FrameworkContext, fireAt: number, cancelled: boolean): OpenTask {
  if (fireAt - context.now <= LONGEST_TIMER_MS) return context.createTimer(fireAt, cancelled);
  const whole = new OpenTask();
  const step = (): void => {
    const isLast = fireAt - context.now <= LONGEST_TIMER_MS;
    const next = context.createTimer(isLast ? fireAt : context.now + LONG_TIMER_STEP_MS, cancelled);
    next.whenSettled((fired) => {
      if (isLast || !fired) whole.settle(fired);
      else step();
    });
  };
  step();
  return whole;
}

function settled(): OpenTask {
  const task = new OpenTask();
  task.settle(true);
  return task;
}
