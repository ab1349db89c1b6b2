import type { Reply } from '../../kernel/operation.ts';
import { ArmFault, flatFault, parentNotFound } from '../protocol/armFault.ts';
import type { ArmCall, ArmOperation } from '../protocol/armOperation.ts';
import { unknownPath } from '../protocol/gate.ts';
import { page } from '../protocol/paging.ts';
import { keyOf, nameOf, parentOf, segmentAfter } from '../resourceId.ts';
import { recordTypes } from '../state/dnsSchema.ts';
import type { RecordSet, RecordType } from '../state/dnsSchema.ts';
import { removeFrom } from '../state/records.ts';
import type { World } from '../state/world.ts';
import { recordSetBody } from './bodies.ts';
import { conditionOf, violated } from './condition.ts';
import { limits } from './limits.ts';
import { checkRecordName } from './names.ts';
import { readRecordRequest, recordValues } from './recordRequest.ts';

const zone =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Network/privateDnsZones/{zone}';
const recordSet = `${zone}/{recordType}/{name}`;

/** Record sets: written at once, guarded by ETags. Must stand after the links, whose paths look alike. */
export function recordSetOperations(world: World): readonly ArmOperation[] {
  const list = (call: ArmCall, type: RecordType | undefined) => {
    const zoneKey = keyOf(call.scope);
    if (!world.state.dns.zones[zoneKey]) {
      throw parentNotFound('read', `privateDnsZones/${type ?? 'ALL'}`, call.scope);
    }
    const found = Object.values(world.state.dns.recordSets).filter(
      (record) => record.zone === zoneKey && (type === undefined || record.type === type),
    );
    return page(world, call, found, (record) => recordSetBody(world.state, record));
  };
  return [
    {
      name: 'recordSets.listAll',
      method: 'GET',
      path: `${zone}/ALL`,
      handle: (call) => list(call, undefined),
    },
    {
      name: 'recordSets.list',
      method: 'GET',
      path: `${zone}/{recordType}`,
      handle: (call) => list(call, typeOfCall(call)),
    },
    {
      name: 'recordSets.get',
      method: 'GET',
      path: recordSet,
      handle(call) {
        const { existing, id } = target(world, call, 'read');
        if (!existing) throw recordNotFound(id);
        return answer(world, 200, existing);
      },
    },
    { name: 'recordSets.put', method: 'PUT', path: recordSet, handle: (call) => put(world, call) },
    { name: 'recordSets.patch', method: 'PATCH', path: recordSet, handle: (call) => patch(world, call) },
    { name: 'recordSets.delete', method: 'DELETE', path: recordSet, handle: (call) => remove(world, call) },
  ];
}

function put(world: World, call: ArmCall): Reply {
  const { id, name, type, zoneKey, existing } = target(world, call, 'write');
  checkRecordName(name);
  refuseViolation(call, name, existing);
  const wanted = readRecordRequest(name, type, call.body);
  if (wanted.ttl === undefined) throw flatFault(400, 'BadRequest', `The record set '${name}' has no TTL.`);
  if (existing?.isAutoRegistered) throw autoRegistered(name);
  if (!existing) refuseNew(world, zoneKey, type, name);
  const record: RecordSet = {
    id: existing?.id ?? id,
    name: existing?.name ?? name,
    zone: zoneKey,
    type,
    etag: world.random.guid(),
    ttl: wanted.ttl,
    ...(wanted.metadata && { metadata: wanted.metadata }),
    isAutoRegistered: false,
    values: recordValues(type, wanted.values),
  };
  world.state.dns.recordSets[keyOf(id)] = record;
  return answer(world, existing ? 200 : 201, record);
}

function patch(world: World, call: ArmCall): Reply {
  const { id, name, type, existing } = target(world, call, 'write');
  if (!existing) throw recordNotFound(id);
  refuseViolation(call, name, existing);
  if (existing.isAutoRegistered) throw autoRegistered(name);
  const wanted = readRecordRequest(name, type, call.body);
  existing.etag = world.random.guid();
  existing.ttl = wanted.ttl ?? existing.ttl;
  if (wanted.metadata) existing.metadata = wanted.metadata;
  if (wanted.values !== undefined) existing.values = recordValues(type, wanted.values);
  return answer(world, 200, existing);
}

