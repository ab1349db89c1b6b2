import type { HttpHandler } from '@azure/functions';
import { setTimeout as pause } from 'node:timers/promises';
import type { Policy } from './activities/activities.ts';
import { createActivities } from './activities/activities.ts';
import { planTearDown } from './activities/tearDown.ts';
import type { ClusterChangeInput } from './activities/changeClusters.ts';
import { changeClusters } from './activities/changeClusters.ts';
import { planOf } from './activities/preflight.ts';
import { releaseConnection as release } from './activities/release.ts';
import { readingOf } from './activities/readings.ts';
import { entraTokens } from './adapters/entra/tokens.ts';
import type { EntraSettings } from './adapters/entra/tokens.ts';
import { withinTime } from './adapters/azure/policies.ts';
import { sweepIntervalMs } from './config.ts';
import type { ReadSettings, Settings } from './config.ts';
import type { Connection } from './domain/connection/connection.ts';
import type { WhitelistEntry } from './domain/connection/fieldSchemas.ts';
import type { RemovalSubject } from './domain/plan/removalSubject.ts';
import { declaredEntries } from './domain/run/declaration.ts';
import type { DeclaredEntry } from './domain/run/declaration.ts';
import { defaultZillizStatuses } from './domain/resources/registration.ts';
import { workflowClient } from './durable/client.ts';
import type { AroundActivity } from './durable/register.ts';
import { registerActivities, registerWorkflow } from './durable/register.ts';
import { Access } from './http/access.ts';
import { cancelConnection } from './http/cancelConnection.ts';
import { changeCluster, getCluster } from './http/changeCluster.ts';
import { options } from './http/console/options.ts';
import { consoleHandlers, signInOf } from './http/console/pages.ts';
import { deleteConnection } from './http/deleteConnection.ts';
import { exportConnection } from './http/exportConnection.ts';
import type { Sources } from './http/findConnection.ts';
import { getConnection } from './http/getConnection.ts';
import type { GetOptions } from './http/getConnection.ts';
import { health, ready } from './http/health.ts';
import { listConnections } from './http/listConnections.ts';
import { explainProblem, openApi } from './http/openApi/document.ts';
import { planConnection, planStored } from './http/planConnection.ts';
import { forPeople } from './http/requests.ts';
import { Refused } from './http/response.ts';
import type { Handlers, Pages, Triggers } from './http/routes.ts';
import { registerRoutes, registerTriggers } from './http/routes.ts';
import { getRun } from './http/run.ts';
import { releaseConnection } from './http/releaseConnection.ts';
import { reconcileConnection, startConnection } from './http/startConnection.ts';
import { Addresses } from './http/views/links.ts';
import { portsOf, unconfiguredPorts } from './lazyPorts.ts';
import type { Ports, ProjectRegion, Tokens } from './ports.ts';
import type { LiveView } from './queries/liveView.ts';
import { observeLive } from './queries/liveView.ts';
import { readOwnedResources } from './queries/observeRemoval.ts';
import { findOrphan, findOrphans } from './queries/orphans.ts';
import { SharedReads } from './queries/sharedReads.ts';
import { findAllStored, findStored } from './queries/storedConnections.ts';
import type { FoundConnections } from './queries/storedConnections.ts';
import { Attempts, workKey } from './readAs.ts';
import { TtlCache } from './ttlCache.ts';
import { clusterEvents } from './triggers/clusterEvents.ts';
import { sweep } from './triggers/sweep.ts';
import type { WakeSync } from './triggers/wakeSync.ts';
import { wakeSync } from './triggers/wakeSync.ts';
import type { TimeLimits } from './wiring.ts';
import { connect } from './workflows/connect/connect.ts';
import { declaration } from './workflows/declaration.ts';
import { disconnect } from './workflows/disconnect/disconnect.ts';
import { release as releaseNote } from './workflows/release.ts';
import { sync } from './workflows/sync/sync.ts';

const HOURLY = '0 0 * * * *';
const BESIDE_WAIT_MS = 10_000;

/** Everything that is registered with the Functions host, with valid or invalid settings. */
export interface App {
  readonly ports: Ports;
  readonly policy: Policy;
  readonly access: Access;
  readonly addresses: Addresses;
  readonly handlers: Handlers & Pages;
  readonly triggers: Triggers;
  /** Bounds the reads of each activity and request. */
  readonly around: {
    readonly activity: AroundActivity;
    readonly handler: (handler: HttpHandler) => HttpHandler;
  };
}

interface AppOptions {
  readonly timeLimits?: TimeLimits | undefined;
  /** Has the files of the console; null where they are not built. */
  readonly consoleFolder?: string | null;
}

export function appOf(read: ReadSettings, { timeLimits, consoleFolder = null }: AppOptions = {}): App {
  const app = read.ok ? configured(read.settings, timeLimits) : misconfigured(read.faults);
  const signIn = read.ok ? signInOf(entraOf(read.settings)) : ({ mode: 'unknown' } as const);
  return { ...app, handlers: { ...app.handlers, ...consoleHandlers({ folder: consoleFolder, signIn }) } };
}

