import { setTimeout as pause } from 'node:timers/promises';
import type { HttpHandler } from '@azure/functions';
import { changeClusters } from './activities/changeClusters.ts';
import type { ClusterChangeInput } from './activities/changeClusters.ts';
import { KeptReadings } from './activities/keptReadings.ts';
import { observeLive } from './activities/observeLive.ts';
import type { LiveView } from './activities/observeLive.ts';
import { findOrphan } from './activities/orphans.ts';
import type { Policy } from './activities/policy.ts';
import { planOf } from './activities/preflight.ts';
import { connectionFromMarks, findAllStored } from './activities/stored.ts';
import { unconfiguredPorts } from './adapters/unconfigured.ts';
import type { ReadSettings, Settings } from './config.ts';
import type { Orphan } from './domain/orphans.ts';
import { problemOf } from './domain/problem.ts';
import { defaultStatusWords } from './domain/words.ts';
import { workflowClient } from './durable/client.ts';
import { Access } from './functions/access.ts';
import { problemAnswer } from './functions/answer.ts';
import { cancelConnection } from './functions/cancelConnection.ts';
import { changeCluster } from './functions/changeCluster.ts';
import { clusterEvents } from './functions/clusterEvents.ts';
import { getConnection } from './functions/getConnection.ts';
import { health, ready } from './functions/health.ts';
import type { Handlers, Triggers } from './functions/index.ts';
import { openApi } from './functions/openApi.ts';
import { planConnection } from './functions/planConnection.ts';
import { startConnection } from './functions/startConnection.ts';
import { sweep } from './functions/sweep.ts';
import { syncWaker } from './functions/syncWaker.ts';
import { lifecycleHandlers } from './lifecycleHandlers.ts';
import { portsOf } from './lazyPorts.ts';
import type { Ports } from './ports.ts';
import { tokensOf } from './tokens.ts';
import type { TimeLimits } from './timeLimits.ts';

const HOURLY = '0 0 * * * *';

/** Everything that is registered with the Functions host, in a deployment whose settings are good or bad. */
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
    statusWords: { ready: settings.ZILLIZ_READY_WORDS, failed: settings.ZILLIZ_FAILED_WORDS },
    allowed,
    recordRemovalDelayHours: settings.RECORD_REMOVAL_DELAY_HOURS,
  };
  const access = new Access(tokensOf(settings));
  const live = new KeptReadings<LiveView>(Date.now);
  const orphans = new KeptReadings<Orphan | null>(Date.now);
  const clientOf = workflowClient;
  const waker = syncWaker();
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
      sweep: sweep({ clientOf, allowed, waker, connections: () => findAllStored(ports), now: Date.now }),
      sweepSchedule: settings.SWEEP_SCHEDULE,
    },
  };
}

/** The routes stay up and say what is wrong; GET /api/health names the settings, never their values. */
function misconfigured(faults: Extract<ReadSettings, { ok: false }>['faults']): App {
  const names = [...new Set(faults.map(({ name }) => name))];
  const refuse: HttpHandler = () =>
    problemAnswer(problemOf('settings-invalid', `settings are missing or wrong: ${names.join(', ')}`));
  // Event Grid keeps what fails and sends it again, so no event is lost meanwhile.
  const fail = (): never => {
    throw new Error(`settings are missing or wrong: ${names.join(', ')}`);
  };
  return {
    ports: unconfiguredPorts(names),
    policy: {
      statusWords: defaultStatusWords,
      allowed: { projects: [], scopes: [] },
      recordRemovalDelayHours: Infinity,
    },
    // Nobody knows how callers should prove who they are: the refusal, which says no more than health does, is for everybody.
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
    triggers: { clusterEvents: fail, sweep: fail, sweepSchedule: HOURLY },
  };
}
