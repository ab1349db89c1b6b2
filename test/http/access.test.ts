import { HttpRequest, InvocationContext } from '@azure/functions';
import { SignJWT, UnsecuredJWT, exportJWK, generateKeyPair } from 'jose';
import type { CryptoKey } from 'jose';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { entraTokens } from '../../src/adapters/entra/tokens.ts';
import { Access } from '../../src/http/access.ts';
import { problemsAsResponses } from '../../src/http/response.ts';
import { Addresses } from '../../src/http/views/links.ts';

const tenantId = '3f2c9a10-0000-4000-8000-000000000001';
const audience = 'api://private-link';
let issuerServer: Server;
let authority: string;
let key: CryptoKey;
let strangeKey: CryptoKey;
let access: Access;
let keysServed = true;

beforeAll(async () => {
  const pair = await generateKeyPair('RS256');
  key = pair.privateKey;
  strangeKey = (await generateKeyPair('RS256')).privateKey;
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', use: 'sig', alg: 'RS256' };
  issuerServer = createServer((_, response) => {
    response.statusCode = keysServed ? 200 : 503;
    response.end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => issuerServer.listen(0, '127.0.0.1', resolve));
  authority = `http://127.0.0.1:${(issuerServer.address() as AddressInfo).port}`;
});

afterAll(() => {
  issuerServer.close();
});

beforeEach(() => {
  keysServed = true;
  access = new Access(entraTokens({ authority, tenantId, audience, requestTimeoutMs: 2000 }));
});

interface Claims {
  readonly issuer?: string;
  readonly audience?: string;
  readonly tid?: string;
  readonly roles?: readonly string[];
  readonly expires?: string;
  readonly key?: CryptoKey;
}

function tokenWith(claims: Claims = {}): Promise<string> {
  return new SignJWT({
    oid: 'object-1',
    tid: claims.tid ?? tenantId,
    roles: claims.roles ?? ['Connections.Read'],
  })
    .setProtectedHeader({ alg: 'RS256', kid: 'one' })
    .setIssuer(claims.issuer ?? `${authority}/${tenantId}/v2.0`)
    .setAudience(claims.audience ?? audience)
    .setNotBefore('-10m')
    .setExpirationTime(claims.expires ?? '10m')
    .sign(claims.key ?? key);
}

async function call(token: string | undefined, right: 'read' | 'connect' | 'disconnect' = 'read') {
  const request = new HttpRequest({
    method: 'GET',
    url: 'https://app.example/api/connections',
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
  const handler = problemsAsResponses(
    { verb: 'read', addresses: new Addresses('') },
    access.guard(right, (got) => ({ status: 200, body: access.callerOf(got) })),
  );
  return handler(request, new InvocationContext());
}

describe('with Entra ID', () => {
  it('lets a token with the role through, and knows the caller by object ID', async () => {
    expect(await call(await tokenWith())).toEqual({ status: 200, body: 'object:object-1' });
  });

  it('takes a version 1 token of the tenant', async () => {
    const token = await tokenWith({ issuer: `https://sts.windows.net/${tenantId}/` });

    expect(await call(token)).toMatchObject({ status: 200 });
  });

  it.each<[string, Claims]>([
    ['another issuer', { issuer: 'https://evil.example/v2.0' }],
    ['another audience', { audience: 'api://something-else' }],
    ['another tenant', { tid: '3f2c9a10-0000-4000-8000-00000000000f' }],
    ['an end in the past', { expires: '-5m' }],
  ])('refuses a token with %s', async (_, claims) => {
    expect(await call(await tokenWith(claims))).toMatchObject({ status: 401 });
  });

  it('refuses a token that another issuer signed', async () => {
    expect(await call(await tokenWith({ key: strangeKey }))).toMatchObject({ status: 401 });
  });

  it('refuses an unsigned token, and one signed by a shared secret', async () => {
    const claims = { oid: 'object-1', tid: tenantId, roles: ['Connections.Read'] };
    const unsigned = new UnsecuredJWT(claims)
      .setIssuer(`${authority}/${tenantId}/v2.0`)
      .setAudience(audience);
    const symmetric = new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid: 'one' })
      .setIssuer(`${authority}/${tenantId}/v2.0`)
      .setAudience(audience)
      .setNotBefore('-10m')
      .setExpirationTime('10m');

    expect(await call(unsigned.encode())).toMatchObject({ status: 401 });
    expect(await call(await symmetric.sign(new Uint8Array(32)))).toMatchObject({ status: 401 });
  });

  it.each([undefined, '', 'x.y.z', 'not a token'])('asks a caller with %p for a token', async (token) => {
    const answer = await call(token);

    expect(answer).toMatchObject({ status: 401, headers: { 'content-type': 'application/problem+json' } });
  });

  it('names the role that is missing', async () => {
    const answer = await call(await tokenWith(), 'disconnect');

    expect(answer).toMatchObject({ status: 403 });
    expect(JSON.stringify(answer)).toContain('Connections.Disconnect');
  });

  it('returns 503 when the signing keys cannot be read, and does not call the token wrong', async () => {
    keysServed = false;

    expect(await call(await tokenWith())).toMatchObject({ status: 503 });
  });
});

describe('with function keys', () => {
  it('leaves the door to the platform, and knows keys apart without showing them', () => {
    access = new Access(null);
    const request = new HttpRequest({
      method: 'GET',
      url: 'https://app.example/api/connections?code=secret-key',
    });

    expect(access.authLevel).toBe('function');
    expect(access.callerOf(request)).toMatch(/^function-key:[0-9a-f]{8}$/);
    expect(access.callerOf(request)).not.toContain('secret');
  });
});
