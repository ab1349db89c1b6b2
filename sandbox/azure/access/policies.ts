import { ArmFault } from '../protocol/armFault.ts';
import { isWithin, nameOf, typeOf } from '../resourceId.ts';
import type { Policy } from '../state/accessSchema.ts';
import type { World } from '../state/world.ts';

/** What a policy looks at in a resource, existing or not. */
export interface PolicySubject {
  /** The resource, or the scope that it will be in. */
  readonly scope: string;
  readonly type: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Throws `RequestDisallowedByPolicy` (403) when a policy denies to create or update the resource. */
export function refuseByPolicy(world: World, scope: string, body: unknown): void {
  const subject = { scope, type: typeOf(scope) ?? '', tags: tagsOf(body) };
  const [policy] = denyingPolicies(world, subject);
  if (policy) throw disallowed(policy, scope);
}

/** The policies that deny a resource, after those that modify it have set its tags. */
export function denyingPolicies(world: World, subject: PolicySubject): readonly Policy[] {
  const names = Object.keys(modifiedTags(world, subject)).map((name) => name.toLowerCase());
  return policiesFor(world, subject).filter(
    ({ setsTags, unlessTag }) =>
      setsTags === undefined && (unlessTag === undefined || !names.includes(unlessTag.toLowerCase())),
  );
}

/** What policies with effect `modify` make of the tags that a write leaves. Names are compared without case. */
export function tagsByPolicy(
  world: World,
  scope: string,
  tags: Record<string, string>,
): Record<string, string> {
  return modifiedTags(world, { scope, type: typeOf(scope) ?? '', tags });
}

function modifiedTags(world: World, subject: PolicySubject): Record<string, string> {
  return policiesFor(world, subject).reduce(
    (result, { setsTags = {} }) => {
      const set = Object.keys(setsTags).map((name) => name.toLowerCase());
      const others = Object.entries(result).filter(([name]) => !set.includes(name.toLowerCase()));
      return { ...Object.fromEntries(others), ...setsTags };
    },
    { ...subject.tags },
  );
}

/** The policies of the type that act at a scope: every subscription is below every management group. */
export function policiesFor(world: World, { scope, type }: PolicySubject): readonly Policy[] {
  return world.state.access.policies.filter(
    (policy) =>
      policy.resourceType.toLowerCase() === type.toLowerCase() &&
      (isOfManagementGroup(policy) || isWithin(scope, policy.scope)),
  );
}

export function isOfManagementGroup({ scope }: Policy): boolean {
  return /^\/providers\/Microsoft\.Management\/managementGroups\//i.test(scope);
}

function tagsOf(body: unknown): Readonly<Record<string, string>> {
  const tags = typeof body === 'object' && body !== null && 'tags' in body ? body.tags : undefined;
  if (typeof tags !== 'object' || tags === null) return {};
  return Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, String(value)]));
}

/** The IDs of the assignment and of its definition. */
export function policyIds({ name, scope }: Policy): {
  readonly policyAssignmentId: string;
  readonly policyDefinitionId: string;
} {
  return {
    policyAssignmentId: `${scope}/providers/Microsoft.Authorization/policyAssignments/${name}`,
    policyDefinitionId: `/providers/Microsoft.Authorization/policyDefinitions/${name}`,
  };
}

function disallowed(policy: Policy, scope: string): ArmFault {
  const { policyAssignmentId, policyDefinitionId } = policyIds(policy);
  const identifiers = [
    {
      policyAssignment: { name: policy.name, id: policyAssignmentId },
      policyDefinition: { name: policy.name, id: policyDefinitionId },
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
                policyDefinitionId,
                policyDefinitionEffect: 'deny',
                policyAssignmentName: policy.name,
                policyAssignmentDisplayName: policy.name,
                policyAssignmentId,
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
