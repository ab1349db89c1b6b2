import { z } from 'zod';
import { armFailure } from '../../../src/adapters/azure/armErrors.ts';
import type { ArmResponse } from '../../../src/adapters/azure/armErrors.ts';
import { recorded } from './armServer.ts';

const doing = 'creating private endpoint pe-1 in rg-1';
const scope = '/subscriptions/s/resourceGroups/rg-1';

function answer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): ArmResponse {
  return { status, body, header: (name) => headers[name] };
}

function failureOf(status: number, code: string, message = 'some words', more: object = {}) {
  return armFailure({ doing, response: answer(status, { error: { code, message, ...more } }) }).failure;
}

describe('a refusal of Azure Resource Manager', () => {
  it.each([
    [403, 'AuthorizationFailed', 'azure-permission-denied', 'permission'],
    [403, 'LinkedAuthorizationFailed', 'azure-permission-denied', 'permission'],
    [401, 'InvalidAuthenticationTokenTenant', 'azure-credential', 'permission'],
    [401, 'ExpiredAuthenticationToken', 'azure-credential', 'permission'],
    [403, 'RequestDisallowedByAzure', 'azure-refused', 'rejected'],
    [409, 'ResourceGroupBeingDeleted', 'resource-group-being-deleted', 'conflict'],
    [400, 'QuotaExceeded', 'azure-limit', 'rejected'],
    [400, 'PrivateEndpointsPerVnetLimitReached', 'azure-limit', 'rejected'],
    [
      400,
      'PrivateEndpointCannotBeCreatedInSubnetThatHasNetworkPoliciesEnabled',
      'subnet-policies',
      'rejected',
    ],
    [409, 'Conflict', 'azure-refused', 'rejected'],
    [403, 'RequestDisallowedByPolicy', 'azure-policy-denied', 'rejected'],
    [409, 'ScopeLocked', 'azure-locked', 'rejected'],
    [404, 'SubscriptionNotFound', 'subscription-not-found', 'rejected'],
    [409, 'ReadOnlyDisabledSubscription', 'subscription-disabled', 'rejected'],
    [409, 'MissingSubscriptionRegistration', 'provider-not-registered', 'rejected'],
    [400, 'NoRegisteredProviderFound', 'provider-not-registered', 'rejected'],
    [404, 'ResourceGroupNotFound', 'resource-group-not-found', 'rejected'],
    [400, 'SubnetIsFull', 'subnet-full', 'rejected'],
    [400, 'PrivateEndpointCreationNotAllowedAsSubnetIsDelegated', 'subnet-delegated', 'rejected'],
    [409, 'PrivateEndpointAlreadyExists', 'endpoint-name-not-released', 'transient'],
    [400, 'InvalidPrivateLinkServiceId', 'endpoint-service-not-visible', 'transient'],
    [412, 'PreconditionFailed', 'precondition-failed', 'transient'],
    [429, 'RetryableError', 'azure-busy', 'transient'],
    [429, 'RetryableErrorDueToAnotherOperation', 'azure-busy', 'transient'],
    [409, 'AnotherOperationInProgress', 'azure-busy', 'transient'],
    [409, 'CannotDeleteResource', 'azure-busy', 'transient'],
    [404, 'ParentResourceNotFound', 'azure-busy', 'transient'],
    [429, 'TooManyRequests', 'azure-throttled', 'transient'],
    [429, 'OperationNotAllowed', 'azure-throttled', 'transient'],
    [500, 'InternalServerError', 'azure-unavailable', 'transient'],
    [503, 'SomethingNew', 'azure-unavailable', 'transient'],
    [400, 'SomethingNew', 'azure-refused', 'rejected'],
  ])('%i %s is %s, which is %s', (status, code, expected, kind) => {
    expect(failureOf(status, code)).toMatchObject({ code: expected, kind, source: 'azure' });
  });

  it('is reported with the operation, the status, the code and the message', () => {
    expect(failureOf(400, 'SomethingNew', 'The widget is too blue.').message).toBe(
      'creating private endpoint pe-1 in rg-1: HTTP 400, SomethingNew: The widget is too blue.',
    );
  });

  it('names the action and the scope that the identity lacks', () => {
    const text = `The client 'x' with object id 'x' does not have authorization to perform action 'Microsoft.Network/privateEndpoints/write' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`;

    expect(failureOf(403, 'AuthorizationFailed', text).message).toBe(
      `${doing}: HTTP 403, AuthorizationFailed: the identity lacks Microsoft.Network/privateEndpoints/write at ${scope}`,
    );
  });

  it.each([
    ['Microsoft.Network/privateDnsZones/A/write', 'zone-not-writable'],
    ['Microsoft.Network/privateDnsZones/virtualNetworkLinks/write', 'zone-not-writable'],
    ['Microsoft.Network/privateDnsZones/write', 'zone-not-writable'],
    ['Microsoft.Network/privateDnsZones/A/delete', 'azure-permission-denied'],
    ['Microsoft.Network/privateDnsZones/read', 'azure-permission-denied'],
  ])('without the right to %s is %s', (action, code) => {
    const text = `The client 'x' with object id 'x' does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid.`;

    expect(failureOf(403, 'AuthorizationFailed', text).code).toBe(code);
  });

  it('names the linked action and scope, not the one that is granted', () => {
    const text = `The client 'x' with object id 'x' has permission to perform action 'Microsoft.Network/privateEndpoints/write' on scope '${scope}'; however, it does not have permission to perform action(s) 'Microsoft.Network/virtualNetworks/subnets/join/action' on the linked scope(s) '${scope}/subnet' (respectively) or the linked scope(s) are invalid.`;

    const { message } = failureOf(403, 'LinkedAuthorizationFailed', text);

    expect(message).toContain(
      `the identity lacks Microsoft.Network/virtualNetworks/subnets/join/action at ${scope}/subnet`,
    );
    expect(message).not.toContain('privateEndpoints/write');
  });

  it('names the deny assignment that outweighs the roles', () => {
    const text = `The client 'x' with object id 'x' has permission to perform action 'Microsoft.Network/privateEndpoints/write' on scope '${scope}'; however, the access is denied because of the deny assignment with name 'Deny assignment created by Deployment Stack 'stack-1'.' and Id '00f1' at scope '/subscriptions/s'.`;

    expect(failureOf(403, 'DenyAssignmentAuthorizationFailed', text)).toMatchObject({
      code: 'azure-deny-assignment',
      kind: 'permission',
      message: expect.stringContaining(
        `Deployment Stack 'stack-1'. refuses the identity Microsoft.Network/privateEndpoints/write at ${scope}`,
      ) as string,
    });
  });

  it('distinguishes a deny assignment on a linked resource from a missing role', () => {
    const text = `The client 'x' with object id 'x' has permission to perform action 'Microsoft.Network/privateEndpoints/write' on scope '${scope}'; however, it does not have permission to perform action 'Microsoft.Network/virtualNetworks/subnets/join/action' on the '0' linked scope(s) '' or the linked scope(s) are invalid and is blocked by deny assignments on the '1' linked scope(s) '${scope}/subnet'.`;

    expect(failureOf(403, 'LinkedAuthorizationFailed', text)).toMatchObject({
      code: 'azure-deny-assignment',
      message: expect.stringContaining(
        `refuses the identity Microsoft.Network/virtualNetworks/subnets/join/action at ${scope}/subnet`,
      ) as string,
    });
  });

  it('names the policy that forbids it', () => {
    const additionalInfo = [
      { type: 'PolicyViolation', info: { policyAssignmentDisplayName: 'Only in West Europe' } },
    ];

    const { message } = failureOf(403, 'RequestDisallowedByPolicy', 'Disallowed.', { additionalInfo });

    expect(message).toContain('policy Only in West Europe');
  });

  it('gives the reason from the details', () => {
    const details = [{ code: 'ReferencedResourceNotProvisioned', message: 'subnet-1 is Updating' }];

    const failure = failureOf(429, 'RetryableError', 'A retryable error occurred.', { details });

    expect(failure.message).toContain('ReferencedResourceNotProvisioned subnet-1 is Updating');
  });

  it.each([
    [
      'A virtual network can only be linked to 1 Private DNS zone(s) with auto-registration enabled; conflicting Private DNS zone is X',
      'Conflict',
      'link-conflict',
    ],
    [
      "A record set of the type A cannot be created, because a CNAME record set 'x' exists.",
      'Conflict',
      'record-conflict',
    ],
    ['Another operation on this or a dependent resource is in progress.', 'Conflict', 'azure-busy'],
    [
      "The resource group 'rg' is in deprovisioning state and cannot perform this operation.",
      'Conflict',
      'resource-group-being-deleted',
    ],
    [
      "A virtual network cannot be linked to multiple zones with overlapping namespaces. You tried to link virtual network with 'z' and 'z' zones.",
      'BadRequest',
      'overlapping-zone',
    ],
    [
      'Resource /subscriptions/s/resourceGroups/r/providers/Microsoft.Network/virtualNetworks/v/subnets/x referenced by resource /y was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.',
      'InvalidResourceReference',
      'subnet-not-found',
    ],
  ])('is understood by its words where the code says nothing: %s', (message, code, expected) => {
    expect(failureOf(400, code, message).code).toBe(expected);
  });

  it('says how long to wait, and the ID for the support of Azure', () => {
    const headers = { 'retry-after': '17', 'x-ms-request-id': 'r-1', 'x-ms-correlation-request-id': 'c-1' };

    const { failure } = armFailure({
      doing,
      response: answer(429, { error: { code: 'TooManyRequests' } }, headers),
    });

    expect(failure).toMatchObject({ retryAfterSeconds: 17, requestId: 'c-1' });
  });

  it('is read without the wrapper, as Private DNS was recorded to send it', () => {
    const { status, body } = recorded('record-set-precondition', 'PUT', '/A/', 412);

    const { failure } = armFailure({ doing, response: answer(status, body) });

    expect(failure.code).toBe('precondition-failed');
    expect(failure.message).toContain('exists already and hence cannot be created again');
  });

  it('keeps no signed URL', () => {
    const { message } = failureOf(
      400,
      'SomethingNew',
      'See https://host.example/path?t=1&c=signature-text for more.',
    );

    expect(message).toContain('https://host.example/path for more.');
    expect(message).not.toContain('signature-text');
  });

  it.each([[404], [502], [200]])(
    'without words of ARM, as %i of something on the way, is no verdict',
    (status) => {
      expect(armFailure({ doing, response: answer(status, '<html>') }).failure.code).toBe(
        'azure-unavailable',
      );
    },
  );
});

