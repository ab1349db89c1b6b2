import type { Connection } from '../connection/connection.ts';
import { regionalZoneName } from '../connection/names.ts';
import { failureCatalog } from '../failure/catalog.ts';
import type { Outcome } from '../failure/failure.ts';
import { failed, succeeded } from '../failure/failure.ts';
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

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** `regional`: one zone for the region, as the guide says. `per-cluster`: a zone for each private host name. */
export type Layout = 'regional' | 'per-cluster';

/** Zilliz's port on Azure, where an address names none (reference: ports). */
const DEFAULT_PORT = 19530;
const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;
const LONGEST_NAME = 253;
const LONGEST_SHOWN = 120;

/** Host and port of an address: a URL, or bare `host[:port]`. Null when it has none. */
export function parsePrivateLinkAddress(text: string): HostPort | null {
  const match = /^(?:[a-z][a-z0-9+.-]*:\/\/)?([^/:?#@\s]+?)\.?(?::(\d{1,5}))?(?:[/?#]\S*)?$/i.exec(
    text.trim(),
  );
  // In lower case some letters of other alphabets become plain ones.
  const host = match?.[1]?.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
  if (host === undefined || !isHostName(host)) return null;
  const port = match?.[2] === undefined ? DEFAULT_PORT : Number(match[2]);
  return port >= 1 && port <= 65535 ? { host, port } : null;
}

/**
 * The same of an address that Zilliz gives for a cluster, public or private. Null when it is not one of the region: a name of
 * another domain would become a zone that takes it away from the network, or be called from inside it.
 */
export function hostOfRegion(address: string, regionId: string): HostPort | null {
  const target = parsePrivateLinkAddress(address);
  return target?.host.endsWith(`.${regionalZoneName(regionId)}`) === true ? target : null;
}

/** The zone and the record name of a private host of a region in a layout; null when the host is not of the region. */
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

/** Where the name of a cluster belongs, or why nothing is made for it: a fault of that cluster alone. */
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

/** [inf] What Zilliz will call a cluster, by the guide's record name. For the plan only: a run takes the real address. */
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
