import type { HttpHandler } from '@azure/functions';
import { setTimeout as pause } from 'node:timers/promises';
import type { Policy } from './activities/activities.ts';
import { createActivities } from './activities/activities.ts';
import type { ClusterChangeInput } from './activities/changeClusters.ts';
import { changeClusters } from './activities/changeClusters.ts';
import { planOf } from './activities/preflight.ts';
import { entraTokens } from './adapters/entra/tokens.ts';
import { unconfiguredPorts } from './adapters/unconfigured.ts';
import type { ReadSettings, Settings } from './config.ts';
import type { AllowedScopes } from './domain/connection/bounds.ts';
import type { Orphan } from './domain/connection/orphan.ts';
import { problemOf } from './domain/failure/problem.ts';
import { defaultZillizStatuses } from './domain/resources/registration.ts';
import type { WorkflowClientOf } from './durable/client.ts';
import { workflowClient } from './durable/client.ts';
import { registerActivities, registerWorkflow } from './durable/register.ts';
import { Access } from './http/access.ts';
import { cancelConnection } from './http/cancelConnection.ts';
import { changeCluster } from './http/changeCluster.ts';
import { deleteConnection } from './http/deleteConnection.ts';
import { exportConnection } from './http/exportConnection.ts';
import { getConnection } from './http/getConnection.ts';
import { health, ready } from './http/health.ts';
import { listConnections } from './http/listConnections.ts';
import { openApi } from './http/openApi.ts';
import { planConnection, planStored } from './http/planConnection.ts';
import { reconcileConnection } from './http/reconcileConnection.ts';
import { problemResponse } from './http/response.ts';
import type { Handlers, Triggers } from './http/routes.ts';
import { registerRoutes, registerTriggers } from './http/routes.ts';
import { startConnection } from './http/startConnection.ts';
import { portsOf } from './lazyPorts.ts';
import type { Ports, Tokens } from './ports.ts';
import type { LiveView } from './queries/liveView.ts';
import { observeLive } from './queries/liveView.ts';
import { TtlCache } from './queries/memoizedReads.ts';
import { readOwnedResources } from './queries/observeRemoval.ts';
import { findOrphan, findOrphans } from './queries/orphans.ts';
import { connectionFromMarks, findAllStored, findStored } from './queries/storedConnections.ts';
import { clusterEvents } from './triggers/clusterEvents.ts';
import { sweep } from './triggers/sweep.ts';
import { wakeSync } from './triggers/wakeSync.ts';
import type { TimeLimits } from './wiring.ts';
import { connect } from './workflows/connect/connect.ts';
import { disconnect } from './workflows/disconnect/disconnect.ts';
import { sync } from './workflows/sync/sync.ts';

const HOURLY = '0 0 * * * *';

/** Everything that is registered with the Functions host, with valid or invalid settings. */
export interface App {
  readonly ports: Ports;
  readonly policy: Policy;
  readonly access: Access;
  readonly handlers: Handlers;
  readonly triggers: Triggers;
}

export function appOf(read: ReadSettings, timeLimits?: TimeLimits): App {
  return read.ok ? configured(read.settings, timeLimits) : misconfigured(read.faults);
}

function configured(settings: Settings, timeLimits: TimeLimits | undefined): App {
  const ports = portsOf(settings, timeLimits);
  const allowed = { projects: settings.ALLOWED_PROJECTS, scopes: settings.ALLOWED_SCOPES };
  const policy = {
    zillizStatuses: { ready: settings.ZILLIZ_READY_WORDS, failed: settings.ZILLIZ_FAILED_WORDS },
    allowed,
    recordRemovalDelayHours: settings.RECORD_REMOVAL_DELAY_HOURS,
  };
  const access = new Access(tokensOf(settings));
  const live = new TtlCache<LiveView>(Date.now);
  const orphans = new TtlCache<Orphan | null>(Date.now);
  const clientOf = workflowClient;
  const waker = wakeSync();
  const clusterRoutes = {
    clientOf,
    waker,
    change: (input: ClusterChangeInput) => changeClusters(ports, allowed, input),
  };
  return {
    ports,
    policy,
    access,
    handlers: {
      startConnection: startConnection({ clientOf, allowed, access }),
      planConnection: planConnection({ plan: (connection) => planOf(ports, policy, connection), allowed }),
      getConnection: getConnection({
        clientOf,
        now: Date.now,
        allowed,
        stored: (id) => connectionFromMarks(ports, id),
        orphan: (id) => orphans.of(id, () => findOrphan(ports, id)),
        live: (connection) =>
          live.of(connection.id, () => observeLive(ports, connection, new Date().toISOString())),
      }),
      cancelConnection: cancelConnection({ clientOf, access, allowed, now: Date.now, pause }),
      ...lifecycleHandlers({ ports, policy, access, allowed, clientOf }),
      putCluster: changeCluster(clusterRoutes, true),
      removeCluster: changeCluster(clusterRoutes, false),
      health: health([]),
      ready: ready(ports.readiness),
      openApi: openApi(),
    },
    triggers: {
      clusterEvents: clusterEvents({ clientOf, allowed, waker }),
      eventQueue: settings.EVENT_QUEUE,
      sweep: sweep({ clientOf, allowed, waker, connections: () => findAllStored(ports), now: Date.now }),
      sweepSchedule: settings.SWEEP_SCHEDULE,
    },
  };
}

