import type { HttpHandler } from '@azure/functions';
import * as z from 'zod';
import type { AllowedScopes } from '../domain/connection/bounds.ts';
import type { ListedConnection } from '../domain/connection/listing.ts';
import {
  listedConnection,
  listedConnectionSchema,
  listedOrphan,
  pageOf,
} from '../domain/connection/listing.ts';
import type { Orphan } from '../domain/connection/orphan.ts';
import { authorizeRecordsAlone } from '../domain/connection/orphan.ts';
import { authorizeConnection, parseParameters } from '../domain/connection/request.ts';
import { problemOfFaults } from '../domain/failure/problem.ts';
import type { Instance, WorkflowClientOf } from '../durable/client.ts';
import type { FoundConnections, UnreadSubscription } from '../queries/storedConnections.ts';
import { problemsAsResponses, problemResponse } from './response.ts';
import { authorizeRun, runningConnection } from './startConnection.ts';

export const syncRunSchema = z.object({ projectId: z.string(), regionId: z.string(), status: z.string() });

const syncInputSchema = z.object({ projectId: z.string(), regionId: z.string() });

/** Connections that only a running workflow knows: the private endpoint does not exist yet, or no longer. */
export function connectionsOfRuns(
  active: readonly Instance[],
  allowed: AllowedScopes,
): readonly ListedConnection[] {
  return active.flatMap((instance): readonly ListedConnection[] => {
    const connection = runningConnection(instance);
    if (!connection || authorizeRun(instance, allowed).length > 0) return [];
    const { id, projectId, regionId, privateEndpoint, subnetId } = connection;
    const isEnding = instance.name === 'disconnect';
    return [
      {
        id,
        state: isEnding ? 'ending' : 'starting',
        reason: isEnding ? 'a disconnect is under way' : 'its run has not created the private endpoint yet',
        ...{ projectId, regionId, subnetId },
        privateEndpointId: privateEndpoint.id,
        whitelistedAt: null,
      },
    ];
  });
}

/** Running syncs, which maintain the records of a project and region. */
export function syncsUnderWay(
  active: readonly Instance[],
  { projects }: AllowedScopes,
): readonly z.infer<typeof syncRunSchema>[] {
  return active.flatMap(({ name, input, runtimeStatus }) => {
    const where = syncInputSchema.safeParse(input).data;
    if (name !== 'sync' || !where) return [];
    return projects && !projects.includes(where.projectId) ? [] : [{ ...where, status: runtimeStatus }];
  });
}

const DEFAULT_SIZE = 50;
const LARGEST_SIZE = 200;

export const listQuerySchema = z.object({
  size: z.coerce
    .number()
    .int()
    .min(1)
    .max(LARGEST_SIZE)
    .default(DEFAULT_SIZE)
    .meta({ description: 'How many entries the page has at most' }),
  after: z.string().max(100).default('').meta({ description: 'Where the page before it ended' }),
});

const runSchema = z.object({ workflow: z.string(), status: z.string() });

export const connectionListSchema = z.object({
  connections: z.array(
    listedConnectionSchema.extend({
      run: runSchema.nullable().meta({ description: 'The last run, as long as the task hub has it' }),
    }),
  ),
  next: z.string().nullable().meta({ description: 'Address of the next page; null on the last' }),
  syncs: z.array(syncRunSchema).meta({
    description:
      'Running syncs, which maintain the records of a project and region; each page has all of them',
  }),
  unread: z.array(z.object({ subscriptionId: z.string(), reason: z.string() })).meta({
    description: 'Subscriptions that could not be searched: their connections are not listed',
  }),
});

/**
 * `GET /api/connections`: the connections whose marks are found in Azure, also on an empty task hub, and those that only a
 * running workflow knows.
 */
export function listConnections(options: {
  readonly clientOf: WorkflowClientOf;
  readonly allowed: AllowedScopes;
  readonly stored: () => Promise<FoundConnections>;
  readonly orphans: (isWanted: (connectionId: string) => boolean) => Promise<{
    readonly orphans: readonly Orphan[];
    readonly unread: readonly UnreadSubscription[];
  }>;
}): HttpHandler {
  const { allowed } = options;
  return problemsAsResponses(async (request, context) => {
    const query = parseParameters(listQuerySchema, Object.fromEntries(request.query.entries()));
    if (!query.ok) return problemResponse(problemOfFaults(query.faults));
    const client = options.clientOf(context);
    // Read first: what a run creates after this moment is found by its marks.
    const active = await client.active();
    const { found, unread } = await options.stored();
    const known = new Set(found.map(({ connection }) => connection.id));
    const alone = await options.orphans((id) => !known.has(id));
    const shown = found.filter(({ connection }) => authorizeConnection(connection, allowed).length === 0);
    const orphans = alone.orphans.filter((orphan) => authorizeRecordsAlone(orphan, allowed).length === 0);
    const listed = [...shown.map(listedConnection), ...orphans.map(listedOrphan)];
    const ofRuns = connectionsOfRuns(active, allowed).filter(
      ({ id }) => !listed.some((other) => other.id === id),
    );
    const all = [...listed, ...ofRuns];
    const { size, after } = query.value;
    const { entries, next } = pageOf(all, after, size);
    const runs = await Promise.all(entries.map(({ id }) => client.read(id)));
    const connections = entries.map((entry, index) => {
      const run = runs[index];
      return { ...entry, run: run ? { workflow: run.name, status: run.runtimeStatus } : null };
    });
    return {
      status: 200,
      headers: { 'cache-control': 'no-store' },
      jsonBody: {
        connections,
        next: next === null ? null : `/api/connections?size=${size}&after=${next}`,
        syncs: syncsUnderWay(active, allowed),
        unread: unreadOnce([...unread, ...alone.unread]),
      },
    };
  });
}

function unreadOnce(
  unread: readonly UnreadSubscription[],
): readonly { readonly subscriptionId: string; readonly reason: string }[] {
  const reasons = new Map(
    unread.map(({ subscriptionId, failure }) => [subscriptionId, failure.message] as const),
  );
  return [...reasons].map(([subscriptionId, reason]) => ({ subscriptionId, reason }));
}
