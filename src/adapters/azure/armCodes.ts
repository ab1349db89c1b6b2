import type { FailureCode } from '../../domain/failureCatalog.ts';

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

export function codeOf(code: string): FailureCode | undefined {
  return byLowerCase.get(code.toLowerCase());
}

export function codeOfText(message: string): FailureCode | undefined {
  return texts.find(([pattern]) => pattern.test(message))?.[1];
}

/** The meaning of a status whose code says nothing to us. */
export function codeOfStatus(status: number, otherwise: FailureCode = 'azure-refused'): FailureCode {
  if (status === 401) return 'azure-credential';
  if (status === 403) return 'azure-permission-denied';
  if (status === 412) return 'precondition-failed';
  if (status === 429) return 'azure-throttled';
  // A success that cannot be read, and a 404 without ARM's own words, come from something on the way.
  if (status < 400 || status === 404 || status === 408 || status >= 500) return 'azure-unavailable';
  return otherwise;
}
