import type { Commit } from '../sandbox/host/hub/records.ts';

const TIMER_CREATED = 10;
/** Put, get and delete. */
const TRANSACTIONS_PER_MESSAGE = 3;
/** One batch into the history table and one update of the instance. */
const TRANSACTIONS_PER_EPISODE = 2;

/**
 * Storage transactions of a run, estimated from the commit rules of the Azure Storage provider: outbound messages, history and
 * instance, inbound messages. Not counted: payloads that go to blobs, and the polling of idle queues, which a host does
 * whether it has runs or not.
 */
export function storageTransactions(
  commits: readonly Commit[],
  episodes: number,
  activityRuns: number,
): number {
  const timers = commits
    .flat()
    .flatMap((record) => (record.type === 'episode' ? record.append : []))
    .filter(({ EventType }) => EventType === TIMER_CREATED).length;
  const start = 1;
  const messages = start + 2 * activityRuns + timers;
  return messages * TRANSACTIONS_PER_MESSAGE + episodes * TRANSACTIONS_PER_EPISODE;
}
