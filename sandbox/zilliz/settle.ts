import { isAccepted } from './endpointLife.ts';
import { isDedicated } from './clusterLife.ts';
import type { ClusterState, EndpointState } from './state.ts';
import { findRegion } from './world.ts';
import type { World } from './world.ts';

/**
 * Brings the state up to the present: Azure is informed of what has fallen due, and clusters that can be reached through an
 * accepted endpoint get the time of their private link address. All times count from the events, not from this call, so it
 * does not matter how late it comes.
 *
 * @returns whether anything changed.
 */
export function settle(world: World): boolean {
  const whitelist = settleWhitelist(world);
  const endpoints = settleEndpoints(world);
  const clusters = settleClusters(world);
  return whitelist || endpoints || clusters;
}

/** When Azure is to be informed next. */
export function nextDueAt({ state }: World): number | undefined {
  const due = [
    ...state.whitelist.filter(({ settled }) => !settled).map(({ effectiveAt }) => effectiveAt),
    ...state.endpoints.filter(isOpen).map(({ decidedAt }) => decidedAt),
  ];
  return due.length === 0 ? undefined : Math.min(...due);
}

/** The name by which Azure knows the region's private link service. */
export function serviceAlias(world: World, regionId: string): string | undefined {
  const region = findRegion(world.state, regionId);
  return region?.alias ?? region?.endpointService;
}

function settleWhitelist(world: World): boolean {
  const now = world.clock.now();
  const due = world.state.whitelist.filter(({ settled, effectiveAt }) => !settled && effectiveAt <= now);
  for (const entry of due) {
    const alias = serviceAlias(world, entry.regionId);
    if (alias !== undefined) world.provider.allowSubscription(alias, entry.subscriptionId);
    entry.settled = true;
  }
  return due.length > 0;
}

function settleEndpoints(world: World): boolean {
  const now = world.clock.now();
  const due = world.state.endpoints.filter((endpoint) => isOpen(endpoint) && endpoint.decidedAt <= now);
  for (const endpoint of due) {
    tellAzure(world, endpoint);
    endpoint.settled = true;
  }
  return due.length > 0;
}

function isOpen({ settled, review }: EndpointState): boolean {
  return !settled && review !== 'ignore';
}

/** A failed endpoint stays Pending at Azure: Zilliz did neither approve nor reject. */
function tellAzure({ provider }: World, { endpointId, review, reason }: EndpointState): void {
  if (provider.connection(endpointId) === undefined) return;
  if (review === 'accept') provider.setConnection(endpointId, 'Approved');
  if (review === 'reject') provider.setConnection(endpointId, 'Rejected', reason);
}

function settleClusters(world: World): boolean {
  let changed = false;
  const now = world.clock.now();
  const accepted = new Map<string, EndpointState[]>();
  for (const endpoint of world.state.endpoints) {
    if (!isAccepted(endpoint, now)) continue;
    accepted.set(placeOf(endpoint), [...(accepted.get(placeOf(endpoint)) ?? []), endpoint]);
  }
  for (const cluster of world.state.clusters) {
    const privateLinkAt = privateLinkTime(world, cluster, accepted.get(placeOf(cluster)) ?? []);
    changed ||= privateLinkAt !== cluster.privateLinkAt;
    cluster.privateLinkAt = privateLinkAt;
  }
  return changed;
}

function placeOf({ projectId, regionId }: Pick<ClusterState, 'projectId' | 'regionId'>): string {
  return `${projectId} ${regionId}`;
}

/** `endpoints`: the accepted ones of its project and region. */
function privateLinkTime(
  world: World,
  cluster: ClusterState,
  endpoints: readonly EndpointState[],
): number | null {
  const now = world.clock.now();
  if (endpoints.length === 0 || !isDedicated(cluster)) return null;
  if (cluster.privateLinkAt !== null) return cluster.privateLinkAt;
  if (cluster.runningSince === null || now < cluster.runningSince) return null;
  const available = Math.min(...endpoints.map(({ availableAt }) => availableAt));
  return Math.max(available, cluster.runningSince) + world.timings.clusterAllocation(cluster.clusterId);
}
