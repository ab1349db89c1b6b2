import { createServer } from 'node:https';
import type { Server } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { SecureContext } from 'node:tls';
import type { CertificateAuthority } from '../kernel/certificates.ts';
import type { Viewpoint } from './viewpoint.ts';

/** Certificates of the service, issued at the first connection with the name. */
export class ServiceCertificates {
  readonly #contexts = new Map<string, Promise<SecureContext>>();
  readonly #ca: CertificateAuthority;

  constructor(ca: CertificateAuthority) {
    this.#ca = ca;
  }

  contextFor(host: string): Promise<SecureContext> {
    const name = host.toLowerCase();
    const known = this.#contexts.get(name);
    if (known) return known;
    const made = this.#ca.issue([name]).then((certificate) => createSecureContext({ ...certificate }));
    this.#contexts.set(name, made);
    return made;
  }
}

/**
 * The data plane behind one connection: TLS for the server names it serves, no handshake for others, and 400 to any plain
 * HTTPS request (documented: that answer means that the route works). It listens nowhere; connections are handed to it.
 */
export function serviceFor(
  viewpoint: Viewpoint,
  certificates: ServiceCertificates,
  serves: (host: string) => boolean,
): Server {
  const server = createServer(
    {
      SNICallback(host, done) {
        if (!serves(host)) {
          done(new Error(`No cluster is served here under ${host}.`));
          return;
        }
        certificates.contextFor(viewpoint.wrongCertificate ?? host).then(
          (context) => done(null, context),
          (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
        );
      },
    },
    (_request, response) => {
      response.writeHead(400, { 'content-length': '0', connection: 'close' }).end();
    },
  );
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}
