import { request } from 'node:http';
import type { Socket } from 'node:net';
import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import type { ProbeResult } from '../../ports.ts';

export interface Question {
  readonly socket: Socket;
  readonly host: string;
  readonly port: number;
  readonly limit: AbortSignal;
}

/** TLS with the host as server name, checked against the trusted authorities, and one HTTPS GET. */
export async function askService(question: Question): Promise<ProbeResult> {
  const { socket, host, limit } = question;
  const abort = (): void => {
    socket.destroy(new Error('time limit'));
  };
  limit.addEventListener('abort', abort);
  try {
    const secure = await handshake(socket, host);
    if ('outcome' in secure) return secure;
    return { outcome: 'answered', status: await get(secure, question) };
  } finally {
    limit.removeEventListener('abort', abort);
    socket.destroy();
  }
}

/** Errors of OpenSSL and Node that say the certificate is not good for the host, other than that nothing answered. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME|HOSTNAME/;

function handshake(socket: Socket, host: string): Promise<TLSSocket | ProbeResult> {
  return new Promise((resolve, reject) => {
    const secure = connect({ socket, servername: host });
    secure.once('secureConnect', () => {
      resolve(secure);
    });
    secure.once('error', (error: Error) => {
      const code = 'code' in error ? String(error.code) : '';
      if (CERTIFICATE.test(code)) {
        resolve({ outcome: 'wrong-name', detail: `the certificate is not for ${host}: ${error.message}` });
      } else reject(new Error(`TCP answered, TLS did not: ${error.message}`));
    });
    secure.once('close', () => {
      reject(new Error('TCP answered, TLS was closed'));
    });
  });
}

function get(secure: TLSSocket, { host, port, limit }: Question): Promise<number> {
  return new Promise((resolve, reject) => {
    const asking = request({
      createConnection: () => secure,
      method: 'GET',
      path: '/',
      headers: { host: `${host}:${port}`, connection: 'close' },
      signal: limit,
    });
    asking.once('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asking.once('error', (error) => {
      reject(new Error(`TLS answered, HTTP did not: ${error.message}`));
    });
    asking.end();
  });
}
