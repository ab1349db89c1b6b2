import type { Connection } from '../domain/connection/connection.ts';
import { unreadableSpec } from '../domain/connection/endpointHealth.ts';
import { tagChange, withCluster, withoutCluster } from '../domain/connection/endpointTags.ts';
import { faultOfOrphan, authorizeRecordsAlone } from '../domain/connection/orphan.ts';
import { authorizeConnection } from '../domain/connection/request.ts';
import { clusterFaults } from '../domain/plan/faults.ts';
import type { Fault } from '../domain/run/status.ts';
import type { Ports } from '../ports.ts';
import { prove } from '../queries/proof.ts';
import { findOrphan } from '../queries/orphans.ts';
import { findStored } from '../queries/storedConnections.ts';
import type { Policy } from './activities.ts';

export type ClusterChange =
  | { readonly outcome: 'not-found' }
  | { readonly outcome: 'refused'; readonly fault: Fault }
  | { readonly outcome: 'changed' | 'unchanged'; readonly connection: Connection };

export interface ClusterChangeInput {
  readonly connectionId: string;
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
  { connectionId, clusterId, wanted }: ClusterChangeInput,
): Promise<ClusterChange> {
  const { stored } = await findStored(ports, connectionId);
  const refused = (fault: Fault): ClusterChange => ({ outcome: 'refused', fault });
  if (!stored) {
    const orphan = await findOrphan(ports, connectionId);
    if (!orphan) return { outcome: 'not-found' };
    const [forbidden] = authorizeRecordsAlone(orphan, policy.allowed);
    return refused(forbidden ?? { pointer: '', ...faultOfOrphan(orphan) });
  }
  const { connection, endpoint, specReadable } = stored;
  const [forbidden] = authorizeConnection(connection, policy.allowed);
  if (forbidden) return refused({ ...forbidden, pointer: '' });
  if (!specReadable) {
    return refused({ pointer: '', code: 'spec-unreadable', detail: unreadableSpec(endpoint) });
  }
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