type ApiOnly = Omit<App, 'handlers'> & { readonly handlers: Omit<Handlers, 'signIn'> };

function configured(settings: Settings, timeLimits: TimeLimits | undefined): ApiOnly {
  const shared = new SharedReads();
  const attempts = new Attempts(() => shared.count);
  const ports = shared.ports(portsOf(settings, timeLimits));
  const allowed = { projects: settings.ALLOWED_PROJECTS, scopes: settings.ALLOWED_SCOPES };
  const policy: Policy = {
    briefly: (work) => withinTime(timeLimits?.besideWaitMs ?? BESIDE_WAIT_MS, work),
    zillizStatuses: { ready: settings.ZILLIZ_READY_WORDS, failed: settings.ZILLIZ_FAILED_WORDS },
    allowed,
    recordRemovalDelayHours: settings.RECORD_REMOVAL_DELAY_HOURS,
  };
  const access = new Access(tokensOf(settings));
  const clientOf = workflowClient;
  const waker = wakeSync();
  const declared = declaredEntries(settings.CONNECTIONS, allowed);
  const addresses = new Addresses(settings.PUBLIC_BASE_URL ?? LOCAL_HOST);
  return {
    ...{ ports, policy, access, addresses },
    handlers: handlersOf({
      ports,
      policy,
      access,
      waker,
      declared,
      addresses,
      oldestReading: () => Date.now() - 2 * sweepIntervalMs(settings.SWEEP_SCHEDULE) - SYNC_MS,
    }),
    around: {
      activity: (name, input, instanceId, work) =>
        attempts.run(workKey(name, instanceId, input), readingOf(name, input), work),
      handler: forPeople(attempts),
    },
    triggers: {
      clusterEvents: clusterEvents({ clientOf, allowed, waker, hasConnection: connectionLookup(ports) }),
      sweep: sweep({
        ...{ clientOf, allowed, waker, declared, now: Date.now },
        connections: () => findAllStored(ports, 'all'),
      }),
      eventQueue: settings.EVENT_QUEUE,
      sweepSchedule: settings.SWEEP_SCHEDULE,
    },
  };
}

/** Where the Functions SDK, too, expects the app when no host name is set. */
const LOCAL_HOST = 'http://localhost:7071';

/** What a sync needs from its start to its reading, at most. */
const SYNC_MS = 15 * 60_000;

function handlersOf({
  ports,
  policy,
  access,
  waker,
  declared,
  addresses,
  oldestReading,
}: Pick<App, 'ports' | 'policy' | 'access'> & {
  readonly waker: WakeSync;
  readonly declared: readonly DeclaredEntry[];
  readonly addresses: Addresses;
  readonly oldestReading: () => number;
}): ApiOnly['handlers'] {
  const { allowed } = policy;
  const clientOf = workflowClient;
  const sources: Sources = {
    ...{ allowed, clientOf, addresses, now: Date.now },
    stored: (id) => findStored(ports, id),
    orphan: (id) => findOrphan(ports, id),
  };
  const live = new TtlCache<LiveView>(Date.now);
  const orphans = new TtlCache<Awaited<ReturnType<Sources['orphan']>>>(Date.now);
  const plan = (connection: Connection) => planOf(ports, policy, connection);
  const readLive = (connection: Connection) =>
    observeLive(ports, connection, { zillizStatuses: policy.zillizStatuses, now: Date.now() });
  // A page reads every few seconds, and the search for records is long.
  const calmSources: Sources = { ...sources, orphan: (id) => orphans.of(id, () => sources.orphan(id)) };
  const get: GetOptions = {
    addresses,
    ...{ now: Date.now, oldestReading },
    live: (connection, runEndedAt) =>
      live.of(`${connection.id} ${runEndedAt ?? ''}`, () => readLive(connection)),
  };
  const clusters = { waker, change: (input: ClusterChangeInput) => changeClusters(ports, policy, input) };
  return {
    startConnection: startConnection(sources, access),
    planConnection: planConnection(allowed, plan),
    getConnection: getConnection(calmSources, get),
    getRun: getRun(calmSources, get),
    cancelConnection: cancelConnection(sources, { access, now: Date.now, pause }),
    listConnections: listConnections({
      ...{ clientOf, allowed, declared, oldestReading },
      now: Date.now,
      stored: () => findAllStored(ports, 'all'),
      orphans: (isWanted) => findOrphans(ports, isWanted, 'all'),
    }),
    planStored: planStored(sources, { reconcile: plan, disconnect: removalPlan(ports, policy) }),
    reconcileConnection: reconcileConnection(sources, access),
    deleteConnection: deleteConnection(sources, access),
    releaseConnection: releaseConnection(sources, (stored) => release(ports, policy, stored)),
    exportConnection: exportConnection(sources, (stored) => readOwnedResources(ports, stored)),
    getCluster: getCluster(sources, readLive),
    putCluster: changeCluster(sources, clusters, true),
    removeCluster: changeCluster(sources, clusters, false),
    health: health([]),
    ready: ready(ports.readiness),
    options: options(ports, allowed),
    ...documents(),
  };
}

