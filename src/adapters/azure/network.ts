import type { Subnet as SdkSubnet, VirtualNetworkUsage } from '@azure/arm-network';
import * as z from 'zod';
import {
  named,
  parseNetworkInterfaceId,
  parseResourceId,
  parseSubnetId,
  parseVirtualNetworkId,
  sameResource,
} from '../../domain/connection/resourceId.ts';
import type { Outcome } from '../../domain/failure/failure.ts';
import { lastingFailure, succeeded } from '../../domain/failure/failure.ts';
import type {
  ListedNetwork,
  Lock,
  PolicyFinding,
  PolicyQuestion,
  Subnet,
  Tags,
} from '../../domain/resources/model.ts';
import type { Network } from '../../ports.ts';
import type { ArmCalls } from './armCalls.ts';
import { blockedPorts } from './blockedPorts.ts';
import { privateEndpoints } from './privateEndpoints.ts';

/** Azure's network and resource management through the SDK, and through raw calls where the SDK lacks them. */
export function networkAdapter(arm: ArmCalls): Network {
  const { clients } = arm;
  return {
    ...resourceManagement(arm),
    ...privateEndpoints(arm),
    async virtualNetwork(id) {
      const { subscriptionId, resourceGroup, name } = named(id, parseVirtualNetworkId);
      const found = await arm.read(`reading virtual network ${name}`, () =>
        clients.network(subscriptionId).virtualNetworks.get(resourceGroup, name),
      );
      if (!found) return null;
      return {
        id: found.id ?? id,
        location: found.location ?? '',
        dnsServers: found.dhcpOptions?.dnsServers ?? [],
        subnets: (found.subnets ?? []).flatMap(({ name: subnetName, delegations = [] }) =>
          subnetName === undefined ? [] : { name: subnetName, delegated: delegations.length > 0 },
        ),
      };
    },
    subnet: (id) => subnet(arm, id),
    async virtualNetworksIn(subscriptionId) {
      const found = await arm.list(`listing virtual networks of ${subscriptionId}`, () =>
        clients.network(subscriptionId).virtualNetworks.listAll(),
      );
      return found.flatMap(({ id, location = '', subnets = [] }) =>
        id === undefined ? [] : { id, location, subnets: subnets.flatMap(listedSubnetOf) },
      );
    },
    principalId: () => clients.principalId(),
    blockedPorts: (of, ports) => blockedPorts(arm, of, ports),
    async privateIpAddress(networkInterfaceId) {
      const { subscriptionId, resourceGroup, name } = named(networkInterfaceId, parseNetworkInterfaceId);
      const found = await arm.read(`reading network interface ${name}`, () =>
        clients.network(subscriptionId).networkInterfaces.get(resourceGroup, name),
      );
      const addresses = (found?.ipConfigurations ?? []).filter(
        ({ privateIPAddress }) => z.ipv4().safeParse(privateIPAddress).success,
      );
      const primary = addresses.find((configuration) => configuration.primary) ?? addresses[0];
      return primary?.privateIPAddress ?? null;
    },
    async isPrivateLinkServiceVisible({ subscriptionId, resourceGroup, location, alias }) {
      const visibility = await arm.result(`asking whether ${alias} is visible to ${subscriptionId}`, () =>
        clients
          .network(subscriptionId)
          .privateLinkServices.checkPrivateLinkServiceVisibilityByResourceGroup(resourceGroup, location, {
            privateLinkServiceAlias: alias,
          }),
      );
      return z.object({ visible: z.boolean().optional() }).safeParse(visibility).data?.visible === true;
    },
  };
}

async function subnet(arm: ArmCalls, id: string): Promise<Subnet | null> {
  const { subscriptionId, resourceGroup, virtualNetwork, name } = named(id, parseSubnetId);
  const client = arm.clients.network(subscriptionId);
  const [found, usages] = await Promise.all([
    arm.read(`reading subnet ${name} of ${virtualNetwork}`, () =>
      client.subnets.get(resourceGroup, virtualNetwork, name),
    ),
    // Usage is optional: without the right to read it, the failure is returned instead.
    arm
      .list(`reading the usage of ${virtualNetwork}`, () =>
        client.virtualNetworks.listUsage(resourceGroup, virtualNetwork),
      )
      .then(succeeded, lastingFailure),
  ]);
  return found && subnetOf(id, found, usages);
}

