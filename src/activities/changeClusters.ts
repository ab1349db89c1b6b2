import type { Connection } from '../domain/connection/connection.ts';
import { tagChange, withCluster, withoutCluster } from '../domain/connection/endpointTags.ts';
import type { StoredConnection } from '../domain/connection/storedConnection.ts';
import { clusterFaults } from '../domain/plan/faults.ts';
import type { Fault } from '../domain/run/status.ts';
import type { Ports } from '../ports.ts';
import { prove } from '../queries/proof.ts';
import type { Policy } from './activities.ts';

export type ClusterChange =
  | { readonly outcome: 'refused'; readonly fault: Fault }
  | { readonly outcome: 'changed' | 'unchanged'; readonly connection: Connection };

export interface ClusterChangeInput {
  /** A connection that the caller may change, with a readable specification. */
  readonly stored: StoredConnection;
  readonly clusterId: string;
  readonly wanted: boolean;
}

/**
 * Adds a cluster to the specification of a connection, or removes it. Changes only the tags of the private endpoint; sync
 * writes the records.
 */
export async function changeClusters(
  ports: Ports,
  policy: Policy,
  { stored: { connection, endpoint }, clusterId, wanted }: ClusterChangeInput,
): Promise<ClusterChange> {
  const refused = (fault: Fault): ClusterChange => ({ outcome: 'refused', fault });
  const fault = wanted ? await faultOf(ports, connection, clusterId) : null;
  if (fault) return refused(fault);
  const spec = wanted ? withCluster(connection.spec, clusterId) : withoutCluster(connection.spec, clusterId);
  const change = tagChange(endpoint.tags, spec);
  if (change.kind === 'none') return { outcome: 'unchanged', connection };
  if (change.kind === 'too-large') {
    return refused({ pointer: '', code: 'spec-too-large', detail: change.detail });
  }
  await prove(ports, policy, connection, 'endpoint');
  await ports.network.mergeTags(endpoint.id, change.merge);
  if (Object.keys(change.remove).length > 0) await ports.network.removeTags(endpoint.id, change.remove);
  return { outcome: 'changed', connection: { ...connection, spec } };
}

/** Returns why the cluster cannot have a record, or null. A cluster without an address can: sync waits for the address. */
async function faultOf(ports: Ports, connection: Connection, clusterId: string): Promise<Fault | null> {
  const cluster = await ports.zilliz.cluster(connection.projectId, clusterId);
  const clusters = cluster === 'gone' ? [] : [cluster];
  const requested = { ...connection, spec: { ...connection.spec, clusters: [clusterId] } };
  const [fault] = clusterFaults(requested, clusters);
  return fault ? { ...fault, pointer: '' } : null;
}
