import type { Connection } from '../domain/connection/connection.ts';
import {
  adoptedRecordMarks,
  forPeople,
  recordMetadata,
  tagsOfOthers,
  ttlToGiveBack,
} from '../domain/connection/marks.ts';
import { parseZoneId, recordSetId } from '../domain/connection/resourceId.ts';
import type { Outcome } from '../domain/failure/failure.ts';
import { failed, ProvisioningError, fail, succeeded } from '../domain/failure/failure.ts';
import type { RemovalSubject } from '../domain/plan/removalSubject.ts';
import type { ClusterLife } from '../domain/resources/aRecord.ts';
import {
  decideOwnRecord,
  decideRecord,
  decideRecordRemoval,
  holderOf,
  RECORD_TTL_SECONDS,
} from '../domain/resources/aRecord.ts';
import { isGone } from '../domain/resources/cluster.ts';
import type { ARecordSet, OtherSet } from '../domain/resources/model.ts';
import type { Proof } from '../domain/resources/proof.ts';
import { reachOf } from '../domain/resources/reach.ts';
import type { Written } from '../domain/resources/written.ts';
import type { RecordToSettle } from '../domain/sync/roundPlan.ts';
import type { Ports } from '../ports.ts';
import { endpointToRemove } from '../queries/observeRemoval.ts';
import { otherSetsAmong } from '../queries/observeZones.ts';
import { prove } from '../queries/proof.ts';
import { mapConcurrently } from '../queries/tryRead.ts';
import type { Policy } from './activities.ts';
import type { RemovedAll } from './tearDown.ts';
import { absent, act, removeInZones } from './tearDown.ts';
import { failIfRemoved } from './zones.ts';

export interface EnsureRecordsInput {
  readonly connection: Connection;
  readonly zoneId: string;
  readonly address: string;
  /** At most as many as can be written in a minute. */
  readonly records: readonly { readonly clusterId: string; readonly record: string }[];
}

const WRITES_AT_A_TIME = 5;
/** Up to this number of records are read one by one, above it by one list: Azure Private DNS allows 500 reads in five minutes. */
const READ_SINGLY = 3;

/**
 * DNS step 2, items 4 and 5: writes the record sets of one zone, one per cluster, reads them again and compares them. Returns
 * one outcome for each record, in their order: a conflict of one does not stop the others.
 */
export async function ensureRecords(
  ports: Ports,
  policy: Policy,
  input: EnsureRecordsInput,
): Promise<{ readonly outcomes: readonly Outcome<Written>[] }> {
  const proof = await prove(ports, policy, input.connection, 'records');
  const { records, ...sets } = await ports.dns.recordSets(input.zoneId);
  const existing = byName(records);
  const writer = new RecordWriter(ports, input, proof, otherSetsAmong(sets));
  const outcomes = await mapConcurrently(WRITES_AT_A_TIME, input.records, (entry) =>
    writer.ensure(entry, existing.get(entry.record.toLowerCase()) ?? null),
  );
  const failure = outcomes.find((outcome) => !outcome.ok)?.failure;
  if (failure) await failIfRemoved(ports, input.zoneId, failure);
  return { outcomes: await compared(ports, input, outcomes) };
}

/** Returns the record sets by name in lower case. */
function byName(records: readonly (ARecordSet | null)[]): ReadonlyMap<string, ARecordSet> {
  return new Map(records.flatMap((set) => (set ? [[set.name.toLowerCase(), set] as const] : [])));
}

/** Writes records that differ from the wanted ones. After a transient failure, all remaining records get the same failure. */
class RecordWriter {
  readonly #ports: Ports;
  readonly #input: EnsureRecordsInput;
  readonly #proof: Proof<'records'>;
  readonly #others: readonly OtherSet[];
  #transientFailure: Outcome<never> | null = null;

  constructor(ports: Ports, input: EnsureRecordsInput, proof: Proof<'records'>, others: readonly OtherSet[]) {
    this.#ports = ports;
    this.#others = others;
    this.#input = input;
    this.#proof = proof;
  }

