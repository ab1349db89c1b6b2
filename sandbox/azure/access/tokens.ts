import { z } from 'zod';
import type { PrincipalReader } from '../protocol/armOperation.ts';
import { APP_PRINCIPAL_ID } from '../state/schema.ts';

const claimsSchema = z.object({ oid: z.string(), appid: z.string().optional() });

/** Who a bearer token is by its `oid` claim; a token of no JWT form is the app's. Signatures are not looked at. */
export const principalOfToken: PrincipalReader = (headers) => {
  const [, token] = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  if (token === undefined) return undefined;
  const claims = claimsSchema.safeParse(payloadOf(token));
  if (!claims.success) return { objectId: APP_PRINCIPAL_ID };
  const { oid, appid } = claims.data;
  return { objectId: oid, ...(appid !== undefined && { name: appid }) };
};

function payloadOf(token: string): unknown {
  const [, payload, signature] = token.split('.');
  if (payload === undefined || signature === undefined) return undefined;
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
