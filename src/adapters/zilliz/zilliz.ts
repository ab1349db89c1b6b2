import * as z from 'zod';
import { timeSchema } from '../../domain/connection/fieldSchemas.ts';
import { sameEndpointId } from '../../domain/connection/names.ts';
import { isPrivateLinkService } from '../../domain/connection/resourceId.ts';
import { ProvisioningError } from '../../domain/failure/failure.ts';
import type { Cluster, RegisteredEndpoint } from '../../domain/resources/model.ts';
import type { ProjectRegion, Zilliz } from '../../ports.ts';
import { currentReading } from '../../readAs.ts';
import { TtlCache } from '../../ttlCache.ts';
import { MOST_ENTRIES, MOST_PAGES } from '../http.ts';
import type { ZillizCall, ZillizClient } from './client.ts';
import {
  clusterSchema,
  clustersPage,
  endpointServicesPage,
  endpointsPage,
  onDemandClustersPage,
  onDemandComputeSchema,
  projectSchema,
  projectsSchema,
  regionsSchema,
} from './schemas.ts';
import { ZillizError, zillizFailure } from './zillizErrors.ts';

const PAGE_SIZE = 100;

/** Clusters of all projects of a key, by the key and the region. */
type ClusterLists = TtlCache<readonly z.output<typeof clusterSchema>[]>;
type List = Omit<ZillizCall, 'method'>;
type ListPage<T> = z.ZodType<{ entries: T[]; count: number }>;

/** Zilliz Cloud's control plane (reference: API v2). */
export function zillizAdapter(client: ZillizClient): Zilliz {
  const lists: ClusterLists = new TtlCache(Date.now);
  const all = <T>(call: List, schema: ListPage<T>, idOf: (entry: T) => string) =>
    allPages(client, call, schema, idOf);
  const privateEndpoints: Zilliz['privateEndpoints'] = async (projectId) => {
    const path = ['projects', projectId, 'privateEndpoints'];
    const doing = `listing private endpoints of ${projectId}`;
    const endpoints = await all({ doing, projectId, path }, endpointsPage, endpointIdOf);
    return endpoints.map(({ endpointStatus, ...other }) => ({ ...other, status: endpointStatus }));
  };
  return {
    project: (projectId) => project(client, projectId),
    projects: (projectId) => projects(client, projectId),
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
        (service) => service.regionId,
      );
      const found = services.find((service) => service.regionId === regionId.toLowerCase());
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
    clusters: (where) => clustersOf(client, lists, where),
    cluster: (projectId, clusterId) => cluster(client, projectId, clusterId),
    onDemandCompute: (where) => onDemandCompute(client, where),
    async onDemandClusters({ projectId, regionId }) {
      const path = ['clusters', 'onDemandClusters'];
      const doing = `listing on-demand clusters of ${projectId}`;
      const found = await all(
        { doing, projectId, path, query: { projectId, regionId } },
        onDemandClustersPage,
        clusterIdOf,
      );
      return found.map(({ clusterName, ...other }) => ({ ...other, name: clusterName }));
    },
  };
}

/** Only a private link service may be the target: a private endpoint requests a connection from the resource that is named. */
function noService(doing: string): ProvisioningError {
  const message =
    'the service that is shown is neither an alias nor the resource ID of a private link service';
  return zillizFailure({ doing, status: 200, unreadable: true, message });
}

/** Zilliz does not page this list. */
function projects(client: ZillizClient, projectId: string): ReturnType<Zilliz['projects']> {
  const call: ZillizCall = { doing: 'listing projects', projectId, method: 'GET', path: ['projects'] };
  return client.call(call, projectsSchema);
}

async function project(client: ZillizClient, projectId: string): ReturnType<Zilliz['project']> {
  try {
    const call: ZillizCall = {
      doing: `reading project ${projectId}`,
      projectId,
      method: 'GET',
      path: ['projects', projectId],
    };
    return await client.call(call, projectSchema);
  } catch (error) {
    if (error instanceof ProvisioningError && error.failure.code === 'project-not-found') return null;
    throw error;
  }
}

async function onDemandCompute(
  client: ZillizClient,
  { projectId, regionId }: ProjectRegion,
): Promise<string> {
  const doing = `reading on-demand compute of ${projectId}`;
  const query = { projectId, regionId };
  const call: ZillizCall = { doing, projectId, method: 'GET', path: ['on-demand-compute'], query };
  return (await client.call(call, onDemandComputeSchema)).status;
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
    const found = clusterOf(await client.call(call, clusterSchema), projectId);
    return found.status.toUpperCase() === 'DELETED' ? 'gone' : found;
  } catch (error) {
    if (error instanceof ProvisioningError && error.failure.code === 'cluster-not-found') return 'gone';
    throw error;
  }
}

const clusterIdOf = ({ clusterId }: { readonly clusterId: string }): string => clusterId;
const endpointIdOf = ({ endpointId }: { readonly endpointId: string }): string => endpointId;

/**
 * The API has no filter by project: for hundreds of projects of a key the list has dozens of pages. The syncs of one sweep share it,
 * as they share the lists of Azure.
 */
