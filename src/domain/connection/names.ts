// A hash depends only on its input, so it is safe on replay. It is the only Node built-in that the domain may use.
// eslint-disable-next-line no-restricted-imports
import { createHash } from 'node:crypto';

/** Why a name is not valid, in a few words; null when it is valid. Sources: Azure's naming rules, recordings of Zilliz. */
export type NameFault = string | null;

/** A cluster at Zilliz: `in01-` (Dedicated), `in03-` (free), `in05-` (serverless) and lower-case letters and digits. */
export const CLUSTER_ID = /^in\d{2}-[0-9a-z]{6,40}$/;
/** A wider form that also accepts future cluster IDs of Zilliz. It is safe in a URL, where recorded cluster IDs are used. */
export const ANY_CLUSTER_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
export const PROJECT_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{1,63}$/;
/** `az-` and Azure's short name of the location. Whether Zilliz offers the region is read from its API. */
export const REGION_ID = /^az-[a-z0-9]{2,37}$/;

const LONGEST_TAG_NAME = 512;
const LONGEST_TAG_VALUE = 256;

/** 2–64 letters, digits, `_`, `-`. Azure allows dots too, but Zilliz's endpoint ID is `<name>.<GUID>`. */
export function privateEndpointNameFault(name: string): NameFault {
  if (name.length < 2 || name.length > 64) return 'must have 2 to 64 characters';
  if (name.includes('.')) return 'must not contain a dot: Zilliz separates name and GUID by one';
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]*[A-Za-z0-9_]$/.test(name)) {
    return 'must be letters, digits, _ and -, start with a letter or digit and not end with -';
  }
  return null;
}

export function networkInterfaceNameFault(name: string): NameFault {
  if (name.length < 1 || name.length > 80) return 'must have 1 to 80 characters';
  return /^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$/.test(name)
    ? null
    : 'must be letters, digits, _ . and -, start with a letter or digit and end with one or with _';
}

export function resourceGroupNameFault(name: string): NameFault {
  if (name.length < 1 || name.length > 90) return 'must have 1 to 90 characters';
  if (!/^[\p{L}\p{N}_.()-]+$/u.test(name)) return 'must be letters, digits, _ . - ( )';
  return name.endsWith('.') ? 'must not end with a dot' : null;
}

export function clusterIdFault(id: string): NameFault {
  if (CLUSTER_ID.test(id)) return null;
  const fault = 'must be the ID of a cluster, like in01-0123456789abcde, not its name';
  if (/^(all|\*)$/i.test(id)) return `${fault}: for all clusters, "clusters": "all"`;
  // A part of an address, or in capitals.
  const [meant] = /in\d{2}-[0-9a-z]{6,40}/.exec(id.toLowerCase()) ?? [];
  return meant === undefined ? fault : `${fault} or address: did you mean ${meant}?`;
}

export function projectIdFault(id: string): NameFault {
  return PROJECT_ID.test(id) ? null : 'must be 2 to 64 letters, digits, _ and -, e.g. proj-0123456789abcdef';
}

export function regionIdFault(id: string): NameFault {
  if (REGION_ID.test(id)) return null;
  const fault = 'must be the ID of an Azure region at Zilliz, e.g. az-eastus';
  // Azure's own names of regions: `eastus`, `East US`.
  const meant = `az-${id
    .toLowerCase()
    .replace(/^(az|azure)-/, '')
    .replace(/[\s-]/g, '')}`;
  if (/^(aws|gcp|ali)-/i.test(id)) return `${fault}: this one is in another cloud`;
  return REGION_ID.test(meant) ? `${fault}: did you mean ${meant}?` : fault;
}

/** Private DNS zones and links take 15 tags (reference: tags). Two are ours: `managed-by`, and `zpl-made` or `zpl-adopted`. */
const MOST_DNS_TAGS = 13;

/** Why Azure, or this app, would refuse these tags. `name`: of the tag; null for all. `onDns`: whether zones and links get them. */
export function tagFaults(
  tags: Readonly<Record<string, string>>,
  { onDns }: { readonly onDns: boolean },
): readonly { readonly name: string | null; readonly detail: string }[] {
  const names = Object.keys(tags).map((name) => name.toLowerCase());
  const faults = Object.entries(tags).flatMap(([name, value], index) => {
    const isRepeated = names.indexOf(name.toLowerCase()) !== index;
    const detail = isRepeated
      ? 'is there in another case: Azure takes both for one tag'
      : (tagNameFault(name, onDns) ?? tagValueFault(value));
    return detail === null ? [] : [{ name, detail }];
  });
  const tooMany = `must be at most ${MOST_DNS_TAGS}: a private DNS zone takes 15 tags, and this app adds two`;
  return onDns && names.length > MOST_DNS_TAGS ? [...faults, { name: null, detail: tooMany }] : faults;
}

