import { z } from 'zod';
import type { LongRunningCall } from '../../azure/control/trouble.ts';
import { actionsOf } from '../action.ts';
import type { Action } from '../action.ts';
import { nothing } from '../inputs.ts';

const action = actionsOf('azure', ({ azure }) => azure.control);
const text = z.string().min(1);
const principal = { principalId: text.exactOptional() };
const grant = { ...principal, scope: text, actions: z.array(text).min(1) };
const longRunningCall = z.enum([
  'privateEndpoints.put',
  'privateEndpoints.delete',
  'privateLinkServices.checkVisibility',
  'privateDnsZones.put',
  'privateDnsZones.delete',
  'virtualNetworkLinks.put',
  'virtualNetworkLinks.delete',
  'resourceGroups.delete',
] as const satisfies readonly LongRunningCall[]);

/** Roles, locks, and operations that fail while they run. */
export const azureAccessActions: readonly Action[] = [
  action(
    'assignRole',
    'lets a principal, by default the app, do some actions at a scope, at once or when it has spread',
    z.strictObject({
      ...grant,
      notActions: z.array(text).exactOptional(),
      inSeconds: z.number().positive().exactOptional(),
    }),
    (azure, { inSeconds, ...assignment }) =>
      azure.assignRole({
        ...assignment,
        ...(inSeconds !== undefined && { inMilliseconds: inSeconds * 1000 }),
      }),
  ),
  action(
    'removeRoles',
    'takes every role from a principal, by default from the app',
    z.strictObject(principal),
    (azure, { principalId }) => azure.removeRoles(principalId),
  ),
  action(
    'takeActions',
    'takes actions from each role of a principal, by default the app',
    z.strictObject({ ...principal, actions: z.array(text).min(1) }),
    (azure, { actions, principalId }) => azure.takeActions(actions, principalId),
  ),
  action(
    'deny',
    'makes a deny assignment: refuses actions at a scope and below it, until `allow`',
    z.strictObject({ ...grant, name: text.exactOptional() }),
    (azure, denial) => azure.deny(denial),
  ),
  action('allow', 'ends all deny assignments', nothing, (azure) => azure.allow()),
  action(
    'lock',
    'locks a scope',
    z.strictObject({ scope: text, name: text, level: z.enum(['CanNotDelete', 'ReadOnly']) }),
    (azure, lock) => azure.lock(lock),
  ),
  action('unlock', 'removes a lock', z.strictObject({ scope: text, name: text }), (azure, { scope, name }) =>
    azure.unlock(scope, name),
  ),
  action(
    'addPolicy',
    'assigns a policy that denies a resource type, or those without a tag, or that sets tags; a management group’s does not show',
    z.strictObject({
      ...{ name: text, scope: text, resourceType: text },
      unlessTag: text.exactOptional(),
      setsTags: z.record(text, z.string()).exactOptional(),
    }),
    (azure, policy) => azure.addPolicy(policy),
  ),
  action('removePolicy', 'removes a policy', z.strictObject({ name: text }), (azure, { name }) =>
    azure.removePolicy(name),
  ),
  action(
    'setRegistration',
    'registers a resource provider such as Microsoft.Network in a subscription, or takes it back',
    z.strictObject({ subscriptionId: text, namespace: text, registered: z.boolean() }),
    (azure, { subscriptionId, namespace, registered }) =>
      azure.setRegistration(subscriptionId, namespace, registered),
  ),
  action(
    'setSubscriptionState',
    'disables a subscription, or enables it again',
    z.strictObject({ subscriptionId: text, state: z.enum(['Enabled', 'Warned', 'PastDue', 'Disabled']) }),
    (azure, { subscriptionId, state }) => azure.setSubscriptionState(subscriptionId, state),
  ),
  action(
    'failNext',
    'lets the next long-running operation that a call begins end Failed',
    z.strictObject({ call: longRunningCall, code: text, message: text }),
    (azure, { call, ...error }) => azure.failNext(call, error),
  ),
  action(
    'setPageSize',
    'sets the longest page of a list',
    z.strictObject({ size: z.number().int().positive() }),
    (azure, { size }) => azure.setPageSize(size),
  ),
];
