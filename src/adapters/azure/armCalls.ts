import * as z from 'zod';
import { ProvisioningError } from '../../domain/failure/failure.ts';
import type { FailureCode } from '../../domain/failure/catalog.ts';
import type { ArmClients } from './armClients.ts';
import { armFailure, isAbsent } from './armErrors.ts';
import type { ArmResponse, ArmRefusal } from './armErrors.ts';
import { collectPages, UnusableAnswerError } from '../http.ts';
import type { Page } from '../http.ts';
import { timeSignal } from './policies.ts';

/** Zones and links are visible only when complete, after half a minute: before, a write in doubt would be repeated. */
const VISIBLE_AFTER_SECONDS = 45;

/** The used part of an SDK's list. */
interface PagedList<T> {
  byPage(): AsyncIterable<Page<T>>;
}

/** The used part of an SDK's poller. The poller is a thenable: awaiting it waits for the end of the operation. */
interface Poller {
  submitted(): Promise<void>;
  pollUntilDone(options: { readonly abortSignal: AbortSignal }): Promise<unknown>;
}

export interface SubmitOptions {
  /** Whether to follow the operation to its end, to learn why it fails: the resource does not show it. */
  readonly follow: boolean;
  /** Code of a failure whose ARM code is unknown. */
  readonly failedAs?: FailureCode;
}

export interface RawCall {
  readonly method: 'get' | 'post' | 'patch';
  readonly path: string;
  readonly apiVersion?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

type RawRead = Omit<RawCall, 'method'>;

/** Every call to ARM goes through this class, so that all failures are classified in one way. */
export class ArmCalls {
  readonly clients: ArmClients;
  readonly #followTimeoutMs: number;

  constructor(clients: ArmClients, followTimeoutMs: number) {
    this.clients = clients;
    this.#followTimeoutMs = followTimeoutMs;
  }

  async call<T>(
    doing: string,
    send: () => Promise<T>,
    context: Pick<ArmRefusal, 'otherwise' | 'waitInDoubt'> = {},
  ): Promise<T> {
    const values = new Set<string>();
    try {
      return await this.clients.values.run(values, send);
    } catch (error) {
      if (error instanceof ProvisioningError) throw error;
      throw armFailure({ doing, error, response: this.clients.responseOf(error), values, ...context });
    }
  }

