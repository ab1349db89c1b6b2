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

/** Absolute addresses of this app. They come from its settings: a caller can put any host name into a request. */
export class Addresses {
  readonly #baseUrl: string;
  readonly #connections: string;

  constructor(baseUrl: string) {
    this.#baseUrl = baseUrl;
    this.#connections = `${baseUrl}/api/connections`;
  }

  links(id: string): Links {
    const connection = `${this.#connections}/${id}`;
    return { connection, run: this.run(id), page: connection };
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
