import type { AllocationView } from '../activities/allocation.ts';
import type { EnsureRecordInput } from '../activities/dns.ts';
import { dnsPlaceOf, parsePrivateLinkAddress } from '../domain/privateHost.ts';
import type { Step } from '../durable/run.ts';
import { stop } from './connectRun.ts';
import type { ConnectRun } from './connectRun.ts';
import { soon } from './schedule.ts';

const MINUTE = 60_000;

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
}

interface Placed {
  readonly cluster: AllocationView['clusters'][number];
  readonly host: string;
  readonly port: number;
  readonly zone: string;
  readonly record: string;
}

/** DNS step 1 and the record sets of step 2: zones where they are still missing, then one record per cluster, in rounds. */
export function* ensureRecords(
  run: ConnectRun,
  clusters: AllocationView['clusters'],
  address: string,
  submitted: ReadonlyMap<string, string>,
): Step<readonly ClusterRecord[]> {
  const placed = clusters.flatMap((cluster) => place(run, cluster) ?? []);
  const pending = clusters
    .filter((cluster) => cluster.privateLinkAddress === null)
    .map((cluster) => withoutRecord(cluster, 'pending', 'Zilliz has not allocated its private link address'));
  if (!run.connection.spec.dns.manage) return [...placed.map((entry) => leftToOthers(entry)), ...pending];

  const zones = new Map(submitted);
  for (const { zone } of placed) {
    if (!zones.has(zone)) zones.set(zone, yield* submitZone(run, zone));
  }
  for (const zone of zones.keys()) yield* awaitZone(run, zone);
  return [...(yield* writeRecords(run, placed, address, zones)), ...pending];
}

function place(run: ConnectRun, cluster: AllocationView['clusters'][number]): Placed | null {
  if (cluster.privateLinkAddress === null) return null;
  const target = parsePrivateLinkAddress(cluster.privateLinkAddress);
  if (!target) stop('unreadable-address', `${cluster.clusterId}: ${cluster.privateLinkAddress}`);
  const { regionId, spec } = run.connection;
  const found = dnsPlaceOf(target.host, regionId, spec.dns.layout);
  if (!found)
    stop('host-does-not-fit', `${cluster.clusterId}: ${target.host} is not in the zone of ${regionId}`);
  return { cluster, ...target, ...found };
}

function* submitZone(run: ConnectRun, zoneName: string): Step<string> {
  const zone = yield* run.steps.ensureZone({ connection: run.connection, zoneName, follow: false });
  run.wrote('zone', zone.created ? 1 : 0);
  return zone.zoneId;
}

/** A zone that is not there after a minute may have failed: it is made again, followed to its end to learn why. */
function* awaitZone(run: ConnectRun, zoneName: string): Step<void> {
  const { connection, steps } = run;
  const look = () => steps.readZone({ connection, zoneName });
  const waiting = ({ exists }: { readonly exists: boolean }): string | null =>
    exists ? null : `Azure is creating the zone ${zoneName}`;
  const first = yield* run.poll(look, run.now() + MINUTE, soon, waiting);
  if (first.exists) return;
  const again = yield* steps.ensureZone({ connection, zoneName, follow: true });
  run.wrote('zone', again.created ? 1 : 0);
  const last = yield* run.poll(look, run.now() + 10 * MINUTE, soon, waiting);
  if (!last.exists) stop('zone-slow', `${zoneName} is not there after 10 minutes`);
}

function* writeRecords(
  run: ConnectRun,
  placed: readonly Placed[],
  address: string,
  zones: ReadonlyMap<string, string>,
): Step<readonly ClusterRecord[]> {
  const inputs = placed.map(({ cluster, zone, record }): EnsureRecordInput => ({
    connection: run.connection,
    clusterId: cluster.clusterId,
    zoneId: zones.get(zone) ?? '',
    record,
    address,
  }));
  const outcomes = yield* run.steps.ensureRecord.each(inputs);
  return placed.map((entry, index): ClusterRecord => {
    const outcome = outcomes[index];
    const { cluster, host, port, zone } = entry;
    const base = {
      clusterId: cluster.clusterId,
      connectAddress: cluster.connectAddress,
      host,
      port,
      zone,
      zoneId: zones.get(zone) ?? null,
    };
    if (!outcome?.ok) {
      return { ...base, state: 'failed', recordSetId: null, reason: outcome?.failure.message ?? 'no answer' };
    }
    run.wrote('record', outcome.value.action === 'keep' ? 0 : 1);
    return { ...base, state: 'connected', recordSetId: outcome.value.recordSetId, reason: null };
  });
}

function withoutRecord(
  cluster: AllocationView['clusters'][number],
  state: 'pending',
  reason: string,
): ClusterRecord {
  const { clusterId, connectAddress } = cluster;
  return {
    clusterId,
    connectAddress,
    state,
    host: null,
    port: null,
    zone: null,
    zoneId: null,
    recordSetId: null,
    reason,
  };
}

function leftToOthers({ cluster, host, port, zone }: Placed): ClusterRecord {
  const { clusterId, connectAddress } = cluster;
  const reason = 'dns.manage is false: somebody else creates the record';
  return {
    clusterId,
    connectAddress,
    state: 'pending',
    host,
    port,
    zone,
    zoneId: null,
    recordSetId: null,
    reason,
  };
}