  /** Returns null when ARM reports that the resource does not exist. */
  async read<T>(doing: string, send: () => Promise<T>): Promise<T | null> {
    return this.call(doing, async () => {
      try {
        return await send();
      } catch (error) {
        if (this.#isAbsent(error)) return null;
        throw error;
      }
    });
  }

  /** Returns all pages; an empty list where the parent does not exist. */
  list<T>(doing: string, list: () => PagedList<T>): Promise<readonly T[]> {
    return this.#collect(doing, () => list().byPage());
  }

  /** Sends a write and returns when ARM has accepted it; with `follow` at the end of the operation or at the time limit. */
  submit(doing: string, start: () => Poller, { follow, failedAs }: SubmitOptions): Promise<void> {
    const send = async (): Promise<void> => {
      const poller = start();
      await poller.submitted();
      if (!follow) return;
      const limit = timeSignal(this.#followTimeoutMs);
      try {
        await poller.pollUntilDone({ abortSignal: limit });
      } catch (error) {
        // Accepted and still in progress: the caller reads the resource.
        if (!limit.aborted) throw error;
      }
    };
    return this.call(doing, send, { otherwise: failedAs, waitInDoubt: VISIBLE_AFTER_SECONDS });
  }

  /** Sends a delete. A resource that does not exist counts as deleted. */
  async submitDelete(doing: string, start: () => Poller): Promise<void> {
    await this.read(doing, () => start().submitted());
  }

  /** Waits for the result of an operation. */
  async result(doing: string, start: () => Poller): Promise<unknown> {
    return this.call(doing, () =>
      start().pollUntilDone({ abortSignal: AbortSignal.timeout(this.#followTimeoutMs) }),
    );
  }

  /** Sends a call that the SDKs lack, and parses the response. */
  async raw<T>(doing: string, call: RawCall, schema: z.ZodType<T>): Promise<T> {
    const { path, apiVersion, query, body } = call;
    // The address of a further page is an absolute one, which the pipeline checks.
    if (!/^https?:/i.test(path)) requirePlainPath(doing, path);
    return this.call(doing, async () => {
      const response = await this.clients
        .raw()
        .pathUnchecked(path)
        [call.method]({
          queryParameters: { 'api-version': apiVersion, ...query },
          ...(body !== undefined && { body, contentType: 'application/json' }),
        });
      return schema.parse(accepted(doing, path, response));
    });
  }

  async rawRead<T>(doing: string, call: RawRead, schema: z.ZodType<T>): Promise<T | null> {
    try {
      return await this.raw(doing, { ...call, method: 'get' }, schema);
    } catch (error) {
      if (error instanceof Absent) return null;
      throw error;
    }
  }

  /** Same as {@link list}, for lists that the SDKs lack. */
  rawList<T>(doing: string, call: RawRead, schema: z.ZodType<T>): Promise<readonly T[]> {
    return this.#collect(doing, () => this.#rawPages(doing, call, schema));
  }

  async *#rawPages<T>(doing: string, call: RawRead, schema: z.ZodType<T>): AsyncGenerator<Page<T>> {
    const pageSchema = z
      .object({ value: z.array(schema), nextLink: z.string().nullish() })
      .transform(({ value, nextLink }) => Object.assign(value, { continuationToken: nextLink ?? undefined }));
    for (let next: RawRead | null = call; next;) {
      const page: Page<T> = await this.raw(doing, { ...next, method: 'get' }, pageSchema);
      yield page;
      // An absolute URL with its own query.
      next = page.continuationToken ? { path: page.continuationToken } : null;
    }
  }

  #collect<T>(doing: string, pages: () => AsyncIterable<Page<T>>): Promise<readonly T[]> {
    return this.call(doing, () => collectPages(this.#existing(pages())));
  }

  /** A list without its parent is empty. A later page that does not exist cuts the list. */
  async *#existing<T>(pages: AsyncIterable<Page<T>>): AsyncGenerator<Page<T>> {
    let isFirst = true;
    try {
      for await (const page of pages) {
        isFirst = false;
        yield page;
      }
    } catch (error) {
      if (!this.#isAbsent(error)) throw error;
      if (!isFirst) throw new UnusableAnswerError('the list ends with a page that does not exist');
    }
  }

  #isAbsent(error: unknown): boolean {
    if (error instanceof Absent) return true;
    const response = this.clients.responseOf(error);
    return response !== undefined && isAbsent(response);
  }
}

/** Throws unless a path has only names: no segment of it may lead to another resource or hold a query. */
function requirePlainPath(doing: string, path: string): void {
  const isPlain = /^(?:\/[\p{L}\p{N}_.()-]+)+$/u.test(path) && !/\/\.{1,2}(?:\/|$)/.test(path);
  if (isPlain) return;
  const message = `${doing}: not sent, this is not the path of a resource`;
  throw new ProvisioningError({ kind: 'rejected', code: 'internal-error', message, source: 'app' });
}

/** ARM reports that the resource does not exist; an ordinary failure for callers that do not expect it. */
class Absent extends ProvisioningError {}

interface RawResponse {
  readonly status: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

function accepted(doing: string, path: string, raw: RawResponse): unknown {
  const status = Number(raw.status);
  if (status < 300) return raw.body;
  const response: ArmResponse = { status, header: (name) => raw.headers[name], body: raw.body, path };
  const refusal = armFailure({ doing, response });
  throw isAbsent(response) ? new Absent(refusal.failure) : refusal;
}
