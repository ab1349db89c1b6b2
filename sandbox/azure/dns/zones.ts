import { z } from 'zod';
import type { Reply } from '../../kernel/operation.ts';
import { isListed } from '../access/visible.ts';
import type { ArmFault } from '../protocol/armFault.ts';
import { armFault, flatFault, resourceNotFound } from '../protocol/armFault.ts';
import type { ArmCall, ArmOperation } from '../protocol/armOperation.ts';
import { page } from '../protocol/paging.ts';
import { keyOf, nameOf, segmentAfter } from '../resourceId.ts';
import { tagsSchema, writtenTags } from '../resources/tagRules.ts';
import type { Zone } from '../state/dnsSchema.ts';
import type { World } from '../state/world.ts';
import { beginDns } from './beginDns.ts';
import { countsByZone, zoneBody } from './bodies.ts';
import { conditionOf } from './condition.ts';
import { checkZoneName } from './names.ts';
import { linkOf, nestedResources } from './zoneEffects.ts';

const provider = '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Network';
const zone = `${provider}/privateDnsZones/{zone}`;
const bodySchema = z.object({ location: z.string().optional(), tags: tagsSchema.nullish() });

/** Private DNS zones; writes end later, so a zone that is being made is not there yet. */
export function zoneOperations(world: World): readonly ArmOperation[] {
  const list = (call: ArmCall) => {
    const counts = countsByZone(world.state);
    return page(
      world,
      call,
      Object.entries(world.state.dns.zones).filter(([key]) =>
        isListed(world, 'privateDnsZones.list', call, key),
      ),
      ([key, found]) => zoneBody(found, call.apiVersion, counts.get(key)),
    );
  };
  return [
    {
      name: 'privateDnsZones.list',
      method: 'GET',
      path: '/subscriptions/{subscription}/providers/Microsoft.Network/privateDnsZones',
      handle: list,
    },
    { name: 'privateDnsZones.list', method: 'GET', path: `${provider}/privateDnsZones`, handle: list },
    {
      name: 'privateDnsZones.get',
      method: 'GET',
      path: zone,
      handle(call) {
        const found = existingZone(world, call.scope);
        const body = zoneBody(found, call.apiVersion, countsByZone(world.state).get(keyOf(call.scope)));
        return { status: 200, headers: { etag: found.etag }, body };
      },
    },
    { name: 'privateDnsZones.put', method: 'PUT', path: zone, handle: (call) => put(world, call) },
    { name: 'privateDnsZones.patch', method: 'PATCH', path: zone, handle: (call) => patch(world, call) },
    { name: 'privateDnsZones.delete', method: 'DELETE', path: zone, handle: (call) => remove(world, call) },
  ];
}

function put(world: World, call: ArmCall): Reply {
  const name = nameOf(call.scope);
  checkZoneName(name);
  const { location, tags } = read(call);
  if (location === undefined) {
    throw armFault(400, {
      code: 'LocationRequired',
      message: 'The location property is required for this definition.',
    });
  }
  if (location.toLowerCase() !== 'global') {
    throw flatFault(400, 'BadRequest', `The location '${location}' of a private DNS zone must be 'global'.`);
  }
  refuseSecond(world, call.scope);
  return write(world, call, { id: call.scope, name, tags: tags ?? {} });
}

/** Two PUTs at once: both are accepted, so that a precondition fails in the operation, or the second is refused. */
function refuseSecond({ state }: World, id: string): void {
  const isUnderWay = Object.values(state.longRunning.operations).some(
    ({ outcome, effect }) => !outcome && effect.kind === 'putZone' && effect.key === keyOf(id),
  );
  if (!isUnderWay || state.dns.secondZonePut === 'accepted') return;
  if (state.dns.secondZonePut === 'conflict') {
    throw flatFault(409, 'Conflict', `Another operation on the Zone ${nameOf(id)} is in progress.`);
  }
  throw armFault(429, {
    code: 'RetryableErrorDueToAnotherOperation',
    message: `Operation on the resource ${id} is blocked by another operation.`,
    details: [],
  });
}

function patch(world: World, call: ArmCall): Reply {
  const found = existingZone(world, call.scope);
  const { tags } = read(call);
  return write(world, call, { id: found.id, name: found.name, tags: tags ?? found.tags });
}

function write(world: World, call: ArmCall, wanted: Pick<Zone, 'id' | 'name' | 'tags'>): Reply {
  const tags = writtenTags(world, call.scope, wanted.tags);
  const { random, timings } = world;
  const internalId = Buffer.from(`immutable_zone_id;${random.guid()};0`).toString('base64');
  return beginDns(world, call, {
    name: 'privateDnsZones.put',
    kind: 'UpsertPrivateDnsZone',
    durationMs: timings.zone(),
    effect: {
      kind: 'putZone',
      key: keyOf(call.scope),
      zone: { ...wanted, tags, etag: random.guid(), internalId },
      condition: conditionOf(call),
    },
  });
}

/** ARM itself refuses a zone that still has links. */
function remove(world: World, call: ArmCall): Reply {
  const key = keyOf(call.scope);
  if (!world.state.dns.zones[key]) return { status: 204 };
  const linked = linkOf(world.state, key);
  if (linked) throw armFault(409, nestedResources(linked), { gateway: true });
  return beginDns(world, call, {
    name: 'privateDnsZones.delete',
    kind: 'DeletePrivateDnsZone',
    durationMs: world.timings.zoneDelete(),
    effect: { kind: 'removeZone', key, condition: conditionOf(call) },
  });
}

function existingZone(world: World, id: string): Zone {
  const found = world.state.dns.zones[keyOf(id)];
  if (found) return found;
  throw zoneNotFound(id);
}

function zoneNotFound(id: string): ArmFault {
  const group = segmentAfter(id, 'resourceGroups') ?? '';
  return resourceNotFound(`Microsoft.Network/privateDnsZones/${nameOf(id)}`, group);
}

function read(call: ArmCall): z.infer<typeof bodySchema> {
  const parsed = bodySchema.safeParse(call.body);
  if (parsed.success) return parsed.data;
  throw flatFault(400, 'BadRequest', 'The request body is not a private DNS zone.');
}
