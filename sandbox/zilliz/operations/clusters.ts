import type { Operation, Reply } from '../../kernel/operation.ts';
import { clusterFault, clustersSeenBy } from '../access.ts';
import {
  clusterStatus,
  connectAddress,
  createProgress,
  isListed,
  isRecycled,
  privateLinkAddress,
} from '../clusterLife.ts';
import { page, refuse, success, timestamp } from '../envelope.ts';
import type { ClusterState } from '../state.ts';
import { findRegion } from '../world.ts';
import type { World } from '../world.ts';
import { operation } from './context.ts';

/** Serving clusters. The list knows no project filter. */
export function clusterOperations(world: World): Operation[] {
  const { state, clock } = world;
  return [
    operation(world, {
      name: 'listClusters',
      method: 'GET',
      path: '/v2/clusters',
      answer(call, key) {
        const regionId = call.query.region;
        if (regionId !== undefined && !findRegion(state, regionId)) return refuse('badRegion');
        const now = clock.now();
        const clusters = state.clusters
          .filter((cluster) => isListed(cluster, now))
          .filter(clustersSeenBy(state, key))
          .filter((cluster) => regionId === undefined || cluster.regionId === regionId);
        return page(call, 'clusters', clusters, (cluster) => listedFields(cluster, now));
      },
    }),
    operation(world, {
      name: 'describeCluster',
      method: 'GET',
      path: '/v2/clusters/{clusterId}',
      answer(call, key) {
        const cluster = state.clusters.find(({ clusterId }) => clusterId === call.params.clusterId);
        if (!cluster) return refuse('noCluster');
        const fault = clusterFault(state, key, cluster, 'read');
        return fault ? refuse(fault) : describe(cluster, clock.now());
      },
    }),
  ];
}

function describe(cluster: ClusterState, now: number): Reply {
  if (!isListed(cluster, now) && !isRecycled(cluster, now)) return refuse('noCluster');
  return success({
    ...listedFields(cluster, now),
    replica: 1,
    storageSize: 0,
    snapshotNumber: 0,
    createProgress: createProgress(cluster, now),
    autoscaling: null,
  });
}

function listedFields(cluster: ClusterState, now: number): Record<string, unknown> {
  const { clusterId, clusterName, projectId, description, regionId, cuType, cuSize, plan } = cluster;
  return {
    clusterId,
    clusterName,
    projectId,
    description,
    regionId,
    cuType,
    plan,
    status: clusterStatus(cluster, now),
    connectAddress: connectAddress(cluster, now),
    privateLinkAddress: privateLinkAddress(cluster, now),
    createTime: timestamp(cluster.createdAt),
    cuSize,
    deploymentOption: cluster.deploymentOption,
    globalClusterMeta: cluster.globalClusterMeta,
  };
}
