import { request } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

export interface Target {
  readonly address: string;
  readonly port: number;
  /** URL of an HTTP CONNECT proxy; undefined: straight. */
  readonly proxy: string | undefined;
  readonly limit: AbortSignal;
}

/** A TCP connection to an address, straight or through an HTTP CONNECT proxy. */
export function openSocket({ address, port, proxy, limit }: Target): Promise<Socket> {
  return proxy === undefined
    ? openStraight(address, port, limit)
    : openThrough(new URL(proxy), `${address}:${port}`, limit);
}

function openStraight(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

function openThrough(proxy: URL, target: string, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const asking = request({
      host: proxy.hostname,
      port: proxy.port === '' ? 80 : proxy.port,
      method: 'CONNECT',
      path: target,
      headers: { host: target },
      agent: false,
      signal,
    });
    asking.once('connect', ({ statusCode }, socket) => {
      if (statusCode === 200) {
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(new Error(`the proxy answered ${statusCode ?? 'nothing'}`));
    });
    asking.once('response', (response) => {
      response.destroy();
      reject(new Error(`the proxy answered ${response.statusCode ?? 'nothing'}`));
    });
    asking.once('error', (error) => {
      reject(new Error(`the proxy does not answer: ${error.message}`));
    });
    asking.end();
  });
}
