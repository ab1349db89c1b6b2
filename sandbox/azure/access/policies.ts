import { ArmFault } from '../protocol/armFault.ts';
import { isWithin, nameOf, typeOf } from '../resourceId.ts';
import type { Policy } from '../state/accessSchema.ts';
import type { World } from '../state/world.ts';

/** Throws `RequestDisallowedByPolicy` (403) when a policy denies to create or update the resource. */
export function refuseByPolicy(world: World, scope: string, body: unknown): void {
  const type = typeOf(scope)?.toLowerCase();
  const policy = world.state.access.policies.find(
    (one) =>
      one.setsTags === undefined &&
      one.resourceType.toLowerCase() === type &&
      isWithin(scope, one.scope) &&
      (one.unlessTag === undefined || !hasTag(body, one.unlessTag)),
  );
  if (policy) throw disallowed(policy, scope);
}

/** What policies with effect `modify` make of the tags that a write leaves. Names are compared without case. */
export function tagsByPolicy(
  world: World,
  scope: string,
  tags: Record<string, string>,
): Record<string, string> {
  const type = typeOf(scope)?.toLowerCase();
  return world.state.access.policies
    .filter((one) => one.resourceType.toLowerCase() === type && isWithin(scope, one.scope))
    .reduce((result, { setsTags = {} }) => {
      const set = Object.keys(setsTags).map((name) => name.toLowerCase());
      const others = Object.entries(result).filter(([name]) => !set.includes(name.toLowerCase()));
      return { ...Object.fromEntries(others), ...setsTags };
    }, tags);
}

function hasTag(body: unknown, name: string): boolean {
  const tags = typeof body === 'object' && body !== null && 'tags' in body ? body.tags : undefined;
  if (typeof tags !== 'object' || tags === null) return false;
  return Object.keys(tags).some((tag) => tag.toLowerCase() === name.toLowerCase());
}

function disallowed(policy: Policy, scope: string): ArmFault {
  const assignmentId = `${policy.scope}/providers/Microsoft.Authorization/policyAssignments/${policy.name}`;
  const definitionId = `/providers/Microsoft.Authorization/policyDefinitions/${policy.name}`;
  const identifiers = [
    {
      policyAssignment: { name: policy.name, id: assignmentId },
      policyDefinition: { name: policy.name, id: definitionId },
    },
  ];
  const message = `Resource '${nameOf(scope)}' was disallowed by policy. Policy identifiers: '${JSON.stringify(identifiers)}'.`;
  return new ArmFault(
    {
      status: 403,
      headers: { 'x-ms-failure-cause': 'gateway' },
      body: {
        error: {
          code: 'RequestDisallowedByPolicy',
          target: nameOf(scope),
          message,
          additionalInfo: [
            {
              type: 'PolicyViolation',
              info: {
                policyDefinitionDisplayName: policy.name,
                policyDefinitionId: definitionId,
                policyDefinitionEffect: 'deny',
                policyAssignmentName: policy.name,
                policyAssignmentDisplayName: policy.name,
                policyAssignmentId: assignmentId,
                policyAssignmentScope: policy.scope,
              },
            },
          ],
        },
      },
    },
    message,
  );
}
