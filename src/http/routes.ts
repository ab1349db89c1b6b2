import { app } from '@azure/functions';
import type {
  EventGridHandler,
  HttpHandler,
  HttpMethod,
  StorageQueueHandler,
  TimerHandler,
} from '@azure/functions';
import { input } from 'durable-functions';
import { didYouMean, truncated } from '../domain/connection/request.ts';
import type { Verb } from '../domain/failure/catalog.ts';
import type { Access, Right } from './access.ts';
import { browsersToConsole } from './console/pages.ts';
import { checkedRequest } from './requests.ts';
import { problemsAsResponses, Refused } from './response.ts';
import type { Addresses } from './views/links.ts';
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
  readonly explainProblem: HttpHandler;
  readonly options: HttpHandler;
  readonly signIn: HttpHandler;
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
  /** What is asked for, where it is more than a read: the remedy of a failure depends on it. */
  readonly verb?: Verb;
  /** Whether the handler uses the durable client. Every route with an `{id}` does: it looks for a run first. */
  readonly durable?: true;
  /** Whether a browser that asks for it is sent to the console. */
  readonly page?: true;
}

const cluster = 'connections/{id}/clusters/{clusterId}';
const connect = { method: 'POST', right: 'connect', verb: 'connect' } as const;
const plan = { method: 'POST', right: 'read', verb: 'plan' } as const;
const read = { method: 'GET', right: 'read' } as const;
const disconnect = { method: 'DELETE', right: 'disconnect', verb: 'disconnect' } as const;

/** Every route on one screen. Literal segments come before parameters, as the host matches them. */
export const routes: readonly Route[] = [
  { handler: 'startConnection', ...connect, route: 'connections', durable: true },
  { handler: 'planConnection', ...plan, route: 'connections/plan' },
  { handler: 'listConnections', ...read, route: 'connections', durable: true, page: true },
  { handler: 'getConnection', ...read, route: 'connections/{id}', page: true },
  { handler: 'cancelConnection', method: 'POST', route: 'connections/{id}/cancel', right: 'connect' },
  { handler: 'deleteConnection', ...disconnect, route: 'connections/{id}' },
  { handler: 'planStored', ...plan, route: 'connections/{id}/plan' },
  { handler: 'reconcileConnection', ...connect, verb: 'reconcile', route: 'connections/{id}/reconcile' },
  { handler: 'releaseConnection', method: 'POST', route: 'connections/{id}/release', right: 'disconnect' },
  { handler: 'getRun', method: 'GET', route: 'connections/{id}/run', right: 'read' },
  { handler: 'exportConnection', method: 'GET', route: 'connections/{id}/export', right: 'read' },
  { handler: 'getCluster', method: 'GET', route: cluster, right: 'read' },
  { handler: 'putCluster', method: 'PUT', route: cluster, right: 'connect' },
  { handler: 'removeCluster', method: 'DELETE', route: cluster, right: 'disconnect' },
  { handler: 'health', method: 'GET', route: 'health', right: 'anyone' },
  { handler: 'ready', method: 'GET', route: 'health/ready', right: 'read' },
  { handler: 'openApi', method: 'GET', route: 'openapi.json', right: 'anyone' },
  { handler: 'explainProblem', method: 'GET', route: 'problems/{problem}', right: 'anyone' },
  { handler: 'options', ...read, route: 'options' },
  { handler: 'signIn', method: 'GET', route: 'sign-in', right: 'anyone' },
];

const pages: Readonly<Record<keyof Pages, string>> = { console: 'console', consoleFile: 'console/{file}' };

export function registerRoutes(
  handlers: Handlers & Pages,
  options: {
    readonly access: Access;
    readonly addresses: Addresses;
    readonly around: (handler: HttpHandler) => HttpHandler;
  },
): void {
  const { access, addresses, around } = options;
  for (const name of ['console', 'consoleFile'] as const) {
    const handler = problemsAsResponses({ verb: 'read', addresses }, orNoFile(handlers[name]));
    app.http(name, { methods: ['GET'], route: pages[name], authLevel: 'anonymous', handler });
  }
  for (const { handler, method, route, right, durable, page, verb = 'read' } of routes) {
    const own = handlers[handler];
    const { query, body } = routeDocuments[handler];
    const takes = { parameters: Object.keys(query?.shape ?? {}), hasBody: body !== undefined };
    // Probes may add parameters to anonymous routes, which read none.
    const served = problemsAsResponses(
      { verb, addresses },
      right === 'anyone' ? own : access.guard(right, around(checkedRequest(takes, notLiteral(route, own)))),
    );
    app.http(handler, {
      methods: [method],
      route,
      authLevel: right === 'anyone' ? 'anonymous' : access.authLevel,
      handler: page ? browsersToConsole(served) : served,
      ...((durable ?? route.includes('{id}')) && { extraInputs: [input.durableClient()] }),
    });
  }
  registerUnknownAddress(addresses);
}

/** A page of an older version asks for files that are no longer there. */
function orNoFile(handler: HttpHandler): HttpHandler {
  return async (request, context) => {
    const response = await handler(request, context);
    if (response.status !== 404) return response;
    const detail = 'the console of this version has no such file';
    throw new Refused({ code: 'address-not-found', detail, cure: 'Load the page /api/console again.' });
  };
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** The host responds to a wrong method or path with an empty 404, and passes it to a route that takes every path. */
function registerUnknownAddress(addresses: Addresses): void {
  app.http('unknownAddress', {
    methods: [...methods],
    route: '{*path}',
    authLevel: 'anonymous',
    handler: problemsAsResponses({ verb: 'read', addresses }, (request) => {
      const path = (request.params.path ?? '').replace(/\/$/, '');
      const all = [...routes, ...Object.values(pages).map((route) => ({ route, method: 'GET' as const }))];
      const fitting = all.filter(({ route }) => patternOf(route).test(path));
      if (fitting.length > 0) throw wrongMethod(request.method, path, fitting);
      const known = routes.map(({ route }) => `/api/${filled(route, path)}`);
      const detail = `/api/${truncated(path)} is no address of this API${didYouMean(`/api/${path}`, known)}`;
      throw new Refused({ code: 'address-not-found', detail });
    }),
  });
}

/** A route with the names of a path in place of its parameters. */
function filled(route: string, path: string): string {
  const names = path.split('/');
  return route.replace(/\{\w+\}/g, (parameter) => names[route.split('/').indexOf(parameter)] ?? parameter);
}

/** As the host matches: without regard to case, and a parameter is one segment. */
function patternOf(route: string): RegExp {
  return new RegExp(`^${route.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`, 'i');
}

/** `GET connections/plan` fits `connections/{id}`, and is no reading of a connection `plan`. */
function notLiteral(route: string, handler: HttpHandler): HttpHandler {
  if (!route.includes('{id}')) return handler;
  return (request, context) => {
    const path = route.replace('{id}', (request.params.id ?? '').toLowerCase());
    const literal = routes.filter((other) => other.route === path);
    if (literal.length > 0) throw wrongMethod(request.method, path, literal);
    return handler(request, context);
  };
}

function wrongMethod(method: string, path: string, fitting: readonly Pick<Route, 'method'>[]): Refused {
  const allow = [...new Set(fitting.map((route) => route.method))].join(', ');
  const detail = `/api/${truncated(path)} takes ${allow}, not ${method}`;
  return new Refused({ code: 'method-not-allowed', detail }, { allow });
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
