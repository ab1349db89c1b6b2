import type { HttpHandler } from '@azure/functions';
import * as z from 'zod';
import type { AllowedScopes } from '../../domain/connection/bounds.ts';
import {
  isProjectAllowed,
  isScopeAllowed,
  isSubscriptionAllowed,
  outsideProjects,
} from '../../domain/connection/bounds.ts';
import { projectIdSchema, regionIdSchema } from '../../domain/connection/fieldSchemas.ts';
import type { Outcome } from '../../domain/failure/failure.ts';
import { isDedicated, isGone } from '../../domain/resources/cluster.ts';
import type { Ports } from '../../ports.ts';
import { readEach, tryRead } from '../../queries/tryRead.ts';
import { readQuery } from '../requests.ts';
import { refuseFor } from '../response.ts';
import { incompleteSchema } from '../views/connectionView.ts';

export const optionsQuerySchema = z.object({
  projectId: projectIdSchema.optional().meta({ description: 'With it come the regions' }),
  regionId: regionIdSchema.optional().meta({ description: 'With it and the project come the clusters' }),
});

export const optionsSchema = z
  .object({
    projects: z
      .array(z.string())
      .readonly()
      .nullable()
      .meta({ description: 'The projects that a request may name; null: any' }),
    regions: z.array(z.string()).readonly(),
    clusters: z
      .array(z.object({ clusterId: z.string(), name: z.string(), status: z.string() }))
      .readonly()
      .meta({ description: 'Clusters that a private link can serve' }),
    networks: z
      .array(
        z.object({
          id: z.string(),
          location: z.string(),
          subnets: z
            .array(
              z.object({
                id: z.string(),
                addressPrefixes: z.array(z.string()).readonly(),
                delegations: z.array(z.string()).readonly(),
              }),
            )
            .readonly(),
        }),
      )
      .readonly()
      .meta({ description: 'Virtual networks that the identity may read, within the allowed scopes' }),
    incomplete: z.array(incompleteSchema).readonly(),
  })
  .meta({ id: 'Options' });

/** `GET /api/options`: what a request for a connection can name, for forms. A part that cannot be read is empty. */
export function options({ zilliz, network }: Ports, allowed: AllowedScopes): HttpHandler {
  return async (request) => {
    const { projectId, regionId } = readQuery(request, optionsQuerySchema);
    if (projectId !== undefined && !isProjectAllowed(projectId, allowed)) {
      const detail = outsideProjects(projectId);
      refuseFor([{ pointer: '', parameter: 'projectId', code: 'project-not-allowed', detail }]);
    }
    const none = Promise.resolve({ ok: true, value: [] } as const);
    const [regions, clusters, networks] = await Promise.all([
      projectId === undefined ? none : tryRead(() => zilliz.regions(projectId), 'all'),
      projectId === undefined || regionId === undefined
        ? none
        : tryRead(() => zilliz.clusters({ projectId, regionId }), 'all'),
      networksIn(network, allowed),
    ]);
    const incomplete = [regions, clusters].flatMap((read) => unread(projectId ?? '', read));
    const body = {
      projects: allowed.projects,
      regions: (regions.ok ? regions.value : []).map((region) => region.regionId).toSorted(),
      clusters: (clusters.ok ? clusters.value : [])
        .filter((cluster) => isDedicated(cluster) && !isGone(cluster))
        .map(({ clusterId, name, status }) => ({ clusterId, name, status })),
      ...{ networks: networks.found, incomplete: [...incomplete, ...networks.incomplete] },
    } satisfies z.infer<typeof optionsSchema>;
    return { status: 200, headers: { 'cache-control': 'no-store' }, jsonBody: body };
  };
}

async function networksIn(network: Ports['network'], allowed: AllowedScopes) {
  const subscriptions = await tryRead(() => network.subscriptions(), 'all');
  if (!subscriptions.ok) return { found: [], incomplete: unread('/subscriptions', subscriptions) };
  const lists = await readEach(
    subscriptions.value.filter((id) => isSubscriptionAllowed(id, allowed)),
    (id) => network.virtualNetworksIn(id),
    'all',
  );
  const listed = lists.flatMap((list) => (list.ok ? list.value : []));
  return {
    found: listed
      .map(({ subnets, ...other }) => ({
        ...other,
        subnets: subnets.filter(({ id }) => isScopeAllowed(id, allowed)),
      }))
      .filter(({ subnets }) => subnets.length > 0),
    incomplete: lists.flatMap((list) => unread(`/subscriptions/${list.entry}`, list)),
  };
}

function unread(
  scope: string,
  read: Outcome<unknown>,
): { readonly scope: string; readonly reason: string }[] {
  return read.ok ? [] : [{ scope, reason: read.failure.message }];
}