function tagNameFault(name: string, onDns: boolean): NameFault {
  if (name.length < 1 || name.length > LONGEST_TAG_NAME)
    return `the name must have 1 to ${LONGEST_TAG_NAME} characters`;
  if (/^(managed-by$|zpl-)/i.test(name)) return 'managed-by and zpl-… are the marks of this app';
  if (/^(microsoft|azure|windows)/i.test(name))
    return 'Azure reserves names that begin with microsoft, azure or windows';
  if (/[<>%&\\?/\p{Cc}]/u.test(name)) return 'the name must not contain < > % & \\ ? / or control characters';
  return onDns && !/^[A-Za-z_][\w.-]*$/.test(name)
    ? 'private DNS zones and links allow only letters, digits, _ . and - in a name, and no digit as the first'
    : null;
}

function tagValueFault(value: string): NameFault {
  return value.length > LONGEST_TAG_VALUE
    ? `the value must have at most ${LONGEST_TAG_VALUE} characters`
    : null;
}

/** The zone that all public and private host names of a region share. */
export function regionalZoneName(regionId: string): string {
  return `${regionId.toLowerCase()}.vectordb.zillizcloud.com`;
}

/** Whether connections of the region use a zone of this name, in either layout. */
export function isZoneOfRegion(zoneName: string, regionId: string): boolean {
  const region = regionalZoneName(regionId);
  const name = zoneName.toLowerCase();
  return name === region || name.endsWith(`.${region}`);
}

/** The same project, region and subnet give the same name, so that a repeated request finds its endpoint. */
export function defaultPrivateEndpointName(of: {
  readonly projectId: string;
  readonly regionId: string;
  readonly subnetId: string;
}): string {
  return `pe-zilliz-${of.regionId.toLowerCase()}-${fingerprint([of.projectId, of.regionId, of.subnetId], 8)}`;
}

/** Stable, and safe in a URL, an instance ID and a tag. */
export function connectionId(of: {
  readonly projectId: string;
  readonly regionId: string;
  readonly privateEndpointId: string;
}): string {
  return `${of.regionId.toLowerCase()}-${fingerprint([of.projectId, of.regionId, of.privateEndpointId], 12)}`;
}

/** Whether a connection ID is the hash of this resource ID. Marks that were copied from another endpoint do not fit. */
export function isOwnId(
  { id, projectId, regionId }: { readonly id: string; readonly projectId: string; readonly regionId: string },
  privateEndpointId: string,
): boolean {
  return connectionId({ projectId, regionId, privateEndpointId }) === id;
}

/** The instance ID of the run that maintains the records of one project and region. */
export function syncInstanceId(of: { readonly projectId: string; readonly regionId: string }): string {
  return `sync-${of.regionId.toLowerCase()}-${fingerprint([of.projectId, of.regionId], 12)}`;
}

/** The external event that notifies the sync run of a possible change. */
export const SYNC_HINT = 'hint';

export function isConnectionId(text: string): boolean {
  return /^az-[a-z0-9]{2,37}-[0-9a-f]{12}$/.test(text);
}

export function fingerprint(parts: readonly string[], digits: number): string {
  return sha256Hex(parts.map((part) => part.toLowerCase()).join('\n')).slice(0, digits);
}

/** How the entry of a zone's owner names a virtual network. */
export function networkHash(virtualNetworkId: string): string {
  return fingerprint([virtualNetworkId], 12);
}

/** SHA-256 of the UTF-8 text, as 64 lower-case hexadecimal digits. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The ID to register at Zilliz: `<private endpoint name>.<resource GUID>` (guide, step 3). Null when the GUID is not valid. */
export function endpointId(name: string, resourceGuid: string): string | null {
  return GUID.test(resourceGuid) ? `${name}.${resourceGuid}` : null;
}

/** Whether a text has the form that `endpointId` returns. */
export function isEndpointId(text: string): boolean {
  const dot = text.indexOf('.');
  return privateEndpointNameFault(text.slice(0, dot)) === null && GUID.test(text.slice(dot + 1));
}

/** Compares without case, since Azure and Zilliz may write the GUID in different case. */
export function sameEndpointId(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
