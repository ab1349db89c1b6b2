import type { HttpHandler, HttpRequest } from '@azure/functions';
import * as z from 'zod';
import type { ClusterChange, ClusterChangeInput } from '../activities/changeClusters.ts';
import type { ClusterView } from '../domain/connection/clusterView.ts';
import type { Connection } from '../domain/connection/connection.ts';
import { clusterIdFault, syncInstanceId } from '../domain/connection/names.ts';
import type { ConnectionReading } from '../domain/connection/status.ts';
import { isActive } from '../durable/client.ts';
import type { LiveView } from '../queries/liveView.ts';
import type { WakeSync } from '../triggers/wakeSync.ts';
import { onConnection, withSpec } from './findConnection.ts';
import type { Sources } from './findConnection.ts';
import { followed, Refused, refuseFor } from './response.ts';
import { clusterViewSchema } from './views/connectionView.ts';
import { linksSchema } from './views/links.ts';
import { readingsOfSyncs } from './views/syncReadings.ts';

export interface ChangeClusterOptions {
  readonly waker: WakeSync;
  readonly change: (input: ClusterChangeInput) => Promise<ClusterChange>;
}

export const clusterChangeSchema = z
  .object({
    id: z.string(),
    clusterId: z.string(),
    /** Whether the cluster has a record from now on; sync writes or removes it. */
    wanted: z.boolean(),
    changed: z.boolean(),
  })
  .meta({ id: 'ClusterChange' });

export const clusterStateSchema = z
  .object({
    id: z.string(),
    ...clusterViewSchema.pick({
      clusterId: true,
      state: true,
      reason: true,
      host: true,
      port: true,
      uri: true,
    }).shape,
    record: clusterViewSchema.shape.record,
    links: linksSchema,
  })
  .meta({ id: 'ClusterDns' });

/**
 * `GET /api/connections/{id}/clusters/{clusterId}`: 202 while sync works on the record of the cluster, then 200 with its state
 * and the reason.
 */
export function getCluster(
  sources: Sources,
  live: (connection: Connection) => Promise<LiveView>,
): HttpHandler {
  return onConnection(sources, async (known, request) => {
    const { id, client } = known;
    const clusterId = clusterIdOf(request);
    const { connection } = await known.whole();
    const sync = await client.read(syncInstanceId(connection));
    const { reading, clusters } = await live(connection);
    const view = clusters.find((cluster) => cluster.clusterId === clusterId);
    const links = sources.addresses.links(id);
    const state = view ? stateOf(view) : notListed(reading);
    if (sync && isActive(sync) && !isSettled(state)) {
      return followed(sources.addresses.cluster(id, clusterId), { id, clusterId, ...state, links });
    }
    // What the last sync says of the cluster is why it has no record.
    const { readings } = await readingsOfSyncs(client, [connection], 0);
    const refused = readings.get(id)?.reading.faults ?? [];
    const fault = isSettled(state) ? undefined : refused.find((one) => one.clusterId === clusterId);
    const body = { id, clusterId, ...state, ...(fault && { reason: fault.detail }), links };
    return { status: 200, headers: { 'cache-control': 'no-store' }, jsonBody: body };
  });
}

type ClusterState = Omit<z.infer<typeof clusterStateSchema>, 'id' | 'clusterId' | 'links'>;

function notListed({ incomplete: [unread] }: ConnectionReading): ClusterState {
  const none = { host: null, port: null, uri: null, record: null };
  if (unread) return { state: 'unknown', reason: unread.reason, ...none };
  return { state: 'gone', reason: 'Zilliz does not list it', ...none };
}

function stateOf({ state, reason, host, port, uri, record }: ClusterView): ClusterState {
  return { state, reason, host, port, uri, record };
}

/** Whether sync has nothing to do for the cluster. */
function isSettled({ state, record }: ClusterState): boolean {
  if (state === 'excluded') return record === null;
  return !['waiting', 'record-missing', 'record-differs', 'unknown'].includes(state);
}

function clusterIdOf({ params: { clusterId = '' } }: HttpRequest): string {
  const detail = clusterIdFault(clusterId);
  if (detail !== null) refuseFor([{ pointer: '', parameter: 'clusterId', code: 'invalid-request', detail }]);
  return clusterId;
}

/** `PUT` and `DELETE /api/connections/{id}/clusters/{clusterId}`: changes the specification; sync writes or removes the record. */
export function changeCluster(
  sources: Sources,
  { waker, change }: ChangeClusterOptions,
  wanted: boolean,
): HttpHandler {
  return onConnection(sources, async (known, request) => {
    const { id, client, instance } = known;
    const clusterId = clusterIdOf(request);
    if (instance && isActive(instance)) {
      // The run has the older specification as its input and would write it.
      throw new Refused({
        code: 'different-request-running',
        detail: `${instance.name} is running for ${id}`,
      });
    }
    const result = await change({ stored: withSpec(await known.whole()), clusterId, wanted });
    if (result.outcome === 'refused') throw new Refused(result.fault);
    // Also when nothing changed: the caller expects that the record is checked.
    await waker.wake(client, result.connection);
    const changed = result.outcome === 'changed';
    return followed(sources.addresses.cluster(id, clusterId), { id, clusterId, wanted, changed });
  });
}
