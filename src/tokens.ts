import { entraTokens } from './adapters/entra/tokens.ts';
import type { Settings } from './config.ts';
import type { Tokens } from './ports.ts';

const REQUEST_TIMEOUT_MS = 20_000;

/** Who checks the tokens of callers; null where function keys stand before the app. */
export function tokensOf(settings: Settings): Tokens | null {
  const { AUTH_MODE, ENTRA_TENANT_ID, ENTRA_AUDIENCE, AZURE_AUTHORITY_HOST } = settings;
  if (AUTH_MODE !== 'entra' || ENTRA_TENANT_ID === undefined || ENTRA_AUDIENCE === undefined) return null;
  return entraTokens({
    authority: AZURE_AUTHORITY_HOST ?? 'https://login.microsoftonline.com',
    tenantId: ENTRA_TENANT_ID,
    audience: ENTRA_AUDIENCE,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
  });
}
