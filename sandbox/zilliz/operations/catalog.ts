import type { Operation } from '../../kernel/operation.ts';
import { refuse, success } from '../envelope.ts';
import type { World } from '../world.ts';
import { operation } from './context.ts';

/** Recorded. */
const clouds = [
  { cloudId: 'aws', description: 'Amazon Web Services' },
  { cloudId: 'gcp', description: 'Google Cloud Platform' },
  { cloudId: 'azure', description: 'Microsoft Azure' },
];

/** Clouds and regions, whose lists are not paged, and jobs. */
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
      name: 'getJob',
      method: 'GET',
      path: '/v2/jobs/{jobId}',
      // Nothing that is played here starts a job.
      answer: () => refuse('noJob'),
    }),
  ];
}
