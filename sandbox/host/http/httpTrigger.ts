import type { AppFunctions } from '../appFunctions.ts';
import type { TypedData, HttpCookie, HttpData } from '../worker/typedData.ts';
import { triggerOf, WorkerLostError } from '../worker/worker.ts';
import type { Binding, RegisteredFunction } from '../worker/worker.ts';
import { keyOf } from './keys.ts';
import type { HostKeys } from './keys.ts';
import { emptyReply } from './message.ts';
import type { HostReply, HostRequest } from './message.ts';
import { routeTemplate } from './routeTemplate.ts';
import type { RouteTemplate } from './routeTemplate.ts';

interface HttpRoute {
  readonly registered: RegisteredFunction;
  readonly trigger: Binding;
  readonly methods: readonly string[];
  readonly template: RouteTemplate;
}

/** Serves the app's HTTP triggers. Returns undefined when no route fits. */
export function httpTriggers(
  app: AppFunctions,
  options: { readonly keys: HostKeys; readonly origin: () => string },
): (request: HostRequest) => Promise<HostReply | undefined> {
  const routes = httpRoutes(app);
  return async (request) => {
    for (const route of routes) {
      if (!route.methods.includes(request.method)) continue;
      const parameters = route.template.match(request.path);
      if (!parameters) continue;
      if (!isOpen(route.trigger, request, options.keys)) return emptyReply(401);
      return call(app, route, toRpc(request, parameters, options.origin()));
    }
    return undefined;
  };
}

function httpRoutes(app: AppFunctions): readonly HttpRoute[] {
  return app.functions
    .flatMap((registered): HttpRoute[] => {
      const trigger = triggerOf(registered);
      if (trigger?.type !== 'httpTrigger') return [];
      const route = textOf(trigger.route) ?? registered.name;
      const template = routeTemplate(`${app.settings.routePrefix}/${route}`);
      return [{ registered, trigger, methods: methodsOf(trigger), template }];
    })
    .toSorted((a, b) => (a.template.order < b.template.order ? -1 : 1));
}

/** Without any, GET and POST, which the library fills in; HEAD and OPTIONS only when asked for. */
export function methodsOf(trigger: Binding): readonly string[] {
  const methods: unknown = trigger.methods;
  if (!Array.isArray(methods)) return ['GET', 'POST'];
  return methods.map((method) => String(method).toUpperCase());
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isOpen(trigger: Binding, request: HostRequest, keys: HostKeys): boolean {
  const level = (textOf(trigger.authLevel) ?? 'anonymous').toLowerCase();
  if (level === 'anonymous') return true;
  const key = keyOf(request);
  return key === keys.master || (level === 'function' && key === keys.function);
}

function toRpc(request: HostRequest, parameters: Readonly<Record<string, string>>, origin: string): HttpData {
  const query: Record<string, string> = {};
  for (const [name, value] of request.query) {
    query[name] = query[name] === undefined ? value : `${query[name]},${value}`;
  }
  return {
    method: request.method,
    url: `${origin}${request.url}`,
    nullableHeaders: nullable(request.headers),
    nullableQuery: nullable(query),
    nullableParams: nullable(parameters),
    ...(request.body.length > 0 && { body: { bytes: request.body } }),
  };
}

function nullable(values: Readonly<Record<string, string>>): Record<string, { value: string }> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
}

async function call(app: AppFunctions, route: HttpRoute, http: HttpData): Promise<HostReply> {
  try {
    const result = await app.invoke(route.registered, { http });
    if (!result.ok) return emptyReply(500);
    return toReply(result.returnValue);
  } catch (error) {
    if (error instanceof WorkerLostError) return emptyReply(502);
    throw error;
  }
}

function toReply(value: TypedData | null): HostReply {
  const http = value?.http;
  if (!http) return emptyReply(204);
  const status = Number(http.statusCode ?? '200');
  const cookies = (http.cookies ?? []).map(setCookie);
  return {
    status,
    headers: { ...http.headers, ...(cookies.length > 0 && { 'set-cookie': cookies }) },
    body: http.body?.bytes ?? http.body?.string ?? http.body?.json ?? '',
  };
}

function setCookie(cookie: HttpCookie): string {
  const { name = '', value = '', path, domain, maxAge, secure, httpOnly, sameSite } = cookie;
  return [
    `${name}=${encodeURIComponent(value)}`,
    path?.value !== undefined && `Path=${path.value}`,
    domain?.value !== undefined && `Domain=${domain.value}`,
    maxAge?.value !== undefined && `Max-Age=${maxAge.value}`,
    secure?.value === true && 'Secure',
    httpOnly?.value === true && 'HttpOnly',
    sameSite !== undefined &&
      sameSite !== 'none' &&
      `SameSite=${sameSite === 'explicitNone' ? 'None' : sameSite}`,
  ]
    .filter((part) => part !== false)
    .join('; ');
}
