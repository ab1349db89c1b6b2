import * as z from 'zod';
import type { FailureCode } from '../../domain/failure/catalog.ts';
import { failureCatalog } from '../../domain/failure/catalog.ts';
import type { FailureKind, FailureSource } from '../../domain/failure/failure.ts';
import { ProvisioningError } from '../../domain/failure/failure.ts';
import { codeOfDenied } from '../../domain/plan/permissions.ts';
import { retryAfterSeconds } from '../http.ts';
import { ForeignOriginError, foreignOriginFailure } from '../ownOrigin.ts';
import { credentialFailure } from './credential.ts';

/** An answer of ARM with an error status, as it came over the wire: the SDKs drop the details of what they throw. */
export interface ArmResponse {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly body: unknown;
}

export interface ArmRefusal {
  /** What was being done, in the present participle: "creating private endpoint x in rg". */
  readonly doing: string;
  /** What was thrown; undefined when the answer says it all. */
  readonly error?: unknown;
  readonly answer?: ArmResponse | undefined;
  /** What to call a refusal whose code says nothing to us. */
  readonly otherwise?: FailureCode | undefined;
  /** Seconds to wait at least where it is not known whether ARM has done what it was asked for. */
  readonly waitInDoubt?: number | undefined;
}

/** One entry of ARM's error format; Private DNS sends it without the `error` wrapper. */
const entrySchema = z.object({
  code: z.string(),
  message: z.string().nullish(),
  details: z.array(z.object({ code: z.string().nullish(), message: z.string().nullish() })).nullish(),
  additionalInfo: z.array(z.object({ type: z.string(), info: z.unknown() })).nullish(),
});
const bodySchema = z.union([z.object({ error: entrySchema }).transform(({ error }) => error), entrySchema]);

const policySchema = z.object({
  policyAssignmentDisplayName: z.string().optional(),
  policyDefinitionDisplayName: z.string().optional(),
  policyAssignmentId: z.string().optional(),
});

/** What core-lro throws when an asynchronous operation failed: the code stands in the text only, and nowhere else. */
const FAILED_OPERATION = /^The long-running operation has failed(?:\. ([^. ]+)\. ([^]*))?/;
const CANCELED_OPERATION = 'Operation was canceled';
const LONGEST_MESSAGE = 600;

/** Azure answers so for some minutes after Zilliz has made its service visible (azurerm waits for it, too). */
const kinds: Partial<Record<FailureCode, FailureKind>> = { 'endpoint-service-not-visible': 'transient' };

interface Said {
  readonly code: FailureCode;
  readonly text: string;
}

/** The one place that says what an answer of Azure Resource Manager, or the lack of one, means. */
export function armFailure(refusal: ArmRefusal): ProvisioningError {
  const { doing, error, answer } = refusal;
  if (error instanceof ForeignOriginError) {
    return new ProvisioningError(foreignOriginFailure(doing, error, 'azure'));
  }
  const credential = credentialFailure(error);
  const said = credential ?? (answer ? saidByAnswer(answer, refusal) : responseInError(error, refusal));
  const asked = answer && retryAfterSeconds(answer.header, Date.now());
  const isInDoubt = !credential && (answer === undefined || answer.status >= 500);
  const wait = isInDoubt ? longest(asked, refusal.waitInDoubt) : asked;
  const requestId = answer?.header('x-ms-correlation-request-id') ?? answer?.header('x-ms-request-id');
  const source: FailureSource = credential ? 'identity' : 'azure';
  return new ProvisioningError({
    kind: kinds[said.code] ?? failureCatalog[said.code].kind,
    code: said.code,
    message: `${doing}: ${presentable(said.text)}`,
    source,
    ...(wait !== undefined && { retryAfterSeconds: wait }),
    ...(requestId !== undefined && { requestId }),
  });
}

function longest(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);
}

/** Whether ARM itself says that a thing is not there. A 404 without its code comes from something on the way. */
export function isAbsent(answer: ArmResponse): boolean {
  if (answer.status !== 404) return false;
  const entry = bodySchema.safeParse(answer.body);
  return entry.success && codeOf(entry.data.code) !== 'subscription-not-found';
}

