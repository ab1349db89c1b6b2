import * as z from 'zod';
import type { FailureCode } from '../../domain/failure/catalog.ts';
import { failureCatalog } from '../../domain/failure/catalog.ts';
import type { Failure } from '../../domain/failure/failure.ts';
import { ProvisioningError } from '../../domain/failure/failure.ts';
import { credentialFailure } from '../azure/credential.ts';
import type { Policy } from '../azure/policies.ts';
import { retryOnReset, ownOriginOnly, safeOptions } from '../azure/policies.ts';
import { SecretClient } from '../azureSdks.ts';
import {
  ForeignOriginError,
  foreignOriginFailure,
  isIntercepted,
  lastingFault,
  plainId,
  retryAfterSeconds,
  UnusableAnswerError,
  USER_AGENT,
} from '../http.ts';
import type { Secret } from './apiKeys.ts';

export interface VaultSettings {
  readonly url: string;
  readonly requestTimeoutMs: number;
}

type Credential = ConstructorParameters<typeof SecretClient>[1];

/** A secret has 25 kB at most. */
const MOST_BYTES = 1_000_000;

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Reads the newest version of a secret. */
export function secretReader(
  { url, requestTimeoutMs }: VaultSettings,
  credential: Credential,
): (name: string) => Promise<Secret> {
  const isLocal = LOOPBACK.test(new URL(url).hostname);
  const client = new SecretClient(url, credential, {
    ...safeOptions(MOST_BYTES),
    additionalPolicies: [
      // Before the policy that adds the token, which this client adds last.
      { policy: ownOriginOnly(url), position: 'perCall' },
      { policy: retryOnReset, position: 'perCall' },
      ...(isLocal ? [] : [{ policy: ownChallengeOnly(url), position: 'perRetry' } as const]),
    ],
    userAgentOptions: { userAgentPrefix: USER_AGENT },
    // A vault on this machine cannot have the domain that the challenge names; every other vault must have it.
    disableChallengeResourceVerification: isLocal,
  });
  return async (name) => {
    let response: VaultResponse | undefined;
    try {
      return await client.getSecret(name, {
        abortSignal: AbortSignal.timeout(requestTimeoutMs),
        // The SDK throws a parse error for a refusal without a body, and loses the status.
        onResponse: ({ status, headers, parsedBody, bodyAsText }) => {
          const body: unknown = parsedBody ?? bodyAsText ?? undefined;
          response = { status, header: (header) => headers.get(header), body };
        },
      });
    } catch (error) {
      throw keyVaultFailure({ name, url }, error, response);
    }
  };
}

function ownChallengeOnly(url: string): Policy {
  return {
    name: 'ownChallengeOnly',
    async sendRequest(request, next) {
      const response = await next(request);
      if (response.status === 401) requireOwnChallenge(response.headers.get('www-authenticate') ?? '', url);
      return response;
    },
  };
}

/**
 * The challenge of the vault names the resource of the token. The SDK accepts any parent of the vault's domain, down to the
 * top-level one; here it must be the domain of the vault service, which is the domain without the vault's own name.
 */
export function requireOwnChallenge(challenge: string, url: string): void {
  const service = new URL(url).hostname.replace(/^[^.]+\./, '');
  for (const [, wanted = ''] of challenge.matchAll(/\b(?:resource|scope)="([^"]*)"/g)) {
    const host = URL.canParse(wanted) ? new URL(wanted).hostname : null;
    if (host === service) continue;
    const resource = host ?? 'what cannot be read';
    throw new ForeignOriginError(`the vault asks for a token for ${resource}, not for ${service}`);
  }
}

interface VaultResponse {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly body: unknown;
}

/**
 * Classifies a response of Key Vault, or the lack of one; no other code does. The text of the error is read but never
 * repeated: where a response cannot be parsed it holds the whole response, with the secret.
 */
function keyVaultFailure(
  secret: SecretPlace,
  error: unknown,
  response: VaultResponse | undefined,
): ProvisioningError {
  const doing = `reading secret ${secret.name}`;
  if (error instanceof ForeignOriginError) {
    return new ProvisioningError(foreignOriginFailure(doing, error, 'key-vault'));
  }
  const credential = credentialFailure(error);
  if (credential) return failure(credential.code, `${doing}: ${credential.text}`, { source: 'identity' });
  const onTheWay = response ? null : lastingFault(error);
  if (onTheWay) return failure(onTheWay.code, `${doing}: ${onTheWay.text}`, {});
  if (!response || response.status < 400) {
    return failure('key-vault-unavailable', `${doing}: ${reasonOf(error)}`, {});
  }
  return refusalOf(doing, secret, response);
}

/** A secret, and the address of its vault. */
interface SecretPlace {
  readonly name: string;
  readonly url: string;
}

