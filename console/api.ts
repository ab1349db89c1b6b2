import type { Schemas } from '../client/client.ts';
import { ApiError, openClient } from '../client/client.ts';
import type { Session } from './session.ts';

export { ApiError };
export type ConnectionView = Schemas['Connection'];
export type ConnectionList = Schemas['ConnectionList'];
export type Listed = ConnectionList['connections'][number];
export type Plan = Schemas['Plan'];
export type Options = Schemas['Options'];
export type Request = Schemas['ConnectionRequest'];
export type SignIn = Schemas['SignIn'];

/** The client of the API as a browser uses it, with what each request of the session carries. */
function openBrowserClient(headers: Session['headers']): ReturnType<typeof openClient> {
  return openClient({
    baseUrl: '',
    async fetch(request) {
      for (const [name, value] of Object.entries(await headers())) request.headers.set(name, value);
      return fetch(request).catch(() => {
        throw new ApiError(0, null, 'The app does not respond. Check the network that this browser is in.');
      });
    },
  });
}

/** What the app says before it has a key or token. */
export const anonymous = openBrowserClient(() => Promise.resolve({}));

/** What the views read and do. */
export function openApi(session: Session) {
  const client = openBrowserClient(() => session.headers());
  return {
    /** All pages. */
    async list(): Promise<ConnectionList> {
      const { value: first } = await client.list();
      const connections = [...first.connections];
      let { next } = first;
      while (next !== null) {
        const after = new URL(next, location.origin).searchParams.get('after') ?? '';
        const { value } = await client.list(after);
        connections.push(...value.connections);
        ({ next } = value);
      }
      return { ...first, connections };
    },
    connection: client.connection,
    options: async (query: Parameters<typeof client.options>[0]) => (await client.options(query)).value,
    plan: async (request: Request) => (await client.plan(request)).value,
    connect: async (request: Request) => (await client.connect(request)).value,
    /** Drift, or what a disconnect would remove. */
    planStored: async (id: string, of: Schemas['PlanOf']) => (await client.planStored(id, of)).value,
    change: (id: string, what: 'reconcile' | 'cancel' | 'disconnect' | 'release') => client[what](id),
    changeCluster: (id: string, clusterId: string, wanted: boolean) =>
      wanted ? client.addCluster(id, clusterId) : client.removeCluster(id, clusterId),
    export: async (id: string, format: Schemas['ExportFormat']) => (await client.export(id, format)).value,
  };
}

export type Api = ReturnType<typeof openApi>;
