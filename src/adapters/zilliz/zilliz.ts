import * as z from 'zod';
import { sameEndpointId } from '../../domain/connection/names.ts';
import { isPrivateLinkService } from '../../domain/connection/resourceId.ts';
import { ProvisioningError } from '../../domain/failure/failure.ts';
import type { Cluster, RegisteredEndpoint } from '../../domain/resources/model.ts';
import type { ProjectRegion, Zilliz } from '../../ports.ts';
import type { ZillizCall, ZillizClient } from './client.ts';
import {
  clusterSchema,
  clustersPage,
  endpointServicesPage,
  endpointsPage,
  onDemandClustersPage,
  projectSchema,
  regionsSchema,
} from './schemas.ts';
import { zillizFailure } from './zillizErrors.ts';

const PAGE_SIZE = 100;
/** Far above every limit of Zilliz: a list that never ends is a fault, not a reason to go on for ever. */
const MOST_PAGES = 100;

type List = Omit<ZillizCall, 'method'>;

/** Zilliz Cloud's control plane (reference: API v2). */
export function zillizAdapter(client: ZillizClient): Zilliz {
  const all = <T>(call: List, schema: z.ZodType<{ entries: T[]; count: number | null }>) =>
    allPages(client, call, schema);
  const privateEndpoints: Zilliz['privateEndpoints'] = async (projectId) => {
    const path = ['projects', projectId, 'privateEndpoints'];
    const doing = `listing private endpoints of ${projectId}`;
    const endpoints = await all({ doing, projectId, path }, endpointsPage);
    return endpoints.map(({ endpointStatus, ...rest }) => ({ ...rest, status: endpointStatus }));
  };
  return {
    project: (projectId) => project(client, projectId),
    regions: (projectId) =>
      client.call(
        {
          doing: 'listing regions',
          projectId,
          method: 'GET',
          path: ['regions'],
          query: { cloudId: 'azure' },
        },
        regionsSchema,
      ),
    async endpointService({ projectId, regionId }) {
      const doing = `listing private endpoint services of ${regionId}`;
      const services = await all(
        { doing, projectId, path: ['privateEndpointServices'], query: { projectId, regionId } },
        endpointServicesPage,
      );
      const found = services.find((service) => service.regionId === regionId);
      if (!found) return null;
      const { endpointService: service, whitelistRequired } = found;
      if (service !== null && !isPrivateLinkService(service)) throw noService(doing);
      return { regionId, service, whitelistRequired };
    },
    addWhitelistEntry: (entry) => addWhitelistEntry(client, entry),
    privateEndpoints,
    registerPrivateEndpoint: (endpoint) =>
      registerPrivateEndpoint(client, endpoint, () => privateEndpoints(endpoint.projectId)),
    deletePrivateEndpoint: (endpoint) =>
      deletePrivateEndpoint(client, endpoint, () => privateEndpoints(endpoint.projectId)),
    clusters: async (where) =>
      (await clustersOf(client, where)).filter(({ projectId }) => projectId === where.projectId),
    cluster: (projectId, clusterId) => cluster(client, projectId, clusterId),
    async onDemandClusters({ projectId, regionId }) {
      const path = ['clusters', 'onDemandClusters'];
      const doing = `listing on-demand clusters of ${projectId}`;
      const found = await all(
        { doing, projectId, path, query: { projectId, regionId } },
        onDemandClustersPage,
      );
      return found.map(({ clusterName, ...rest }) => ({ ...rest, name: clusterName }));
    },
  };
}

/** A private endpoint would ask whatever the text names for a connection. */
function noService(doing: string): ProvisioningError {
  const message =
    'the service that is shown is neither an alias nor the resource ID of a private link service';
  return zillizFailure({ doing, status: 200, unreadable: true, message });
}

async function project(client: ZillizClient, projectId: string): ReturnType<Zilliz['project']> {
  try {
    const call: ZillizCall = {
      doing: `reading project ${projectId}`,
      projectId,
      method: 'GET',
      path: ['projects', projectId],
    };
    const found = await client.call(call, projectSchema);
    return { projectId: found.projectId, name: found.projectName, plan: found.plan };
  } catch (error) {
    if (error instanceof ProvisioningError && error.failure.code === 'project-not-found') return null;
    throw error;
  }
}

async function cluster(
  client: ZillizClient,
  projectId: string,
  clusterId: string,
): Promise<Cluster | 'gone'> {
  try {
    const call: ZillizCall = {
      doing: `reading cluster ${clusterId}`,
      projectId,
      method: 'GET',
      path: ['clusters', clusterId],
    };
    const found = clusterOf(await client.call(call, clusterSchema));
    return found.status.toUpperCase() === 'DELETED' ? 'gone' : found;
  } catch (error) {
    if (error instanceof ProvisioningError && error.failure.code === 'cluster-not-found') return 'gone';
    throw error;
  }
}

