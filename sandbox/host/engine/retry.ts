import type { FrameworkContext } from './frameworkContext.ts';
import { OpenTask } from './openTask.ts';
import type { RetryOptions } from './sdkAnswer.ts';

/**
 * Retries as DurableTask.Core does them: failed attempt, timer, next attempt, each with a number of its own. After the
 * last attempt there is one more timer that is due at once, which the recordings show too. When the retry time-out has
 * passed there is none; the SDK does not know that and waits for ever.
 */
export function retried(context: FrameworkContext, options: RetryOptions, start: () => OpenTask): OpenTask {
  const whole = new OpenTask();
  const startedAt = context.now;
  const attempt = (attempts: number): void => {
    start().whenSettled((succeeded) => {
      if (succeeded) {
        whole.settle(true);
        return;
      }
      const delay = nextDelay(options, attempts, context.now - startedAt);
      if (delay === 0) {
        whole.settle(false);
        return;
      }
      const last = attempts + 1 >= options.maxNumberOfAttempts;
      context.createTimer(last ? context.now : context.now + delay).whenSettled(() => {
        if (last) whole.settle(false);
        else attempt(attempts + 1);
      });
    });
  };
  attempt(0);
  return whole;
}

/** Milliseconds until the next attempt; 0 when the retry time-out has passed. */
function nextDelay(options: RetryOptions, attempts: number, elapsed: number): number {
  const timeout = options.retryTimeoutInMilliseconds;
  if (timeout !== undefined && elapsed >= timeout) return 0;
  const delay = options.firstRetryIntervalInMilliseconds * (options.backoffCoefficient ?? 1) ** attempts;
  return Math.min(delay, options.maxRetryIntervalInMilliseconds ?? Infinity);
}