/** The routes still run and return the fault. GET /api/health returns the names of the settings, never their values. */
function misconfigured(faults: Extract<ReadSettings, { ok: false }>['faults']): App {
  const names = [...new Set(faults.map(({ name }) => name))];
  const refuse: HttpHandler = () =>
    problemResponse(problemOf('settings-invalid', `settings are missing or wrong: ${names.join(', ')}`));
  // Event Grid sends an event again after a failure, so no event is lost.
  const fail = (): never => {
    throw new Error(`settings are missing or wrong: ${names.join(', ')}`);
  };
  return {
    ports: unconfiguredPorts(names),
    policy: {
      zillizStatuses: defaultZillizStatuses,
      allowed: { projects: [], scopes: [] },
      recordRemovalDelayHours: Infinity,
    },
    // The way to authenticate is unknown. The refusal contains no more than health does, so every caller may read it.
    access: new Access(null, 'anonymous'),
    handlers: {
      startConnection: refuse,
      planConnection: refuse,
      getConnection: refuse,
      cancelConnection: refuse,
      listConnections: refuse,
      planStored: refuse,
      reconcileConnection: refuse,
      deleteConnection: refuse,
      exportConnection: refuse,
      putCluster: refuse,
      removeCluster: refuse,
      health: health(faults),
      ready: refuse,
      openApi: refuse,
    },
    // Without the name of the queue its events wait in it.
    triggers: { clusterEvents: fail, eventQueue: undefined, sweep: fail, sweepSchedule: HOURLY },
  };
}

/** The routes for connections that are stored in Azure: list, drift, reconcile, disconnect, export. */
function lifecycleHandlers(needs: {
  readonly ports: Ports;
  readonly policy: Policy;
  readonly access: Access;
  readonly allowed: AllowedScopes;
  readonly clientOf: WorkflowClientOf;
}): Pick<
  Handlers,
  'listConnections' | 'planStored' | 'reconcileConnection' | 'deleteConnection' | 'exportConnection'
> {
  const { ports, policy, access, allowed, clientOf } = needs;
  const stored = async (id: string) => (await findStored(ports, id)).stored;
  const orphan = (id: string) => findOrphan(ports, id);
  return {
    listConnections: listConnections({
      clientOf,
      allowed,
      stored: () => findAllStored(ports),
      orphans: (isWanted) => findOrphans(ports, isWanted),
    }),
    planStored: planStored({
      allowed,
      stored,
      orphan,
      plan: (connection) => planOf(ports, policy, connection),
    }),
    reconcileConnection: reconcileConnection({ clientOf, access, allowed, stored, orphan }),
    deleteConnection: deleteConnection({ clientOf, access, allowed, stored, orphan }),
    exportConnection: exportConnection({ allowed, stored: (id) => readOwnedResources(ports, id), orphan }),
  };
}

/** Registers everything with the Functions host. The history of running instances contains the names of workflows. */
export function registerApp(app: App): void {
  registerActivities(createActivities(app.ports, app.policy));
  registerWorkflow('connect', connect);
  registerWorkflow('disconnect', disconnect);
  registerWorkflow('sync', sync);
  registerRoutes(app.handlers, app.access);
  registerTriggers(app.triggers);
}

const REQUEST_TIMEOUT_MS = 20_000;

/** Returns the check of the callers' tokens; null if the host checks function keys instead. */
function tokensOf(settings: Settings): Tokens | null {
  const { AUTH_MODE, ENTRA_TENANT_ID, ENTRA_AUDIENCE, AZURE_AUTHORITY_HOST } = settings;
  if (AUTH_MODE !== 'entra' || ENTRA_TENANT_ID === undefined || ENTRA_AUDIENCE === undefined) return null;
  return entraTokens({
    authority: AZURE_AUTHORITY_HOST ?? 'https://login.microsoftonline.com',
    tenantId: ENTRA_TENANT_ID,
    audience: ENTRA_AUDIENCE,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
  });
}
