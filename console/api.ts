import type { z } from 'zod';
import type { Problem } from '../src/domain/failure/problem.ts';
import type { connectionListSchema } from '../src/http/listConnections.ts';
import type { optionsSchema } from '../src/http/console/options.ts';
import type { planViewSchema } from '../src/http/planConnection.ts';
import type { ConnectionView } from '../src/http/views/connectionView.ts';
import type { Session } from './session.ts';

export type { ConnectionView, Problem };
export type ConnectionList = z.infer<typeof connectionListSchema>;
export type Listed = ConnectionList['connections'][number];
export type Plan = z.infer<typeof planViewSchema>;
export type Options = z.infer<typeof optionsSchema>;

/** A request that the app has refused, or that has not reached it (`status` 0). */
export class ApiFailure extends Error {
  readonly status: number;
  readonly problem: Problem | null;

  constructor(status: number, problem: Problem | null, message: string) {
    super(problem?.detail ?? message);
    this.name = 'ApiFailure';
    this.status = status;
    this.problem = problem;
  }
}

/** The API of the app. The types of its responses are those of the schemas that the app makes them from. */
export class Api {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** All pages. */
  async list(): Promise<ConnectionList> {
    const first = (await this.#json('GET', '/api/connections?size=200')) as ConnectionList;
    const connections = [...first.connections];
    let { next } = first;
    while (next !== null) {
      const page = (await this.#json('GET', next)) as ConnectionList;
      connections.push(...page.connections);
      ({ next } = page);
    }
    return { ...first, connections };
  }

  async connection(id: string): Promise<ConnectionView> {
    return (await this.#json('GET', path(id))) as ConnectionView;
  }

  async options(query: Readonly<Record<string, string>>): Promise<Options> {
    return (await this.#json('GET', `/api/options?${new URLSearchParams(query).toString()}`)) as Options;
  }

  async plan(request: object): Promise<Plan> {
    return (await this.#json('POST', '/api/connections/plan', request)) as Plan;
  }

  async connect(request: object): Promise<{ readonly id: string }> {
    return (await this.#json('POST', '/api/connections', request)) as { id: string };
  }

  /** Drift, or what a disconnect would remove. */
  async planStored(id: string, of: 'reconcile' | 'disconnect'): Promise<Plan> {
    return (await this.#json('POST', `${path(id)}/plan?for=${of}`)) as Plan;
  }

  async change(id: string, what: 'reconcile' | 'cancel' | 'disconnect' | 'release'): Promise<void> {
    await (what === 'disconnect'
      ? this.#json('DELETE', path(id))
      : this.#json('POST', `${path(id)}/${what}`));
  }

  async changeCluster(id: string, clusterId: string, wanted: boolean): Promise<void> {
    await this.#json(wanted ? 'PUT' : 'DELETE', `${path(id)}/clusters/${encodeURIComponent(clusterId)}`);
  }

  async export(id: string, format: 'terraform' | 'bicep'): Promise<string> {
    return (await this.#send('GET', `${path(id)}/export?format=${format}`)).text();
  }

  async #json(method: string, address: string, body?: object): Promise<unknown> {
    const response = await this.#send(method, address, body);
    return response.json();
  }

  async #send(method: string, address: string, body?: object): Promise<Response> {
    const headers = await this.#session.headers();
    const response = await fetch(address, {
      ...{ method, cache: 'no-store', redirect: 'error' },
      headers: {
        ...{ ...headers, accept: 'application/json' },
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    }).catch(() => {
      throw new ApiFailure(0, null, 'The app does not respond. Check the network that this browser is in.');
    });
    if (response.ok) return response;
    throw new ApiFailure(
      response.status,
      await problemIn(response),
      `The app responds with ${response.status}.`,
    );
  }
}

async function problemIn(response: Response): Promise<Problem | null> {
  if (!(response.headers.get('content-type') ?? '').includes('problem+json')) return null;
  return (await response.json().catch(() => null)) as Problem | null;
}

function path(id: string): string {
  return `/api/connections/${encodeURIComponent(id)}`;
}
