import type { Operation } from '../../kernel/operation.ts';
import { visibleProjects } from '../access.ts';
import { isListed } from '../clusterLife.ts';
import { refuse, success, timestamp } from '../envelope.ts';
import type { ProjectState } from '../state.ts';
import type { World } from '../world.ts';
import { operation, projectOperation } from './context.ts';

/** Recorded. */
const clouds = [
  { cloudId: 'aws', description: 'Amazon Web Services' },
  { cloudId: 'gcp', description: 'Google Cloud Platform' },
  { cloudId: 'azure', description: 'Microsoft Azure' },
];

/** Clouds, regions and projects. None of these lists is paged. */
export function catalogOperations(world: World): Operation[] {
  const { state } = world;
  return [
    operation(world, {
      name: 'listClouds',
      method: 'GET',
      path: '/v2/clouds',
      answer: () => success(clouds),
    }),
    operation(world, {
      name: 'listRegions',
      method: 'GET',
      path: '/v2/regions',
      answer({ query }) {
        const cloudId = query.cloudid;
        if (cloudId !== undefined && !clouds.some((cloud) => cloud.cloudId === cloudId))
          return refuse('badCloud');
        const regions = state.regions.filter((region) => cloudId === undefined || region.cloudId === cloudId);
        return success(
          regions.map((region) => ({
            cloudId: region.cloudId,
            regionId: region.regionId,
            domain: 'api.cloud.zilliz.com',
            supportedClusterTypes: ['Dedicated'],
          })),
        );
      },
    }),
    operation(world, {
      name: 'listProjects',
      method: 'GET',
      path: '/v2/projects',
      answer: (_call, key) =>
        success(visibleProjects(state, key).map((project) => projectFields(world, project))),
    }),
    projectOperation(world, {
      name: 'getProject',
      method: 'GET',
      path: '/v2/projects/{projectId}',
      purpose: 'read',
      answer: (_call, project) => success(projectFields(world, project)),
    }),
  ];
}

function projectFields({ state, clock }: World, project: ProjectState): Record<string, unknown> {
  const { projectName, projectId, description, plan, regionIds, orgType, createdAt } = project;
  const instanceCount = state.clusters.filter(
    (cluster) => cluster.projectId === projectId && isListed(cluster, clock.now()),
  ).length;
  return {
    projectName,
    projectId,
    description,
    instanceCount,
    createTime: timestamp(createdAt),
    plan,
    regionIds,
    orgType,
  };
}
