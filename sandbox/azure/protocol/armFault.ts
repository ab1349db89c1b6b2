import type { Reply } from '../../kernel/operation.ts';
import type { ArmError } from '../state/longRunningSchema.ts';

/** A refusal, thrown where it is found and turned into a response in one place (armOperation.ts). */
export class ArmFault extends Error {
  readonly reply: Reply;

  constructor(reply: Reply, message: string) {
    super(message);
    this.name = 'ArmFault';
    this.reply = reply;
  }
}

/** ARM's envelope: the error is under `error`. `gateway` marks what ARM says itself, before any resource provider. */
export function armFault(
  status: number,
  error: ArmError,
  options: { gateway?: boolean; headers?: Readonly<Record<string, string>> } = {},
): ArmFault {
  const headers = { ...(options.gateway && { 'x-ms-failure-cause': 'gateway' }), ...options.headers };
  return new ArmFault({ status, headers, body: { error } }, error.message);
}

/** Private DNS's envelope: `code` and `message` without a wrapper (recorded for 412). */
export function flatFault(status: number, code: string, message: string): ArmFault {
  return new ArmFault({ status, body: { code, message } }, message);
}

export function badRequest(code: string, message: string): ArmFault {
  return armFault(400, { code, message, details: [] });
}

/** As recorded for a missing zone. `type` is the full type, `name` all its names. */
export function resourceNotFound(typeAndName: string, resourceGroup: string): ArmFault {
  return armFault(
    404,
    {
      code: 'ResourceNotFound',
      message: `The Resource '${typeAndName}' under resource group '${resourceGroup}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
    },
    { gateway: true },
  );
}

export function parentNotFound(verb: 'write' | 'read' | 'delete', type: string, parentId: string): ArmFault {
  return armFault(
    404,
    {
      code: 'ParentResourceNotFound',
      message: `Failed to perform '${verb}' on resource(s) of type '${type}', because the parent resource '${parentId}' could not be found.`,
    },
    { gateway: true },
  );
}

export function subscriptionNotFound(subscriptionId: string): ArmFault {
  return armFault(
    404,
    { code: 'SubscriptionNotFound', message: `The subscription '${subscriptionId}' could not be found.` },
    { gateway: true },
  );
}

export function resourceGroupNotFound(name: string): ArmFault {
  return armFault(
    404,
    { code: 'ResourceGroupNotFound', message: `Resource group '${name}' could not be found.` },
    { gateway: true },
  );
}

/**
 * Network's answer when a write meets another one that is still under way, on the resource itself or on one that it needs.
 * It comes without Retry-After (azurerm issue 17011).
 */
export function notProvisioned(resourceId: string, operation: string): ArmFault {
  const message = `Cannot proceed with operation because resource ${resourceId} is not in Succeeded state. Resource is in Updating state and the last operation that updated/is updating the resource is ${operation}.`;
  return armFault(429, {
    code: 'RetryableError',
    message: 'A retryable error occurred.',
    details: [{ code: 'ReferencedResourceNotProvisioned', message }],
  });
}
