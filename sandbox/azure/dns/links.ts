import { z } from 'zod';
import type { Reply } from '../../kernel/operation.ts';
import { linkedActions, operationActions } from '../access/actions.ts';
import { authorizeLinked } from '../access/permissions.ts';
import { flatFault, parentNotFound, resourceNotFound } from '../protocol/armFault.ts';
import type { ArmCall, ArmOperation } from '../protocol/armOperation.ts';
import { page } from '../protocol/paging.ts';
import { keyOf, nameOf, parentOf, segmentAfter } from '../resourceId.ts';
import { tagsSchema, writtenTags } from '../resources/tagRules.ts';
import type { Link } from '../state/dnsSchema.ts';
import type { ArmError } from '../state/longRunningSchema.ts';
import type { World } from '../state/world.ts';
import { beginDns } from './beginDns.ts';
import { linkBody } from './bodies.ts';
import { conditionOf } from './condition.ts';
import { checkLinkName } from './names.ts';

const zone =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Network/privateDnsZones/{zone}';
const link = `${zone}/virtualNetworkLinks/{link}`;
const type = 'privateDnsZones/virtualNetworkLinks';

const bodySchema = z.object({
  location: z.string().optional(),
  tags: tagsSchema.nullish(),
  properties: z
    .object({
      virtualNetwork: z.object({ id: z.string() }).optional(),
      registrationEnabled: z.boolean().optional(),
      resolutionPolicy: z.enum(['Default', 'NxDomainRedirect']).optional(),
    })
    .optional(),
});
type Body = z.infer<typeof bodySchema>;

/** Virtual network links; like zones they appear when their operation ends. */
export function linkOperations(world: World): readonly ArmOperation[] {
  return [
    {
      name: 'virtualNetworkLinks.list',
      method: 'GET',
      path: `${zone}/virtualNetworkLinks`,
      handle(call) {
        if (!world.state.dns.zones[keyOf(call.scope)]) throw parentNotFound('read', type, call.scope);
        const links = Object.values(world.state.dns.links).filter((one) => one.zone === keyOf(call.scope));
        return page(
          world,
          call,
          links.map((found) => linkBody(found, world.now())),
        );
      },
    },
    {
      name: 'virtualNetworkLinks.get',
      method: 'GET',
      path: link,
      handle(call) {
        // Recorded: ARM does not find the link, and says nothing of its zone.
        const found = world.state.dns.links[keyOf(call.scope)];
        if (!found) throw linkNotFound(call);
        return { status: 200, headers: { etag: found.etag }, body: linkBody(found, world.now()) };
      },
    },
    { name: 'virtualNetworkLinks.put', method: 'PUT', path: link, handle: (call) => put(world, call) },
    { name: 'virtualNetworkLinks.patch', method: 'PATCH', path: link, handle: (call) => patch(world, call) },
    {
      name: 'virtualNetworkLinks.delete',
      method: 'DELETE',
      path: link,
      handle: (call) => remove(world, call),
    },
  ];
}

function put(world: World, call: ArmCall): Reply {
  const name = nameOf(call.scope);
  checkLinkName(name);
  const zoneId = parentOf(call.scope);
  if (!world.state.dns.zones[keyOf(zoneId)]) throw parentNotFound('write', type, zoneId);
  const { tags, properties = {} } = read(call);
  const virtualNetworkId = properties.virtualNetwork?.id;
  if (virtualNetworkId === undefined) {
    throw flatFault(400, 'BadRequest', `The Virtual Network link ${name} names no virtual network.`);
  }
  return write(world, call, {
    id: call.scope,
    name,
    tags: tags ?? {},
    virtualNetworkId,
    registrationEnabled: properties.registrationEnabled ?? false,
    resolutionPolicy: properties.resolutionPolicy ?? 'Default',
    asksForPolicy: properties.resolutionPolicy !== undefined,
  });
}

