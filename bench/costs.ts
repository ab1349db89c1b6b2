import type { Commit } from '../sandbox/host/hub/records.ts';

const TASK_SCHEDULED = 4;
const TIMER_CREATED = 10;
/** Put, get and delete. */
const TRANSACTIONS_PER_MESSAGE = 3;
/** One batch into the history table and one update of the instance. */
const TRANSACTIONS_PER_EPISODE = 2;

/**
 * What one workflow instance cost. Executions: the POST, each episode, each activity. Storage transactions: estimated from the
 * commit rules of the Azure Storage provider (outbound messages, history and instance, inbound messages); not counted are
 * payloads that go to blobs, and the polling of idle queues, which a host does whether it has runs or not.
 */
export function costsOf(
  commits: readonly Commit[],
  instanceId: string,
): { readonly executions: number; readonly transactions: number } {
  const episodes = commits
    .flat()
    .flatMap((record) => (record.type === 'episode' && record.instanceId === instanceId ? record : []));
  const events = episodes.flatMap(({ append }) => append);
  const activities = events.filter(({ EventType }) => EventType === TASK_SCHEDULED).length;
  const timers = events.filter(({ EventType }) => EventType === TIMER_CREATED).length;
  const start = 1;
  return {
    executions: start + episodes.length + activities,
    transactions:
      (start + 2 * activities + timers) * TRANSACTIONS_PER_MESSAGE +
      episodes.length * TRANSACTIONS_PER_EPISODE,
  };
}