async function clustersOf(
  client: ZillizClient,
  lists: ClusterLists,
  { projectId, regionId }: ProjectRegion,
): Promise<readonly Cluster[]> {
  const call = {
    doing: `listing clusters of ${projectId} in ${regionId}`,
    projectId,
    path: ['clusters'],
    query: { region: regionId },
  };
  const list = () => allPages(client, call, clustersPage, clusterIdOf);
  const { resourcesAgeMs } = currentReading().reading;
  const found =
    resourcesAgeMs === undefined
      ? await list()
      : await lists.of(`${await client.keyOf(projectId)} ${regionId.toLowerCase()}`, list, resourcesAgeMs);
  return found
    .map((other) => clusterOf(other, projectId))
    .filter((other) => other.projectId === projectId && other.regionId === regionId.toLowerCase());
}

/** A project's ID is returned as the caller writes it. */
function clusterOf(
  { clusterName, createTime, ...other }: z.output<typeof clusterSchema>,
  projectId: string,
): Cluster {
  const isOwn = other.projectId.toLowerCase() === projectId.toLowerCase();
  const createdAt = timeSchema.safeParse(createTime).data ?? null;
  return { ...other, name: clusterName, createdAt, ...(isOwn && { projectId }) };
}

/**
 * Returns the whole list. Zilliz may return smaller pages than requested, or pages that overlap because the list has changed, so
 * the different entries are counted, and their number must be the one that Zilliz reports.
 */
async function allPages<T>(
  client: ZillizClient,
  call: List,
  schema: ListPage<T>,
  idOf: (entry: T) => string,
): Promise<readonly T[]> {
  const found = new Map<string, T>();
  for (let page = 1; page <= MOST_PAGES; page++) {
    const query = { ...call.query, currentPage: String(page), pageSize: String(PAGE_SIZE) };
    const { entries, count } = await client.call({ ...call, method: 'GET', query }, schema);
    const sizeBefore = found.size;
    for (const entry of entries) found.set(idOf(entry).toLowerCase(), entry);
    const isLast = found.size === sizeBefore || (found.size >= count && entries.length < PAGE_SIZE);
    if (isLast && found.size === count) return [...found.values()];
    if (isLast || count > MOST_ENTRIES) {
      throw cutList(call.doing, `the list has ${found.size} of ${count} entries`);
    }
  }
  throw cutList(call.doing, `the list has more than ${MOST_PAGES} pages`);
}

function cutList(doing: string, message: string): ProvisioningError {
  return zillizFailure({ doing, status: 200, unreadable: true, message });
}

/** Zilliz's limit of private endpoints per project. */
const ENDPOINTS_PER_PROJECT = 10;

type Endpoint = ProjectRegion & { readonly endpointId: string };
type ListEndpoints = () => Promise<readonly RegisteredEndpoint[]>;

// Zilliz publishes no codes for the refusals of these calls (reference: errors): after a refusal with an unknown code, the
// list shows the actual state.

/** The one write that cannot be read back. An entry that already exists is a success. */
async function addWhitelistEntry(
  client: ZillizClient,
  { projectId, regionId, subscriptionId }: ProjectRegion & { readonly subscriptionId: string },
): Promise<void> {
  const doing = `adding subscription ${subscriptionId} to the whitelist of ${projectId}`;
  const path = ['projects', projectId, 'privateEndpointWhitelist'];
  const body = { regionId, outerUserId: subscriptionId };
  const refusal = await refusalOf(client.call({ doing, projectId, method: 'POST', path, body }, z.unknown()));
  if (refusal && !isRepeated(refusal.meaning)) throw refusal;
}

/** Matches "… already exists", but not "… does not exist". */
function isRepeated(meaning: string): boolean {
  return /\bexists\b|already|duplicate/i.test(meaning);
}

async function registerPrivateEndpoint(
  client: ZillizClient,
  { projectId, regionId, endpointId }: Endpoint,
  list: ListEndpoints,
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
  // Zilliz sees a new private endpoint with some delay, and the refusal has no code of its own: worth retrying.
  throw new ProvisioningError({ ...failure, kind: 'transient', code: 'registration-failed' });
}

async function deletePrivateEndpoint(
  client: ZillizClient,
  { projectId, regionId, endpointId }: Endpoint,
  list: ListEndpoints,
): Promise<void> {
  const doing = `removing ${endpointId}`;
  const path = ['projects', projectId, 'privateEndpoints', endpointId];
  const query = { regionId };
  const refusal = await refusalOf(
    client.call({ doing, projectId, method: 'DELETE', path, query }, z.unknown()),
  );
  if (refusal && (await list()).some((other) => sameEndpointId(other.endpointId, endpointId))) throw refusal;
}

/** Returns the refusal of a call where its code is unknown; every other failure is thrown. */
async function refusalOf(call: Promise<unknown>): Promise<ZillizError | null> {
  try {
    await call;
    return null;
  } catch (error) {
    if (error instanceof ZillizError && error.failure.code === 'zilliz-refused') return error;
    throw error;
  }
}
