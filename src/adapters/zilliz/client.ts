import { Readable } from 'node:stream';
import * as z from 'zod';
import { sha256Hex } from '../../domain/connection/names.ts';
import type { FailureCode } from '../../domain/failure/catalog.ts';
import { ProvisioningError } from '../../domain/failure/failure.ts';
import { withoutKey } from '../foreignText.ts';
import {
  boundedText,
  ForeignOriginError,
  foreignOriginFailure,
  isIntercepted,
  lastingFault,
  parseJson,
  plainId,
  refuseRedirect,
  retryAfterSeconds,
  UnusableAnswerError,
  USER_AGENT,
} from '../http.ts';
import type { ApiKeys } from '../keyVault/apiKeys.ts';
import { currentReading } from '../../readAs.ts';
import type { Sleep } from './callsPerSecond.ts';
import { CallsPerSecond } from './callsPerSecond.ts';
import { envelopeSchema } from './schemas.ts';
import type { ZillizRefusal } from './zillizErrors.ts';
import { zillizFailure } from './zillizErrors.ts';

export interface ZillizSettings {
  /** `https://api.cloud.zilliz.com`, without a trailing slash. */
  readonly apiUrl: string;
  readonly requestTimeoutMs: number;
  /** Default: real time. */
  readonly sleep?: Sleep;
}

/**
 * Zilliz allows a user 20 requests of a kind in a second. A process uses six: three processes can work at full speed. With
 * more of them Zilliz's 429 sets the pace, since no response shows how much is left.
 */
const CALLS_PER_SECOND = 6;
/** A page of 100 clusters has less than a tenth of it. */
const MOST_BYTES = 4_000_000;
/** What another key cures: after these the secret is read again, since it may have a new version by then. */
const OF_THE_KEY: readonly FailureCode[] = [
  'zilliz-key-rejected',
  'zilliz-permission-denied',
  'project-not-found',
];
/** The window in which Zilliz counts requests: all callers wait this long where a 429 names no time. */
const LIMIT_SECONDS = 1;
/** The longest sleep inside an activity, which is billed. */
const LONGEST_WAIT_SECONDS = 5;

export interface ZillizCall {
  readonly doing: string;
  /** Whose key is used; null: the default key. */
  readonly projectId: string | null;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Segments are encoded by the client: no text of a caller reaches the URL unchanged. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, string>>;
}

/** One call with the project's key. A refused key is read from the vault once more, since it may have been rotated. */
export class ZillizClient {
  readonly #settings: ZillizSettings;
  readonly #apiKeys: ApiKeys;
  /** By kind of request. */
  readonly #limiters = new Map<string, CallsPerSecond>();

  constructor(settings: ZillizSettings, apiKeys: ApiKeys) {
    this.#settings = settings;
    this.#apiKeys = apiKeys;
  }

  /** Returns the same text for projects with the same key. It does not show the key. */
  async keyOf(projectId: string): Promise<string> {
    return sha256Hex(await this.#apiKeys.keyFor(projectId));
  }

  async call<T>(call: ZillizCall, schema: z.ZodType<T>): Promise<T> {
    try {
      return await this.#once(call, schema);
    } catch (error) {
      if (!(error instanceof ProvisioningError) || !OF_THE_KEY.includes(error.failure.code)) throw error;
      this.#apiKeys.forget(call.projectId);
      if (error.failure.code !== 'zilliz-key-rejected') throw error;
      return this.#once(call, schema);
    }
  }

  async #once<T>(call: ZillizCall, schema: z.ZodType<T>): Promise<T> {
    const unsendable = call.path.find((segment) => /^\.{0,2}$/.test(segment));
    // Encoding does not change these, and the URL would lose a segment: another resource would be read or deleted.
    if (unsendable !== undefined) throw notSent(call.doing, unsendable);
    const limiter = this.#limiterOf(call);
    await limiter.turn(currentReading().reading.reader, (waitSeconds) =>
      throttledHere(call.doing, waitSeconds),
    );
    const key = await this.#apiKeys.keyFor(call.projectId);
    const { status, headers, text } = await this.#send(call, key);
    const requestId = plainId(withoutKey(key)(headers.get('requestid') ?? ''));
    const wait = retryAfterSeconds((name) => headers.get(name), Date.now());
    const refused = (reason: Reason): ProvisioningError => {
      const error = zillizFailure({
        ...{ doing: call.doing, status, values: valuesOf(call), ...reason },
        replaceKey: this.#apiKeys.toReplace(call.projectId),
        ...(requestId !== undefined && { requestId }),
        ...(wait !== undefined && { retryAfterSeconds: wait }),
      });
      // The limit holds for every caller, in whichever form the refusal reports it.
      if (error.failure.code === 'zilliz-throttled') limiter.rest(wait ?? LIMIT_SECONDS);
      return error;
    };
    const envelope = envelopeSchema.safeParse(parseWithout(key, text));
    if (!envelope.success) throw refused(isIntercepted(status, text) ? INTERCEPTED : UNREADABLE);
    const { code, message, data } = envelope.data;
    if (status >= 400 || (code !== 0 && code !== 200)) {
      throw refused({ code, ...(message !== undefined && { message }) });
    }
    const parsed = schema.safeParse(data);
    if (!parsed.success) throw refused(UNREADABLE);
    return parsed.data;
  }

