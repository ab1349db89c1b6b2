import * as z from 'zod';
import type { ListedConnection } from '../domain/listing.ts';
import type { Allowed } from '../domain/bounds.ts';
import type { Instance } from '../durable/client.ts';
import { notAllowedRun, runningConnection } from './sameRequest.ts';

export const syncRunSchema = z.object({ projectId: z.string(), regionId: z.string(), status: z.string() });

const syncInputSchema = z.object({ projectId: z.string(), regionId: z.string() });

/** Connections that only a run under way speaks of: the private endpoint is not there yet, or not any more. */
export function connectionsOfRuns(
  active: readonly Instance[],
  allowed: Allowed,
): readonly ListedConnection[] {
  return active.flatMap((instance): readonly ListedConnection[] => {
    const connection = runningConnection(instance);
    if (!connection || notAllowedRun(instance, allowed).length > 0) return [];
    const { id, projectId, regionId, privateEndpoint, subnetId } = connection;
    const isGoing = instance.name === 'disconnect';
    return [
      {
        id,
        state: isGoing ? 'ending' : 'starting',
        reason: isGoing ? 'a disconnect is under way' : 'its run has not come to the private endpoint yet',
        ...{ projectId, regionId, subnetId },
        privateEndpointId: privateEndpoint.id,
        whitelistedAt: null,
      },
    ];
  });
}

/** Runs under way that keep the records of a project and region. */
export function syncsUnderWay(
  active: readonly Instance[],
  { projects }: Allowed,
): readonly z.infer<typeof syncRunSchema>[] {
  return active.flatMap(({ name, input, runtimeStatus }) => {
    const where = syncInputSchema.safeParse(input).data;
    if (name !== 'sync' || !where) return [];
    return projects && !projects.includes(where.projectId) ? [] : [{ ...where, status: runtimeStatus }];
  });
}
