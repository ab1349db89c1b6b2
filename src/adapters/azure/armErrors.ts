import * as z from 'zod';
import type { FailureCode } from '../../domain/failure/catalog.ts';
import { failureCatalog } from '../../domain/failure/catalog.ts';
import type { FailureKind, FailureSource } from '../../domain/failure/failure.ts';
import { ProvisioningError } from '../../domain/failure/failure.ts';
import { codeOfDenied } from '../../domain/plan/permissions.ts';
import { presentable, searchable, withoutValues } from '../foreignText.ts';
import {
  ForeignOriginError,
  foreignOriginFailure,
  isIntercepted,
  lastingFault,
  plainId,
  retryAfterSeconds,
  UnusableAnswerError,
} from '../http.ts';
import type { Denial } from './armDenials.ts';
import { cureOf, denialIn } from './armDenials.ts';
import { credentialFailure } from './credential.ts';

/** A response of ARM with an error status, as received: the errors of the SDKs lack the details. */
export interface ArmResponse {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly body: unknown;
  /** Path of the request, if it is known. */
  readonly path?: string;
}

export interface ArmRefusal {
  /** What was being done, in the present participle: "creating private endpoint x in rg". */
  readonly doing: string;
  /** The error of the SDK; undefined when the response has the whole reason. */
  readonly error?: unknown;
  readonly response?: ArmResponse | undefined;
  /** The values of the requests of the call. */
  readonly values?: Iterable<string>;
  /** Code of a refusal whose ARM code is unknown. */
  readonly otherwise?: FailureCode | undefined;
  /** The least seconds to wait where it is unknown whether ARM has done the write. */
  readonly waitInDoubt?: number | undefined;
}

/** One entry of ARM's error format; Private DNS returns it without the `error` wrapper. */
const entrySchema = z.object({
  code: z.string(),
  message: z.string().transform(searchable).nullish(),
  details: z.array(z.object({ code: z.string().nullish(), message: z.string().nullish() })).nullish(),
  additionalInfo: z.array(z.object({ type: z.string(), info: z.unknown() })).nullish(),
});
const bodySchema = z.union([z.object({ error: entrySchema }).transform(({ error }) => error), entrySchema]);

const policySchema = z.object({
  policyAssignmentDisplayName: z.string().optional(),
  policyDefinitionDisplayName: z.string().optional(),
  policyAssignmentId: z.string().optional(),
});

/** The error of core-lro for a failed asynchronous operation: only its text has the code. */
const FAILED_OPERATION = /^The long-running operation has failed(?:\. ([^. ]+)\. ([^]*))?/;
const CANCELED_OPERATION = 'Operation was canceled';
const LONGEST_MESSAGE = 600;

/** Azure returns this for some minutes after Zilliz has made its service visible (azurerm waits for it, too). */
const kinds: Partial<Record<FailureCode, FailureKind>> = { 'endpoint-service-not-visible': 'transient' };

interface Reason {
  readonly code: FailureCode;
  readonly text: string;
  readonly cure?: string;
}

/** Classifies a response of Azure Resource Manager, or the lack of one; no other code does. */
export function armFailure(refusal: ArmRefusal): ProvisioningError {
  const { doing, error, response } = refusal;
  if (error instanceof ForeignOriginError) {
    return new ProvisioningError(foreignOriginFailure(doing, error, 'azure'));
  }
  const credential = credentialFailure(error);
  const reason: Reason =
    credential ?? (response ? reasonIn(response, refusal) : reasonOfError(error, refusal));
  const source: FailureSource = credential ? 'identity' : 'azure';
  return new ProvisioningError({
    kind: kinds[reason.code] ?? failureCatalog[reason.code].kind,
    code: reason.code,
    message: `${doing}: ${presentable(reason.text, LONGEST_MESSAGE)}`,
    source,
    ...(reason.cure !== undefined && { cure: reason.cure }),
    ...waitOf(refusal, credential === null),
    ...requestIdOf(response),
  });
}

/** The time that ARM requires to wait, and a longer one where it is in doubt whether a write has been done. */
function waitOf(
  { response, waitInDoubt }: ArmRefusal,
  mayBeSent: boolean,
): { readonly retryAfterSeconds?: number } {
  const required = response && retryAfterSeconds(response.header, Date.now());
  const isInDoubt = mayBeSent && (response === undefined || response.status >= 500);
  const wait = isInDoubt ? longest(required, waitInDoubt) : required;
  return wait === undefined ? {} : { retryAfterSeconds: wait };
}

function requestIdOf(response: ArmResponse | undefined): { readonly requestId?: string } {
  const requestId = plainId(
    response?.header('x-ms-correlation-request-id') ?? response?.header('x-ms-request-id'),
  );
  return requestId === undefined ? {} : { requestId };
}

function longest(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);
}

