import * as z from 'zod';
import type { ARecordSet, Tags } from '../resources/model.ts';
import { connectionSpecSchema } from './connection.ts';
import type { Connection, ConnectionSpec } from './connection.ts';
import { projectIdSchema, regionIdSchema, timeSchema } from './fieldSchemas.ts';
import { ANY_CLUSTER_ID, isConnectionId, isEndpointId } from './names.ts';
import { parsePrivateEndpointId, privateEndpointId } from './resourceId.ts';
import { TagSet } from './tagSet.ts';

/** For people, written where something is created. A policy may overwrite it, so it is never compared and never written again. */
export const forPeople: Tags = { 'managed-by': 'private-link-for-zilliz-cloud' };

/** The tags by which the private endpoints of this app, of a project or of one connection are found. */
export const searchTags = {
  connection: 'zpl-connection',
  project: 'zpl-project',
  region: 'zpl-region',
} as const;

const tagNames = {
  ...searchTags,
  region: 'zpl-region',
  whitelistedAt: 'zpl-whitelisted-at',
  checked: 'zpl-checked',
  made: 'zpl-made',
  adopted: 'zpl-adopted',
  adoptedRegistration: 'zpl-adopted-registration',
  adoptedTtl: 'zpl-adopted-ttl',
  specCount: 'zpl-spec-count',
  specPart: 'zpl-spec-',
} as const;

const recordNames = {
  cluster: 'zpl-cluster',
  endpoint: 'zpl-endpoint',
  privateEndpoint: 'zpl-private-endpoint',
} as const;

/** Parts of the list of networks in the entry of a zone's owner. */
const NETWORKS_PART = 'zpl-networks-';

const SPEC_VERSION = 1;
const LONGEST_VALUE = 256;
const MOST_TAGS = 50;

export interface EndpointMarks {
  readonly connectionId: string;
  readonly projectId: string;
  readonly regionId: string;
  /** ISO 8601; null when this connection did not add the subscription to the whitelist, or the mark is not a time. */
  readonly whitelistedAt: string | null;
  /** Null when it is not readable, or a newer version wrote it. */
  readonly spec: ConnectionSpec | null;
}

const storedSpecSchema = z.object({ v: z.literal(SPEC_VERSION), spec: connectionSpecSchema });

/** The tags of a private endpoint: those of the request, and the marks of this app. */
export function endpointTags(marks: EndpointMarks & { readonly spec: ConnectionSpec }): Tags {
  return {
    ...marks.spec.tags,
    [tagNames.connection]: marks.connectionId,
    [tagNames.project]: marks.projectId,
    [tagNames.region]: marks.regionId,
    ...(marks.whitelistedAt !== null && { [tagNames.whitelistedAt]: marks.whitelistedAt }),
    ...specTags(marks.spec),
  };
}

/** The tags that hold the specification. */
export function specTags(spec: ConnectionSpec): Tags {
  const text = JSON.stringify({ v: SPEC_VERSION, spec });
  const parts = text.match(new RegExp(`[^]{1,${LONGEST_VALUE}}`, 'g')) ?? [];
  return {
    [tagNames.specCount]: String(parts.length),
    ...Object.fromEntries(parts.map((part, index) => [`${tagNames.specPart}${index}`, part])),
  };
}

/** Why Azure would refuse these tags; null when it would accept them. */
export function tagBudgetFault(tags: Tags): string | null {
  const set = TagSet.of(tags);
  // One tag is reserved for the time of the whitelist entry, which is not known yet.
  const count = set.size + (set.has(tagNames.whitelistedAt) ? 0 : 1);
  if (count > MOST_TAGS) return `it takes ${count} tags, and a private endpoint has ${MOST_TAGS}`;
  const long = Object.entries(tags).find(([, value]) => value.length > LONGEST_VALUE);
  return long ? `the tag ${long[0]} is longer than ${LONGEST_VALUE} characters` : null;
}

/**
 * Reads the marks in the tags of a private endpoint; null when this app does not own it. Other users can write tags too, so a
 * value that this app would not write is ignored. Reading never throws, for any value.
 */
export function readEndpointMarks(tags: Tags): EndpointMarks | null {
  const set = TagSet.of(tags);
  const read = (name: string): string | null => set.get(name);
  const connectionId = read(tagNames.connection);
  const projectId = projectIdSchema.safeParse(read(tagNames.project));
  const regionId = regionIdSchema.safeParse(read(tagNames.region));
  if (connectionId === null || !isConnectionId(connectionId) || !projectId.success || !regionId.success) {
    return null;
  }
  return {
    connectionId,
    projectId: projectId.data,
    regionId: regionId.data,
    whitelistedAt: timeSchema.safeParse(read(tagNames.whitelistedAt)).data ?? null,
    spec: readSpec(read),
  };
}