function listedSubnetOf(found: SdkSubnet): ListedNetwork['subnets'] {
  if (found.id === undefined) return [];
  return [{ id: found.id, addressPrefixes: prefixesOf(found), delegations: delegationsOf(found) }];
}

function delegationsOf({ delegations = [] }: SdkSubnet): readonly string[] {
  return delegations.flatMap(({ serviceName }) => serviceName ?? []);
}

/** `usages` are those of its virtual network, or why they could not be read. */
function subnetOf(id: string, found: SdkSubnet, usages: Outcome<readonly VirtualNetworkUsage[]>): Subnet {
  return {
    id: found.id ?? id,
    addressPrefixes: prefixesOf(found),
    delegations: delegationsOf(found),
    networkSecurityGroupId: found.networkSecurityGroup?.id ?? null,
    routeTableId: found.routeTable?.id ?? null,
    networkPolicies: policiesOf(found.privateEndpointNetworkPolicies ?? ''),
    freeAddresses: usages.ok ? succeeded(freeAddressesOf(id, usages.value)) : usages,
    withRoom: usages.ok ? subnetsWithRoom(usages.value) : [],
  };
}

/** Older API versions return `addressPrefix`, newer ones `addressPrefixes`, some both. */
function prefixesOf({ addressPrefix, addressPrefixes }: SdkSubnet): readonly string[] {
  return [...new Set([...(addressPrefixes ?? []), ...(addressPrefix === undefined ? [] : [addressPrefix])])];
}

function policiesOf(text: string): Subnet['networkPolicies'] {
  const plain = text.toLowerCase();
  return {
    securityGroup: plain === 'enabled' || plain === 'networksecuritygroupenabled',
    routeTable: plain === 'enabled' || plain === 'routetableenabled',
  };
}

function subnetsWithRoom(usages: readonly VirtualNetworkUsage[]): readonly string[] {
  return usages.flatMap(({ id = '', limit = 0, currentValue = 0 }) =>
    limit > currentValue ? (parseSubnetId(id)?.name ?? []) : [],
  );
}

/** Azure's limit does not count the five addresses that Azure reserves. */
function freeAddressesOf(id: string, usages: readonly VirtualNetworkUsage[]): number | null {
  const own = usages.find((usage) => usage.id !== undefined && sameResource(usage.id, id));
  return own?.limit === undefined || own.currentValue === undefined ? null : own.limit - own.currentValue;
}

const RESOURCES = '2021-04-01';
const SUBSCRIPTIONS = '2022-12-01';
const AUTHORIZATION = '2022-04-01';
const LOCKS = '2020-05-01';
const POLICY_RESTRICTIONS = '2024-10-01';

const resourceGroupSchema = z.object({ id: z.string(), location: z.string() });
const subscriptionSchema = z.object({ subscriptionId: z.guid(), state: z.string().nullish() });
const providerSchema = z.object({ registrationState: z.string() });
const permissionSchema = z.object({
  actions: z.array(z.string()).nullish(),
  notActions: z.array(z.string()).nullish(),
});

const lockSchema = z.object({
  id: z.string(),
  name: z.string(),
  properties: z.object({ level: z.string() }),
});
const policyRestrictionsSchema = z.object({
  contentEvaluationResult: z
    .object({
      policyEvaluations: z
        .array(
          z.object({
            policyInfo: z.object({ policyAssignmentId: z.string() }),
            evaluationResult: z.string(),
            evaluationDetails: z
              .object({
                evaluatedExpressions: z.array(z.object({ expression: z.string().nullish() })).nullish(),
              })
              .nullish(),
            effectDetails: z.object({ policyEffect: z.string() }),
          }),
        )
        .nullish(),
    })
    .nullish(),
});

/** Groups, tags, permissions, locks, policies, providers and subscriptions of ARM itself, which the two SDKs lack. */
function resourceManagement(
  arm: ArmCalls,
): Pick<
  Network,
  | 'resourceGroup'
  | 'mergeTags'
  | 'removeTags'
  | 'permissions'
  | 'locks'
  | 'policyFindings'
  | 'subscriptions'
  | 'subscriptionState'
  | 'networkRegistration'
