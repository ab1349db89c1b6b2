import type { Call, Operation, Reply } from '../../kernel/operation.ts';
import type { OperationName } from '../access/actions.ts';
import { actionFor, scopeOf } from '../access/demand.ts';
import { refuseLocked } from '../access/locks.ts';
import { authorize } from '../access/permissions.ts';
import type { Principal } from '../access/permissions.ts';
import { refuseByPolicy } from '../access/policies.ts';
import { isOpenList } from '../access/visible.ts';
import { keyOf, resourceGroupIdOf, sameId, segmentAfter, typeOf } from '../resourceId.ts';
import type { Throttle } from '../access/throttle.ts';
import type { World } from '../state/world.ts';
import { ArmFault, armFault, resourceGroupNotFound, subscriptionNotFound } from './armFault.ts';

/** A call whose sender is known and allowed to make it. */
export interface ArmCall extends Call {
  readonly principal: Principal;
  readonly apiVersion: string;
  /** The ID that the path means, as written: a resource, or for a list the scope that it reads. */
  readonly scope: string;
  /** `https://host:port` as the caller reached it; URLs in responses begin with it. */
  readonly origin: string;
}

export interface ArmOperation {
  readonly name: OperationName;
  readonly method: string;
  readonly path: string;
  handle(call: ArmCall): Reply;
}

export type PrincipalReader = (headers: Readonly<Record<string, string>>) => Principal | undefined;

const verbs: Readonly<Record<string, 'write' | 'delete'>> = {
  PUT: 'write',
  PATCH: 'write',
  DELETE: 'delete',
};

/**
 * Makes an operation of the kernel of one of ours: brings the state to the present, then asks what ARM asks before any
 * resource provider does, in its order: subscription, role, lock, policy, resource group, registration.
 */
export function served(
  world: World,
  options: { readonly principalOf: PrincipalReader; readonly throttle: Throttle; readonly secure: boolean },
): (operation: ArmOperation) => Operation {
  const { principalOf, throttle, secure } = options;
  return (operation) => ({
    name: operation.name,
    method: operation.method,
    path: operation.path,
    write: operation.method in verbs,
    handle(call) {
      world.settle();
      const scope = scopeOf(call.path);
      const armCall: ArmCall = {
        ...call,
        principal: principalOf(call.headers) ?? { objectId: 'anonymous' },
        apiVersion: call.query['api-version'] ?? '',
        scope,
        origin: `${secure ? 'https' : 'http'}://${call.headers.host ?? 'localhost'}`,
      };
      const withBudgets = (reply: Reply): Reply => ({
        ...reply,
        headers: { ...throttle.headers(call, armCall.principal), ...reply.headers },
      });
      try {
        admit(world, operation, armCall);
        return withBudgets(operation.handle(armCall));
      } catch (error) {
        if (!(error instanceof ArmFault)) throw error;
        const { reply } = error;
        // What ARM refuses by itself says nothing of the provider's budget (recorded).
        if (reply.headers?.['x-ms-failure-cause'] === 'gateway') return reply;
        return withBudgets(reply);
      }
    },
  });
}

function admit(world: World, operation: ArmOperation, call: ArmCall): void {
  const verb = verbs[operation.method];
  const subscriptionId = segmentAfter(call.scope, 'subscriptions');
  if (subscriptionId !== undefined) admitSubscription(world, subscriptionId, operation.method);
  const action = actionFor(operation.name, call.path);
  const isOpen = action === null || isOpenList(world, operation.name, call);
  if (!isOpen) authorize(world, call.principal, action, call.scope);
  const isLock = operation.name.startsWith('locks.');
  if (verb && !isLock) refuseLocked(world, verb, call.scope);
  if (operation.method === 'PUT' && !isLock && operation.name !== 'tags.put') {
    refuseByPolicy(world, call.scope, call.body);
  }
  const resourceGroup = segmentAfter(call.scope, 'resourceGroups');
  const isGroupItself = operation.name.startsWith('resourceGroups.');
  if (resourceGroup !== undefined && !isGroupItself) {
    if (!world.state.resourceGroups[keyOf(resourceGroupIdOf(call.scope))]) {
      throw resourceGroupNotFound(resourceGroup);
    }
  }
  if (verb === 'write' && subscriptionId !== undefined) {
    refuseUnregistered(world, subscriptionId, typeOf(call.scope)?.split('/')[0]);
  }
}

/** As documented, a subscription that is disabled or warned can be read, and what is in it deleted. Past due, it takes all. */
function admitSubscription(world: World, subscriptionId: string, method: string): void {
  const subscription = world.state.subscriptions[subscriptionId.toLowerCase()];
  if (!subscription || subscription.state === 'Deleted') throw subscriptionNotFound(subscriptionId);
  const isReadOnly = ['Disabled', 'Warned'].includes(subscription.state);
  if (!isReadOnly || !['PUT', 'PATCH', 'POST'].includes(method)) return;
  throw armFault(
    409,
    {
      code: 'ReadOnlyDisabledSubscription',
      message: `The subscription '${subscriptionId}' is disabled and therefore marked as read only. You cannot perform any write actions on this subscription until it is re-enabled.`,
    },
    { gateway: true },
  );
}

export function refuseUnregistered(
  world: World,
  subscriptionId: string,
  namespace: string | undefined,
): void {
  const { unregisteredNamespaces = [] } = world.state.subscriptions[subscriptionId.toLowerCase()] ?? {};
  if (namespace === undefined || !unregisteredNamespaces.some((one) => sameId(one, namespace))) return;
  throw armFault(
    409,
    {
      code: 'MissingSubscriptionRegistration',
      message: `The subscription is not registered to use namespace '${namespace}'. See https://aka.ms/rps-not-found for how to register subscriptions.`,
    },
    { gateway: true },
  );
}