function readSpec(read: (name: string) => string | null): ConnectionSpec | null {
  const count = Number(read(tagNames.specCount) ?? '0');
  if (!Number.isInteger(count) || count > MOST_TAGS) return null;
  const text = Array.from({ length: count }, (_, index) => read(`${tagNames.specPart}${index}`) ?? '').join(
    '',
  );
  try {
    return storedSpecSchema.parse(JSON.parse(text)).spec;
  } catch {
    // Truncated, changed manually, or written by a newer version. This is an expected result, not an error.
    return null;
  }
}

/** Whether the tag with this name, in lower case, holds a part of the specification. */
export function isSpecPart(name: string): boolean {
  return /^zpl-spec-\d+$/.test(name);
}

/** Whether this app created or adopted a zone or link. Connections can share both, so the mark does not name a connection. */
export function isOurs(tags: Tags): boolean {
  const set = TagSet.of(tags);
  return [tagNames.made, tagNames.adopted].some((name) => timeSchema.safeParse(set.get(name)).success);
}

/** The mark of a zone or link that this app created. */
export function madeMark(at: number): Tags {
  return { [tagNames.made]: new Date(at).toISOString() };
}

/** All tags of a zone or link that this app creates: those of the request too. */
export function newSharedTags(at: number, requested: Tags = {}): Tags {
  return { ...forPeople, ...requested, ...madeMark(at) };
}

/**
 * The marks of something that is adopted, beside its other marks: disconnect and undo take all of them off and never delete it.
 * `registration`: the ID under which Zilliz listed an adopted private endpoint already; it stays registered.
 */
export function adoptedMarks(at: number, registration: string | null = null): Tags {
  return {
    [tagNames.adopted]: new Date(at).toISOString(),
    ...(registration !== null && { [tagNames.adoptedRegistration]: registration }),
  };
}

export const checkOutcomes = ['verified', 'not-verifiable-from-here', 'failed'] as const;

/** When the private path was last verified, and how that ended. */
export const lastCheckSchema = z
  .object({
    at: timeSchema.meta({ description: 'ISO 8601' }),
    outcome: z.enum(checkOutcomes).meta({ id: 'CheckOutcome' }),
  })
  .meta({ id: 'LastCheck' });
export type LastCheck = Readonly<z.infer<typeof lastCheckSchema>>;

export function checkMarks({ at, outcome }: LastCheck): Tags {
  return { [tagNames.checked]: `${at} ${outcome}` };
}

/** Null when there is no such mark, or this app would not write its value. */
export function lastCheck(tags: Tags): LastCheck | null {
  const [at, word] = (TagSet.of(tags).get(tagNames.checked) ?? '').split(' ');
  return lastCheckSchema.safeParse({ at, outcome: word }).data ?? null;
}

/** Whether a private endpoint names the connection, also if it lost its other marks. */
export function isMarkedFor(tags: Tags, connectionId: string): boolean {
  return TagSet.of(tags).get(tagNames.connection) === connectionId;
}

export function isAdopted(tags: Tags): boolean {
  return TagSet.of(tags).has(tagNames.adopted);
}

/** Returns the registration that an adopted private endpoint had before; null if it had none. */
export function adoptedRegistration(tags: Tags): string | null {
  return TagSet.of(tags).get(tagNames.adoptedRegistration);
}

/** The marks of an adopted record set: `ttlSeconds` is the TTL that it gets back when it is given back. */
export function adoptedRecordMarks(at: number, ttlSeconds: number): Tags {
  return { ...adoptedMarks(at), [tagNames.adoptedTtl]: String(ttlSeconds) };
}

/** Returns the TTL of a record set that is given back: the one before its adoption, if the marks say it. */
export function ttlToGiveBack({ metadata, ttlSeconds }: Pick<ARecordSet, 'metadata' | 'ttlSeconds'>): number {
  const noted = Number(TagSet.of(metadata).get(tagNames.adoptedTtl) ?? Number.NaN);
  return Number.isInteger(noted) && noted >= 0 && noted < 2 ** 31 ? noted : ttlSeconds;
}

/** The private endpoint that a record was created for. */
export interface RecordEndpoint {
  readonly projectId: string;
  /** The ID registered at Zilliz. After the endpoint is deleted, it proves that this app owned the registration. Null: unknown. */
  readonly endpointId: string | null;
  /** The resource ID, to check whether the endpoint still exists. */
  readonly privateEndpointId: string;
}

