import type { Connection } from '../domain/connection.ts';
import { decideRecord, RECORD_TTL_SECONDS } from '../domain/decide.ts';
import type { Decision } from '../domain/decide.ts';
import { ProvisioningError } from '../domain/failure.ts';
import { recordMetadata } from '../domain/marks.ts';
import type { ARecordSet } from '../domain/model.ts';
import { failed, succeeded } from '../domain/outcome.ts';
import type { Outcome } from '../domain/outcome.ts';
import { currentEndpointId } from '../domain/removal.ts';
import { recordSetId } from '../domain/resourceId.ts';
import type { Ports } from '../ports.ts';
import { ownEndpoint } from './ownEndpoint.ts';
import { sideBySide } from './sideBySide.ts';
import { stopped } from './stopped.ts';

export interface EnsureRecordsInput {
  readonly connection: Connection;
  readonly zoneId: string;
  readonly address: string;
  /** As many as can be written in a minute. */
  readonly records: readonly { readonly clusterId: string; readonly record: string }[];
}

export interface EnsuredRecord {
  readonly clusterId: string;
  readonly recordSetId: string;
  readonly action: Exclude<Decision['action'], 'conflict'>;
}

const WRITES_AT_A_TIME = 5;
/** Azure Private DNS allows 500 reads in five minutes: beyond this many records, one list is cheaper than reading each. */
const READ_SINGLY = 3;

/**
 * DNS step 2, items 4 and 5: record sets of one zone, one per cluster, read back and compared. One outcome for each record,
 * in order: a conflict over one does not hold up the others.
 */
export async function ensureRecords(
  ports: Ports,
  input: EnsureRecordsInput,
): Promise<{ readonly outcomes: readonly Outcome<EnsuredRecord>[] }> {
  const endpointId = currentEndpointId(await ownEndpoint(ports, input.connection));
  const before = await readSets(ports, input);
  const writer = new RecordWriter(ports, input, endpointId);
  const outcomes = await sideBySide(WRITES_AT_A_TIME, input.records, (entry) =>
    writer.ensure(entry, before.get(entry.record.toLowerCase()) ?? null),
  );
  return { outcomes: await compared(ports, input, outcomes) };
}

/** By name in lower case. */
async function readSets(
  ports: Ports,
  { zoneId, records }: EnsureRecordsInput,
): Promise<ReadonlyMap<string, ARecordSet>> {
  const found =
    records.length <= READ_SINGLY
      ? await Promise.all(records.map(({ record }) => ports.dns.record(zoneId, record)))
      : await ports.dns.records(zoneId);
  return new Map(found.flatMap((set) => (set ? [[set.name.toLowerCase(), set] as const] : [])));
}

/** Writes what is not as it should be; once a failure is transient, the rest waits with it. */
class RecordWriter {
  readonly #ports: Ports;
  readonly #input: EnsureRecordsInput;
  /** As Zilliz registers the private endpoint; the records say whose they are by it. */
  readonly #endpointId: string | null;
  #patience: Outcome<never> | null = null;

  constructor(ports: Ports, input: EnsureRecordsInput, endpointId: string | null) {
    this.#ports = ports;
    this.#input = input;
    this.#endpointId = endpointId;
  }

  async ensure(
    entry: EnsureRecordsInput['records'][number],
    found: ARecordSet | null,
  ): Promise<Outcome<EnsuredRecord>> {
    if (this.#patience) return this.#patience;
    try {
      return succeeded(await this.#write(entry, found));
    } catch (error) {
      if (!(error instanceof ProvisioningError)) throw error;
      const outcome = failed(error.failure);
      if (error.failure.kind === 'transient') this.#patience = outcome;
      return outcome;
    }
  }

  async #write(
    { clusterId, record }: EnsureRecordsInput['records'][number],
    found: ARecordSet | null,
  ): Promise<EnsuredRecord> {
    const { connection, zoneId, address } = this.#input;
    const endpointId = this.#endpointId;
    const privateEndpointId = connection.privateEndpoint.id;
    const wanted = { connectionId: connection.id, clusterId, address, endpointId, privateEndpointId };
    const decision = decideRecord(wanted, found);
    const id = recordSetId(zoneId, record);
    if (decision.action === 'conflict') throw stopped(decision.code, `${id}: ${decision.reason}`);
    if (decision.action !== 'keep') {
      const madeFor = { projectId: connection.projectId, endpointId, privateEndpointId };
      const metadata = { ...found?.metadata, ...recordMetadata(connection.id, clusterId, madeFor) };
      const ttlSeconds = decision.action === 'adopt' && found ? found.ttlSeconds : RECORD_TTL_SECONDS;
      const set = { zoneId, name: record, ttlSeconds, address, metadata };
      await this.#ports.dns.putRecord(set, found?.etag ?? null);
    }
    return { clusterId, recordSetId: id, action: decision.action };
  }
}

/** What was written, read back: an outcome that does not hold becomes a failure that is tried again. */
async function compared(
  ports: Ports,
  input: EnsureRecordsInput,
  outcomes: readonly Outcome<EnsuredRecord>[],
): Promise<readonly Outcome<EnsuredRecord>[]> {
  const isWritten = (outcome: Outcome<EnsuredRecord> | undefined): boolean =>
    outcome?.ok === true && outcome.value.action !== 'keep';
  const written = input.records.filter((_, index) => isWritten(outcomes[index]));
  if (written.length === 0) return outcomes;
  const after = await readSets(ports, { ...input, records: written });
  return outcomes.map((outcome, index) => {
    if (!outcome.ok || !isWritten(outcome)) return outcome;
    const kept = after.get(input.records[index]?.record.toLowerCase() ?? '');
    if (kept?.addresses.length === 1 && kept.addresses[0] === input.address) return outcome;
    const { recordSetId: id } = outcome.value;
    return failed(
      stopped('record-not-kept', `${id} reads back as ${kept?.addresses.join(', ') ?? 'absent'}`).failure,
    );
  });
}
