import { z } from 'zod';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { syncInstanceId } from '../../../src/domain/connection/names.ts';
import { syncResultSchema, syncStatusSchema } from '../../../src/domain/sync/status.ts';
import type { SyncResult, SyncStatus } from '../../../src/domain/sync/status.ts';

const { projectId, regionId } = sample;
const aRecords = z.object({ aRecords: z.array(z.object({ ipv4Address: z.string() })) });

/** The run that keeps the records of the sample project and region. */
export const SYNC_ID = syncInstanceId({ projectId, regionId });

export interface SimulatedRecord {
  readonly name: string;
  readonly zone: string;
  readonly addresses: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** A record sets of the simulated Azure, by name. */
export function recordsOf(rig: Rig): readonly SimulatedRecord[] {
  const { recordSets, zones } = rig.sandbox.azure.control.snapshot().dns;
  return Object.values(recordSets)
    .filter(({ type }) => type === 'A')
    .map(({ name, zone, values, metadata = {} }) => ({
      name,
      zone: zones[zone]?.name ?? zone,
      addresses: aRecords.parse(values).aRecords.map(({ ipv4Address }) => ipv4Address),
      metadata,
    }))
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

export function recordNames(rig: Rig): readonly string[] {
  return recordsOf(rig).map(({ name }) => name);
}

export function recordName(clusterId: string): string {
  return `${clusterId}-privatelink`;
}

/** Publishes one event to the function's webhook, as Event Grid delivers it. */
export function deliver(rig: Rig, events: readonly object[]): Promise<Response> {
  const url = new URL(`${rig.host.baseUrl}/runtime/webhooks/eventgrid?functionName=clusterEvents`);
  url.searchParams.set('code', rig.host.keys.system);
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'aeg-event-type': 'Notification' },
    body: JSON.stringify(events),
  });
}

export function clusterEvent(
  clusterId: string,
  type: 'Created' | 'Deleted' = 'Created',
  where: { readonly projectId: string; readonly regionId: string } = { projectId, regionId },
): object {
  return {
    specversion: '1.0',
    id: `${type}-${clusterId}`,
    source: '/pipelines/clusters',
    type: `Zilliz.Cluster.${type}`,
    subject: clusterId,
    time: '2026-01-05T09:00:00Z',
    datacontenttype: 'application/json',
    data: { ...where, clusterId },
  };
}

export function syncRun(rig: Rig, id = SYNC_ID) {
  const instance = rig.host.instances().find(({ instanceId }) => instanceId === id);
  if (!instance) throw new Error(`There is no run ${id}.`);
  return instance;
}

export function syncStatus(rig: Rig, id = SYNC_ID): SyncStatus {
  return syncStatusSchema.parse(syncRun(rig, id).customStatus);
}

/** Advances time until the sync run has ended; returns its result. */
export async function syncEnds(rig: Rig, id = SYNC_ID): Promise<SyncResult> {
  const isOver = (): boolean => !['Pending', 'Running'].includes(syncRun(rig, id).runtimeStatus);
  await rig.host.runUntil(isOver);
  const { runtimeStatus, output } = syncRun(rig, id);
  if (runtimeStatus !== 'Completed') throw new Error(`${runtimeStatus}: ${JSON.stringify(output)}`);
  return syncResultSchema.parse(output);
}

/** Advances time by so many minutes, without waiting for any run. */
export async function pass(rig: Rig, minutes: number): Promise<void> {
  const until = rig.clock.now() + minutes * 60_000;
  // Something to wait for, at the very moment.
  rig.clock.schedule(until, () => undefined);
  await rig.host.runUntil(() => rig.clock.now() >= until);
  await rig.host.whenIdle();
}

/** Connects and returns the connection's ID; fails unless it is connected, because a test of sync needs that. */
export async function connected(rig: Rig, request?: object): Promise<string> {
  const view = await rig.connect(request);
  if (view.status !== 'connected') throw new Error(`${view.status}: ${JSON.stringify(view.problem)}`);
  return view.id;
}
