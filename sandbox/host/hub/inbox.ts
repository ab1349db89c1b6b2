import type { MessageEvent } from '../engine/history.ts';
import type { HostFaults } from '../faults.ts';
import type { Instance } from './instance.ts';

/**
 * The messages for the next episode. An answer to a task that is not open (any more) is taken out and dropped: messages
 * may arrive twice.
 */
export function selectMessages(
  instance: Instance,
  faults: HostFaults,
): { readonly events: readonly MessageEvent[]; readonly consumed: readonly number[] } {
  const messages = [...instance.inbox];
  const order = faults.reorders?.(messages.length) ?? [...messages.keys()];
  const events: MessageEvent[] = [];
  const seen = new Set<string>();
  for (const index of order) {
    const event = messages[index]?.event;
    if (!event || !isWanted(instance, event)) continue;
    const key = taskKey(event);
    if (key !== undefined && seen.has(key)) continue;
    if (key !== undefined) seen.add(key);
    // In any order of the queue, an execution begins with its start.
    if (event.EventType === 0) events.unshift(event);
    else events.push(event);
  }
  return { events, consumed: messages.map(({ sequence }) => sequence) };
}

function taskKey(event: MessageEvent): string | undefined {
  if ('TaskScheduledId' in event) return `task ${event.TaskScheduledId}`;
  if (event.EventType === 11) return `timer ${event.TimerId}`;
  if (event.EventType === 0) return 'start';
  return undefined;
}

function isWanted(instance: Instance, event: MessageEvent): boolean {
  switch (event.EventType) {
    case 0:
      return instance.history.length === 0;
    case 5:
    case 6:
      return instance.activities[event.TaskScheduledId] !== undefined;
    case 8:
    case 9:
      return instance.children.includes(event.TaskScheduledId);
    case 11:
      return instance.timers[event.TimerId] !== undefined;
    case 3:
    case 15:
    case 19:
    case 20:
      return true;
  }
}
