import { generateKeyPairSync } from 'node:crypto';
import { exportJWK, SignJWT } from 'jose';

const tenantId = '22222222-2222-4222-8222-222222222222';
const audience = 'api://app';
const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

type Claims = Readonly<Record<string, unknown>>;

/** Tokens as Entra ID makes them for a tenant and the app, before anyone has signed them. */
export const plausibleToken = {
  settings: { tenantId, audience },
  claims: (authority: string): Claims => ({
    iss: `${authority}/${tenantId}/v2.0`,
    aud: audience,
    tid: tenantId,
    oid: 'someone',
    nbf: Math.floor(Date.now() / 1000) - 60,
    exp: Math.floor(Date.now() / 1000) + 3600,
    roles: ['Connections.Read'],
  }),
  /** Of version 1, whose issuer does not depend on the authority. The signature is none. */
  of: (claims: Claims, header: Claims = {}): string =>
    [
      base64({ alg: 'RS256', kid: 'k1', ...header }),
      base64({
        ...plausibleToken.claims('x'),
        iss: `https://sts.windows.net/${tenantId}/`,
        ...claims,
      }),
      'AAAA',
    ].join('.'),
  signed: (authority: string): Promise<string> =>
    new SignJWT({ ...plausibleToken.claims(authority) })
      .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
      .sign(privateKey),
  keys: async () => ({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' }] }),
};
