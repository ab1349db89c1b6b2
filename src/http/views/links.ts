import * as z from 'zod';
import type { Problem } from '../../domain/failure/problem.ts';

export const linksSchema = z
  .object({
    connection: z.string().meta({ description: 'The connection, as JSON' }),
    run: z.string().meta({ description: 'Its last run, for callers that wait: 202 until the run has ended' }),
    page: z.string().meta({ description: 'Where a person can look' }),
  })
  .meta({ id: 'Links' });

export type Links = Readonly<z.infer<typeof linksSchema>>;

export const CONSOLE = '/api/console';

/** The view of a connection in the console. The fragment is not sent to any server. */
export function viewOf(id: string): string {
  return `#/connections/${id}`;
}

/** Absolute addresses of this app. They come from its settings: a caller can put any host name into a request. */
export class Addresses {
  readonly #baseUrl: string;
  readonly #connections: string;
  readonly #console: string;

  constructor(baseUrl: string) {
    this.#baseUrl = baseUrl;
    this.#connections = `${baseUrl}/api/connections`;
    this.#console = `${baseUrl}${CONSOLE}`;
  }

  #page(id: string): string {
    return `${this.#console}${viewOf(id)}`;
  }

  links(id: string): Links {
    const connection = `${this.#connections}/${id}`;
    return { connection, run: this.run(id), page: this.#page(id) };
  }

  /** With the absolute address of its explanation as type. */
  ofProblem(problem: Problem): Problem {
    return { ...problem, type: `${this.#baseUrl}${problem.type}` };
  }

  run(id: string): string {
    return `${this.#connections}/${id}/run`;
  }

  cluster(id: string, clusterId: string): string {
    return `${this.#connections}/${id}/clusters/${clusterId}`;
  }
}