/** What is the same with any settings. */
function documents(): Pick<Handlers, 'openApi' | 'explainProblem'> {
  return { openApi: openApi(), explainProblem: explainProblem() };
}

/** What DELETE would do, from one reading. */
function removalPlan(ports: Ports, policy: Policy) {
  return (subject: RemovalSubject, whitelist: WhitelistEntry | null) =>
    planTearDown(ports, policy, {
      ...{ subject, whitelist, waitForZilliz: false },
      ...{ endpointIds: [], deletedByRun: [], unregisteredByRun: [] },
    });
}

/** The routes still run and return the fault. GET /api/health returns the names of the settings, never their values. */
function misconfigured(faults: Extract<ReadSettings, { ok: false }>['faults']): ApiOnly {
  const names = [...new Set(faults.map(({ name }) => name))];
  const detail = `settings are missing or wrong: ${names.join(', ')}`;
  const refuse: HttpHandler = () => {
    throw new Refused({ code: 'settings-invalid', detail });
  };
  // Event Grid sends an event again after a failure, so no event is lost.
  const fail = (): never => {
    throw new Error(detail);
  };
  return {
    ports: unconfiguredPorts(names),
    policy: {
      briefly: (work) => work(),
      zillizStatuses: defaultZillizStatuses,
      allowed: { projects: [], scopes: [] },
      recordRemovalDelayHours: Infinity,
    },
    // The way to authenticate is unknown. The refusal contains no more than health does, so every caller may read it.
    access: new Access(null, 'anonymous'),
    addresses: new Addresses(''),
    handlers: {
      startConnection: refuse,
      planConnection: refuse,
      getConnection: refuse,
      cancelConnection: refuse,
      listConnections: refuse,
      planStored: refuse,
      reconcileConnection: refuse,
      deleteConnection: refuse,
      getRun: refuse,
      releaseConnection: refuse,
      exportConnection: refuse,
      getCluster: refuse,
      putCluster: refuse,
      removeCluster: refuse,
      health: health(faults),
      ready: refuse,
      options: refuse,
      ...documents(),
    },
    // Without the name of the queue its events wait in it.
    triggers: { clusterEvents: fail, eventQueue: undefined, sweep: fail, sweepSchedule: HOURLY },
    around: { activity: (_name, _input, _instanceId, work) => work(), handler: (handler) => handler },
  };
}

/** Events may name any project, so all of them together cause one search in a while, however many come. */
function connectionLookup(ports: Ports): (where: ProjectRegion) => Promise<boolean> {
  const connections = new TtlCache<FoundConnections>(Date.now);
  return async ({ projectId, regionId }) => {
    const { found, unread } = await connections.of('all', () => findAllStored(ports, 'all'));
    const isFound = found.some(
      ({ connection }) => connection.projectId === projectId && connection.regionId === regionId,
    );
    // What could not be read may hold it.
    return isFound || unread.length > 0;
  };
}

/** Registers everything with the Functions host. The history of running instances contains the names of workflows. */
export function registerApp(app: App): void {
  registerActivities(createActivities(app.ports, app.policy), app.around.activity);
  registerWorkflow('connect', connect);
  registerWorkflow('disconnect', disconnect);
  registerWorkflow('sync', sync);
  registerWorkflow('declaration', declaration);
  registerWorkflow('release', releaseNote);
  const { access, addresses, around } = app;
  registerRoutes(app.handlers, { access, addresses, around: around.handler });
  registerTriggers(app.triggers);
}

const REQUEST_TIMEOUT_MS = 20_000;

/** Where callers get their tokens; null if the host checks function keys instead. */
function entraOf(settings: Settings): Omit<EntraSettings, 'requestTimeoutMs'> | null {
  const { AUTH_MODE, ENTRA_TENANT_ID, ENTRA_AUDIENCE, AZURE_AUTHORITY_HOST } = settings;
  if (AUTH_MODE !== 'entra' || ENTRA_TENANT_ID === undefined || ENTRA_AUDIENCE === undefined) return null;
  return {
    authority: AZURE_AUTHORITY_HOST ?? 'https://login.microsoftonline.com',
    ...{ tenantId: ENTRA_TENANT_ID, audience: ENTRA_AUDIENCE },
  };
}

function tokensOf(settings: Settings): Tokens | null {
  const entra = entraOf(settings);
  return entra && entraTokens({ ...entra, requestTimeoutMs: REQUEST_TIMEOUT_MS });
}