function remove(world: World, call: ArmCall): Reply {
  const { id, name, type, existing } = target(world, call, 'delete');
  if (!existing) return { status: 204 };
  refuseViolation(call, name, existing);
  if (type === 'SOA') throw flatFault(400, 'BadRequest', 'The SOA record set of a zone cannot be deleted.');
  removeFrom(world.state.dns.recordSets, keyOf(id));
  return { status: 200 };
}

/** What the path names. The type is in upper case in the ID, for any case in the request. */
function target(
  world: World,
  call: ArmCall,
  verb: 'read' | 'write' | 'delete',
): { id: string; name: string; type: RecordType; zoneKey: string; existing: RecordSet | undefined } {
  const type = typeOfCall(call);
  const zoneId = parentOf(call.scope);
  if (!world.state.dns.zones[keyOf(zoneId)]) throw parentNotFound(verb, `privateDnsZones/${type}`, zoneId);
  const name = nameOf(call.scope);
  const id = `${zoneId}/${type}/${name}`;
  return { id, name, type, zoneKey: keyOf(zoneId), existing: world.state.dns.recordSets[keyOf(id)] };
}

function typeOfCall(call: ArmCall): RecordType {
  const asked = call.params.recordType?.toUpperCase();
  const type = recordTypes.find((known) => known === asked);
  if (type) return type;
  throw new ArmFault(unknownPath(call), `There is no record type ${asked}.`);
}

function answer(world: World, status: number, record: RecordSet): Reply {
  return { status, headers: { etag: record.etag }, body: recordSetBody(world.state, record) };
}

function refuseViolation(call: ArmCall, name: string, existing: RecordSet | undefined): void {
  switch (violated(conditionOf(call), existing)) {
    case 'exists':
      throw flatFault(
        412,
        'PreconditionFailed',
        `The Record set ${name} exists already and hence cannot be created again.`,
      );
    case 'differs':
      throw flatFault(
        412,
        'PreconditionFailed',
        `The Record set ${name} has been modified: its etag differs from the one of the request.`,
      );
    case undefined:
      return;
  }
}

function refuseNew(world: World, zoneKey: string, type: RecordType, name: string): void {
  const others = Object.values(world.state.dns.recordSets).filter((record) => record.zone === zoneKey);
  if (type === 'SOA') throw flatFault(400, 'BadRequest', 'A zone has one SOA record set, at @.');
  if (others.length >= limits.recordSetsPerZone) {
    throw flatFault(
      409,
      'TooManyRecordSets',
      `The zone holds ${limits.recordSetsPerZone} record sets already.`,
    );
  }
  const sameName = others.filter((record) => record.name.toLowerCase() === name.toLowerCase());
  if (sameName.length > 0 && (type === 'CNAME' || sameName.some((record) => record.type === 'CNAME'))) {
    // The texts are those of public zones (kubernetes-sigs/external-dns 5358, rcl Lets-Encrypt-Auto 26).
    const other = type === 'CNAME' ? 'another' : 'a CNAME';
    const message = `The ${type} record could not be created because ${other} record with the same name already exists in this zone.`;
    throw flatFault(409, 'Conflict', message);
  }
}

function autoRegistered(name: string): ArmFault {
  return flatFault(
    400,
    'BadRequest',
    `The record set '${name}' is registered automatically and cannot be changed.`,
  );
}

function recordNotFound(id: string): ArmFault {
  const [subscription, group] = [segmentAfter(id, 'subscriptions'), segmentAfter(id, 'resourceGroups')];
  return flatFault(
    404,
    'NotFound',
    `The resource record '${nameOf(id)}' does not exist in resource group '${group}' of subscription '${subscription}'.`,
  );
}
