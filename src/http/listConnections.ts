import type { HttpHandler } from '@azure/functions';
import * as z from 'zod';
import type { AllowedScopes } from '../domain/connection/bounds.ts';
import { isProjectAllowed, isScopeAllowed, isSubscriptionAllowed } from '../domain/connection/bounds.ts';
import type { ListedProblem, ListEntry } from './views/listing.ts';
import {
  entryOfOrphan,
  entryOfRun,
  entryOfStored,
  entryOfUnreadableRun,
  listedConnectionSchema,
  pageOf,
} from './views/listing.ts';
import { isConnectionId } from '../domain/connection/names.ts';
import { authorizeRecordsAlone } from '../domain/connection/orphan.ts';
import { authorizeConnection } from '../domain/connection/request.ts';
import type { DeclaredEntry } from '../domain/run/declaration.ts';
import { statusOf } from '../domain/connection/status.ts';
import type { ConnectionReading, StatusProblem } from '../domain/connection/status.ts';
import { statusTable } from '../domain/connection/statusTable.ts';
import { notedWhitelist } from '../domain/run/status.ts';
import { syncPlaceSchema } from '../domain/sync/status.ts';
import type { Instance, WorkflowClient, WorkflowClientOf } from '../durable/client.ts';
import type { FoundOrphans } from '../queries/orphans.ts';
import type { FoundConnections, Unread } from '../queries/storedConnections.ts';
import { mapEach } from '../queries/tryRead.ts';
import { authorizeRun, lastSubject, runningConnection } from './findConnection.ts';
import { readQuery } from './requests.ts';
import { readingsOfSyncs } from './views/syncReadings.ts';
import { lastRunOf } from './views/lastRun.ts';
import { incompleteSchema, problemOfStatus } from './views/connectionView.ts';
import { declaredViewSchema, declaredViews } from './views/declared.ts';

export const syncRunSchema = z.object({
  ...{ projectId: z.string(), regionId: z.string(), status: z.string() },
  faults: z.array(z.string()).readonly().meta({ description: 'What its last round could not do' }),
});

/** Connections that only a run knows: one in progress, or one that failed before the private endpoint existed. */
export function connectionsOfRuns(runs: readonly Instance[], allowed: AllowedScopes): readonly ListEntry[] {
  return runs.flatMap((instance) => {
    if (authorizeRun(instance, allowed).length > 0) return [];
    const connection = runningConnection(instance);
    if (connection) return entryOfRun(connection);
    return isOfConnection(instance) && lastSubject(instance) === null
      ? entryOfUnreadableRun(instance.instanceId)
      : [];
  });
}

function isOfConnection({ name, instanceId }: Instance): boolean {
  return (name === 'connect' || name === 'disconnect') && isConnectionId(instanceId);
}

/** Where bounds are set, a run whose input cannot be read may be another's: only its ID is shown. */
export function unreadableRuns(
  runs: readonly Instance[],
  allowed: AllowedScopes,
): z.infer<typeof incompleteSchema>[] {
  if (!allowed.projects && !allowed.scopes) return [];
  return runs
    .filter((instance) => isOfConnection(instance) && lastSubject(instance) === null)
    .map(({ instanceId }) => ({ scope: instanceId, reason: 'the input of its run cannot be read' }));
}

/** Running syncs, which maintain the records of a project and region. */
export function syncsUnderWay(
  active: readonly Instance[],
  allowed: AllowedScopes,
): readonly z.infer<typeof syncRunSchema>[] {
  return active.flatMap(({ name, input, runtimeStatus }) => {
    const where = syncPlaceSchema.safeParse(input).data;
    if (name !== 'sync' || !where) return [];
    return isProjectAllowed(where.projectId, allowed)
      ? [{ ...where, status: runtimeStatus, faults: [] }]
      : [];
  });
}

type SyncRun = z.infer<typeof syncRunSchema>;

