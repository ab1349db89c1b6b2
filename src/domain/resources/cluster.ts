import type { Connection } from '../connection/connection.ts';
import { regionalZoneName } from '../connection/names.ts';
import { failureCatalog } from '../failure/catalog.ts';
import type { Outcome } from '../failure/failure.ts';
import { failed, succeeded } from '../failure/failure.ts';
import type { Cluster } from './model.ts';

/** Private link covers Dedicated clusters. Older responses lack the option; the ID shows it then (reference: clusters). */
export function isDedicated(cluster: Cluster): boolean {
  return cluster.deploymentOption === null
    ? cluster.clusterId.startsWith('in01-')
    : cluster.deploymentOption.toLowerCase() === 'dedicated';
}

/** Returns the clusters that get a record by the connection's specification. */
export function wantedClusters(connection: Connection, clusters: readonly Cluster[]): readonly Cluster[] {
  return clusters.filter(
    (cluster) => isDedicated(cluster) && !isGone(cluster) && isAskedFor(connection, cluster.clusterId),
  );
}

/** Returns whether the specification includes this cluster ID, in any state of the cluster. */
export function isAskedFor(connection: Connection, clusterId: string): boolean {
  const { clusters, exclusions } = connection.spec;
  return !exclusions.includes(clusterId) && (clusters === 'all' || clusters.includes(clusterId));
}

export function isGone(cluster: Cluster): boolean {
  return ['DELETED', 'DELETING'].includes(cluster.status.toUpperCase());
}

/**
 * [inf] Statuses of a cluster that is not in use, so a missing name affects no user. A cluster in maintenance (MODIFYING,
 * SET_PRIVATE_LINK …) is in use and comes back by itself.
 */
const ASLEEP = ['STOPPING', 'STOPPED', 'SUSPENDING', 'SUSPENDED', 'FREEZING', 'FROZEN'];
const NOT_IN_USE = ['CREATING', ...ASLEEP];

/** Returns whether the cluster is suspended: it may have no address until it is resumed. */
export function isAsleep(cluster: Cluster): boolean {
  return ASLEEP.includes(cluster.status.toUpperCase());
}

/** Returns whether a connect run waits for the cluster's address: if the request names the cluster, or it can be in use. */
export function isAwaited(connection: Connection, cluster: Cluster): boolean {
  return connection.spec.clusters !== 'all' || !NOT_IN_USE.includes(cluster.status.toUpperCase());
}

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** `regional`: one zone for the region, as in the guide. `per-cluster`: a zone for each private host name. */
export type Layout = 'regional' | 'per-cluster';

/** Zilliz's port on Azure, if an address has none (reference: ports). */
const DEFAULT_PORT = 19530;
const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;
const LONGEST_NAME = 253;
const LONGEST_SHOWN = 120;

/** Returns the host and port of an address: a URL, or just `host[:port]`. Null if it has none. */
export function parsePrivateLinkAddress(text: string): HostPort | null {
  const match = /^(?:[a-z][a-z0-9+.-]*:\/\/)?([^/:?#@\s]+?)\.?(?::(\d{1,5}))?(?:[/?#]\S*)?$/i.exec(
    text.trim(),
  );
  // `toLowerCase` on the whole text would turn some non-ASCII letters into ASCII ones.
  const host = match?.[1]?.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
  if (host === undefined || !isHostName(host)) return null;
  const port = match?.[2] === undefined ? DEFAULT_PORT : Number(match[2]);
  return port >= 1 && port <= 65535 ? { host, port } : null;
}

/**
 * Returns the host and port of a cluster's address from Zilliz, public or private. Null outside the region's domain: the app
 * would hide a foreign name from the network by a zone, or call a foreign host from inside the network.
 */
export function hostOfRegion(address: string, regionId: string): HostPort | null {
  const target = parsePrivateLinkAddress(address);
  return target?.host.endsWith(`.${regionalZoneName(regionId)}`) === true ? target : null;
}

/** Returns the zone and the record name of a private host in a layout; null if the host is not in the region. */
export function dnsPlaceOf(
  host: string,
  regionId: string,
  layout: Layout,
): { readonly zone: string; readonly record: string } | null {
  const name = host.toLowerCase();
  const zone = regionalZoneName(regionId);
  const record = name.endsWith(`.${zone}`) ? name.slice(0, -zone.length - 1) : '';
  if (record === '') return null;
  return layout === 'per-cluster' ? { zone: name, record: '@' } : { zone, record };
}

export interface PlacedHost extends HostPort {
  readonly zone: string;
  readonly record: string;
}

/** Returns the zone and record for a cluster's address, or why it gets none: a fault of that cluster alone. */
export function placeCluster(
  { clusterId, address }: { readonly clusterId: string; readonly address: string },
  regionId: string,
  layout: Layout,
): Outcome<PlacedHost> {
  const target = parsePrivateLinkAddress(address);
  const place = target && dnsPlaceOf(target.host, regionId, layout);
  if (place) return succeeded({ ...target, ...place });
  const code = target ? 'host-does-not-fit' : 'unreadable-address';
  const shown = address.length > LONGEST_SHOWN ? `${address.slice(0, LONGEST_SHOWN)}…` : address;
  const why = target ? `is not in ${regionalZoneName(regionId)}` : 'has no host name and port';
  const message = `${clusterId}: its private link address ${shown} ${why}`;
  return failed({ kind: failureCatalog[code].kind, code, message, source: 'app' });
}

/** [inf] Returns the expected private host name of a cluster, from the guide. Only plans use it: a run uses the real address. */
export function predictedHost(clusterId: string, regionId: string): string {
  return `${clusterId}-privatelink.${regionalZoneName(regionId)}`;
}

function isHostName(host: string): boolean {
  const labels = host.split('.');
  const allNumeric = /^[\d.]+$/.test(host);
  return (
    host.length <= LONGEST_NAME &&
    labels.length >= 3 &&
    !allNumeric &&
    labels.every((label) => LABEL.test(label))
  );
}
