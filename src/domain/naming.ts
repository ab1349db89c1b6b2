import { sha256Hex } from './digest.ts';
import { parseVirtualNetworkId } from './resourceId.ts';

/** The zone that all public and private host names of a region share. */
export function regionalZoneName(regionId: string): string {
  return `${regionId.toLowerCase()}.vectordb.zillizcloud.com`;
}

/** Whether a zone's name is one that connections of a region use, in whatever layout. */
export function isZoneOfRegion(zoneName: string, regionId: string): boolean {
  const region = regionalZoneName(regionId);
  const name = zoneName.toLowerCase();
  return name === region || name.endsWith(`.${region}`);
}

/** The same project, region and subnet give the same name, so the same request finds its endpoint again. */
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

/** The run that keeps the records of one project and region; safe as an instance ID. */
export function syncInstanceId(of: { readonly projectId: string; readonly regionId: string }): string {
  return `sync-${of.regionId.toLowerCase()}-${fingerprint([of.projectId, of.regionId], 12)}`;
}

/** The event by which that run is told that something may have changed. */
export const SYNC_HINT = 'hint';

export function isConnectionId(text: string): boolean {
  return /^az-[a-z0-9]{2,37}-[0-9a-f]{12}$/.test(text);
}

/** `link-<vnet>-<hash6>`; the hash keeps networks of one name in different groups apart. */
export function linkName(virtualNetworkId: string): string {
  const name = parseVirtualNetworkId(virtualNetworkId)?.name ?? 'network';
  const plain = name.replace(/[^A-Za-z0-9_.-]/g, '-').slice(0, 66);
  return `link-${plain}-${fingerprint([virtualNetworkId], 6)}`;
}

function fingerprint(parts: readonly string[], digits: number): string {
  return sha256Hex(parts.map((part) => part.toLowerCase()).join('\n')).slice(0, digits);
}
