import { z } from 'zod';

/** What the demo reads of `GET /api/connections/{id}`; the app's own schema has more. */
const viewSchema = z.object({
  id: z.string(),
  status: z.string(),
  final: z.boolean(),
  percent: z.number(),
  phases: z.array(
    z.object({
      phase: z.string(),
      guideStep: z.string(),
      state: z.enum(['pending', 'running', 'done', 'skipped', 'failed']),
      startedAt: z.string().nullable(),
      endedAt: z.string().nullable(),
      reason: z.string().nullable(),
    }),
  ),
  result: z
    .object({
      privateEndpoint: z.object({ id: z.string(), endpointId: z.string(), address: z.string() }),
      zones: z.array(z.object({ name: z.string() })),
      clusters: z.array(
        z.object({
          clusterId: z.string(),
          state: z.string(),
          uri: z.string().nullable(),
          verification: z.object({ outcome: z.string(), detail: z.string() }).nullable(),
          publicAccess: z.string().nullable(),
          reason: z.string().nullable(),
        }),
      ),
      warnings: z.array(z.object({ code: z.string(), detail: z.string() })),
      manualSteps: z.array(z.string()),
      writes: z.record(z.string(), z.number()),
    })
    .nullable(),
  removal: z
    .object({
      removed: z.array(z.object({ resource: z.string(), id: z.string() })),
      kept: z.array(z.object({ resource: z.string(), id: z.string(), reason: z.string() })),
      manualSteps: z.array(z.string()),
    })
    .nullable(),
  problem: z
    .object({
      title: z.string(),
      detail: z.string(),
      cause: z.string(),
      remedy: z.string(),
      errors: z.array(z.object({ pointer: z.string(), detail: z.string(), remedy: z.string() })),
    })
    .nullable(),
});

export type View = z.infer<typeof viewSchema>;
export type ViewResult = NonNullable<View['result']>;
export type ViewProblem = NonNullable<View['problem']>;

/** The app's API as a caller sees it, with a function key. */
export class Api {
  readonly #baseUrl: string;
  readonly #key: string;

  constructor(baseUrl: string, key: string) {
    this.#baseUrl = baseUrl;
    this.#key = key;
  }

  async connect(request: object): Promise<string> {
    const answer = await this.send('POST', '/api/connections', request);
    return z.object({ id: z.string() }).parse(answer).id;
  }

  async connection(id: string): Promise<View> {
    return viewSchema.parse(await this.send('GET', `/api/connections/${id}`));
  }

  /** The parsed body of a good answer; throws with the problem's words otherwise. */
  async send(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${this.#baseUrl}${path}`, {
      method,
      headers: { 'x-functions-key': this.#key, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: HTTP ${response.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  }
}
