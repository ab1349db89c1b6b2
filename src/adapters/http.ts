import { failureCatalog } from '../domain/failure/catalog.ts';
import type { Failure, FailureSource } from '../domain/failure/failure.ts';
import { presentable } from './foreignText.ts';

// The rules for every answer from outside, of Azure, Zilliz and Entra ID alike: where a request may go, how much of an answer
// is read, and how long a service may make a caller wait.

/** The longest wait before a retry: a wrong clock must not stop a process for a day. */
const LONGEST_SECONDS = 900;

/**
 * Returns the seconds that a response requires to wait, 900 at most: `Retry-After` in seconds or as a date, or Azure's
 * headers in milliseconds. Undefined when it has none of them.
 */
export function retryAfterSeconds(
  header: (name: string) => string | null | undefined,
  now: number,
): number | undefined {
  for (const name of ['retry-after-ms', 'x-ms-retry-after-ms']) {
    const milliseconds = Number(header(name) ?? Number.NaN);
    if (Number.isFinite(milliseconds) && milliseconds >= 0) return bounded(milliseconds / 1000);
  }
  const text = header('retry-after');
  if (text === null || text === undefined || text === '') return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return seconds >= 0 ? bounded(seconds) : undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : bounded((date - now) / 1000);
}

function bounded(seconds: number): number {
  return Math.min(LONGEST_SECONDS, Math.max(0, Math.ceil(seconds)));
}

/** Returns the ID of a request that a response names, if it can be one. */
export function plainId(text: string | undefined): string | undefined {
  return text !== undefined && /^[\w-]{1,100}$/.test(text) ? text : undefined;
}

/** The name of the product in requests to Azure and Zilliz, so that their support can find its calls. */
export const USER_AGENT = 'private-link-for-zilliz-cloud';

/** A response led to an origin that must get no token or key. Nothing was sent there. */
export class ForeignOriginError extends Error {
  constructor(text: string) {
    super(text);
    this.name = 'ForeignOriginError';
  }
}

/** An answer that is not used: too large, a redirect, or a list that is not whole. Its text has nothing of the answer. */
export class UnusableAnswerError extends Error {
  constructor(text: string) {
    super(text);
    this.name = 'UnusableAnswerError';
  }
}

/** Throws unless the address is in the own origin. An explicit default port makes no difference. */
export function requireOwnOrigin(address: string, own: string): void {
  const origin = originOf(address);
  if (origin === null || origin !== originOf(own)) throw leadsAway(origin, own);
}

/** Throws for every redirect: none of the services redirects, and none is followed. */
export function refuseRedirect(status: number, location: string | null | undefined, own: string): void {
  if (status < 300 || status >= 400) return;
  if (location !== null && location !== undefined)
    requireOwnOrigin(URL.parse(location, own)?.href ?? '', own);
  throw new UnusableAnswerError(`HTTP ${status}, a redirect`);
}

/** The failure of a call whose response led to another origin. */
export function foreignOriginFailure(
  doing: string,
  error: ForeignOriginError,
  source: FailureSource,
): Failure {
  const code = 'foreign-origin';
  return { kind: failureCatalog[code].kind, code, message: `${doing}: ${error.message}`, source };
}

/** Names the origin only: path and query may hold a signature or a personal ID. */
function leadsAway(origin: string | null, own: string): ForeignOriginError {
  const target = origin === null ? 'an address that cannot be read' : origin.slice(0, 200);
  return new ForeignOriginError(`the answer leads to ${target}, and only ${originOf(own) ?? own} is asked`);
}

function originOf(address: string): string | null {
  return URL.canParse(address) ? new URL(address).origin : null;
}

/** Reads a body, and stops as soon as it is larger than allowed: leaving the loop closes the connection. */
export async function boundedText(
  body: AsyncIterable<Uint8Array | string>,
  mostBytes: number,
): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > mostBytes) {
      throw new UnusableAnswerError(`the answer is larger than ${mostBytes / 1_000_000} MB`);
    }
    chunks.push(bytes);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** Parses JSON; undefined for any other text. */
export function parseJson(text: string, reviver?: (key: string, value: unknown) => unknown): unknown {
  try {
    const value: unknown = JSON.parse(text, reviver);
    return value;
  } catch {
    return undefined;
  }
}

/** Node's codes of certificates that are not trusted, in any of the classes of OpenSSL's errors. */
const CERTIFICATE =
  /^(CERT_|SELF_SIGNED|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_(GET|VERIFY|DECRYPT|DECODE)|ERR_TLS_CERT|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|CRL_|ERROR_IN_CERT)/;

/** What no retry mends, of an error on the way to a service: its name and its certificate. Null for every other error. */
export function lastingFault(
  error: unknown,
): { readonly code: 'host-not-found' | 'certificate-untrusted'; readonly text: string } | null {
  for (let link = error, depth = 0; link instanceof Error && depth < 5; link = link.cause, depth += 1) {
    const code = 'code' in link && typeof link.code === 'string' ? link.code : '';
    const text = `${presentable(link.message, LONGEST_REASON)} (${code})`;
    if (code === 'ENOTFOUND') return { code: 'host-not-found', text };
    if (CERTIFICATE.test(code)) return { code: 'certificate-untrusted', text };
  }
  return null;
}

const LONGEST_REASON = 200;

/**
 * Whether a refusal comes from a firewall, proxy or gateway on the way: the form of an answer is judged before its status. An
 * empty answer has no form.
 */
export function isIntercepted(status: number, body: unknown): boolean {
  return [401, 403, 407, 451].includes(status) && body !== undefined && body !== '';
}

/** Above every limit of the services, so that a list without an end ends. */
export const MOST_PAGES = 500;
export const MOST_ENTRIES = 100_000;
const LONGEST_LIST_MS = 240_000;

/** A page of a list, and where the next one is. */
export type Page<T> = readonly T[] & { readonly continuationToken?: string | undefined };

/** Returns all entries of a list. A list that is cut or runs in a circle is unusable, and never a shorter list. */
export async function collectPages<T>(pages: AsyncIterable<Page<T>>): Promise<readonly T[]> {
  const entries: T[] = [];
  const links = new Set<string>();
  const until = Date.now() + LONGEST_LIST_MS;
  for await (const page of pages) {
    if (entries.length + page.length > MOST_ENTRIES) throw endless(`more than ${MOST_ENTRIES} entries`);
    for (const entry of page) entries.push(entry);
    const next = page.continuationToken ?? '';
    if (next === '') return entries;
    if (links.has(next)) throw endless('a next page that has been read already');
    links.add(next);
    if (links.size >= MOST_PAGES) throw endless(`more than ${MOST_PAGES} pages`);
    if (Date.now() > until) throw endless(`pages for more than ${LONGEST_LIST_MS / 60_000} minutes`);
  }
  return entries;
}

function endless(what: string): UnusableAnswerError {
  return new UnusableAnswerError(`the list has ${what}`);
}
