import type { Connection } from '../domain/connection.ts';
import { ProvisioningError } from '../domain/failure.ts';
import { decideRecordRemoval } from '../domain/recordRemoval.ts';
import type { ClusterWord } from '../domain/recordRemoval.ts';
import type { RecordToSettle } from '../domain/syncPlan.ts';
import { isGone } from '../domain/wantedClusters.ts';
import type { Ports } from '../ports.ts';
import type { Policy } from './policy.ts';
import { sideBySide } from './sideBySide.ts';

export interface SettleInput {
  readonly connection: Connection;
  /** At most as many as Zilliz can be asked for one by one within a minute. */
  readonly records: readonly RecordToSettle[];
  readonly now: number;
}

export interface SettledRecord {
  readonly clusterId: string;
  readonly zoneId: string;
  readonly action: 'removed' | 'marked' | 'unmarked' | 'kept';
  readonly reason: string;
}

const ASKED_AT_A_TIME = 5;

/** Records whose cluster seems to be gone, is back, or was taken out: what Zilliz says of each cluster decides. */
export async function settleRecords(
  ports: Ports,
  policy: Policy,
  input: SettleInput,
): Promise<{ readonly settled: readonly SettledRecord[] }> {
  const witness = new Witness(ports, input.connection.projectId);
  const settled = await sideBySide(ASKED_AT_A_TIME, input.records, async (row): Promise<SettledRecord> => {
    const { clusterId, zoneId } = row;
    const word = row.word === 'ask' ? await witness.ask(clusterId) : row.word;
    if (typeof word === 'object') return { clusterId, zoneId, action: 'kept', reason: word.unproved };
    try {
      return { clusterId, zoneId, ...(await settle(ports, policy, input, row, word)) };
    } catch (error) {
      // The records of one zone may be out of reach; the others are not held up by them.
      if (!(error instanceof ProvisioningError) || error.failure.kind === 'transient') throw error;
      return { clusterId, zoneId, action: 'kept', reason: error.failure.message };
    }
  });
  return { settled };
}

async function settle(
  ports: Ports,
  policy: Policy,
  { connection, now }: SettleInput,
  { clusterId, zoneId, record }: RecordToSettle,
  word: ClusterWord,
): Promise<Pick<SettledRecord, 'action' | 'reason'>> {
  const found = await ports.dns.record(zoneId, record);
  if (!found) return { action: 'kept', reason: 'the record is gone already' };
  const { recordRemovalDelayHours: delayHours } = policy;
  const decision = decideRecordRemoval(
    { connectionId: connection.id, clusterId, word, now, delayHours },
    found,
  );
  const { reason } = decision;
  switch (decision.action) {
    case 'keep':
      return { action: 'kept', reason };
    case 'remove':
      await ports.dns.deleteRecord(zoneId, record, found.etag);
      return { action: 'removed', reason };
    case 'mark':
    case 'unmark': {
      const [address = ''] = found.addresses;
      if (found.addresses.length !== 1) return { action: 'kept', reason: 'it has other addresses than ours' };
      const { ttlSeconds } = found;
      const { metadata } = decision;
      await ports.dns.putRecord({ zoneId, name: record, ttlSeconds, address, metadata }, found.etag);
      return { action: decision.action === 'mark' ? 'marked' : 'unmarked', reason };
    }
  }
}

/**
 * Asks Zilliz about single clusters. Only its own word that a cluster is deleted, or that there is none of the ID, from a
 * key that sees the project, is a proof. A refusal or an error says nothing; the next round asks again.
 */
class Witness {
  readonly #ports: Ports;
  readonly #projectId: string;
  #projectSeen: Promise<boolean> | null = null;

  constructor(ports: Ports, projectId: string) {
    this.#ports = ports;
    this.#projectId = projectId;
  }

  async ask(clusterId: string): Promise<'alive' | 'gone' | { readonly unproved: string }> {
    const { zilliz } = this.#ports;
    try {
      this.#projectSeen ??= zilliz.project(this.#projectId).then((project) => project !== null);
      if (!(await this.#projectSeen)) return { unproved: 'the key does not see the project' };
      const cluster = await zilliz.cluster(this.#projectId, clusterId);
      if (cluster === 'gone') return 'gone';
      return isGone(cluster) ? { unproved: `Zilliz says ${cluster.status}` } : 'alive';
    } catch (error) {
      if (error instanceof ProvisioningError) return { unproved: error.failure.message };
      throw error;
    }
  }
}
