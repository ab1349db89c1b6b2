import { decideOwnRecord } from '../domain/decideRemoval.ts';
import { ProvisioningError } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import type { ARecordSet } from '../domain/model.ts';
import type { Ports } from '../ports.ts';
import { sideBySide } from './sideBySide.ts';
import type { Removed } from './tearDown.ts';

export interface RemoveRecordsInput {
  readonly connectionId: string;
  readonly zoneId: string;
  /** As many as can be removed in a minute. */
  readonly records: readonly string[];
}

export interface RemovedRecord {
  readonly record: string;
  readonly outcome: Removed['outcome'] | 'failed';
  readonly reason: string;
  readonly failure: Failure | null;
}

const WRITES_AT_A_TIME = 5;

/**
 * Record sets of one zone, each only if it still carries the mark of the connection. One that fails for good does not hold
 * up the others; a failure that time may cure is thrown, and the step goes through the rest again.
 */
export async function removeRecords(
  ports: Ports,
  { connectionId, zoneId, records }: RemoveRecordsInput,
): Promise<{ readonly removed: readonly RemovedRecord[] }> {
  const zone = await ports.dns.zone(zoneId);
  const found = zone ? await ports.dns.records(zoneId) : [];
  const removed = await sideBySide(WRITES_AT_A_TIME, records, (record) =>
    removeRecord(
      ports,
      connectionId,
      record,
      found.find(({ name }) => name.toLowerCase() === record.toLowerCase()),
    ),
  );
  return { removed };
}

async function removeRecord(
  ports: Ports,
  connectionId: string,
  record: string,
  found: ARecordSet | undefined,
): Promise<RemovedRecord> {
  if (!found) return { record, outcome: 'gone', reason: 'it is not there', failure: null };
  const { action, reason } = decideOwnRecord(found, connectionId);
  if (action === 'keep') return { record, outcome: 'kept', reason, failure: null };
  try {
    await ports.dns.deleteRecord(found.zoneId, found.name, found.etag);
  } catch (error) {
    if (!(error instanceof ProvisioningError) || error.failure.kind === 'transient') throw error;
    return { record, outcome: 'failed', reason: error.failure.message, failure: error.failure };
  }
  return { record, outcome: 'deleted', reason, failure: null };
}