  #limiterOf({ method, path }: ZillizCall): CallsPerSecond {
    // Every second segment is an ID, as in projects/{projectId}/privateEndpoints/{endpointId}.
    const kind = [method, path.length, ...path.filter((_, index) => index % 2 === 0)].join(' ');
    const limiter =
      this.#limiters.get(kind) ??
      new CallsPerSecond(CALLS_PER_SECOND, LONGEST_WAIT_SECONDS, this.#settings.sleep);
    this.#limiters.set(kind, limiter);
    return limiter;
  }

  /** A kept-alive connection may be closed at the moment it is used again: a read is then sent once more, a write never. */
  async #send(call: ZillizCall, key: string): Promise<RawResponse> {
    try {
      return await this.#fetch(call, key);
    } catch (error) {
      if (call.method !== 'GET' || !CUT.includes(reasonOf(error))) throw noAnswer(call, error);
    }
    try {
      return await this.#fetch(call, key);
    } catch (error) {
      throw noAnswer(call, error);
    }
  }

  async #fetch(call: ZillizCall, key: string): Promise<RawResponse> {
    const path = call.path.map((segment) => encodeURIComponent(segment)).join('/');
    const query = call.query ? `?${new URLSearchParams(call.query).toString()}` : '';
    const response = await fetch(`${this.#settings.apiUrl}/v2/${path}${query}`, {
      method: call.method,
      headers: {
        authorization: `Bearer ${key}`,
        accept: 'application/json',
        'user-agent': USER_AGENT,
        ...(call.body && { 'content-type': 'application/json' }),
      },
      ...(call.body && { body: JSON.stringify(call.body) }),
      // A redirect is not followed: the key must not be sent to another address.
      redirect: 'manual',
      signal: AbortSignal.timeout(this.#settings.requestTimeoutMs),
    });
    refuseRedirect(response.status, response.headers.get('location'), this.#settings.apiUrl);
    const text = await boundedText(response.body ?? Readable.from([]), MOST_BYTES);
    return { status: response.status, headers: response.headers, text };
  }
}

type Reason = Pick<ZillizRefusal, 'code' | 'message' | 'unreadable' | 'fault'>;

const UNREADABLE: Reason = { unreadable: true, message: 'the answer cannot be read' };
const INTERCEPTED: Reason = { fault: 'intercepted', message: 'the answer is not in the form of Zilliz' };

interface RawResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Error codes of Node for a connection that the server closed. */
const CUT: readonly string[] = ['ECONNRESET', 'UND_ERR_SOCKET'];

/** Keeps only the reason: an error of fetch may hold the request, and with it the key. */
function noAnswer({ doing }: ZillizCall, error: unknown): ProvisioningError {
  if (error instanceof ForeignOriginError) {
    return new ProvisioningError(foreignOriginFailure(doing, error, 'zilliz'));
  }
  const lasting = lastingFault(error);
  if (lasting) return zillizFailure({ doing, status: 0, message: lasting.text, fault: lasting.code });
  const unusable = error instanceof UnusableAnswerError;
  return zillizFailure({
    doing,
    status: 0,
    message: unusable ? error.message : `no answer, ${reasonOf(error)}`,
  });
}

function reasonOf(error: unknown): string {
  const cause = z
    .object({ name: z.string(), cause: z.object({ code: z.string() }).optional() })
    .safeParse(error);
  return cause.data?.cause?.code ?? cause.data?.name ?? 'unknown reason';
}

function notSent(doing: string, segment: string): ProvisioningError {
  return new ProvisioningError({
    kind: 'rejected',
    code: 'internal-error',
    message: `${doing}: not sent, "${segment}" is no ID`,
    source: 'app',
  });
}

function throttledHere(doing: string, waitSeconds: number): ProvisioningError {
  return zillizFailure({
    doing,
    status: 429,
    message: 'not sent, too many calls are waiting here',
    retryAfterSeconds: waitSeconds,
  });
}

/** Parses a response and removes the key from each text: it may repeat the request, and goes into errors, logs and histories. */
function parseWithout(key: string, text: string): unknown {
  const clean = withoutKey(key);
  // Checking each value of a long list is costly; the key can only be in a text that contains it or an escape sequence.
  const mayContain = text.includes('\\') || clean(text) !== text;
  return parseJson(
    text,
    mayContain ? (_, value) => (typeof value === 'string' ? clean(value) : value) : undefined,
  );
}

/** What a refusal may repeat of a request: the IDs in its path, its query and its body. */
function valuesOf({ path, query, body }: ZillizCall): readonly string[] {
  const ids = path.filter((_, index) => index % 2 === 1);
  return [...ids, ...Object.values(query ?? {}), ...Object.values(body ?? {})];
}
