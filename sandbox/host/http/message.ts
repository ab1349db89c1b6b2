import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request as the parts of the host see it. */
export interface HostRequest {
  readonly method: string;
  /** As it came in, path and query still encoded. */
  readonly url: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface HostReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: Uint8Array | string;
}

const JSON_TYPE = 'application/json; charset=utf-8';

export function emptyReply(status: number, headers: Readonly<Record<string, string>> = {}): HostReply {
  return { status, headers };
}

export function jsonReply(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): HostReply {
  return { status, headers: { 'content-type': JSON_TYPE, ...headers }, body: JSON.stringify(value) };
}

export function textReply(status: number, body: string): HostReply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

/** The value of a query parameter, by its name in any case. */
export function queryValue(request: HostRequest, name: string): string | undefined {
  for (const [key, value] of request.query) if (key.toLowerCase() === name.toLowerCase()) return value;
  return undefined;
}

export async function readRequest(incoming: IncomingMessage): Promise<HostRequest> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk as Uint8Array));
  const url = incoming.url ?? '/';
  const [path = '/', search = ''] = url.split(/\?(.*)/s);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) headers[name] = String(value);
  return {
    method: incoming.method ?? 'GET',
    url,
    path,
    query: new URLSearchParams(search),
    headers,
    body: Buffer.concat(chunks),
  };
}

export function writeReply(response: ServerResponse, reply: HostReply): void {
  const body = reply.body ?? '';
  const bodyless = reply.status === 204 || reply.status === 304;
  response.writeHead(reply.status, {
    ...(!bodyless && { 'content-length': String(Buffer.byteLength(body)) }),
    ...(reply.headers as Record<string, string | string[]> | undefined),
  });
  response.end(bodyless ? undefined : body);
}