function refusalOf(doing: string, secret: SecretPlace, response: VaultResponse): ProvisioningError {
  const { status, body } = response;
  // The form is judged before the status.
  if (!bodySchema.safeParse(body).success && isIntercepted(status, body)) {
    return failure('intercepted', `${doing}: HTTP ${status}, not in the form of the vault`, {});
  }
  // The vault's own 401 has a challenge; one without it comes from a proxy or gateway on the way.
  if (response.status === 401 && response.header('www-authenticate') === undefined) {
    return failure('key-vault-unavailable', `${doing}: HTTP 401 without a challenge`, {});
  }
  const { code, hint, cure } = meaningOf(response);
  const wait = retryAfterSeconds(response.header, Date.now());
  const requestId = plainId(response.header('x-ms-request-id'));
  return failure(code, `${doing}: HTTP ${response.status}${hint}`, {
    ...(wait !== undefined && { retryAfterSeconds: wait }),
    ...(requestId !== undefined && { requestId }),
    ...(cure && { cure: cure(new URL(secret.url).hostname.split('.')[0] ?? '', callerIn(body)) }),
  });
}

/** What to do, given the names of the vault and of the app's principal. */
type Cure = (vault: string, principal: string) => string;

interface Meaning {
  readonly code: FailureCode;
  readonly hint: string;
  readonly cure?: Cure;
}

const NO_POLICY = 'no access policy of the vault lets the identity read secrets';

const assignRole: Cure = (vault, principal) =>
  `Assign the role Key Vault Secrets User: \`az role assignment create --assignee-object-id ${principal} --assignee-principal-type ServicePrincipal --role "Key Vault Secrets User" --scope "$(az keyvault show --name ${vault} --query id -o tsv)"\`; it acts within ten minutes.`;
const setPolicy: Cure = (vault, principal) =>
  `Let the identity read secrets: \`az keyvault set-policy --name ${vault} --object-id ${principal} --secret-permissions get\`.`;
const admitNetwork: Cure = (vault) =>
  `Admit the network of the app to the vault, \`az keyvault network-rule add --name ${vault} --subnet <subnet ID of the app>\`, or integrate the app into a network that has a private endpoint of the vault. Roles have nothing to do with it.`;
const usePrivateEndpoint: Cure = (vault) =>
  `Integrate the app into a network where the name of the vault ${vault} leads to its private endpoint (zone privatelink.vaultcore.azure.net, linked to that network). Roles have nothing to do with it.`;

const callerSchema = z.object({ error: z.object({ message: z.string() }) });

/** The principal that a refusal names; no other part of the text is used. */
function callerIn(body: unknown): string {
  const { data } = callerSchema.safeParse(body);
  return /\boid=([0-9a-f-]{36})\b/i.exec(data?.error.message ?? '')?.[1] ?? '<principal ID of the app>';
}

/** The vault's reasons for a 403, by the code of the inner error. Its texts are not searched: they have names of users. */
const reasons = new Map<string, Meaning>([
  ['secretdisabled', { code: 'api-key-missing', hint: 'the secret is disabled' }],
  [
    'forbiddenbyfirewall',
    {
      ...{ code: 'key-vault-denied', hint: 'the firewall of the vault refuses the address of the app' },
      cure: admitNetwork,
    },
  ],
  [
    'forbiddenbyconnection',
    {
      code: 'key-vault-denied',
      hint: 'the vault is open to its private endpoints only, and the app came from another network',
      cure: usePrivateEndpoint,
    },
  ],
  [
    'forbiddenbyrbac',
    {
      ...{ code: 'key-vault-denied', hint: 'the identity has no role that may read the secret' },
      cure: assignRole,
    },
  ],
  ['forbiddenbypolicy', { code: 'key-vault-denied', hint: NO_POLICY, cure: setPolicy }],
  // The code of older vaults.
  ['accessdenied', { code: 'key-vault-denied', hint: NO_POLICY, cure: setPolicy }],
]);

const bodySchema = z.object({
  error: z.object({ code: z.string(), innererror: z.object({ code: z.string() }).nullish() }),
});

function meaningOf({ status, body }: VaultResponse): Meaning {
  if (![401, 403, 404].includes(status)) return { code: 'key-vault-unavailable', hint: '' };
  const parsed = bodySchema.safeParse(body);
  // A proxy or firewall on the way refuses in another form.
  if (!parsed.success) return { code: 'key-vault-unavailable', hint: ', not in the form of the vault' };
  if (status === 404) return { code: 'api-key-missing', hint: ', there is no such secret' };
  const inner = parsed.data.error.innererror?.code ?? '';
  const known = reasons.get(inner.toLowerCase());
  if (known) return { ...known, hint: `, ${known.hint}` };
  const unknown = /^\w{1,60}$/.test(inner) ? ` (${inner})` : '';
  return { code: 'key-vault-denied', hint: `, the identity may not read the secret${unknown}` };
}

function failure(code: FailureCode, message: string, more: Partial<Failure>): ProvisioningError {
  const { kind } = failureCatalog[code];
  return new ProvisioningError({ source: 'key-vault', ...more, kind, code, message });
}

const errorSchema = z
  .object({ code: z.string().optional().catch(undefined), name: z.string() })
  .catch({ code: undefined, name: 'unknown' });

function reasonOf(error: unknown): string {
  if (error instanceof UnusableAnswerError) return error.message;
  const { code, name } = errorSchema.parse(error);
  return `no readable answer (${code ?? name})`;
}