/** Whether ARM itself reports that a resource does not exist. A 404 without ARM's code comes from a proxy or gateway. */
export function isAbsent(response: ArmResponse): boolean {
  if (response.status !== 404) return false;
  const entry = bodySchema.safeParse(response.body);
  return entry.success && codeOf(entry.data.code) !== 'subscription-not-found';
}

function reasonIn(response: ArmResponse, refusal: ArmRefusal): Reason {
  const { otherwise } = refusal;
  const { status, body } = response;
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) return reasonOfForm(status, body, otherwise);
  const { code, details, additionalInfo } = parsed.data;
  const message = parsed.data.message ?? '';
  const reasons = (details ?? []).flatMap((detail) =>
    detail.code || detail.message ? [`${detail.code ?? ''} ${detail.message ?? ''}`.trim()] : [],
  );
  const denial = denialIn(message);
  const policies = policiesIn(additionalInfo ?? []);
  const named = [denial?.text ?? withoutIdentifiers(message, policies), ...policies, ...reasons];
  const text = `HTTP ${status}, ${code}: ${named.filter((part) => part !== '').join('; ')}`;
  const meaning =
    codeOfText(message, refusal) ?? codeOf(code, meant(message, refusal)) ?? codeOfStatus(status, otherwise);
  return { code: precise(meaning, response, denial), text, ...cureOf(meaning, message, response.path) };
}

/** Refusals of private DNS have codes of their own, since their remedies differ. `denied`: the action that a role lacks. */
function precise(code: FailureCode, { path = '' }: ArmResponse, denied: Denial | null): FailureCode {
  if (code === 'azure-policy-denied') return /\/privateDnsZones\//i.test(path) ? 'dns-policy-denied' : code;
  return code === 'azure-permission-denied' && denied !== null ? codeOfDenied(denied.action) : code;
}

/** The response has no code of ARM. */
function reasonOfForm(status: number, body: unknown, otherwise?: FailureCode): Reason {
  if (isIntercepted(status, body)) {
    return { code: 'intercepted', text: `HTTP ${status}, not in the form of Azure` };
  }
  return { code: codeOfStatus(status, otherwise), text: `HTTP ${status}` };
}

/** An SDK throws an error without a response when an operation fails, when it is aborted, and on the network. */
function reasonOfError(error: unknown, refusal: ArmRefusal): Reason {
  if (!(error instanceof Error)) return { code: 'azure-unavailable', text: 'no answer' };
  const failed = FAILED_OPERATION.exec(error.message);
  if (failed) return reasonOfOperation(failed, refusal);
  if (error.message === CANCELED_OPERATION) {
    return { code: 'azure-busy', text: 'Azure gave the operation up for another one' };
  }
  const lasting = lastingFault(error);
  if (lasting) return lasting;
  if (error instanceof UnusableAnswerError) return { code: 'azure-unavailable', text: error.message };
  if (error.name === 'AbortError' || error.name === 'TimeoutError') {
    return { code: 'azure-unavailable', text: 'no answer within the time limit' };
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return { code: 'azure-unavailable', text: `no readable answer (${code})` };
}

function reasonOfOperation([, code = '', whole = '']: readonly string[], refusal: ArmRefusal): Reason {
  const message = searchable(whole);
  const { otherwise = 'azure-refused' } = refusal;
  return {
    code: codeOfText(message, refusal) ?? codeOf(code, meant(message, refusal)) ?? otherwise,
    text:
      code === ''
        ? 'the operation failed without a reason'
        : `${code}: ${denialIn(message)?.text ?? message}`,
  };
}

/** The message lists the policies as JSON; the assignment's ID says which it is. */
function withoutIdentifiers(message: string, policies: readonly string[]): string {
  const [identifiers] = / Policy identifiers: '.*'/s.exec(message) ?? [];
  if (identifiers === undefined) return message;
  const assignment = /"policyAssignment":\{[^}]*"id":"([^"]+)"/.exec(identifiers)?.[1];
  const named =
    assignment === undefined || policies.some((policy) => policy.includes(assignment))
      ? ''
      : ` Assignment: ${assignment}`;
  return message.replace(identifiers, '').replace(/\.*$/, `.${named}`);
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

