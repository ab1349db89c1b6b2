import type { ClusterState } from './state.ts';

/** The recycle bin keeps a deleted cluster this long (documented). */
const RECYCLE_BIN_MS = 30 * 24 * 3600 * 1000;

const DOMAIN = 'vectordb.zillizcloud.com';
/** The data plane's port on Azure and AWS (documented). */
export const DATA_PLANE_PORT = 19530;
/** The same on Google Cloud (recorded). */
const GOOGLE_CLOUD_PORT = 443;

/** The cluster's status word at `now`. */
export function clusterStatus(cluster: ClusterState, now: number): string {
  if (cluster.deletedAt !== null) return now < cluster.deletedAt ? 'DELETING' : 'DELETED';
  if (cluster.statusUntil !== null && now < cluster.statusUntil) return cluster.status;
  const settled = cluster.statusUntil === null ? cluster.status : cluster.statusAfter;
  const allocating = cluster.privateLinkAt !== null && now < cluster.privateLinkAt;
  return settled === 'RUNNING' && allocating ? 'SET_PRIVATE_LINK' : settled;
}

/** Percent, as `createProgress` says it. */
export function createProgress(cluster: ClusterState, now: number): number {
  if (cluster.status !== 'CREATING' || cluster.statusUntil === null || now >= cluster.statusUntil) return 100;
  return Math.floor((100 * (now - cluster.createdAt)) / (cluster.statusUntil - cluster.createdAt));
}

/** Whether the list shows it: while it is being deleted yes, in the recycle bin no. */
export function isListed(cluster: ClusterState, now: number): boolean {
  return cluster.deletedAt === null || now < cluster.deletedAt;
}

/** Whether describing it says `DELETED`; otherwise a deleted cluster is not found. */
export function isRecycled(cluster: ClusterState, now: number): boolean {
  return (
    cluster.deletedAt !== null &&
    cluster.deletedAnswer === 'deleted' &&
    now < cluster.deletedAt + RECYCLE_BIN_MS
  );
}

/** Whether it accepts connections on its port: while it is modified yes, while it is created, suspended or deleted no. */
export function isServing(cluster: ClusterState, now: number): boolean {
  const silent = ['CREATING', 'DELETING', 'DELETED', 'STOPPING', 'STOPPED', 'FREEZING', 'FROZEN'];
  return !silent.includes(clusterStatus(cluster, now));
}

/** Private link covers Dedicated clusters only (documented). */
export function isDedicated(cluster: ClusterState): boolean {
  return cluster.deploymentOption === 'Dedicated';
}

/** The public host. Serverless and free clusters live under another domain and without a port (recorded). */
export function publicHost(cluster: ClusterState): string {
  return isDedicated(cluster)
    ? `${cluster.clusterId}.${cluster.regionId}.${DOMAIN}`
    : `${cluster.clusterId}.serverless.${cluster.regionId}.cloud.zilliz.com`;
}

export function privateHost(cluster: ClusterState): string {
  if (cluster.privateName === 'as-public') return publicHost(cluster);
  return `${cluster.clusterId}-privatelink.${cluster.regionId}.${DOMAIN}`;
}

export function connectAddress(cluster: ClusterState, now: number): string {
  if (cluster.switchesPublicAddress && hasPrivateLink(cluster, now)) return privateLinkAddress(cluster, now);
  return `https://${publicHost(cluster)}${isDedicated(cluster) ? `:${portOf(cluster)}` : ''}`;
}

/** Empty until it is allocated. */
export function privateLinkAddress(cluster: ClusterState, now: number): string {
  return hasPrivateLink(cluster, now) && !cluster.privateLinkHidden
    ? `https://${privateHost(cluster)}:${portOf(cluster)}`
    : '';
}

export function hasPrivateLink(cluster: ClusterState, now: number): boolean {
  return cluster.privateLinkAt !== null && now >= cluster.privateLinkAt;
}

function portOf({ regionId }: ClusterState): number {
  return regionId.startsWith('gcp-') ? GOOGLE_CLOUD_PORT : DATA_PLANE_PORT;
}
