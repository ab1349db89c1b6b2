import type { FailureCode } from '../../domain/failureCatalog.ts';

/** What `@azure/identity` throws, by name: the bundle may hold more than one copy of a class. */
const CREDENTIAL_ERRORS = [
  'CredentialUnavailableError',
  'AuthenticationError',
  'AggregateAuthenticationError',
  'AuthenticationRequiredError',
  'TokenTimeoutError',
];
const TRANSIENT =
  /ECONN|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|EAI_AGAIN|socket hang up|network_error|timed out|time limit/i;

/** A failure to get a token: the identity endpoint is out of order, or there is no such identity. */
export function credentialFailure(
  error: unknown,
): { readonly code: Extract<FailureCode, 'identity-unavailable' | 'azure-credential'>; text: string } | null {
  if (!(error instanceof Error) || !CREDENTIAL_ERRORS.includes(error.name)) return null;
  const links = chain(error);
  const status = links.map((link) => statusOf(link)).find((found) => found !== null);
  const transient =
    status === undefined
      ? links.some(({ message }) => TRANSIENT.test(message))
      : status === 408 || status === 429 || status >= 500;
  return { code: transient ? 'identity-unavailable' : 'azure-credential', text: wordsOf(error.message) };
}

/** MSAL wraps its one sentence in times and IDs that are mostly not available. */
function wordsOf(message: string): string {
  const [line = ''] = (/ Description: (.*)/.exec(message)?.[1] ?? message).split('\n');
  return line.replace(/ - Correlation ID: .*/, '');
}

function chain(error: Error): readonly Error[] {
  return error.cause instanceof Error ? [error, ...chain(error.cause)] : [error];
}

/** The SDK calls it `statusCode`, MSAL below it `status`. */
function statusOf(error: Error): number | null {
  if ('statusCode' in error && typeof error.statusCode === 'number') return error.statusCode;
  return 'status' in error && typeof error.status === 'number' ? error.status : null;
}
