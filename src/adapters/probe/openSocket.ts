import { request } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

export interface Target {
  readonly address: string;
  readonly port: number;
  /** URL of an HTTP CONNECT proxy; undefined: a direct connection. */
  readonly proxy: string | undefined;
  readonly limit: AbortSignal;
}

/** Opens a TCP connection to an address, directly or through an HTTP CONNECT proxy. */
export function openSocket({ address, port, proxy, limit }: Target): Promise<Socket> {
  return proxy === undefined
    ? openDirect(address, port, limit)
    : openThroughProxy(new URL(proxy), `${address}:${port}`, limit);
}

function openDirect(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

function openThroughProxy(proxy: URL, target: string, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const tunnel = request({
      host: proxy.hostname,
      port: proxy.port === '' ? 80 : proxy.port,
      method: 'CONNECT',
      path: target,
      headers: { host: target },
      agent: false,
      signal,
    });
    tunnel.once('connect', ({ statusCode }, socket) => {
      if (statusCode === 200) {
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(new Error(`the proxy answered ${statusCode ?? 'nothing'}`));
    });
    tunnel.once('response', (response) => {
      response.destroy();
      reject(new Error(`the proxy answered ${response.statusCode ?? 'nothing'}`));
    });
    tunnel.once('error', (error) => {
      reject(new Error(`the proxy does not answer: ${error.message}`));
    });
    tunnel.end();
  });
}
