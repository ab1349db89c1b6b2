import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openCertificateAuthority } from '../../sandbox/kernel/certificates.ts';

export const tenantId = '3f2c9a10-0000-4000-8000-000000000001';
export const clientId = '5e1d0000-0000-4000-8000-000000000002';
const objectId = '77aa0000-0000-4000-8000-000000000003';

/** A stand-in for Entra ID: authorization code with PKCE for a single-page application, as Microsoft documents it. */
export interface Issuer {
  readonly origin: string;
  /** The app roles of the user that signs in. */
  roles: readonly string[];
  /** What was wrong with requests. */
  readonly faults: string[];
  readonly exchanged: () => number;
  /** An access token with the app roles, as a managed identity gets it. */
  readonly token: () => Promise<string>;
  stop(): void;
}

interface Grant {
  readonly challenge: string;
  readonly nonce: string;
  readonly redirectUri: string;
}

export async function startIssuer(tlsDirectory: string): Promise<Issuer> {
  const authority = await openCertificateAuthority(tlsDirectory);
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', use: 'sig', alg: 'RS256' };
  const grants = new Map<string, Grant>();
  let exchanged = 0;
  const issuer = { origin: '', roles: ['Connections.Read'] as readonly string[], faults: [] as string[] };

  const sign = (claims: Readonly<Record<string, unknown>>): Promise<string> =>
    new SignJWT({ oid: objectId, tid: tenantId, sub: objectId, ver: '2.0', ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'one', typ: 'JWT' })
      .setIssuer(`${issuer.origin}/${tenantId}/v2.0`)
      .setAudience(clientId)
      .setIssuedAt()
      .setNotBefore('-1m')
      // The app's clock is that of the sandbox, which runs ahead.
      .setExpirationTime('30d')
      .sign(privateKey);

  const expect = (what: string, found: string | null, wanted: string | RegExp): void => {
    const fits = typeof wanted === 'string' ? found === wanted : wanted.test(found ?? '');
    if (!fits) issuer.faults.push(`${what} is ${found ?? 'missing'}`);
  };

  const authorize = (query: URLSearchParams, response: ServerResponse): void => {
    expect('client_id', query.get('client_id'), clientId);
    expect('response_type', query.get('response_type'), 'code');
    expect('response_mode', query.get('response_mode'), 'fragment');
    expect('code_challenge_method', query.get('code_challenge_method'), 'S256');
    expect('scope', query.get('scope'), new RegExp(`(^| )${clientId}/\\.default( |$)`));
    const redirectUri = query.get('redirect_uri') ?? '';
    const code = randomUUID();
    const challenge = query.get('code_challenge') ?? '';
    grants.set(code, { challenge, nonce: query.get('nonce') ?? '', redirectUri });
    const fragment = new URLSearchParams({ code, state: query.get('state') ?? '' }).toString();
    response.writeHead(302, { location: `${redirectUri}#${fragment}` }).end();
  };

  const token = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
    const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
    const grant = grants.get(form.get('code') ?? '');
    const hash = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    expect('code_verifier', hash, grant?.challenge ?? 'of no grant');
    expect('redirect_uri', form.get('redirect_uri'), grant?.redirectUri ?? 'of no grant');
    // A code is good once.
    grants.delete(form.get('code') ?? '');
    exchanged += 1;
    const person = { name: 'Ana Person', preferred_username: 'ana@contoso.example' };
    respond(response, {
      ...{ token_type: 'Bearer', expires_in: 3600, ext_expires_in: 3600, scope: `${clientId}/.default` },
      access_token: await sign({ roles: issuer.roles }),
      id_token: await sign({ ...person, nonce: grant?.nonce }),
      refresh_token: randomUUID(),
      client_info: Buffer.from(JSON.stringify({ uid: objectId, utid: tenantId })).toString('base64url'),
    });
  };

  const routes: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => void>> = {
    [`/${tenantId}/v2.0/.well-known/openid-configuration`]: (_, response) =>
      respond(response, {
        issuer: `${issuer.origin}/${tenantId}/v2.0`,
        authorization_endpoint: `${issuer.origin}/${tenantId}/oauth2/v2.0/authorize`,
        token_endpoint: `${issuer.origin}/${tenantId}/oauth2/v2.0/token`,
        end_session_endpoint: `${issuer.origin}/${tenantId}/oauth2/v2.0/logout`,
        jwks_uri: `${issuer.origin}/${tenantId}/discovery/v2.0/keys`,
      }),
    [`/${tenantId}/discovery/v2.0/keys`]: (_, response) => respond(response, { keys: [jwk] }),
    [`/${tenantId}/oauth2/v2.0/authorize`]: (request, response) =>
      authorize(new URL(request.url ?? '', issuer.origin).searchParams, response),
    [`/${tenantId}/oauth2/v2.0/token`]: (request, response) => void token(request, response),
  };
  const server = createServer(await authority.issue(['localhost', '127.0.0.1']), (request, response) => {
    const { pathname } = new URL(request.url ?? '', 'https://issuer');
    if (request.method === 'OPTIONS') respond(response, {});
    else if (routes[pathname]) routes[pathname](request, response);
    else {
      issuer.faults.push(`no such address: ${pathname}`);
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer.origin = `https://localhost:${(server.address() as AddressInfo).port}`;
  return Object.assign(issuer, {
    exchanged: () => exchanged,
    token: () => sign({ roles: issuer.roles }),
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  });
}

function respond(response: ServerResponse, body: object): void {
  response
    .writeHead(200, {
      ...{ 'content-type': 'application/json', 'access-control-allow-origin': '*' },
      'access-control-allow-headers': '*',
    })
    .end(JSON.stringify(body));
}
