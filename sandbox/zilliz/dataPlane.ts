import type { DataPlane } from '../kernel/contracts.ts';
import { hasPrivateLink, isListed, isServing, privateHost, publicHost } from './clusterLife.ts';
import { isUsable } from './endpointLife.ts';
import type { ClusterState } from './state.ts';
import { findEndpoint, sameText } from './world.ts';
import type { World } from './world.ts';

/** Which clusters answer to which names, and through which endpoints. `refresh` brings the state up to the present. */
export function dataPlaneOf(world: World, refresh: () => void): DataPlane {
  const { state, clock } = world;
  const listed = (matches: (cluster: ClusterState) => boolean): ClusterState | undefined => {
    refresh();
    return state.clusters.find((cluster) => isListed(cluster, clock.now()) && matches(cluster));
  };
  return {
    clusterAt(host) {
      const name = host.replace(/\.$/, '');
      const now = clock.now();
      const open = listed((cluster) => sameText(publicHost(cluster), name));
      if (open) {
        const reachable = open.publicAccess === 'open' && isServing(open, now);
        const alsoPrivate = open.privateName === 'as-public' && hasPrivateLink(open, now);
        return { clusterId: open.clusterId, access: alsoPrivate ? 'both' : 'public', open: reachable };
      }
      const closed = listed(
        (cluster) => hasPrivateLink(cluster, now) && sameText(privateHost(cluster), name),
      );
      return closed && { clusterId: closed.clusterId, access: 'private', open: isServing(closed, now) };
    },
    servedThrough(endpointId, clusterId) {
      const cluster = listed((candidate) => candidate.clusterId === clusterId);
      const endpoint = findEndpoint(state, endpointId);
      const now = clock.now();
      return (
        cluster !== undefined &&
        endpoint?.projectId === cluster.projectId &&
        endpoint.regionId === cluster.regionId &&
        isUsable(endpoint, now) &&
        hasPrivateLink(cluster, now) &&
        isServing(cluster, now)
      );
    },
  };
}
