import type { Connection } from './connection.ts';
import type { Cluster } from './model.ts';

/** Private link covers Dedicated clusters; older answers lack the option, then the ID tells (reference: clusters). */
export function isDedicated(cluster: Cluster): boolean {
  return cluster.deploymentOption === null
    ? cluster.clusterId.startsWith('in01-')
    : cluster.deploymentOption.toLowerCase() === 'dedicated';
}

/** The clusters of a connection that shall have a record, by its specification. */
export function wantedClusters(connection: Connection, clusters: readonly Cluster[]): readonly Cluster[] {
  const { clusters: wanted, exclusions } = connection.spec;
  return clusters.filter(
    (cluster) =>
      isDedicated(cluster) &&
      !isGone(cluster) &&
      !exclusions.includes(cluster.clusterId) &&
      (wanted === 'all' || wanted.includes(cluster.clusterId)),
  );
}

function isGone(cluster: Cluster): boolean {
  return ['DELETED', 'DELETING'].includes(cluster.status.toUpperCase());
}
