import type { AppFunctions } from './appFunctions.ts';
import { methodsOf, textOf } from './http/httpTrigger.ts';
import { triggerOf } from './worker/worker.ts';

export interface FunctionDescription {
  readonly name: string;
  /** Binding type: `httpTrigger`, `timerTrigger`, `eventGridTrigger`, `orchestrationTrigger`, `activityTrigger` … */
  readonly trigger: string;
  readonly route?: string;
  readonly methods?: readonly string[];
  readonly authLevel?: string;
  readonly schedule?: string;
}

/** What the app registered, on one screen. */
export function describeFunctions(
  app: AppFunctions,
  schedules: ReadonlyMap<string, string>,
): readonly FunctionDescription[] {
  return app.functions.map((registered) => {
    const { name } = registered;
    const trigger = triggerOf(registered);
    const schedule = schedules.get(name);
    if (trigger?.type !== 'httpTrigger') {
      return { name, trigger: trigger?.type ?? 'none', ...(schedule !== undefined && { schedule }) };
    }
    return {
      name,
      trigger: trigger.type,
      route: textOf(trigger.route) ?? name,
      methods: methodsOf(trigger),
      authLevel: textOf(trigger.authLevel) ?? 'anonymous',
    };
  });
}
