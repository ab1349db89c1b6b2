import { z } from 'zod';
import type { Operation, Reply } from '../../kernel/operation.ts';
import { openProject, visibleProjects } from '../access.ts';
import { page, refuse, success } from '../envelope.ts';
import { allowsPrivateLink } from '../registration.ts';
import type { RegionState } from '../state.ts';
import { findRegion, sameText } from '../world.ts';
import type { World } from '../world.ts';
import { operation, projectOperation } from './context.ts';

const newEntrySchema = z.object({ regionId: z.string().min(1), outerUserId: z.string().min(1) });

/** Endpoint services, and the whitelist of cloud accounts that may see them. */
export function endpointServiceOperations(world: World): Operation[] {
  const { state } = world;
  return [
    operation(world, {
      name: 'listEndpointServices',
      method: 'GET',
      path: '/v2/privateEndpointServices',
      answer(call, key) {
        const { projectid: projectId, regionid: regionId } = call.query;
        const opened = projectId === undefined ? undefined : openProject(state, key, projectId, 'read');
        if (opened && 'refused' in opened) return opened.refused;
        if (regionId !== undefined && !findRegion(state, regionId)) return refuse('badRegion');
        const projects = opened ? [opened.project] : visibleProjects(state, key);
        const services = state.regions
          .filter((region) => regionId === undefined || region.regionId === regionId)
          .filter((region) => region.endpointService !== undefined)
          .filter((region) => projects.some((project) => isListed(world, region, project.projectId)));
        return page(call, 'endpointServices', services.map(fields));
      },
    }),
    projectOperation(world, {
      name: 'addWhitelistEntry',
      method: 'POST',
      path: '/v2/projects/{projectId}/privateEndpointWhitelist',
      purpose: 'manage',
      answer(call, project) {
        const body = newEntrySchema.safeParse(call.body);
        if (!body.success) return refuse('invalidParameter');
        if (!allowsPrivateLink(project)) return refuse('enterpriseOnly');
        return addEntry(world, project.projectId, body.data.regionId, body.data.outerUserId);
      },
    }),
  ];
}

function addEntry(world: World, projectId: string, regionId: string, subscriptionId: string): Reply {
  const { state, clock, timings } = world;
  if (findRegion(state, regionId)?.endpointService === undefined) return refuse('badRegion');
  const isThere = state.whitelist.some(
    (entry) =>
      entry.projectId === projectId &&
      entry.regionId === regionId &&
      sameText(entry.subscriptionId, subscriptionId),
  );
  if (isThere && state.settings.repeatedWhitelistEntry === 'failure')
    return refuse('duplicateWhitelistEntry');
  if (!isThere) {
    const effectiveAt = clock.now() + timings.whitelisting(subscriptionId);
    state.whitelist.push({ projectId, regionId, subscriptionId, effectiveAt, settled: false });
  }
  return success('success');
}

/** Before any subscription of the project is authorized, a region may keep its alias to itself (2023 guide). */
function isListed({ state, clock }: World, region: RegionState, projectId: string): boolean {
  if (region.aliasListedBeforeWhitelist || !region.whitelistRequired) return true;
  return state.whitelist.some(
    (entry) =>
      entry.projectId === projectId && entry.regionId === region.regionId && entry.effectiveAt <= clock.now(),
  );
}

function fields({
  regionId,
  cloudId,
  endpointService,
  whitelistRequired,
}: RegionState): Record<string, unknown> {
  return { regionId, cloudId, endpointService, whitelistRequired };
}