export function recordMetadata(connectionId: string, clusterId: string, endpoint?: RecordEndpoint): Tags {
  return {
    [tagNames.connection]: connectionId,
    [recordNames.cluster]: clusterId,
    ...(endpoint && {
      [tagNames.project]: endpoint.projectId,
      [recordNames.privateEndpoint]: shortEndpointId(endpoint.privateEndpointId),
      ...(endpoint.endpointId !== null && { [recordNames.endpoint]: endpoint.endpointId }),
    }),
  };
}

/** A network in the entry of a zone's owner. */
export interface EntryNetwork {
  readonly hash: string;
  /** Whether its link is created by this app. A link that has lost its marks is proved by this, never by its name alone. */
  readonly created: boolean;
}

/** Follows the hash of a network whose link is created by this app. */
const CREATED = '+';

/** The metadata of a connection's entry among the owners of a zone. A record set takes 15 entries of metadata. */
export function entryMetadata(
  { id, projectId, privateEndpoint }: Pick<Connection, 'id' | 'projectId' | 'privateEndpoint'>,
  networks: readonly EntryNetwork[],
): Tags {
  const words = networks.map(({ hash, created }) => (created ? `${hash}${CREATED}` : hash));
  const parts = words.join().match(new RegExp(`[^]{1,${LONGEST_VALUE}}`, 'g')) ?? [];
  return {
    ...forPeople,
    [tagNames.connection]: id,
    [tagNames.project]: projectId,
    [recordNames.privateEndpoint]: shortEndpointId(privateEndpoint.id),
    ...Object.fromEntries(parts.map((part, index) => [`${NETWORKS_PART}${index}`, part])),
  };
}

/** The networks in the metadata of an entry; null if the list is not readable. */
export function entryNetworks(metadata: Tags): readonly EntryNetwork[] | null {
  const set = TagSet.of(metadata);
  const parts: string[] = [];
  for (
    let part = set.get(`${NETWORKS_PART}0`);
    part !== null;
    part = set.get(`${NETWORKS_PART}${parts.length}`)
  )
    parts.push(part);
  const words = parts.join('').split(',');
  if (!words.every((word) => /^[0-9a-f]{12}\+?$/.test(word))) return null;
  return words.map((word) => ({ hash: word.slice(0, 12), created: word.endsWith(CREATED) }));
}

/** `<subscription>/<group>/<name>`: a full resource ID can be longer than a metadata value may be. */
function shortEndpointId(id: string): string {
  const named = parsePrivateEndpointId(id);
  if (!named) throw new Error('The ID of the private endpoint consists of validated parts.');
  return `${named.subscriptionId}/${named.resourceGroup}/${named.name}`;
}

function fullEndpointId(short: string): string | null {
  const [subscriptionId = '', resourceGroup = '', name = '', ...rest] = short.split('/');
  const id = privateEndpointId(subscriptionId, resourceGroup, name);
  return rest.length === 0 && parsePrivateEndpointId(id) ? id : null;
}

export interface RecordOwner {
  readonly connectionId: string;
  readonly clusterId: string | null;
  readonly projectId: string | null;
  readonly endpointId: string | null;
  /** Resource ID; null when the record does not name one, or the value is not a resource ID. */
  readonly privateEndpointId: string | null;
}

/** The owner of a record by its metadata; null when this app does not own it. A value that is not a valid ID is read as null. */
export function recordOwner(metadata: Tags): RecordOwner | null {
  const set = TagSet.of(metadata);
  const read = (name: string): string | null => set.get(name);
  const connectionId = read(tagNames.connection);
  if (connectionId === null || !isConnectionId(connectionId)) return null;
  const clusterId = read(recordNames.cluster);
  const endpointId = read(recordNames.endpoint);
  return {
    connectionId,
    clusterId: clusterId !== null && ANY_CLUSTER_ID.test(clusterId) ? clusterId : null,
    projectId: projectIdSchema.safeParse(read(tagNames.project)).data ?? null,
    endpointId: endpointId !== null && isEndpointId(endpointId) ? endpointId : null,
    privateEndpointId: fullEndpointId(read(recordNames.privateEndpoint) ?? ''),
  };
}

/** Tags or metadata without what this app has written for itself. */
export function tagsOfOthers(tags: Tags): Tags {
  return TagSet.of(tags).filter((name, value) => !isMark(name, value));
}

/** The tags that this app has written for itself, unchanged. */
export function marksAmong(tags: Tags): Tags {
  return TagSet.of(tags).filter(isMark);
}

/** `name`: in lower case. */
function isMark(name: string, value: string): boolean {
  return name.startsWith('zpl-') || forPeople[name] === value;
}
