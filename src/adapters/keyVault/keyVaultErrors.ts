import { z } from 'zod';
import { ProvisioningError } from '../../domain/failure.ts';
import { failureCatalog } from '../../domain/failureCatalog.ts';
import type { FailureCode } from '../../domain/failureCatalog.ts';
import { retryAfterSeconds } from '../retryAfter.ts';
import { credentialFailure } from '../azure/credentialErrors.ts';

/** What of the SDK's RestError is used. Its message is not: the vault's texts name objects and addresses at length. */
const restErrorSchema = z.object({
  statusCode: z.number().optional(),
  code: z.string().optional(),
  message: z.string(),
});

/** The one place that says what an answer of Key Vault, or the lack of one, means. */
export function keyVaultFailure(secretName: string, error: unknown): ProvisioningError {
  const doing = `reading secret ${secretName}`;
  const credential = credentialFailure(error);
  if (credential) return failure(credential.code, `${doing}: ${credential.text}`, error, 'identity');
  const read = restErrorSchema.safeParse(error);
  const { statusCode, code, message } = read.success ? read.data : { statusCode: undefined, message: '' };
  if (statusCode === 403 && /disabled/i.test(message)) {
    return failure('api-key-missing', `${doing}: the secret is disabled`, error);
  }
  const said = statusCode === undefined ? `no answer (${code ?? nameOf(error)})` : `HTTP ${statusCode}`;
  return failure(codeOf(statusCode), `${doing}: ${said}${hint(statusCode, message)}`, error);
}

function codeOf(status: number | undefined): FailureCode {
  if (status === 404) return 'api-key-missing';
  if (status === 401 || status === 403) return 'key-vault-denied';
  return 'key-vault-unavailable';
}

function hint(status: number | undefined, message: string): string {
  if (status === 404) return ', there is no such secret';
  if (status !== 403) return '';
  return /client address|firewall|public network access/i.test(message)
    ? ', the firewall of the vault keeps the app out'
    : ', the identity may not read the secret';
}

function failure(
  code: FailureCode,
  message: string,
  error: unknown,
  source: 'key-vault' | 'identity' = 'key-vault',
): ProvisioningError {
  const wait = retryAfterSeconds((name) => headerOf(error, name), Date.now());
  return new ProvisioningError({
    kind: failureCatalog[code].kind,
    code,
    message,
    source,
    ...(wait !== undefined && { retryAfterSeconds: wait }),
  });
}

const answerSchema = z.object({
  response: z.object({ headers: z.custom<{ get(name: string): string | undefined }>(hasGet) }),
});

function hasGet(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'get' in value && typeof value.get === 'function';
}

function headerOf(error: unknown, name: string): string | undefined {
  const answer = answerSchema.safeParse(error);
  return answer.success ? answer.data.response.headers.get(name) : undefined;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}
