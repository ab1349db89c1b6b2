import { ProvisioningError } from '../../domain/failure.ts';
import type { Failure } from '../../domain/failure.ts';
import { failureCatalog } from '../../domain/failureCatalog.ts';
import type { FailureCode } from '../../domain/failureCatalog.ts';
import { ForeignOriginError, foreignOriginFailure } from '../ownOrigin.ts';
import { retryAfterSeconds } from '../retryAfter.ts';
import { credentialFailure } from '../azure/credentialErrors.ts';

export interface VaultAnswer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
}

/**
 * The one place that says what an answer of Key Vault, or the lack of one, means. The error's own text is looked at and not
 * repeated: of an answer that cannot be parsed it holds the whole, with the secret in it.
 */
export function keyVaultFailure(
  secretName: string,
  error: unknown,
  answer: VaultAnswer | undefined,
): ProvisioningError {
  const doing = `reading secret ${secretName}`;
  if (error instanceof ForeignOriginError) {
    return new ProvisioningError(foreignOriginFailure(doing, error, 'key-vault'));
  }
  const credential = credentialFailure(error);
  if (credential) return failure(credential.code, `${doing}: ${credential.text}`, { source: 'identity' });
  if (!answer || answer.status < 400) {
    return failure('key-vault-unavailable', `${doing}: no readable answer (${reasonOf(error)})`, {});
  }
  // The vault's own 401 carries a challenge; without one, something on the way has spoken.
  if (answer.status === 401 && answer.header('www-authenticate') === undefined) {
    return failure('key-vault-unavailable', `${doing}: HTTP 401 without a challenge`, {});
  }
  const text = error instanceof Error ? error.message : '';
  const { code, hint } = meaningOf(answer.status, text);
  const wait = retryAfterSeconds(answer.header, Date.now());
  const requestId = answer.header('x-ms-request-id');
  return failure(code, `${doing}: HTTP ${answer.status}${hint}`, {
    ...(wait !== undefined && { retryAfterSeconds: wait }),
    ...(requestId !== undefined && { requestId }),
  });
}

function meaningOf(status: number, text: string): { readonly code: FailureCode; readonly hint: string } {
  if (status === 404) return { code: 'api-key-missing', hint: ', there is no such secret' };
  if (status === 403 && /disabled/i.test(text)) {
    return { code: 'api-key-missing', hint: ', the secret is disabled' };
  }
  if (status === 403 && /client address|firewall|public network access/i.test(text)) {
    return { code: 'key-vault-denied', hint: ', the firewall of the vault keeps the app out' };
  }
  if (status === 401 || status === 403) {
    return { code: 'key-vault-denied', hint: ', the identity may not read the secret' };
  }
  return { code: 'key-vault-unavailable', hint: '' };
}

function failure(code: FailureCode, message: string, more: Partial<Failure>): ProvisioningError {
  const { kind } = failureCatalog[code];
  return new ProvisioningError({ source: 'key-vault', ...more, kind, code, message });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
