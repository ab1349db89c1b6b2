import { app } from '@azure/functions';
import type {
  EventGridHandler,
  HttpHandler,
  HttpMethod,
  StorageQueueHandler,
  TimerHandler,
} from '@azure/functions';
import { input } from 'durable-functions';
import type { Access, Right } from './access.ts';
import { browsersToConsole } from './console/pages.ts';
import { checkedRequest } from './requests.ts';
import { problemsAsResponses } from './response.ts';
import { routeDocuments } from './openApi/routeDocuments.ts';

export interface Handlers {
  readonly startConnection: HttpHandler;
  readonly planConnection: HttpHandler;
  readonly getConnection: HttpHandler;
  readonly cancelConnection: HttpHandler;
  readonly listConnections: HttpHandler;
  readonly planStored: HttpHandler;
  readonly reconcileConnection: HttpHandler;
  readonly deleteConnection: HttpHandler;
  readonly getRun: HttpHandler;
  readonly releaseConnection: HttpHandler;
  readonly exportConnection: HttpHandler;
  readonly getCluster: HttpHandler;
  readonly putCluster: HttpHandler;
  readonly removeCluster: HttpHandler;
  readonly health: HttpHandler;
  readonly ready: HttpHandler;
  readonly openApi: HttpHandler;
  readonly options: HttpHandler;
}

/** Static files for people with a browser. They are no part of the API. */
export interface Pages {
  readonly console: HttpHandler;
  readonly consoleFile: HttpHandler;
}

interface Route {
  readonly handler: keyof Handlers;
  readonly method: HttpMethod;
  readonly route: string;
  /** Who may call it; `anyone` needs neither key nor token. */
  readonly right: Right | 'anyone';
  /** Whether the handler uses the durable client. Every route with an `{id}` does: it looks for a run first. */
  readonly durable?: true;
  /** Whether a browser that asks for it is sent to the console. */
  readonly page?: true;
}

const cluster = 'connections/{id}/clusters/{clusterId}';

/** Every route on one screen. Literal segments come before parameters, as the host matches them. */
export const routes: readonly Route[] = [
  { handler: 'startConnection', method: 'POST', route: 'connections', right: 'connect', durable: true },
  { handler: 'planConnection', method: 'POST', route: 'connections/plan', right: 'read' },
  {
    handler: 'listConnections',
    method: 'GET',
    route: 'connections',
    right: 'read',
    durable: true,
    page: true,
  },
  { handler: 'getConnection', method: 'GET', route: 'connections/{id}', right: 'read', page: true },
  { handler: 'cancelConnection', method: 'POST', route: 'connections/{id}/cancel', right: 'connect' },
  { handler: 'deleteConnection', method: 'DELETE', route: 'connections/{id}', right: 'disconnect' },
  { handler: 'planStored', method: 'POST', route: 'connections/{id}/plan', right: 'read' },
  { handler: 'reconcileConnection', method: 'POST', route: 'connections/{id}/reconcile', right: 'connect' },
  { handler: 'releaseConnection', method: 'POST', route: 'connections/{id}/release', right: 'disconnect' },
  { handler: 'getRun', method: 'GET', route: 'connections/{id}/run', right: 'read' },
  { handler: 'exportConnection', method: 'GET', route: 'connections/{id}/export', right: 'read' },
  { handler: 'getCluster', method: 'GET', route: cluster, right: 'read' },
  { handler: 'putCluster', method: 'PUT', route: cluster, right: 'connect' },
  { handler: 'removeCluster', method: 'DELETE', route: cluster, right: 'disconnect' },
  { handler: 'health', method: 'GET', route: 'health', right: 'anyone' },
  { handler: 'ready', method: 'GET', route: 'health/ready', right: 'read' },
  { handler: 'openApi', method: 'GET', route: 'openapi.json', right: 'read' },
  { handler: 'options', method: 'GET', route: 'options', right: 'read' },
];

const pages: Readonly<Record<keyof Pages, string>> = { console: 'console', consoleFile: 'console/{file}' };

export function registerRoutes(
  handlers: Handlers & Pages,
  access: Access,
  around: (handler: HttpHandler) => HttpHandler,
): void {
  for (const name of ['console', 'consoleFile'] as const) {
    app.http(name, { methods: ['GET'], route: pages[name], authLevel: 'anonymous', handler: handlers[name] });
  }
  for (const { handler, method, route, right, durable, page } of routes) {
    const own = handlers[handler];
    const parameters = Object.keys(routeDocuments[handler].query?.shape ?? {});
    const guarded = (needed: Right): HttpHandler =>
      problemsAsResponses(access.guard(needed, around(checkedRequest(parameters, own))));
    app.http(handler, {
      methods: [method],
      route,
      authLevel: right === 'anyone' ? 'anonymous' : access.authLevel,
      // Probes may add parameters to the anonymous route, which reads nothing of the request.
      handler: right === 'anyone' ? own : page ? browsersToConsole(guarded(right)) : guarded(right),
      ...((durable ?? route.includes('{id}')) && { extraInputs: [input.durableClient()] }),
    });
  }
}

export interface Triggers {
  /** Events about clusters: from Event Grid, and from the queue if there is one. */
  readonly clusterEvents: EventGridHandler & StorageQueueHandler;
  readonly eventQueue: string | undefined;
  readonly sweep: TimerHandler;
  /** When the sweep runs, as NCRONTAB. */
  readonly sweepSchedule: string;
}

/** Registers the functions that are not called over HTTP. */
export function registerTriggers({ clusterEvents, eventQueue, sweep, sweepSchedule }: Triggers): void {
  const extraInputs = [input.durableClient()];
  app.eventGrid('clusterEvents', { handler: clusterEvents, extraInputs });
  if (eventQueue !== undefined) {
    const queue = { queueName: eventQueue, connection: 'AzureWebJobsStorage' };
    app.storageQueue('clusterEventsFromQueue', { ...queue, handler: clusterEvents, extraInputs });
  }
  app.timer('sweep', { schedule: sweepSchedule, handler: sweep, extraInputs });
}