  async ensure(
    entry: EnsureRecordsInput['records'][number],
    found: ARecordSet | null,
  ): Promise<Outcome<Written>> {
    if (this.#transientFailure) return this.#transientFailure;
    try {
      return succeeded(await this.#write(entry, found));
    } catch (error) {
      if (!(error instanceof ProvisioningError)) throw error;
      const outcome = failed(error.failure);
      if (error.failure.kind === 'transient') this.#transientFailure = outcome;
      return outcome;
    }
  }

  async #write(
    { clusterId, record }: EnsureRecordsInput['records'][number],
    found: ARecordSet | null,
  ): Promise<Written> {
    const { connection, zoneId, address } = this.#input;
    // Stored in the metadata of the record.
    const { endpointId } = this.#proof;
    const privateEndpointId = connection.privateEndpoint.id;
    const { id: connectionId, adopt } = connection;
    const wanted = { connectionId, clusterId, address, endpointId, privateEndpointId, adopt };
    const decision = decideRecord(wanted, found, holderOf(record, { otherSets: this.#others }));
    const id = recordSetId(zoneId, record);
    if (decision.action === 'conflict') throw fail(decision.code, `${id}: ${decision.reason}`);
    if (decision.action !== 'keep') {
      const owner = { projectId: connection.projectId, endpointId, privateEndpointId };
      const adopted =
        found && decision.action === 'adopt' ? adoptedRecordMarks(Date.now(), found.ttlSeconds) : {};
      const marks = recordMetadata(connection.id, clusterId, owner);
      const metadata = { ...(found?.metadata ?? forPeople), ...marks, ...adopted };
      const set = { zoneId, name: record, ttlSeconds: RECORD_TTL_SECONDS, address, metadata };
      await this.#ports.dns.putRecord(set, found?.etag ?? null);
    }
    return { id, action: decision.action, state: 'ready', reason: decision.reason };
  }
}

/** Reads the written records again. A record with another address becomes a failure, and is tried again. */
async function compared(
  ports: Ports,
  input: EnsureRecordsInput,
  outcomes: readonly Outcome<Written>[],
): Promise<readonly Outcome<Written>[]> {
  const isWritten = (outcome: Outcome<Written> | undefined): boolean =>
    outcome?.ok === true && outcome.value.action !== 'keep';
  const written = input.records.filter((_, index) => isWritten(outcomes[index]));
  const { zoneId } = input;
  const stored = await recordsNamed(
    ports,
    zoneId,
    written.map(({ record }) => record),
  );
  return outcomes.map((outcome, index) => {
    if (!outcome.ok || !isWritten(outcome)) return outcome;
    const set = stored.get(input.records[index]?.record.toLowerCase() ?? '');
    if (set?.addresses.length === 1 && set.addresses[0] === input.address) return outcome;
    const { id } = outcome.value;
    return failed(
      fail('record-not-kept', `${id} reads back as ${set?.addresses.join(', ') ?? 'absent'}`).failure,
    );
  });
}

/** Returns the record sets of these names that a zone has: few are read one by one, many from one list. */
async function recordsNamed(
  { dns }: Ports,
  zoneId: string,
  recordNames: readonly string[],
): Promise<ReadonlyMap<string, ARecordSet>> {
  return recordNames.length <= READ_SINGLY
    ? byName(await Promise.all(recordNames.map((name) => dns.record(zoneId, name))))
    : byName((await dns.recordSets(zoneId)).records);
}

export interface PruneRecordsInput {
  readonly connection: Connection;
  /** At most as many clusters as Zilliz can return one by one within a minute. */
  readonly records: readonly RecordToSettle[];
  readonly now: number;
}

export interface PrunedRecord {
  readonly clusterId: string;
  readonly zoneId: string;
  readonly action: 'removed' | 'marked' | 'unmarked' | 'kept';
  readonly reason: string;
}

const LOOKUPS_AT_A_TIME = 5;

/** Removes or marks records whose cluster is deleted, restored or excluded, by the state of each cluster at Zilliz. */
export async function pruneRecords(
  ports: Ports,
  policy: Policy,
  input: PruneRecordsInput,
): Promise<{ readonly settled: readonly PrunedRecord[] }> {
  await prove(ports, policy, input.connection, 'records');
  const lookup = new ClusterLookup(ports, input.connection.projectId);
  const settled = await mapConcurrently(
    LOOKUPS_AT_A_TIME,
    input.records,
    async (row): Promise<PrunedRecord> => {
      const { clusterId, zoneId } = row;
      const life = row.word === 'ask' ? await lookup.lifeOf(clusterId) : row.word;
      if (typeof life === 'object') return { clusterId, zoneId, action: 'kept', reason: life.unproved };
      try {
        return { clusterId, zoneId, ...(await pruneRecord(ports, policy, input, row, life)) };
      } catch (error) {
        // The app may have no access to the records of one zone. The records of other zones go on.
        if (!(error instanceof ProvisioningError) || error.failure.kind === 'transient') throw error;
        return { clusterId, zoneId, action: 'kept', reason: error.failure.message };
      }
    },
  );
  return { settled };
}

async function pruneRecord(
  ports: Ports,
  policy: Policy,
  { connection, now }: PruneRecordsInput,
  { clusterId, zoneId, record }: RecordToSettle,
  life: ClusterLife,
): Promise<Pick<PrunedRecord, 'action' | 'reason'>> {
  const found = await ports.dns.record(zoneId, record);
  // It was there when the round was planned: removed by this step, before its process died. Its zone is still to be removed.
  if (!found) return { action: life === 'alive' ? 'kept' : 'removed', reason: 'the record is gone already' };
  const { recordRemovalDelayHours: delayHours } = policy;
  const decision = decideRecordRemoval(
    { connectionId: connection.id, clusterId, word: life, now, delayHours },
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
    case 'unmark':
    case 'release': {
      const [address = ''] = found.addresses;
      if (found.addresses.length !== 1) return { action: 'kept', reason: 'it has other addresses than ours' };
      const { metadata } = decision;
      const ttlSeconds = decision.action === 'release' ? ttlToGiveBack(found) : found.ttlSeconds;
      await ports.dns.putRecord({ zoneId, name: record, ttlSeconds, address, metadata }, found.etag);
      return { action: decision.action === 'mark' ? 'marked' : 'unmarked', reason };
    }
  }
}

/**
 * Reads single clusters from Zilliz. A cluster is gone only if Zilliz reports it as deleted or unknown, to an API key that can
 * read the project. A refusal or an error proves nothing; the next round reads again.
 */
class ClusterLookup {
  readonly #ports: Ports;
  readonly #projectId: string;
  #projectVisible: Promise<boolean> | null = null;

  constructor(ports: Ports, projectId: string) {
    this.#ports = ports;
    this.#projectId = projectId;
  }

  async lifeOf(clusterId: string): Promise<'alive' | 'gone' | { readonly unproved: string }> {
    const { zilliz } = this.#ports;
    try {
      this.#projectVisible ??= zilliz.project(this.#projectId).then((project) => project !== null);
      if (!(await this.#projectVisible)) return { unproved: 'the key does not see the project' };
      const cluster = await zilliz.cluster(this.#projectId, clusterId);
      if (cluster === 'gone') return 'gone';
      return isGone(cluster) ? { unproved: `Zilliz says ${cluster.status}` } : 'alive';
    } catch (error) {
      if (error instanceof ProvisioningError) return { unproved: error.failure.message };
      throw error;
    }
  }
}

/** Removes record sets of any zones, each only if it still has the mark of the connection. */
export async function removeRecords(
  ports: Ports,
  input: {
    readonly subject: RemovalSubject;
    readonly records: readonly { readonly id: string; readonly zoneId: string; readonly name: string }[];
  },
): Promise<RemovedAll> {
  const reach = reachOf(input.subject);
  // Records without a stored connection are removed only if Azure reports that their private endpoint does not exist.
  if (!input.subject.connection) await endpointToRemove(ports, input.subject);
  return removeInZones(input.records, (zoneId, rows) => {
    let read: Promise<ReadonlyMap<string, ARecordSet>> | null = null;
    const zone = { name: parseZoneId(zoneId)?.name ?? '' };
    return async ({ id, name }) => {
      read ??= recordsNamed(
        ports,
        zoneId,
        rows.map((row) => row.name),
      );
      const record = (await read).get(name.toLowerCase());
      if (!record) return absent(id);
      return act(id, decideOwnRecord(record, zone, reach), {
        remove: () => ports.dns.deleteRecord(record.zoneId, record.name, record.etag),
        release: () => releaseRecord(ports, record),
      });
    };
  });
}

/** Takes our marks off an adopted record, and leaves it as it was before; `ttl` keeps the one that it has now. */
export async function releaseRecord(
  ports: Ports,
  record: ARecordSet,
  ttl: 'given back' | 'kept' = 'given back',
): Promise<void> {
  const { zoneId, name, addresses, etag } = record;
  const [address = ''] = addresses;
  const ttlSeconds = ttl === 'kept' ? record.ttlSeconds : ttlToGiveBack(record);
  const metadata = tagsOfOthers(record.metadata);
  await ports.dns.putRecord({ zoneId, name, address, ttlSeconds, metadata }, etag);
}
