import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Reply } from '../../kernel/operation.ts';
import { armFault, badRequest } from '../protocol/armFault.ts';
import type { ArmCall } from '../protocol/armOperation.ts';
import { begin, networkPollingHeaders } from '../protocol/longRunning.ts';
import { keyOf, nameOf, sameId } from '../resourceId.ts';
import { checkTags, tagsSchema } from '../resources/tagRules.ts';
import type { Subnet, VirtualNetwork } from '../state/networkSchema.ts';
import type { World } from '../state/world.ts';
import { isInPrefix } from './addresses.ts';
import { subnetBody, virtualNetworkBody } from './virtualNetworkBody.ts';

const reference = z.object({ id: z.string() }).nullish();
const subnetPropertiesSchema = z.object({
  addressPrefix: z.string().optional(),
  addressPrefixes: z.array(z.string()).optional(),
  delegations: z.array(z.object({ properties: z.object({ serviceName: z.string() }) })).optional(),
  networkSecurityGroup: reference,
  routeTable: reference,
  privateEndpointNetworkPolicies: z
    .enum(['Enabled', 'Disabled', 'NetworkSecurityGroupEnabled', 'RouteTableEnabled'])
    .optional(),
  privateLinkServiceNetworkPolicies: z.enum(['Enabled', 'Disabled']).optional(),
});
const subnetSchema = z.object({ properties: subnetPropertiesSchema });
const networkSchema = z.object({
  location: z.string(),
  tags: tagsSchema.optional(),
  properties: z.object({
    addressSpace: z.object({ addressPrefixes: z.array(z.string()).min(1) }),
    dhcpOptions: z.object({ dnsServers: z.array(z.string()).nullish() }).nullish(),
    subnets: z.array(subnetSchema.extend({ name: z.string() })).optional(),
  }),
});

/** Creates (201) or updates (200) a virtual network; it is `Updating` for some seconds. Peerings stay as they were seeded. */
export function putVirtualNetwork(world: World, call: ArmCall): Reply {
  const parsed = networkSchema.safeParse(call.body);
  if (!parsed.success) throw malformed(parsed.error);
  const { location, tags = {}, properties } = parsed.data;
  checkTags(tags);
  const key = keyOf(call.scope);
  const existing = world.state.network.virtualNetworks[key];
  const network: VirtualNetwork = {
    id: existing?.id ?? call.scope,
    name: existing?.name ?? nameOf(call.scope),
    location: location.replaceAll(' ', '').toLowerCase(),
    tags,
    etag: existing?.etag ?? '',
    resourceGuid: existing?.resourceGuid ?? world.random.guid(),
    addressPrefixes: properties.addressSpace.addressPrefixes,
    dnsServers: properties.dhcpOptions?.dnsServers ?? [],
    namesDhcpOptions: Boolean(properties.dhcpOptions),
    peerings: existing?.peerings ?? [],
    subnets: [],
  };
  network.subnets = properties.subnets
    ? properties.subnets.map((one) => written(network, one.name, one.properties, existing))
    : (existing?.subnets ?? []);
  world.state.network.virtualNetworks[key] = network;
  const headers = update(world, call, network);
  return { status: existing ? 200 : 201, headers, body: virtualNetworkBody(world, network) };
}

/** Creates (201) or updates (200) a subnet. One that changes nothing is `Succeeded` at once, as recorded. */
export function putSubnet(world: World, call: ArmCall, network: VirtualNetwork): Reply {
  const parsed = subnetSchema.safeParse(call.body);
  if (!parsed.success) throw malformed(parsed.error);
  const name = nameOf(call.scope);
  const existing = network.subnets.find((subnet) => sameId(subnet.name, name));
  const subnet = written(network, existing?.name ?? name, parsed.data.properties, network);
  const unchanged = isDeepStrictEqual(subnet, existing);
  if (existing) Object.assign(existing, subnet);
  else network.subnets.push(subnet);
  const headers = update(world, call, network, unchanged ? 0 : undefined);
  return { status: existing ? 200 : 201, headers, body: subnetBody(world, network, subnet) };
}

function written(
  network: VirtualNetwork,
  name: string,
  properties: z.infer<typeof subnetPropertiesSchema>,
  before: VirtualNetwork | undefined,
): Subnet {
  const addressPrefix = properties.addressPrefix ?? properties.addressPrefixes?.[0] ?? '';
  const [first = ''] = addressPrefix.split('/');
  if (!network.addressPrefixes.some((prefix) => isInPrefix(first, prefix))) {
    throw badRequest(
      'NetcfgSubnetRangeOutsideVnet',
      `Subnet '${name}' is not valid because its IP address range is outside the IP address range of virtual network '${network.name}'.`,
    );
  }
  const { networkSecurityGroup, routeTable, delegations = [] } = properties;
  return {
    name,
    addressPrefix,
    delegations: delegations.map((delegation) => delegation.properties.serviceName),
    ...(networkSecurityGroup && { networkSecurityGroupId: networkSecurityGroup.id }),
    ...(routeTable && { routeTableId: routeTable.id }),
    privateEndpointNetworkPolicies: properties.privateEndpointNetworkPolicies ?? 'Disabled',
    privateLinkServiceNetworkPolicies: properties.privateLinkServiceNetworkPolicies ?? 'Enabled',
    addressesTakenByOthers:
      before?.subnets.find((subnet) => sameId(subnet.name, name))?.addressesTakenByOthers ?? 0,
  };
}

function update(
  world: World,
  call: ArmCall,
  network: VirtualNetwork,
  durationMs = world.timings.virtualNetwork(),
): Readonly<Record<string, string>> {
  network.etag = `W/"${world.random.guid()}"`;
  network.updatingUntil = world.now() + durationMs;
  const id = world.random.guid();
  begin(world, {
    name: 'virtualNetworks.put',
    id,
    subscriptionId: call.params.subscription ?? '',
    durationMs,
    effect: { kind: 'nothing' },
  });
  return networkPollingHeaders(world, call, network.location, id, { withLocation: false });
}

function malformed(error: z.ZodError): Error {
  const first = error.issues[0];
  if (first?.path[0] === 'location') {
    return armFault(400, {
      code: 'LocationRequired',
      message: 'The location property is required for this definition.',
    });
  }
  return badRequest(
    'InvalidRequestFormat',
    `Cannot parse the request. ${first?.path.join('.') ?? ''}: ${first?.message ?? 'not JSON'}`,
  );
}
