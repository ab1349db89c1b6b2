import type { AllocationView } from '../activities/allocation.ts';
import type { Failure } from '../domain/failure.ts';
import { dnsPlaceOf, parsePrivateLinkAddress } from '../domain/privateHost.ts';
import { wantedZoneId } from '../domain/zonePlacement.ts';
import type { Step } from '../durable/run.ts';
import { stop } from './connectRun.ts';
import type { ConnectRun } from './connectRun.ts';
import { writeInBatches } from './recordBatches.ts';
import { soon } from './schedule.ts';

/** What the writing of records needs of a run. */
export type RecordRun = Pick<
  ConnectRun,
  'connection' | 'steps' | 'askOnce' | 'poll' | 'sleep' | 'renewIfFull' | 'wrote' | 'zoneIds'
>;

export type RecordCluster = Omit<AllocationView['clusters'][number], 'awaited'>;

/** One cluster and what became of its record. */
export interface ClusterRecord {
  readonly clusterId: string;
  readonly connectAddress: string;
  readonly state: 'connected' | 'pending' | 'failed';
  readonly host: string | null;
  readonly port: number | null;
  readonly zone: string | null;
  readonly zoneId: string | null;
  readonly recordSetId: string | null;
  readonly reason: string | null;
  /** Why there is no record; only where the state is failed. */
  readonly failure?: Failure;
}

interface Placed {
  readonly cluster: RecordCluster;
  readonly host: string;
  readonly port: number;
  readonly zone: string;
  readonly record: string;
}

/** DNS step 1 and the record sets of step 2, for one run: each cluster once, as soon as it has its address. */
export class Records {
  readonly #run: RecordRun;
  readonly #address: string;
  /** Zones that were submitted, by name. */
  readonly #zones: Map<string, string>;
  readonly #readyZones = new Set<string>();
  readonly #done = new Map<string, ClusterRecord>();

  constructor(run: RecordRun, address: string, submittedZones: ReadonlyMap<string, string>) {
    this.#run = run;
    this.#address = address;
    this.#zones = new Map(submittedZones);
  }

