import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ServiceCertificates, serviceFor } from './service.ts';
import { lookUp, reach } from './viewpoint.ts';
import type { Reached, Viewpoint } from './viewpoint.ts';

export interface ConnectProxy {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * An HTTP proxy for `CONNECT address:port` (or `name:port`) as seen from the virtual network. What accepts the connection is
 * played here; a refused one is answered with 502, silence ends in a reset after `silenceMs` of real time.
 */
export async function startConnectProxy(
  viewpoint: Viewpoint,
  options: { readonly port?: number; readonly silenceMs: number },
): Promise<ConnectProxy> {
  const certificates = new ServiceCertificates(viewpoint.ca);
  const connections = new Set<Socket>();
  const server = createServer((_request, response) => {
    response.writeHead(405, { allow: 'CONNECT' }).end();
  });
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => connections.delete(socket));
  });
  server.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const reached = target(viewpoint, request.url ?? '');
    if (reached.outcome === 'silence') resetAfter(socket, options.silenceMs);
    else if (reached.outcome === 'refused')
      socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n');
    else {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      if (head.length > 0) socket.unshift(head);
      serviceFor(viewpoint, certificates, reached.serves).emit('connection', socket);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of connections) socket.destroy();
      }),
  };
}

function target(viewpoint: Viewpoint, authority: string): Reached {
  const [, host = '', port = ''] = /^(.+):(\d+)$/.exec(authority) ?? [];
  if (isIP(host) !== 0) return reach(viewpoint, host, Number(port));
  const found = lookUp(viewpoint, host);
  const address = found === 'nxdomain' ? undefined : found.addresses[0];
  return address === undefined ? { outcome: 'refused' } : reach(viewpoint, address, Number(port));
}

function resetAfter(socket: Duplex, silenceMs: number): void {
  const timer = setTimeout(() => socket.destroy(), silenceMs);
  socket.on('close', () => clearTimeout(timer));
}