> {
  return {
    locks: (scope) => locks(arm, scope),
    policyFindings: (question) => policyFindings(arm, question),
    resourceGroup: (id) =>
      arm.rawRead(`reading ${id}`, { path: id, apiVersion: RESOURCES }, resourceGroupSchema),
    mergeTags: (resourceId, tags) => patchTags(arm, resourceId, 'Merge', tags),
    removeTags: (resourceId, tags) => patchTags(arm, resourceId, 'Delete', tags),
    async permissions(scope) {
      const found = await arm.rawList(
        `reading the permissions at ${scope}`,
        { path: `${scope}/providers/Microsoft.Authorization/permissions`, apiVersion: AUTHORIZATION },
        permissionSchema,
      );
      return found.map(({ actions, notActions }) => ({
        actions: actions ?? [],
        notActions: notActions ?? [],
      }));
    },
    async subscriptionState(subscriptionId) {
      const call = {
        method: 'get',
        path: `/subscriptions/${subscriptionId}`,
        apiVersion: SUBSCRIPTIONS,
      } as const;
      const found = await arm.raw(`reading the subscription ${subscriptionId}`, call, subscriptionSchema);
      return found.state ?? '';
    },
    async networkRegistration(subscriptionId) {
      const path = `/subscriptions/${subscriptionId}/providers/Microsoft.Network`;
      const doing = `reading whether ${subscriptionId} is registered for Microsoft.Network`;
      const found = await arm.raw(doing, { method: 'get', path, apiVersion: RESOURCES }, providerSchema);
      return found.registrationState;
    },
    async subscriptions() {
      const call = { path: '/subscriptions', apiVersion: SUBSCRIPTIONS };
      const found = await arm.rawList('listing subscriptions', call, subscriptionSchema);
      return (
        found
          // A disabled one can be read, and what is in it deleted.
          .filter(({ state }) => state !== 'Deleted')
          .map(({ subscriptionId }) => subscriptionId)
      );
    },
  };
}

/** The answer holds inherited locks too: each counts where its own ID says. */
async function locks(arm: ArmCalls, scope: string): Promise<readonly Lock[]> {
  const call = { path: `${scope}/providers/Microsoft.Authorization/locks`, apiVersion: LOCKS };
  const found = await arm.rawList(`reading the locks at ${scope}`, call, lockSchema);
  return found.map(({ id, name, properties }) => ({
    name,
    scope: id.replace(/\/providers\/Microsoft\.Authorization\/locks\/[^/]+$/i, ''),
    level: properties.level.toLowerCase() === 'readonly' ? 'ReadOnly' : 'CanNotDelete',
  }));
}

/** All other effects only note the resource. */
const effects: Readonly<Record<string, PolicyFinding['effect']>> = {
  deny: 'deny',
  modify: 'modify',
  append: 'modify',
};

/** Asks about the content as it would be sent. */
async function policyFindings(arm: ArmCalls, question: PolicyQuestion): Promise<readonly PolicyFinding[]> {
  const { scope, resource, parent, ...resourceContent } = question;
  const answer = await arm.raw(
    `asking whether a policy denies the ${resource} in ${scope}`,
    {
      method: 'post',
      path: `${scope}/providers/Microsoft.PolicyInsights/checkPolicyRestrictions`,
      apiVersion: POLICY_RESTRICTIONS,
      body: { resourceDetails: { resourceContent, ...(parent !== undefined && { scope: parent }) } },
    },
    policyRestrictionsSchema,
  );
  return (answer.contentEvaluationResult?.policyEvaluations ?? []).flatMap((evaluation) => {
    const effect = effects[evaluation.effectDetails.policyEffect.toLowerCase()];
    if (effect === undefined || evaluation.evaluationResult.toLowerCase() !== 'noncompliant') return [];
    const expressions = (evaluation.evaluationDetails?.evaluatedExpressions ?? []).flatMap(
      ({ expression }) => expression ?? [],
    );
    const fields = [...new Set(expressions)].filter((expression) => expression.toLowerCase() !== 'type');
    return [{ effect, assignmentId: evaluation.policyInfo.policyAssignmentId, fields }];
  });
}

/** The tags API changes the named tags, keeps all others, and does not write the resource itself. */
async function patchTags(
  arm: ArmCalls,
  resourceId: string,
  operation: 'Merge' | 'Delete',
  tags: Tags,
): Promise<void> {
  named(resourceId, parseResourceId);
  await arm.raw(
    `changing tags of ${resourceId}`,
    {
      method: 'patch',
      path: `${resourceId}/providers/Microsoft.Resources/tags/default`,
      apiVersion: RESOURCES,
      body: { operation, properties: { tags } },
    },
    z.unknown(),
  );
}
