import { actionTypeName } from './decision.ts';
import type { Decision } from './decision.ts';
import type { ChildCreated, TaskScheduled, TimerCreated } from './history.ts';

/** The history says one thing and today's replay another. Fails the instance; the texts are DurableTask.Core's. */
export class NonDeterministicError extends Error {
  override readonly name = 'NonDeterministicError';
}

const CHANGED = 'Was a change made to the orchestrator code after this instance had already started running?';

/**
 * Compares what was scheduled once with the action that the replay gives the same number. Kind and name (without regard
 * to case) must be equal; inputs are not compared, as on the real host. Throws a NonDeterministicError.
 */
export function confirm(
  event: TaskScheduled | TimerCreated | ChildCreated,
  decision: Decision | undefined,
): void {
  const text = difference(event, decision);
  if (text !== undefined) throw new NonDeterministicError(`Non-Deterministic workflow detected: ${text}`);
}

function difference(
  event: TaskScheduled | TimerCreated | ChildCreated,
  decision: Decision | undefined,
): string | undefined {
  const id = event.EventId;
  const previously = 'A previous execution of this orchestration scheduled';
  switch (event.EventType) {
    case 4:
      if (!decision)
        return `${previously} an activity task with sequence ID ${id} and name '${event.Name}' (version '${event.Version}'), but the current replay execution hasn't (yet?) scheduled this task. ${CHANGED}`;
      if (decision.kind !== 'activity')
        return `${previously} an activity task with sequence number ${id} named '${event.Name}', but the current orchestration replay instead scheduled a ${actionTypeName(decision)} task with this sequence number.  ${CHANGED}`;
      if (sameName(decision.name, event.Name)) return undefined;
      return `${previously} an activity task with sequence number ${id} named '${event.Name}', but the current orchestration replay instead scheduled an activity task named '${decision.name}' with this sequence number.  ${CHANGED}`;
    case 7:
      if (!decision)
        return `${previously} a sub-orchestration task with sequence ID ${id} and name '${event.Name}' (version '', instance ID '${event.InstanceId}'), but the current replay execution hasn't (yet?) scheduled this task. ${CHANGED}`;
      if (decision.kind !== 'child')
        return `${previously} a sub-orchestration task with sequence ID ${id} and name '${event.Name}' (version '', instance ID '${event.InstanceId}'), but the current orchestration replay instead scheduled a ${actionTypeName(decision)} task at this sequence number. ${CHANGED}`;
      if (sameName(decision.name, event.Name)) return undefined;
      return `${previously} a sub-orchestration task with sequence ID ${id} and name '${event.Name}' (version '', instance ID '${event.InstanceId}'), but the current orchestration replay instead scheduled a sub-orchestration task with name ${decision.name} at this sequence number. ${CHANGED}`;
    case 10:
      if (!decision)
        return `${previously} a timer task with sequence number ${id} but the current replay execution hasn't (yet?) scheduled this task. ${CHANGED}`;
      if (decision.kind === 'timer') return undefined;
      return `${previously} a timer task with sequence number ${id} named but the current orchestration replay instead produced a ${actionTypeName(decision)} action with this sequence number. ${CHANGED}`;
  }
}

function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