/** One entry for each project and region. */
function withTroubles(running: readonly SyncRun[], troubles: readonly SyncRun[]): readonly SyncRun[] {
  const keyOf = ({ projectId, regionId }: SyncRun): string => `${projectId} ${regionId}`;
  return [...new Map([...running, ...troubles].map((one) => [keyOf(one), one])).values()];
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

export const connectionListSchema = z
  .object({
    connections: z.array(
      listedConnectionSchema.extend({
        run: runSchema.nullable().meta({ description: 'The last run, as long as the task hub has it' }),
      }),
    ),
    next: z.string().nullable().meta({ description: 'Address of the next page; null on the last' }),
    syncs: z.array(syncRunSchema).meta({
      description:
        'Syncs, which maintain the records of a project and region: all that run, and those of the page that could not do everything',
    }),
    declared: z.array(declaredViewSchema).meta({ description: 'Entries of the setting CONNECTIONS' }),
    incomplete: z.array(incompleteSchema).meta({
      description:
        'Subscriptions that could not be searched completely, and private endpoints whose marks cannot be read',
    }),
  })
  .meta({ id: 'ConnectionList' });

/**
 * `GET /api/connections`: the connections whose marks are found in Azure, also on an empty task hub, and those that only a
 * running workflow knows.
 */
export function listConnections(options: {
  readonly clientOf: WorkflowClientOf;
  readonly allowed: AllowedScopes;
  readonly declared: readonly DeclaredEntry[];
  readonly stored: () => Promise<FoundConnections>;
  readonly orphans: (isWanted: (connectionId: string) => boolean) => Promise<FoundOrphans>;
  readonly now: () => number;
  /** Milliseconds since the epoch: an older reading says nothing about the present. */
  readonly oldestReading: () => number;
}): HttpHandler {
  const { allowed } = options;
  return async (request, context) => {
    const { size, after } = readQuery(request, listQuerySchema);
    const client = options.clientOf(context);
    // Read first: what a run creates after this moment is found by its marks.
    const [active, failed] = await Promise.all([client.active(), client.failed()]);
    const { found, unread } = await options.stored();
    const known = new Set(found.map(({ connection }) => connection.id));
    const alone = await options.orphans((id) => !known.has(id));
    const shown = found.filter(({ connection }) => authorizeConnection(connection, allowed).length === 0);
    const orphans = alone.orphans.filter((orphan) => authorizeRecordsAlone(orphan, allowed).length === 0);
    const listed = [...shown.map(entryOfStored), ...orphans.map(entryOfOrphan)];
    const ofRuns = connectionsOfRuns([...active, ...failed], allowed).filter(
      ({ id }) => !listed.some((other) => other.id === id),
    );
    const { entries, next } = pageOf([...listed, ...ofRuns], after, size);
    const { readings, troubles } = await readingsOfSyncs(client, entries, options.oldestReading());
    const connections = await mapEach(entries, async (entry) => {
      const run = await lastRun(client, entry.id, allowed);
      const reading = readings.get(entry.id)?.reading ?? null;
      return listedConnection(entry, { run, reading }, options);
    });
    return {
      status: 200,
      headers: { 'cache-control': 'no-store' },
      jsonBody: {
        connections,
        next: next === null ? null : `/api/connections?size=${size}&after=${next}`,
        syncs: withTroubles(syncsUnderWay(active, allowed), troubles),
        declared: await declaredViews(client, options.declared, { active, now: options.now() }),
        incomplete: [
          ...incompleteViews([...unread, ...alone.unread], allowed),
          ...unreadableRuns([...active, ...failed], allowed),
        ],
      },
    };
  };
}

/** One run that the task hub cannot show does not hide the connections. */
async function lastRun(
  client: WorkflowClient,
  id: string,
  allowed: AllowedScopes,
): Promise<Instance | 'unread' | null> {
  try {
    const run = await client.read(id);
    return run && authorizeRun(run, allowed).length === 0 ? run : null;
  } catch {
    return 'unread';
  }
}

function listedConnection(
  { health, orphan, ...entry }: ListEntry,
  { run, reading }: { readonly run: Instance | 'unread' | null; readonly reading: ConnectionReading | null },
  { now, oldestReading }: { readonly now: () => number; readonly oldestReading: () => number },
): z.infer<typeof connectionListSchema>['connections'][number] {
  const instance = run === 'unread' ? null : run;
  const last = instance && lastRunOf(instance);
  // What a run found long ago says nothing about the present; a failure stays what it is.
  const isOutdated =
    last?.state === 'succeeded' && last.status === 'connected' && last.updatedAt < oldestReading();
  const { status, problem } = statusOf({ run: isOutdated ? null : last, health, reading, orphan });
  return {
    ...{ ...entry, whitelistedAt: entry.whitelistedAt ?? notedTime(instance) },
    ...{ status, problem: shortProblem(problem), final: statusTable[status].final },
    ...{ asOf: reading?.readAt ?? new Date(now()).toISOString(), source: reading ? 'view' : 'live' },
    run: run === 'unread' ? { workflow: 'unknown', status: 'unread' } : runView(instance),
  };
}

function shortProblem(problem: StatusProblem | null): ListedProblem | null {
  if (!problem) return null;
  const { detail, cause, remedy } = problemOfStatus(problem);
  return { code: problem.code, detail, cause, remedy };
}

function notedTime(instance: Instance | null): string | null {
  return instance && (notedWhitelist(instance)?.at ?? null);
}

function runView(instance: Instance | null): z.infer<typeof runSchema> | null {
  return instance && { workflow: instance.name, status: instance.runtimeStatus };
}

/** Each reason once, and only of what this deployment may act on. */
function incompleteViews(
  unread: readonly Unread[],
  allowed: AllowedScopes,
): readonly z.infer<typeof incompleteSchema>[] {
  const views = unread
    .filter(({ subscriptionId, endpoint }) =>
      endpoint
        ? isScopeAllowed(endpoint.id, allowed) && isProjectAllowed(endpoint.projectId, allowed)
        : isSubscriptionAllowed(subscriptionId, allowed),
    )
    .map(({ subscriptionId, endpoint, failure }) => ({
      ...{ scope: endpoint?.id ?? `/subscriptions/${subscriptionId}`, reason: failure.message },
    }));
  return [...new Map(views.map((view) => [JSON.stringify(view), view])).values()];
}
