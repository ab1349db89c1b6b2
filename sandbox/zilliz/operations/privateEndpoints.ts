import { z } from 'zod';
import type { Operation } from '../../kernel/operation.ts';
import { endpointStatus } from '../endpointLife.ts';
import { page, refuse, success } from '../envelope.ts';
import { deregister, register } from '../registration.ts';
import type { EndpointState } from '../state.ts';
import { findRegion, sameText } from '../world.ts';
import type { World } from '../world.ts';
import { projectOperation } from './context.ts';

const path = '/v2/projects/{projectId}/privateEndpoints';
const newEndpointSchema = z.object({ regionId: z.string().min(1), endpointId: z.string().min(1) });

/** Registered endpoints of a project. There is no "get one", and the list knows no filter. */
export function privateEndpointOperations(world: World): Operation[] {
  const { state } = world;
  return [
    projectOperation(world, {
      name: 'createPrivateEndpoint',
      method: 'POST',
      path,
      purpose: 'manage',
      answer(call, project) {
        const body = newEndpointSchema.safeParse(call.body);
        return body.success ? register(world, project, body.data) : refuse('invalidParameter');
      },
    }),
    projectOperation(world, {
      name: 'listPrivateEndpoints',
      method: 'GET',
      path,
      purpose: 'manage',
      answer: (call, { projectId }) =>
        page(
          call,
          'endpoints',
          state.endpoints
            .filter((endpoint) => endpoint.projectId === projectId)
            .map((endpoint) => fields(world, endpoint)),
        ),
    }),
    projectOperation(world, {
      name: 'deletePrivateEndpoint',
      method: 'DELETE',
      path: `${path}/{endpointId}`,
      purpose: 'manage',
      answer({ params, query }, { projectId }) {
        const regionId = query.regionid;
        if (regionId === undefined || !findRegion(state, regionId)) return refuse('badRegion');
        const endpoint = state.endpoints.find(
          (candidate) =>
            candidate.projectId === projectId &&
            candidate.regionId === regionId &&
            sameText(candidate.endpointId, params.endpointId ?? ''),
        );
        if (!endpoint) return refuse('endpointNotRegistered');
        deregister(world, endpoint);
        return success({ endpointId: endpoint.endpointId });
      },
    }),
  ];
}

function fields({ state, clock }: World, endpoint: EndpointState): Record<string, unknown> {
  const region = findRegion(state, endpoint.regionId);
  const { endpointId } = endpoint;
  return {
    regionId: endpoint.regionId,
    cloudId: region?.cloudId ?? 'azure',
    endpointService: region?.endpointService ?? '',
    endpointServiceStatus: region?.endpointServiceStatus ?? '',
    endpointId: state.settings.endpointIdCase === 'lower' ? endpointId.toLowerCase() : endpointId,
    endpointStatus: endpointStatus(endpoint, state, clock.now()),
    gcpProjectId: null,
  };
}
