import * as z from 'zod';

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
  readonly #connections: string;

  constructor(baseUrl: string) {
    this.#connections = `${baseUrl}/api/connections`;
  }

  links(id: string): Links {
    const connection = `${this.#connections}/${id}`;
    return { connection, run: this.run(id), page: connection };
  }

  run(id: string): string {
    return `${this.#connections}/${id}/run`;
  }

  cluster(id: string, clusterId: string): string {
    return `${this.#connections}/${id}/clusters/${clusterId}`;
  }
}