function patch(world: World, call: ArmCall): Reply {
  const found = existingLink(world, call);
  const { tags, properties = {} } = read(call);
  return write(world, call, {
    ...found,
    tags: tags ?? found.tags,
    registrationEnabled: properties.registrationEnabled ?? found.registrationEnabled,
    resolutionPolicy: properties.resolutionPolicy ?? found.resolutionPolicy,
    asksForPolicy: properties.resolutionPolicy !== undefined,
  });
}

type WantedLink = Omit<Link, 'zone' | 'etag' | 'completedAt'> & { readonly asksForPolicy: boolean };

function write(world: World, call: ArmCall, { asksForPolicy, ...wanted }: WantedLink): Reply {
  const tags = writtenTags(world, call.scope, wanted.tags);
  authorizeLinked(
    world,
    call.principal,
    { action: operationActions['virtualNetworkLinks.put'], scope: call.scope },
    { action: linkedActions['virtualNetworkLinks.put'], scope: wanted.virtualNetworkId },
  );
  const { random, timings } = world;
  const etag = `"${random.guid()}"`;
  return beginDns(world, call, {
    name: 'virtualNetworkLinks.put',
    kind: 'UpsertVirtualNetworkLink',
    durationMs: timings.link(),
    effect: {
      kind: 'putLink',
      key: keyOf(call.scope),
      link: { ...wanted, tags, zone: keyOf(parentOf(call.scope)), etag, completedAt: 0 },
      condition: conditionOf(call),
      // Recorded: only a link that registers names takes longer than its operation.
      completesAfterMs: wanted.registrationEnabled ? timings.linkCompleted() : 0,
    },
    failure: refusal(world, call, wanted, asksForPolicy),
  });
}

/** What makes a link impossible, independent of other links. That Azure says so, is documented; how, is not recorded. */
function refusal(
  world: World,
  call: ArmCall,
  wanted: Pick<Link, 'virtualNetworkId' | 'resolutionPolicy'>,
  asksForPolicy: boolean,
): ArmError | undefined {
  const { state } = world;
  const network = state.network.virtualNetworks[keyOf(wanted.virtualNetworkId)];
  const tenantOf = (id: string): string | undefined =>
    state.subscriptions[segmentAfter(id, 'subscriptions')?.toLowerCase() ?? '']?.tenantId;
  if (!network || tenantOf(network.id) !== tenantOf(call.scope)) {
    return { code: 'BadRequest', message: `The virtual network '${wanted.virtualNetworkId}' was not found.` };
  }
  const zoneName = call.params.zone ?? '';
  // Also one that is the default (Azure-Landing-Zones 4088).
  if (asksForPolicy && !/^privatelink\./i.test(zoneName)) {
    return {
      code: 'BadRequest',
      message: `The resolution policy ${wanted.resolutionPolicy} is not supported for the Private DNS zone '${zoneName}'.`,
    };
  }
  return undefined;
}

function remove(world: World, call: ArmCall): Reply {
  const key = keyOf(call.scope);
  if (!world.state.dns.links[key]) return { status: 204 };
  return beginDns(world, call, {
    name: 'virtualNetworkLinks.delete',
    kind: 'DeleteVirtualNetworkLink',
    durationMs: world.timings.linkDelete(),
    effect: { kind: 'removeLink', key, condition: conditionOf(call) },
  });
}

function existingLink(world: World, call: ArmCall): Link {
  const found = world.state.dns.links[keyOf(call.scope)];
  if (found) return found;
  const zoneId = parentOf(call.scope);
  if (!world.state.dns.zones[keyOf(zoneId)]) throw parentNotFound('write', type, zoneId);
  throw linkNotFound(call);
}

function linkNotFound(call: ArmCall): Error {
  const zoneId = parentOf(call.scope);
  const names = `${nameOf(zoneId)}/virtualNetworkLinks/${nameOf(call.scope)}`;
  return resourceNotFound(
    `Microsoft.Network/privateDnsZones/${names}`,
    segmentAfter(call.scope, 'resourceGroups') ?? '',
  );
}

function read(call: ArmCall): Body {
  const parsed = bodySchema.safeParse(call.body);
  if (parsed.success) return parsed.data;
  throw flatFault(400, 'BadRequest', 'The request body is not a virtual network link.');
}