/** Codes of ARM, Microsoft.Network and Private DNS with a meaning of their own (reference: error catalogue). */
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
  TooManyTags: 'tags-refused',
  InvalidTagName: 'tags-refused',
  InvalidTagValueLength: 'tags-refused',
  SubscriptionNotFound: 'subscription-not-found',
  InvalidSubscriptionId: 'subscription-not-found',
  DisabledSubscription: 'subscription-disabled',
  ReadOnlyDisabledSubscription: 'subscription-disabled',
  MissingSubscriptionRegistration: 'provider-not-registered',
  SubscriptionNotRegistered: 'provider-not-registered',
  NoRegisteredProviderFound: 'provider-not-registered',
  InvalidResourceNamespace: 'provider-not-registered',
  ResourceGroupNotFound: 'resource-group-not-found',
  ResourceGroupBeingDeleted: 'resource-group-being-deleted',
  RequestDisallowedByAzure: 'azure-refused',
  PrivateEndpointCannotBeCreatedInSubnetThatHasNetworkPoliciesEnabled: 'subnet-policies',
  SubscriptionDisabled: 'subscription-disabled',
  SubnetIsFull: 'subnet-full',
  PrivateIPAddressNotInSubnet: 'address-not-usable',
  PrivateIPAddressNotInAnySubnet: 'address-not-usable',
  PrivateIPAddressInReservedRange: 'address-not-usable',
  PrivateIPAddressIsAllocated: 'address-not-usable',
  PrivateIPAddressInUse: 'address-not-usable',
  PrivateEndpointCreationNotAllowedAsSubnetIsDelegated: 'subnet-delegated',
  PrivateEndpointAlreadyExists: 'endpoint-name-not-released',
  InvalidPrivateLinkServiceId: 'endpoint-service-not-visible',
  PreconditionFailed: 'precondition-failed',
  // Another write is in progress: on the resource itself, on its network, or on a child resource.
  RetryableError: 'azure-busy',
  RetryableErrorDueToAnotherOperation: 'azure-busy',
  AnotherOperationInProgress: 'azure-busy',
  ReferencedResourceNotProvisioned: 'azure-busy',
  ConflictError: 'azure-busy',
  CanceledAndSupersededDueToAnotherOperation: 'azure-busy',
  StorageAccountOperationInProgress: 'azure-busy',
  CannotDeleteResource: 'azure-busy',
  // A resource that was just written is not yet known everywhere in ARM.
  ParentResourceNotFound: 'azure-busy',
  TooManyRequests: 'azure-throttled',
  SubscriptionRequestsThrottled: 'azure-throttled',
  ResourceRequestsThrottled: 'azure-throttled',
  InternalServerError: 'azure-unavailable',
  ServiceUnavailable: 'azure-unavailable',
  GatewayTimeout: 'azure-unavailable',
};

const LIMIT = /Quota(Exceeded|Reached)|Limit(Exceeded|Reached)|^TooMany(?!Requests)/i;
/** `Conflict` is transient only where its words say that another write is under way. */
const UNDER_WAY =
  /another operation|in progress|is being (?:created|updated|modified|processed)|concurrent|(?:try|retry) (?:again|later|the)|please retry/i;

const byLowerCase = new Map(Object.entries(codes).map(([code, meaning]) => [code.toLowerCase(), meaning]));

/** Failures that only the message shows, under general codes such as `Conflict` and `BadRequest`. */
const texts: readonly (readonly [RegExp, FailureCode])[] = [
  [/blocked by deny assignments/i, 'azure-deny-assignment'],
  [/resource group [^;]* (?:is being deleted|is in deprovisioning state)/i, 'resource-group-being-deleted'],
  [/overlapping namespaces/i, 'overlapping-zone'],
  [/\bCNAME\b/, 'record-conflict'],
  [/auto-registration enabled; conflicting/i, 'link-conflict'],
  [/can only be linked to \d+ private dns zone/i, 'link-conflict'],
  [/already linked/i, 'link-conflict'],
  [/record with the same name already exists in this zone/i, 'record-conflict'],
];

function codeOf(code: string, message = ''): FailureCode | undefined {
  const known = byLowerCase.get(code.toLowerCase());
  if (known !== undefined) return known;
  if (/^conflict$/i.test(code) && UNDER_WAY.test(message)) return 'azure-busy';
  return LIMIT.test(code) ? 'azure-limit' : undefined;
}

/** Names chosen by users are removed first. */
const meant = (message: string, { values = [] }: ArmRefusal): string => withoutValues(message, values);

function codeOfText(message: string, refusal: ArmRefusal): FailureCode | undefined {
  const text = meant(message, refusal);
  const meaning = texts.find(([pattern]) => pattern.test(text))?.[1];
  return meaning ?? (isMissingSubnet(text.toLowerCase()) ? 'subnet-not-found' : undefined);
}

/** "Resource …/subnets/x referenced by … was not found. … both resources are in the same region." */
function isMissingSubnet(text: string): boolean {
  const subnet = text.indexOf('/subnets/');
  const missing = text.indexOf(' was not found', subnet);
  return subnet >= 0 && missing >= 0 && text.includes('same region', missing);
}

/** The meaning of a status whose ARM code is unknown. */
function codeOfStatus(status: number, otherwise: FailureCode = 'azure-refused'): FailureCode {
  if (status === 401) return 'azure-credential';
  if (status === 403) return 'azure-permission-denied';
  if (status === 412) return 'precondition-failed';
  if (status === 429) return 'azure-throttled';
  // A success that cannot be read, and a 404 without ARM's own code, come from a proxy or gateway on the way.
  if (status < 400 || status === 404 || status === 408 || status >= 500) return 'azure-unavailable';
  return otherwise;
}