  /** Zones where they are still missing, then one record for each cluster that is new here. */
  *write(clusters: readonly RecordCluster[]): Step<void> {
    const placed = this.#unwritten(clusters).flatMap((cluster) => place(this.#run, cluster) ?? []);
    if (!this.#run.connection.spec.dns.manage) {
      for (const entry of placed) this.#done.set(entry.cluster.clusterId, leftToOthers(entry));
      return;
    }
    for (const { zone } of placed) {
      if (!this.#zones.has(zone)) this.#zones.set(zone, yield* submitZone(this.#run, zone));
    }
    for (const { zone } of placed) yield* this.#awaitZone(zone);
    for (const record of yield* this.#ensure(placed)) this.#done.set(record.clusterId, record);
  }

  /** Whether there is anything to write for these clusters. */
  hasWork(clusters: readonly RecordCluster[]): boolean {
    return this.#unwritten(clusters).length > 0;
  }

  /** What became of each of the clusters. */
  of(clusters: readonly RecordCluster[]): readonly ClusterRecord[] {
    return clusters.map((cluster) => this.#done.get(cluster.clusterId) ?? withoutAddress(cluster));
  }

  /** The zones of this run that are there, by name. */
  *readyZones(): Step<ReadonlyMap<string, string>> {
    for (const zone of this.#zones.keys()) yield* this.#awaitZone(zone);
    return this.#zones;
  }

  #unwritten(clusters: readonly RecordCluster[]): readonly RecordCluster[] {
    return clusters.filter(({ clusterId }) => {
      const done = this.#done.get(clusterId);
      // What time may cure is tried again at the next look.
      return done === undefined || done.failure?.kind === 'transient';
    });
  }

  *#awaitZone(zone: string): Step<void> {
    if (this.#readyZones.has(zone)) return;
    yield* awaitZone(this.#run, zone);
    this.#readyZones.add(zone);
  }

  *#ensure(placed: readonly Placed[]): Step<readonly ClusterRecord[]> {
    const records = placed.map(({ cluster: { clusterId }, zone, record }) => ({
      clusterId,
      zoneId: this.#zones.get(zone) ?? '',
      record,
    }));
    const outcomes = yield* writeInBatches(this.#run, this.#address, records);
    return placed.map((entry): ClusterRecord => {
      const outcome = outcomes.get(entry.cluster.clusterId);
      const { cluster, host, port, zone } = entry;
      const { clusterId, connectAddress } = cluster;
      const base = { clusterId, connectAddress, host, port, zone, zoneId: this.#zones.get(zone) ?? null };
      if (outcome?.ok !== true) {
        const failure = outcome?.failure ?? noAnswer;
        return { ...base, state: 'failed', recordSetId: null, reason: failure.message, failure };
      }
      this.#run.wrote('record', outcome.value.action === 'keep' ? 0 : 1);
      return { ...base, state: 'connected', recordSetId: outcome.value.recordSetId, reason: null };
    });
  }
}

const noAnswer: Failure = {
  kind: 'transient',
  code: 'azure-unavailable',
  message: 'writing the record: no answer',
  source: 'app',
};

function place(run: RecordRun, cluster: RecordCluster): Placed | null {
  if (cluster.privateLinkAddress === null) return null;
  const target = parsePrivateLinkAddress(cluster.privateLinkAddress);
  if (!target) stop('unreadable-address', `${cluster.clusterId}: ${cluster.privateLinkAddress}`);
  const { regionId, spec } = run.connection;
  const found = dnsPlaceOf(target.host, regionId, spec.dns.layout);
  if (!found)
    stop('host-does-not-fit', `${cluster.clusterId}: ${target.host} is not in the zone of ${regionId}`);
  return { cluster, ...target, ...found };
}

/** Answers the zone's ID. Unlinked, the zone changes nothing for anybody. */
export function* submitZone(run: RecordRun, zoneName: string): Step<string> {
  const { connection, steps, zoneIds } = run;
  yield* run.askOnce(zoneWait(run, zoneName), function* () {
    const zone = yield* steps.ensureZone({ connection, zoneName, follow: false });
    run.wrote('zone', zone.created ? 1 : 0);
    run.wrote('marks', zone.adopted ? 1 : 0);
    zoneIds.set(zoneName, zone.zoneId);
  });
  // A run that has renewed itself asked before; the zone may be one that was there, in another group.
  const zoneId = zoneIds.get(zoneName) ?? (yield* steps.findZone({ connection, zoneName })).zoneId;
  zoneIds.set(zoneName, zoneId);
  return zoneId;
}

function zoneWait({ connection }: RecordRun, zoneName: string): string {
  return `zone ${wantedZoneId(connection, zoneName)}`;
}

/** A zone that is not there after a minute may have failed: it is made again, followed to its end to learn why. */
function* awaitZone(run: RecordRun, zoneName: string): Step<void> {
  const { connection, steps } = run;
  const there = (name: string, seconds: number) =>
    run.poll({
      name,
      look: () => steps.readZone({ connection, zoneName }),
      missing: ({ exists }) => (exists ? null : `Azure is creating the zone ${zoneName}`),
      schedule: soon,
      until: { seconds },
    });
  const first = yield* there(zoneWait(run, zoneName), 60);
  if (first.exists) return;
  const again = yield* steps.ensureZone({ connection, zoneName, follow: true });
  run.wrote('zone', again.created ? 1 : 0);
  const last = yield* there(`${zoneWait(run, zoneName)} again`, 600);
  if (!last.exists) stop('zone-slow', `${zoneName} is not there after 10 minutes`);
}

function withoutAddress({ clusterId, connectAddress }: RecordCluster): ClusterRecord {
  return {
    clusterId,
    connectAddress,
    state: 'pending',
    host: null,
    port: null,
    zone: null,
    zoneId: null,
    recordSetId: null,
    reason: 'Zilliz has not allocated its private link address',
  };
}

function leftToOthers({ cluster, host, port, zone }: Placed): ClusterRecord {
  const { clusterId, connectAddress } = cluster;
  return {
    clusterId,
    connectAddress,
    state: 'pending',
    host,
    port,
    zone,
    zoneId: null,
    recordSetId: null,
    reason: 'dns.manage is false: somebody else creates the record',
  };
}
