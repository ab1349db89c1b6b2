import { z } from 'zod';
import type { Reply } from '../../kernel/operation.ts';
import { badRequest } from '../protocol/armFault.ts';
import type { ArmCall, ArmOperation } from '../protocol/armOperation.ts';
import { refuseUnregistered } from '../protocol/armOperation.ts';
import { segmentAfter } from '../resourceId.ts';
import { scopePaths } from '../resources/scopes.ts';
import type { Policy } from '../state/accessSchema.ts';
import type { World } from '../state/world.ts';
import { denyingPolicies, isOfManagementGroup, policiesFor, policyIds } from './policies.ts';
import type { PolicySubject } from './policies.ts';

const NAMESPACE = 'Microsoft.PolicyInsights';

const bodySchema = z.object({
  resourceDetails: z.object({
    resourceContent: z.looseObject({
      type: z.string(),
      tags: z.record(z.string(), z.string()).default({}),
    }),
    apiVersion: z.string().optional(),
    /** For a child resource: its parent. */
    scope: z.string().optional(),
  }),
});

/**
 * What policies would do to a resource of a subscription or group (2024-10-01, shape as in Microsoft's example). Those of
 * management groups deny the write, and are not in the answer (Azure/azure-dev, cli/azd/docs, local preflight validation).
 */
export function policyOperations(world: World): readonly ArmOperation[] {
  return scopePaths.slice(0, 2).map((scope) => ({
    name: 'policyRestrictions.check',
    method: 'POST',
    path: `${scope}/providers/${NAMESPACE}/checkPolicyRestrictions`,
    handle: (call) => check(world, call),
  }));
}

function check(world: World, call: ArmCall): Reply {
  refuseUnregistered(world, segmentAfter(call.scope, 'subscriptions') ?? '', NAMESPACE);
  const parsed = bodySchema.safeParse(call.body);
  if (!parsed.success) throw badRequest('InvalidRequestContent', 'The resource has no type.');
  const { type, tags } = parsed.data.resourceDetails.resourceContent;
  const subject: PolicySubject = { scope: call.scope, type, tags };
  const denying = denyingPolicies(world, subject);
  const policyEvaluations = policiesFor(world, subject)
    .filter((policy) => !isOfManagementGroup(policy))
    .filter((policy) => denying.includes(policy) || changes(policy, tags))
    .map((policy) => evaluation(policy, type));
  return { status: 200, body: { fieldRestrictions: [], contentEvaluationResult: { policyEvaluations } } };
}

function changes({ setsTags = {} }: Policy, tags: Readonly<Record<string, string>>): boolean {
  const of = (name: string) =>
    Object.entries(tags).find(([other]) => other.toLowerCase() === name.toLowerCase())?.[1];
  return Object.entries(setsTags).some(([name, value]) => of(name) !== value);
}

function evaluation({ setsTags = {}, ...policy }: Policy, type: string): object {
  const expressions = [
    { expression: 'type', expressionValue: type, targetValue: policy.resourceType, operator: 'equals' },
    ...(policy.unlessTag === undefined
      ? []
      : [{ expression: `tags['${policy.unlessTag}']`, targetValue: 'false', operator: 'exists' }]),
    ...Object.entries(setsTags).map(([name, targetValue]) => ({
      ...{ expression: `tags['${name}']`, targetValue, operator: 'notEquals' },
    })),
  ];
  return {
    policyInfo: policyIds(policy),
    evaluationResult: 'NonCompliant',
    evaluationDetails: {
      evaluatedExpressions: expressions.map((one) => ({
        result: 'True',
        expressionKind: 'field',
        path: one.expression,
        ...one,
      })),
    },
    effectDetails: { policyEffect: Object.keys(setsTags).length === 0 ? 'Deny' : 'Modify' },
  };
}
