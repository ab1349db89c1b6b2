import { z } from 'zod';

/** What the sandbox's services read in an access token. Times in Unix seconds. */
const claimsSchema = z.looseObject({
  aud: z.string(),
  exp: z.number(),
  /** Object ID of the identity. */
  oid: z.string(),
  tid: z.string(),
  /** Client ID of the identity. */
  appid: z.string(),
});

export type TokenClaims = z.infer<typeof claimsSchema>;

/** A token in the form of Entra ID's: header, claims and a signature that is not checked. */
export function writeAccessToken(claims: TokenClaims): string {
  const header = { typ: 'JWT', alg: 'RS256', kid: 'sandbox' };
  return [encode(JSON.stringify(header)), encode(JSON.stringify(claims)), encode('sandbox')].join('.');
}

/** The claims of a token, undefined when it is none. */
export function readAccessToken(token: string): TokenClaims | undefined {
  const claims = claimsSchema.safeParse(parse(token.split('.')[1] ?? ''));
  return claims.success ? claims.data : undefined;
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function parse(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
