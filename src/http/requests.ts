import type { HttpHandler, HttpRequest } from '@azure/functions';
import { isUtf8 } from 'node:buffer';
import { setTimeout as pause } from 'node:timers/promises';
import type * as z from 'zod';
import { didYouMean, parseParameters, pointerOf, truncated } from '../domain/connection/request.ts';
import type { Parsed } from '../domain/connection/request.ts';
import type { Attempts } from '../readAs.ts';
import { refuseFor, Refused, valueOf } from './response.ts';

/** The largest request that this API describes has about 20 kB. */
const LARGEST_BODY = 64 * 1024;

/** The host takes them on every route: the function key, and the name of the key. */
const hostParameters = ['code', 'clientId'];

/**
 * Refuses parameters that the route does not have or that are given twice, a body that is declared too large, and any body where the
 * route has none.
 */
export function checkedRequest(
  { parameters, hasBody }: { readonly parameters: readonly string[]; readonly hasBody: boolean },
  handler: HttpHandler,
): HttpHandler {
  return async (request, context) => {
    if (Number(request.headers.get('content-length') ?? 0) > LARGEST_BODY) throw tooLarge();
    // The host joins the values of a name that is given twice, and has no names like __proto__.
    const names = [...new URL(request.url).searchParams.keys()];
    refuseFor(
      names.flatMap((name, index) => {
        const detail = parameterFault(name, parameters, names.indexOf(name) !== index);
        return detail === null
          ? []
          : [{ pointer: '', parameter: truncated(name), code: 'invalid-request', detail }];
      }),
    );
    if (!hasBody && request.method !== 'GET') await refuseBody(request);
    return handler(request, context);
  };
}

function parameterFault(name: string, known: readonly string[], isRepeated: boolean): string | null {
  if (hostParameters.includes(name)) return null;
  if (!known.includes(name)) return `is not a parameter of the request${didYouMean(name, known)}`;
  return isRepeated ? 'is given twice' : null;
}

/** What a body asks for would be ignored. An empty object asks for nothing. */
async function refuseBody(request: HttpRequest): Promise<void> {
  const isEmpty = /^\s*(?:\{\s*\}|null)?\s*$/.test(await readText(request));
  const detail = 'this address takes no body: what it asks for would be ignored';
  refuseFor(isEmpty ? [] : [{ pointer: '', code: 'invalid-request', detail }]);
}

/** Reads the parameters of the URL by their schema, or refuses the request. */
export function readQuery<T extends z.ZodType>(request: HttpRequest, schema: T): z.output<T> {
  return valueOf(parseParameters(schema, Object.fromEntries(request.query.entries())));
}

/** Reads the body as JSON, or refuses the request. `whenEmpty` replaces a missing body, on routes that need none. */
export async function readBody<T>(
  request: HttpRequest,
  parse: (body: unknown) => Parsed<T>,
  whenEmpty?: object,
): Promise<T> {
  const text = await readText(request);
  return valueOf(parse(text === '' && whenEmpty ? whenEmpty : valueOf(parseJson(text))));
}

/** Counts while it reads: a body in chunks does not declare its size. */
async function readText({ body, headers }: HttpRequest): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    if (!(chunk instanceof Uint8Array)) throw new Error('The host passes a body as bytes.');
    size += chunk.byteLength;
    if (size > LARGEST_BODY) throw tooLarge();
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  const detail = encodingFault(bytes, headers.get('content-encoding') ?? '');
  refuseFor(detail === null ? [] : [{ pointer: '', code: 'invalid-request', detail }]);
  return new TextDecoder('utf-8').decode(bytes);
}

/** Why the bytes are not plain UTF-8; null if they are. */
function encodingFault(bytes: Buffer, declared: string): string | null {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (isGzip || !/^(?:identity)?$/i.test(declared.trim())) {
    const how = isGzip ? 'gzip' : truncated(declared);
    return `the body is compressed (${how}): send it as plain JSON, without the header content-encoding`;
  }
  if (isUtf8(bytes)) return null;
  const isUtf16 = ['fffe', 'feff'].includes(bytes.subarray(0, 2).toString('hex'));
  return isUtf16
    ? 'the body is UTF-16: save the file as UTF-8 (PowerShell: `Set-Content -Encoding utf8`)'
    : 'the body is not UTF-8';
}

function tooLarge(): Refused {
  return new Refused({ code: 'request-too-large', detail: `the body has more than ${LARGEST_BODY} bytes` });
}

type Response = Awaited<ReturnType<HttpHandler>>;

/** The most lists and single reads of private DNS for one request: Azure allows 500 reads in five minutes for all of them. */
const MOST_READS = 20;
/** When Azure must have responded, so that what was read until then can be returned. */
const READS_MS = 20_000;
/** When a request is answered. Clients and gateways give up after 30 seconds. */
const ANSWER_MS = 25_000;
const RETRY_AFTER_SECONDS = 5;

/**
 * Bounds the reads of a request and its time. A reading that needs more is answered with 503 and `Retry-After`; the same request
 * then goes on with what has been read.
 */