function saidByAnswer({ status, body }: ArmResponse, { otherwise }: ArmRefusal): Said {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) return { code: codeOfStatus(status, otherwise), text: `HTTP ${status}` };
  const { code, details, additionalInfo } = parsed.data;
  const message = parsed.data.message ?? '';
  const reasons = (details ?? []).flatMap((detail) =>
    detail.code || detail.message ? [`${detail.code ?? ''} ${detail.message ?? ''}`.trim()] : [],
  );
  const denial = denialIn(message);
  const named = [denial?.text ?? message, ...policiesIn(additionalInfo ?? []), ...reasons];
  const text = `HTTP ${status}, ${code}: ${named.filter((part) => part !== '').join('; ')}`;
  const meaning = codeOfText(message) ?? codeOf(code) ?? codeOfStatus(status, otherwise);
  const isDenied = meaning === 'azure-permission-denied' && denial !== null;
  return { code: isDenied ? codeOfDenied(denial.action) : meaning, text };
}

function responseInError(error: unknown, { otherwise }: ArmRefusal): Said {
  if (!(error instanceof Error)) return { code: 'azure-unavailable', text: 'no answer' };
  const failed = FAILED_OPERATION.exec(error.message);
  if (failed) {
    const [, code = '', message = ''] = failed;
    return {
      code: codeOfText(message) ?? codeOf(code) ?? otherwise ?? 'azure-refused',
      text:
        code === ''
          ? 'the operation failed without a reason'
          : `${code}: ${denialIn(message)?.text ?? message}`,
    };
  }
  if (error.message === CANCELED_OPERATION) {
    return { code: 'azure-busy', text: 'Azure gave the operation up for another one' };
  }
  if (error.name === 'AbortError' || error.name === 'TimeoutError') {
    return { code: 'azure-unavailable', text: 'no answer within the time limit' };
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return { code: 'azure-unavailable', text: `no readable answer (${code})` };
}

/** The words of codes that end in AuthorizationFailed: each buries action and scope, in this order, and one a name. */
const lacks = (action: string, scope: string): string => `the identity lacks ${action} at ${scope}`;
const denials: readonly (readonly [RegExp, (action: string, scope: string, name: string) => string])[] = [
  [/perform action\(s\) '([^']+)' on the linked scope\(s\) '([^']+)'/, lacks],
  [
    /perform action '([^']+)' on the .* is blocked by deny assignments on the '\d+' linked scope\(s\) '([^']+)'/,
    (action, scope) => `a deny assignment refuses the identity ${action} at ${scope}`,
  ],
  [
    /perform action '([^']+)' on scope '([^']+)'; however, .* because of the deny assignment with name '(.+?)' and Id '/,
    (action, scope, name) => `the deny assignment ${name} refuses the identity ${action} at ${scope}`,
  ],
  [/perform action '([^']+)' over scope '([^']+)'/, lacks],
];

function denialIn(message: string): { readonly action: string; readonly text: string } | null {
  for (const [pattern, words] of denials) {
    const [found, action = '', scope = '', name = ''] = pattern.exec(message) ?? [];
    if (found !== undefined) return { action, text: words(action, scope, name) };
  }
  return null;
}

function policiesIn(infos: readonly { readonly type: string; readonly info?: unknown }[]): readonly string[] {
  return infos.flatMap(({ type, info }) => {
    const policy = policySchema.safeParse(info);
    if (type !== 'PolicyViolation' || !policy.success) return [];
    const { policyAssignmentDisplayName, policyDefinitionDisplayName, policyAssignmentId } = policy.data;
    const name = policyAssignmentDisplayName ?? policyDefinitionDisplayName ?? policyAssignmentId;
    return name === undefined ? [] : [`policy ${name}`];
  });
}

/** Azure signs its polling URLs by a query: no query goes into a text that is kept. */
function presentable(text: string): string {
  return text.replace(/(https?:\/\/[^\s?'"]+)\?[^\s'"]*/g, '$1').slice(0, LONGEST_MESSAGE);
}

/** Codes of ARM, Microsoft.Network and Private DNS that mean something of their own (reference: error catalogue). */
const codes: Readonly<Record<string, FailureCode>> = {
  AuthorizationFailed: 'azure-permission-denied',
  LinkedAuthorizationFailed: 'azure-permission-denied',
  DenyAssignmentAuthorizationFailed: 'azure-deny-assignment',
  InvalidAuthenticationToken: 'azure-credential',
  InvalidAuthenticationTokenTenant: 'azure-credential',
  ExpiredAuthenticationToken: 'azure-credential',
  AuthenticationFailed: 'azure-credential',
  RequestDisallowedByPolicy: 'azure-policy-denied',
  ScopeLocked: 'azure-locked',
  SubscriptionNotFound: 'subscription-not-found',
  InvalidSubscriptionId: 'subscription-not-found',
  DisabledSubscription: 'subscription-not-found',
  ReadOnlyDisabledSubscription: 'subscription-not-found',
  MissingSubscriptionRegistration: 'provider-not-registered',
  SubscriptionNotRegistered: 'provider-not-registered',
  NoRegisteredProviderFound: 'provider-not-registered',
  InvalidResourceNamespace: 'provider-not-registered',
  ResourceGroupNotFound: 'resource-group-not-found',
  SubnetIsFull: 'subnet-full',
  PrivateEndpointCreationNotAllowedAsSubnetIsDelegated: 'subnet-delegated',
  PrivateEndpointAlreadyExists: 'endpoint-name-not-released',
  InvalidPrivateLinkServiceId: 'endpoint-service-not-visible',
  PreconditionFailed: 'precondition-failed',
  // One write at a time: of the resource itself, of its network, or of what lies in it.
  RetryableError: 'azure-busy',
  RetryableErrorDueToAnotherOperation: 'azure-busy',
  AnotherOperationInProgress: 'azure-busy',
  ReferencedResourceNotProvisioned: 'azure-busy',
  ConflictError: 'azure-busy',
  Conflict: 'azure-busy',
  CanceledAndSupersededDueToAnotherOperation: 'azure-busy',
  StorageAccountOperationInProgress: 'azure-busy',
  CannotDeleteResource: 'azure-busy',
  // What was written a moment ago is not yet known everywhere in ARM.
  ParentResourceNotFound: 'azure-busy',
  TooManyRequests: 'azure-throttled',
  SubscriptionRequestsThrottled: 'azure-throttled',
  ResourceRequestsThrottled: 'azure-throttled',
  InternalServerError: 'azure-unavailable',
  ServiceUnavailable: 'azure-unavailable',
  GatewayTimeout: 'azure-unavailable',
};

const byLowerCase = new Map(Object.entries(codes).map(([code, meaning]) => [code.toLowerCase(), meaning]));

/** What Azure says only in words, under codes as plain as `Conflict` and `BadRequest` or of several meanings. */
const texts: readonly (readonly [RegExp, FailureCode])[] = [
  [/blocked by deny assignments/i, 'azure-deny-assignment'],
  [/overlapping namespaces/i, 'overlapping-zone'],
  [/auto-registration enabled; conflicting/i, 'link-conflict'],
  [/can only be linked to \d+ private dns zone/i, 'link-conflict'],
  [/virtual network .*already linked/i, 'link-conflict'],
  [/\/subnets\/.* was not found.*same region/is, 'subnet-not-found'],
];

function codeOf(code: string): FailureCode | undefined {
  return byLowerCase.get(code.toLowerCase());
}

function codeOfText(message: string): FailureCode | undefined {
  return texts.find(([pattern]) => pattern.test(message))?.[1];
}

/** The meaning of a status whose code says nothing to us. */
function codeOfStatus(status: number, otherwise: FailureCode = 'azure-refused'): FailureCode {
  if (status === 401) return 'azure-credential';
  if (status === 403) return 'azure-permission-denied';
  if (status === 412) return 'precondition-failed';
  if (status === 429) return 'azure-throttled';
  // A success that cannot be read, and a 404 without ARM's own words, come from something on the way.
  if (status < 400 || status === 404 || status === 408 || status >= 500) return 'azure-unavailable';
  return otherwise;
}