/** The list knows no project filter; the adapter's caller gets those of the project. */
async function clustersOf(
  client: ZillizClient,
  { projectId, regionId }: ProjectRegion,
): Promise<readonly Cluster[]> {
  const call = {
    doing: `listing clusters of ${projectId} in ${regionId}`,
    projectId,
    path: ['clusters'],
    query: { region: regionId },
  };
  return (await allPages(client, call, clustersPage))
    .map(clusterOf)
    .filter((found) => found.regionId === regionId);
}

function clusterOf({ clusterName, ...rest }: z.output<typeof clusterSchema>): Cluster {
  return { ...rest, name: clusterName };
}

async function allPages<T>(
  client: ZillizClient,
  call: List,
  schema: z.ZodType<{ entries: T[]; count: number | null }>,
): Promise<T[]> {
  const entries: T[] = [];
  for (let page = 1; page <= MOST_PAGES; page++) {
    const query = { ...call.query, currentPage: String(page), pageSize: String(PAGE_SIZE) };
    const answer = await client.call({ ...call, method: 'GET', query }, schema);
    entries.push(...answer.entries);
    // Counted by what came, since Zilliz may give smaller pages than asked for.
    const complete =
      answer.count === null ? answer.entries.length < PAGE_SIZE : entries.length >= answer.count;
    if (answer.entries.length === 0 || complete) break;
  }
  return entries;
}

/** Zilliz's limit of private endpoints per project. */
const ENDPOINTS_PER_PROJECT = 10;

type Endpoint = ProjectRegion & { readonly endpointId: string };
type ListInEndpointWrites = () => Promise<readonly RegisteredEndpoint[]>;

// Zilliz publishes no codes for what these calls refuse (reference: errors): after a refusal that says nothing to us, the
// list says what holds.

/** The one write that nothing can read back. An entry that is there already is what was wanted. */
async function addWhitelistEntry(
  client: ZillizClient,
  { projectId, regionId, subscriptionId }: ProjectRegion & { readonly subscriptionId: string },
): Promise<void> {
  const doing = `adding subscription ${subscriptionId} to the whitelist of ${projectId}`;
  const path = ['projects', projectId, 'privateEndpointWhitelist'];
  const body = { regionId, outerUserId: subscriptionId };
  const refusal = await refusalOf(client.call({ doing, projectId, method: 'POST', path, body }, z.unknown()));
  if (refusal && !saysRepeated(refusal.failure.message)) throw refusal;
}

/** "… already exists", but not "… does not exist". */
function saysRepeated(message: string): boolean {
  return /\bexists\b|already|duplicate/i.test(message);
}

async function registerPrivateEndpoint(
  client: ZillizClient,
  { projectId, regionId, endpointId }: Endpoint,
  list: ListInEndpointWrites,
): Promise<void> {
  const doing = `registering ${endpointId}`;
  const path = ['projects', projectId, 'privateEndpoints'];
  const body = { regionId, endpointId };
  const refusal = await refusalOf(client.call({ doing, projectId, method: 'POST', path, body }, z.unknown()));
  if (!refusal) return;
  const registered = await list();
  if (registered.some((other) => sameEndpointId(other.endpointId, endpointId))) return;
  const { failure } = refusal;
  if (registered.length >= ENDPOINTS_PER_PROJECT) {
    throw new ProvisioningError({ ...failure, kind: 'rejected', code: 'endpoint-quota' });
  }
  // Azure tells Zilliz of a new private endpoint with some delay, and the refusal has no code of its own: worth a while.
  throw new ProvisioningError({ ...failure, kind: 'transient', code: 'registration-failed' });
}

async function deletePrivateEndpoint(
  client: ZillizClient,
  { projectId, regionId, endpointId }: Endpoint,
  list: ListInEndpointWrites,
): Promise<void> {
  const doing = `removing ${endpointId}`;
  const path = ['projects', projectId, 'privateEndpoints', endpointId];
  const query = { regionId };
  const refusal = await refusalOf(
    client.call({ doing, projectId, method: 'DELETE', path, query }, z.unknown()),
  );
  if (refusal && (await list()).some((other) => sameEndpointId(other.endpointId, endpointId))) throw refusal;
}

/** The refusal of a call whose code says nothing to us; every other failure is thrown. */
async function refusalOf(call: Promise<unknown>): Promise<ProvisioningError | null> {
  try {
    await call;
    return null;
  } catch (error) {
    if (error instanceof ProvisioningError && error.failure.code === 'zilliz-refused') return error;
    throw error;
  }
}
