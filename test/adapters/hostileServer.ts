import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { trustedAuthority } from './trust.ts';

export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

export interface HostileServer {
  readonly origin: string;
  /** The paths that were asked for, with their queries. */
  readonly asked: string[];
  /** The bytes that the callers took. */
  sentBytes(): number;
  /** What every call gets from now on. */
  answer(answer: Answer): void;
  stop(): Promise<void>;
}

/** Any service, over TLS that the app trusts, which does to a caller what the test says. */
export async function startHostileServer(): Promise<HostileServer> {
  const certificate = await (await trustedAuthority()).issue(['localhost']);
  const asked: string[] = [];
  let current: Answer = (response) => response.end();
  const sockets = new Map<Socket, number>();
  const server = createServer({ ...certificate }, (request, response) => {
    const { socket } = request;
    if (!sockets.has(socket)) sockets.set(socket, socket.bytesWritten);
    asked.push(request.url ?? '');
    response.once('error', () => undefined);
    current(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `https://localhost:${port}`,
    asked,
    sentBytes: () => [...sockets].reduce((sum, [socket, before]) => sum + socket.bytesWritten - before, 0),
    answer(answer) {
      current = answer;
      asked.length = 0;
      sockets.clear();
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

export const json = (body: unknown, status = 200, headers = {}): Answer => {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
};

/** Begins like an answer and never ends. */
export const endless: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const chunk = ' '.repeat(1_000_000);
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
    if (!response.destroyed) response.once('drain', more);
  };
  response.write('{"value":[],"code":0,"data":{"projectId":"');
  more();
};