export function forPeople(attempts: Attempts): (handler: HttpHandler) => HttpHandler {
  return (handler) => async (request, context) => {
    const reading = { reader: 'people', most: MOST_READS, until: performance.now() + READS_MS } as const;
    const work = async (): Promise<Response> => handler(request, context);
    const answer = attempts.run(`${request.method} ${request.url}`, reading, work);
    const ended = new AbortController();
    const late = pause(ANSWER_MS, null, { signal: ended.signal, ref: false }).catch(() => null);
    try {
      const first = await Promise.race([answer, late]);
      if (first === null) throw tooSlow();
      return first;
    } finally {
      ended.abort();
    }
  };
}

function tooSlow(): Refused {
  const detail = `the answer was not complete after ${ANSWER_MS / 1000} s; the same request goes on with what has been read`;
  return new Refused(
    { code: 'azure-unavailable', detail, cure: 'Wait some seconds.' },
    { 'retry-after': String(RETRY_AFTER_SECONDS) },
  );
}

/** No request needs more. A body of `[[[[…` must not use up the stack, nor one of many fields the time. */
const MOST_LEVELS = 20;
const MOST_VALUES = 2000;

const SPACE = /[ \t\n\r]*/y;
const TEXT = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const words: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };

/**
 * Parses a body as JSON (RFC 8259). Stricter than `JSON.parse`: a name that is given twice, a text that is not valid Unicode
 * and a number that JavaScript cannot hold are faults, each with its JSON pointer; a syntax error has its position.
 */
function parseJson(text: string): Parsed<unknown> {
  try {
    return { ok: true, value: new JsonReader(text).document() };
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    const { pointer, message: detail } = error;
    return { ok: false, faults: [{ pointer, code: 'invalid-request', detail }] };
  }
}

class JsonFault extends Error {
  readonly pointer: string;

  constructor(path: readonly string[], message: string) {
    super(message);
    this.pointer = pointerOf(path);
  }
}

class JsonReader {
  readonly #text: string;
  #at = 0;
  #values = 0;
  /** Where the reader is: the names and positions from the root. */
  readonly #path: string[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  document(): unknown {
    if (this.#text.trim() === '') throw new JsonFault([], 'the body is missing');
    const value = this.#value();
    this.#match(SPACE);
    if (this.#at < this.#text.length) throw this.#syntax('the end');
    return value;
  }

  #value(): unknown {
    this.#values += 1;
    if (this.#values > MOST_VALUES) throw new JsonFault([], `the body has more than ${MOST_VALUES} values`);
    if (this.#path.length > MOST_LEVELS)
      throw new JsonFault([], `the body is nested deeper than ${MOST_LEVELS} levels`);
    if (this.#take('{')) return this.#object();
    if (this.#take('[')) return this.#array();
    if (this.#text[this.#at] === '"') return this.#string();
    const word = this.#match(WORD);
    if (word !== null) return words[word];
    const digits = this.#match(NUMBER);
    if (digits === null) throw this.#syntax('a value');
    const number = Number(digits);
    if (!Number.isFinite(number)) throw this.#fault('is too large a number');
    return number;
  }

  #object(): object {
    const entries = new Map<string, unknown>();
    if (!this.#take('}')) {
      do {
        this.#match(SPACE);
        if (this.#text[this.#at] !== '"') throw this.#syntax('a name in double quotes');
        const name = this.#string();
        this.#path.push(name);
        if (entries.has(name)) throw this.#fault('is given twice');
        // Objects of JavaScript would lose it silently.
        if (name === '__proto__') throw this.#fault('is not a field of the request');
        this.#expect(':');
        entries.set(name, this.#value());
        this.#path.pop();
      } while (this.#take(','));
      this.#expect('}', '"," or "}"');
    }
    return Object.fromEntries(entries);
  }

  #array(): readonly unknown[] {
    const entries: unknown[] = [];
    if (!this.#take(']')) {
      do {
        this.#path.push(String(entries.length));
        entries.push(this.#value());
        this.#path.pop();
      } while (this.#take(','));
      this.#expect(']', '"," or "]"');
    }
    return entries;
  }

  #string(): string {
    const token = this.#match(TEXT);
    if (token === null)
      throw this.#syntax('the end of a text, without control characters or unknown escapes');
    const value: unknown = JSON.parse(token);
    if (typeof value !== 'string' || /\p{Surrogate}|\0/u.test(value))
      throw this.#fault('has a character that is not allowed: NUL, or half of a surrogate pair');
    return value;
  }

  #take(sign: string): boolean {
    this.#match(SPACE);
    if (this.#text[this.#at] !== sign) return false;
    this.#at += 1;
    return true;
  }

  #expect(sign: string, expected = `"${sign}"`): void {
    if (!this.#take(sign)) throw this.#syntax(expected);
  }

  #match(token: RegExp): string | null {
    token.lastIndex = this.#at;
    const [found] = token.exec(this.#text) ?? [];
    if (found === undefined) return null;
    this.#at += found.length;
    return found;
  }

  #fault(detail: string): JsonFault {
    return new JsonFault(this.#path, detail);
  }

  #syntax(expected: string): JsonFault {
    const lines = this.#text.slice(0, this.#at).split('\n');
    const place = `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
    return new JsonFault([], `the body is not JSON: ${expected} is expected at ${place}`);
  }
}
