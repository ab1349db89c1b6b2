import type { Reply } from '../kernel/operation.ts';
import { refuse, success } from './envelope.ts';
import type { Refusal } from './envelope.ts';
import { serviceAlias } from './settle.ts';
import type { EndpointState, ProjectState } from './state.ts';
import { findEndpoint, findRegion, sameText } from './world.ts';
import type { World } from './world.ts';

/** Documented. */
const ENDPOINTS_PER_PROJECT = 10;

/** Private link comes with the Enterprise plan and above (documented). */
export function allowsPrivateLink({ plan }: ProjectState): boolean {
  return plan !== 'Standard' && plan !== 'Free' && plan !== 'Serverless';
}

/** Registers an endpoint that Azure knows, or says why not. */
export function register(
  world: World,
  project: ProjectState,
  { regionId, endpointId }: { readonly regionId: string; readonly endpointId: string },
): Reply {
  const { state, clock, timings } = world;
  const refusal =
    projectFault(world, project, regionId, endpointId) ??
    connectionFault(world, project.projectId, regionId, endpointId);
  if (refusal) return refuse(refusal);
  const now = clock.now();
  const decidedAt = now + timings.approval(endpointId);
  state.endpoints.push({
    projectId: project.projectId,
    regionId,
    endpointId,
    registeredAt: now,
    decidedAt,
    availableAt: Math.max(decidedAt, now + timings.allocation(endpointId)),
    review: state.settings.review,
    settled: false,
  });
  return success({ endpointId, regionId });
}

/** Forgets an endpoint. Connections through it end at once: Azure's becomes Disconnected. */
export function deregister({ state, provider }: World, endpoint: EndpointState): void {
  state.endpoints.splice(state.endpoints.indexOf(endpoint), 1);
  if (provider.connection(endpoint.endpointId)) provider.setConnection(endpoint.endpointId, 'Disconnected');
}

function projectFault(
  { state }: World,
  project: ProjectState,
  regionId: string,
  endpointId: string,
): Refusal | undefined {
  if (findRegion(state, regionId)?.endpointService === undefined) return 'badRegion';
  if (!allowsPrivateLink(project)) return 'enterpriseOnly';
  if (findEndpoint(state, endpointId)) return 'duplicateEndpoint';
  const registered = state.endpoints.filter(({ projectId }) => projectId === project.projectId).length;
  return registered >= ENDPOINTS_PER_PROJECT ? 'endpointQuota' : undefined;
}

function connectionFault(
  world: World,
  projectId: string,
  regionId: string,
  endpointId: string,
): Refusal | undefined {
  const { state, clock, provider } = world;
  const connection = provider.connection(endpointId);
  const alias = serviceAlias(world, regionId);
  if (!connection || alias === undefined || !sameText(connection.alias, alias)) return 'unknownConnection';
  if (connection.status === 'Rejected' || connection.status === 'Disconnected') return 'unknownConnection';
  if (!isDelivered(world, endpointId)) return 'unknownConnection';
  const allowed = state.whitelist.some(
    (entry) =>
      entry.projectId === projectId &&
      entry.regionId === regionId &&
      entry.effectiveAt <= clock.now() &&
      sameText(entry.subscriptionId, connection.subscriptionId),
  );
  return allowed || !findRegion(state, regionId)?.whitelistRequired ? undefined : 'subscriptionNotAllowed';
}

/** Zilliz may not know a new connection from Azure yet; that time counts from the first request for it. */
function isDelivered({ state, clock, timings }: World, endpointId: string): boolean {
  const name = endpointId.toLowerCase();
  const at = (state.deliveries[name] ??= clock.now() + timings.connectionDelivery(endpointId));
  return at <= clock.now();
}
