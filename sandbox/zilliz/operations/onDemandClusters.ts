import type { Operation } from '../../kernel/operation.ts';
import { clusterFault, openProject, clustersSeenBy } from '../access.ts';
import { refuse, success, timestamp } from '../envelope.ts';
import type { OnDemandClusterState } from '../state.ts';
import type { World } from '../world.ts';
import { operation } from './context.ts';

/** On-demand clusters: one endpoint per project, not one per cluster. */
export function onDemandClusterOperations(world: World): Operation[] {
  const { state } = world;
  return [
    operation(world, {
      name: 'describeOnDemandCompute',
      method: 'GET',
      path: '/v2/on-demand-compute',
      answer({ query }, key) {
        const { projectid: projectId = '', regionid: regionId = '' } = query;
        const opened = openProject(state, key, projectId, 'read');
        if ('refused' in opened) return opened.refused;
        if (!state.regions.some((region) => region.regionId === regionId)) return refuse('badRegion');
        const isUsed = state.onDemandClusters.some(
          (cluster) => cluster.projectId === projectId && cluster.regionId === regionId,
        );
        const status = state.onDemandCompute[`${projectId} ${regionId}`] ?? (isUsed ? 'enabled' : 'disabled');
        return success({ projectId, regionId, status });
      },
    }),
    operation(world, {
      name: 'listOnDemandClusters',
      method: 'GET',
      path: '/v2/clusters/onDemandClusters',
      answer({ query }, key) {
        const onDemandClusters = state.onDemandClusters
          .filter(clustersSeenBy(state, key))
          .filter(({ projectId }) => projectId === (query.projectid ?? projectId))
          .filter(({ regionId }) => regionId === (query.regionid ?? regionId))
          .map(fields);
        return success({ count: onDemandClusters.length, onDemandClusters });
      },
    }),
    operation(world, {
      name: 'describeOnDemandCluster',
      method: 'GET',
      path: '/v2/clusters/onDemandClusters/{clusterId}',
      answer({ params }, key) {
        const cluster = state.onDemandClusters.find(({ clusterId }) => clusterId === params.clusterId);
        if (!cluster) return refuse('noCluster');
        const fault = clusterFault(state, key, cluster, 'read');
        return fault ? refuse(fault) : success(fields(cluster));
      },
    }),
  ];
}

function fields({ createdAt, ...cluster }: OnDemandClusterState): Record<string, unknown> {
  return {
    ...cluster,
    endpoint: `https://${cluster.projectId}.${cluster.regionId}.api.zillizcloud.com`,
    createTime: timestamp(createdAt),
  };
}
