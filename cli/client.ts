import { setTimeout as pause } from 'node:timers/promises';
import createClient from 'openapi-fetch';
import * as z from 'zod';
import type { components, paths } from './openApi.ts';

export type Schemas = components['schemas'];
export type Run = Schemas['Run'];
export type Connection = Schemas['Connection'];
export type Plan = Schemas['Plan'];

/** The app and who calls it. */
export interface Target {
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A response that is no success. */
export class ApiError extends Error {
  readonly status: number;
  /** Null where something before the app has responded. */
  readonly problem: ShownProblem | null;

  constructor(status: number, problem: ApiError['problem']) {
    super(problem ? `${problem.title}: ${problem.detail}` : messageOf(status));
    this.name = 'ApiError';
    this.status = status;
    this.problem = problem;
  }
}

function messageOf(status: number): string {
  if (status === 401) return 'HTTP 401: the app does not accept the key or token';
  if (status < 400)
    return 'What answers is not the app: is this its address, or does a proxy on the way want a sign-in?';
  return `HTTP ${status}, without the reason that the app gives: is this the address of the app?`;
}

/** What is shown of a problem. */
const problemSchema = z.object({
  title: z.string(),
  detail: z.string(),
  cause: z.string(),
  remedy: z.string(),
  errors: z.array(
    z.object({
      ...{ pointer: z.string(), parameter: z.string().optional() },
      ...{ detail: z.string(), remedy: z.string() },
    }),
  ),
});

export type ShownProblem = z.infer<typeof problemSchema>;

interface Called<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** The API of the app, by the client that is generated from its OpenAPI document. */
export function openApp({ baseUrl, headers }: Target, interrupted: AbortSignal) {
  const client = createClient<paths>({
    ...{ baseUrl, headers, redirect: 'error', signal: interrupted },
    fetch: (request) => fetchPatiently(request, interrupted),
  });
  const of = (id: string) => ({ params: { path: { id } } });
  const cluster = (id: string, clusterId: string) => ({ params: { path: { id, clusterId } } });
  return {
    connect: (body: Schemas['ConnectionRequest']) => valueOf(client.POST('/api/connections', { body })),
    plan: (body: Schemas['ConnectionRequest']) => valueOf(client.POST('/api/connections/plan', { body })),
    drift: (id: string) => valueOf(client.POST('/api/connections/{id}/plan', of(id))),
    list: (after?: string) =>
      valueOf(client.GET('/api/connections', { params: { query: { size: 200, ...(after && { after }) } } })),
    connection: async (id: string) => {
      const { value } = await valueOf(client.GET('/api/connections/{id}', of(id)));
      // The other media type of this route is for browsers.
      if (typeof value === 'string') throw new ApiError(200, null);
      return value;
    },
    run: (id: string) => valueOf(client.GET('/api/connections/{id}/run', of(id))),
    reconcile: (id: string, body: Schemas['ReconcileRequest']) =>
      valueOf(client.POST('/api/connections/{id}/reconcile', { ...of(id), body })),
    cancel: (id: string) => valueOf(client.POST('/api/connections/{id}/cancel', of(id))),
    disconnect: (id: string) => valueOf(client.DELETE('/api/connections/{id}', of(id))),
    release: (id: string) => valueOf(client.POST('/api/connections/{id}/release', of(id))),
    cluster: (id: string, clusterId: string) =>
      valueOf(client.GET('/api/connections/{id}/clusters/{clusterId}', cluster(id, clusterId))),
    addCluster: (id: string, clusterId: string) =>
      valueOf(client.PUT('/api/connections/{id}/clusters/{clusterId}', cluster(id, clusterId))),
    removeCluster: (id: string, clusterId: string) =>
      valueOf(client.DELETE('/api/connections/{id}/clusters/{clusterId}', cluster(id, clusterId))),
    export: (id: string, format: 'terraform' | 'bicep') =>
      valueOf(
        client.GET('/api/connections/{id}/export', {
          ...{ params: { path: { id }, query: { format } } },
          parseAs: 'text',
        }),
      ),
  };
}

export type App = ReturnType<typeof openApp>;

async function valueOf<T>(
  call: Promise<Called<T>>,
): Promise<{ readonly value: T; readonly response: Response }> {
  const { data, error, response } = await call;
  if (response.ok && data !== undefined) return { value: data, response };
  throw new ApiError(response.status, problemSchema.safeParse(error).data ?? null);
}

const TRANSIENT = new Set([429, 502, 503, 504]);
const PAUSES_S = [1, 2, 4, 8, 16];
const LONGEST_S = 60;

/** Tries again what may pass by itself: each call of the API may be repeated. */
async function fetchPatiently(request: Request, interrupted: AbortSignal): Promise<Response> {
  for (const seconds of PAUSES_S) {
    const response = await fetch(request.clone()).catch((error: unknown) => {
      if (interrupted.aborted) throw error;
      return null;
    });
    if (response?.ok && response.headers.get('content-type')?.startsWith('text/html'))
      throw new ApiError(response.status, null);
    if (response && !TRANSIENT.has(response.status)) return response;
    const asked = Number(response?.headers.get('retry-after') ?? 0);
    await pause(1000 * Math.min(LONGEST_S, Math.max(asked, seconds)), undefined, { signal: interrupted });
  }
  return fetch(request);
}
