import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HostLog } from '../log.ts';
import type { Workload } from '../workload.ts';
import { emptyReply, readRequest, writeReply } from './message.ts';
import type { HostReply, HostRequest } from './message.ts';

export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens on 127.0.0.1. Each request counts as work until its answer has left. */
export async function listen(options: {
  readonly port: number;
  readonly workload: Workload;
  readonly log: HostLog;
  readonly answer: (request: HostRequest) => Promise<HostReply>;
}): Promise<Listener> {
  const { workload, log, answer } = options;
  const server = createServer((incoming, response) => {
    const leave = workload.enter();
    response.once('close', leave);
    readRequest(incoming)
      .then(answer)
      .catch((error: unknown) => {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        log({
          source: 'host',
          level: 'error',
          message: `${incoming.method ?? ''} ${incoming.url ?? ''}: ${text}`,
        });
        return emptyReply(500);
      })
      .then((reply) => {
        writeReply(response, reply);
      })
      .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  // A long poll of a client must not be cut by the server's own idea of a slow request.
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
