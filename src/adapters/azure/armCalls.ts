import * as z from 'zod';
import { ProvisioningError } from '../../domain/failure/failure.ts';
import type { FailureCode } from '../../domain/failure/catalog.ts';
import type { ArmClients } from './armClients.ts';
import { armFailure, isAbsent } from './armErrors.ts';
import type { ArmResponse, ArmRefusal } from './armErrors.ts';

/** Zones and links are shown only when they are done, half a minute later: earlier, a write in doubt would be repeated. */
const SHOWN_SECONDS = 45;

/** What of an SDK's poller is used. It is a thenable: awaiting it waits for the end of the operation. */
interface Poller {
  submitted(): Promise<void>;
  pollUntilDone(options: { readonly abortSignal: AbortSignal }): Promise<unknown>;
}

export interface SubmitOptions {
  /** Whether to follow the operation to its end, to learn why it fails: the resource does not tell. */
  readonly follow: boolean;
  /** What to call a failure whose code says nothing to us. */
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

/** Every call to ARM goes through here, so that everything that goes wrong is classified in one way. */
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
    more: Pick<ArmRefusal, 'otherwise' | 'waitInDoubt'> = {},
  ): Promise<T> {
    try {
      return await send();
    } catch (error) {
      if (error instanceof ProvisioningError) throw error;
      throw armFailure({ doing, error, answer: this.clients.answerBehind(error), ...more });
    }
  }

  /** Null when ARM says that it is not there. */
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

  /** All pages. Nothing is listed below what is not there. */
  async list<T>(doing: string, pages: () => AsyncIterable<T>): Promise<readonly T[]> {
    return (await this.read(doing, () => collect(pages()))) ?? [];
  }

  /** Sends a write and returns when ARM has accepted it. Following ends with the operation or at the time limit. */
  submit(doing: string, start: () => Poller, { follow, failedAs }: SubmitOptions): Promise<void> {
    const send = async (): Promise<void> => {
      const poller = start();
      await poller.submitted();
      if (!follow) return;
      const limit = AbortSignal.timeout(this.#followTimeoutMs);
      try {
        await poller.pollUntilDone({ abortSignal: limit });
      } catch (error) {
        // Accepted and still going on: the caller looks at the resource.
        if (!limit.aborted) throw error;
      }
    };
    return this.call(doing, send, { otherwise: failedAs, waitInDoubt: SHOWN_SECONDS });
  }

  /** Sends a delete. What is not there is deleted. */
  async submitDelete(doing: string, start: () => Poller): Promise<void> {
    await this.read(doing, () => start().submitted());
  }

  /** An operation that answers with a value, waited for. */
  async result(doing: string, start: () => Poller): Promise<unknown> {
    return this.call(doing, () =>
      start().pollUntilDone({ abortSignal: AbortSignal.timeout(this.#followTimeoutMs) }),
    );
  }

  /** One call of what the SDKs lack, its answer parsed. */
  async raw<T>(doing: string, call: RawCall, schema: z.ZodType<T>): Promise<T> {
    const { path, apiVersion, query, body } = call;
    return this.call(doing, async () => {
      const response = await this.clients
        .raw()
        .pathUnchecked(path)
        [call.method]({
          queryParameters: { 'api-version': apiVersion, ...query },
          ...(body !== undefined && { body, contentType: 'application/json' }),
        });
      return schema.parse(accepted(doing, response));
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

  /** All pages of a list. */
  async rawList<T>(doing: string, call: RawRead, schema: z.ZodType<T>): Promise<readonly T[]> {
    const pageSchema = z.object({ value: z.array(schema), nextLink: z.string().nullish() });
    let page = await this.rawRead(doing, call, pageSchema);
    const entries = [...(page?.value ?? [])];
    while (page?.nextLink) {
      // An absolute URL, which carries its own query.
      page = await this.rawRead(doing, { path: page.nextLink }, pageSchema);
      entries.push(...(page?.value ?? []));
    }
    return entries;
  }

  #isAbsent(error: unknown): boolean {
    const answer = this.clients.answerBehind(error);
    return answer !== undefined && isAbsent(answer);
  }
}

async function collect<T>(pages: AsyncIterable<T>): Promise<readonly T[]> {
  const entries: T[] = [];
  for await (const entry of pages) entries.push(entry);
  return entries;
}

/** ARM says that the thing is not there; a failure like any other for a caller that did not ask whether it is. */
class Absent extends ProvisioningError {}

interface RawResponse {
  readonly status: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

function accepted(doing: string, response: RawResponse): unknown {
  const status = Number(response.status);
  if (status < 300) return response.body;
  const answer: ArmResponse = { status, header: (name) => response.headers[name], body: response.body };
  const refusal = armFailure({ doing, answer });
  throw isAbsent(answer) ? new Absent(refusal.failure) : refusal;
}
