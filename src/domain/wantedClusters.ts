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
  return clusters.filter(
    (cluster) => isDedicated(cluster) && !isGone(cluster) && isAskedFor(connection, cluster.clusterId),
  );
}

/** Whether the specification asks for a cluster of this ID, whatever became of it. */
export function isAskedFor(connection: Connection, clusterId: string): boolean {
  const { clusters, exclusions } = connection.spec;
  return !exclusions.includes(clusterId) && (clusters === 'all' || clusters.includes(clusterId));
}

export function isGone(cluster: Cluster): boolean {
  return ['DELETED', 'DELETING'].includes(cluster.status.toUpperCase());
}

/**
 * [inf] Words for a cluster that nobody can use now, so that nobody loses its name. One in maintenance (MODIFYING,
 * SET_PRIVATE_LINK …) is in use and comes back by itself.
 */
const ASLEEP = ['STOPPING', 'STOPPED', 'SUSPENDING', 'SUSPENDED', 'FREEZING', 'FROZEN'];
const NOT_IN_USE = ['CREATING', ...ASLEEP];

/** Whether somebody put the cluster to sleep: it may stay without an address until it is woken. */
export function isAsleep(cluster: Cluster): boolean {
  return ASLEEP.includes(cluster.status.toUpperCase());
}

/** Whether a connect run waits for the address of a wanted cluster: when it was named, or can be in use. */
export function isAwaited(connection: Connection, cluster: Cluster): boolean {
  return connection.spec.clusters !== 'all' || !NOT_IN_USE.includes(cluster.status.toUpperCase());
}
