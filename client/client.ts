import createClient from 'openapi-fetch';
import type { components, paths } from './openApi.ts';

export type Schemas = components['schemas'];
export type Run = Schemas['Run'];
export type Connection = Schemas['Connection'];
export type Plan = Schemas['Plan'];

type Shown = 'detail' | 'remedy';

/** What is shown of a problem. */
export type ShownProblem = Pick<Schemas['Problem'], 'title' | 'cause' | Shown> & {
  readonly errors: readonly Pick<Schemas['Problem']['errors'][number], 'pointer' | 'parameter' | Shown>[];
};

/** A response that is no success. */
export class ApiError extends Error {
  /** 0 where there is no response. */
  readonly status: number;
  /** Null where something before the app has responded. */
  readonly problem: ShownProblem | null;

  constructor(status: number, problem: ApiError['problem'], message = messageOf(status)) {
    super(problem ? `${problem.title}: ${problem.detail}` : message);
    this.name = 'ApiError';
    this.status = status;
    this.problem = problem;
  }
}

function messageOf(status: number): string {
  if (status === 401) return 'HTTP 401: the app does not accept the key or token';
  if (status < 400)
    return 'What responds there is not the app: is this its address, or does a proxy on the way want a sign-in?';
  return `HTTP ${status}, without the reason that the app gives: is this the address of the app?`;
}

function hasTexts(value: unknown, names: readonly string[]): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  return names.every((name) => typeof fields.get(name) === 'string');
}

function isProblem(value: unknown): value is ShownProblem {
  return (
    hasTexts(value, ['title', 'detail', 'cause', 'remedy']) &&
    'errors' in value &&
    Array.isArray(value.errors) &&
    value.errors.every((fault) => hasTexts(fault, ['pointer', 'detail', 'remedy']))
  );
}

/** Where the app is, and how its caller sends a request. */
export interface Transport {
  readonly baseUrl: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly fetch: (request: Request) => Promise<Response>;
}

/** The API of the app, for the command line and the console, by the types that are generated from its OpenAPI document. */
export function openClient(transport: Transport) {
  const client = createClient<paths>({ redirect: 'error', cache: 'no-store', ...transport });
  const of = (id: string) => ({ params: { path: { id } } });
  const cluster = (id: string, clusterId: string) => ({ params: { path: { id, clusterId } } });
  return {
    connect: (body: Schemas['ConnectionRequest']) => valueOf(client.POST('/api/connections', { body })),
    plan: (body: Schemas['ConnectionRequest']) => valueOf(client.POST('/api/connections/plan', { body })),
    planStored: (id: string, of: Schemas['PlanOf'] = 'reconcile') =>
      valueOf(client.POST('/api/connections/{id}/plan', { params: { path: { id }, query: { for: of } } })),
    list: (after?: string) =>
      valueOf(client.GET('/api/connections', { params: { query: { size: 200, ...(after && { after }) } } })),
    connection: async (id: string) => {
      const { value } = await valueOf(client.GET('/api/connections/{id}', of(id)));
      // The other media type of this route is for browsers.
      if (typeof value === 'string') throw new ApiError(200, null);
      return value;
    },
    run: (id: string) => valueOf(client.GET('/api/connections/{id}/run', of(id))),
    reconcile: (id: string, body?: Schemas['ReconcileRequest']) =>
      valueOf(client.POST('/api/connections/{id}/reconcile', { ...of(id), ...(body && { body }) })),
    cancel: (id: string) => valueOf(client.POST('/api/connections/{id}/cancel', of(id))),
    disconnect: (id: string) => valueOf(client.DELETE('/api/connections/{id}', of(id))),
    release: (id: string) => valueOf(client.POST('/api/connections/{id}/release', of(id))),
    cluster: (id: string, clusterId: string) =>
      valueOf(client.GET('/api/connections/{id}/clusters/{clusterId}', cluster(id, clusterId))),
    addCluster: (id: string, clusterId: string) =>
      valueOf(client.PUT('/api/connections/{id}/clusters/{clusterId}', cluster(id, clusterId))),
    removeCluster: (id: string, clusterId: string) =>
      valueOf(client.DELETE('/api/connections/{id}/clusters/{clusterId}', cluster(id, clusterId))),
    export: (id: string, format: Schemas['ExportFormat']) =>
      valueOf(
        client.GET('/api/connections/{id}/export', {
          ...{ params: { path: { id }, query: { format } } },
          parseAs: 'text',
        }),
      ),
    options: (query: OptionsQuery) => valueOf(client.GET('/api/options', { params: { query } })),
    signIn: () => valueOf(client.GET('/api/sign-in')),
    /** What is wrong with the settings of the app; null where nothing is. */
    misconfigured: async () => (await client.GET('/api/health')).error ?? null,
  };
}

type OptionsQuery = NonNullable<paths['/api/options']['get']['parameters']['query']>;

export type App = ReturnType<typeof openClient>;

interface Called<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

async function valueOf<T>(
  call: Promise<Called<T>>,
): Promise<{ readonly value: T; readonly response: Response }> {
  const { data, error, response } = await call;
  if (response.ok && data !== undefined) return { value: data, response };
  throw new ApiError(response.status, isProblem(error) ? error : null);
}