describe('an asynchronous failure, which the SDK throws as mere text', () => {
  const text = 'The long-running operation has failed';

  it.each([
    [
      `${text}. PreconditionFailed. The Zone z exists already and hence cannot be created again.`,
      'precondition-failed',
    ],
    [`${text}. InvalidPrivateLinkServiceId. The alias is not known.`, 'endpoint-service-not-visible'],
    [`${text}. RetryableError. A retryable error occurred.`, 'azure-busy'],
    [
      `${text}. Conflict. A virtual network can only be linked to 1 Private DNS zone(s) with x`,
      'link-conflict',
    ],
    ['Operation was canceled', 'azure-busy'],
    [`${text}. SomethingNew. Who knows.`, 'zone-failed'],
    [text, 'zone-failed'],
  ])('%s', (message, code) => {
    const error = new Error(message);

    expect(armFailure({ doing, error, otherwise: 'zone-failed' }).failure.code).toBe(code);
  });

  it('gives code and reason', () => {
    const error = new Error(`${text}. SomethingNew. Line one.\nLine two.`);

    expect(armFailure({ doing, error }).failure.message).toBe(
      'creating private endpoint pe-1 in rg-1: SomethingNew: Line one. Line two.',
    );
  });
});

describe('no answer at all', () => {
  it.each([
    ['a resolver that is busy', Object.assign(new Error('x'), { code: 'EAI_AGAIN' }), 'EAI_AGAIN'],
    ['a connection cut off', Object.assign(new Error('x'), { code: 'ECONNRESET' }), 'ECONNRESET'],
    ['a time limit', Object.assign(new Error('x'), { name: 'AbortError' }), 'time limit'],
    ['an answer of another shape', z.object({ id: z.string() }).safeParse({}).error, 'ZodError'],
    ['something that is no error', 'text', 'no answer'],
  ])('%s is worth another try', (_, error, told) => {
    const { failure } = armFailure({ doing, error });

    expect(failure).toMatchObject({ kind: 'transient', code: 'azure-unavailable' });
    expect(failure.message).toContain(told);
  });
});
