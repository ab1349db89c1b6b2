import { isWithin, keyOf } from '../resourceId.ts';
import type { ArmError, Effect } from '../state/longRunningSchema.ts';
import { removeFrom } from '../state/records.ts';
import type { AzureState } from '../state/schema.ts';
import type { Link, Zone } from '../state/dnsSchema.ts';
import { violated } from './condition.ts';
import { limits } from './limits.ts';

/** Creates or updates a zone; a new one has its SOA record set at once. */
export function applyPutZone(
  state: AzureState,
  effect: Extract<Effect, { kind: 'putZone' }>,
): ArmError | undefined {
  const existing = state.dns.zones[effect.key];
  const { zone, condition } = effect;
  switch (violated(condition, existing)) {
    case 'exists':
      return {
        code: 'PreconditionFailed',
        message: `The Zone ${zone.name} exists already and hence cannot be created again.`,
      };
    case 'differs':
      return {
        code: 'PreconditionFailed',
        message: `The Zone ${zone.name} could not be updated since its etag differs from the one of the request.`,
      };
    case undefined:
      break;
  }
  if (existing) {
    existing.tags = zone.tags;
    existing.etag = zone.etag;
    return undefined;
  }
  if (zonesOf(state, zone.id) >= limits.zonesPerSubscription) {
    return {
      code: 'TooManyZones',
      message: `The subscription holds ${limits.zonesPerSubscription} private DNS zones, which is the most it may hold.`,
    };
  }
  state.dns.zones[effect.key] = zone;
  addStartOfAuthority(state, effect.key, zone);
  return undefined;
}

/** Removes a zone with its records; a link that came since the delete was asked for prevents it. */
export function applyRemoveZone(
  state: AzureState,
  effect: Extract<Effect, { kind: 'removeZone' }>,
): ArmError | undefined {
  const existing = state.dns.zones[effect.key];
  if (existing && violated(effect.condition, existing)) {
    return {
      code: 'PreconditionFailed',
      message: `The Zone ${existing.name} could not be deleted since its etag differs from the one of the request.`,
    };
  }
  const linked = linkOf(state, effect.key);
  if (linked) return nestedResources(linked);
  removeFrom(state.dns.zones, effect.key);
  for (const key of Object.keys(state.dns.recordSets)) {
    if (isWithin(key, effect.key)) removeFrom(state.dns.recordSets, key);
  }
  return undefined;
}

/** A virtual network link of a zone, if there is one. */
export function linkOf(state: AzureState, zoneKey: string): Link | undefined {
  return Object.values(state.dns.links).find(({ zone }) => zone === zoneKey);
}

/** ARM's words for a resource that still has children. */
export function nestedResources(link: Link): ArmError {
  const path = link.id.split('/').slice(6).join('/');
  return {
    code: 'CannotDeleteResource',
    message: `Cannot delete resource while nested resources exist. Some existing nested resource IDs include: '${path}'. Please delete all nested resources before deleting this resource.`,
  };
}

function zonesOf(state: AzureState, zoneId: string): number {
  const subscription = zoneId.split('/').slice(0, 3).join('/');
  return Object.keys(state.dns.zones).filter((key) => isWithin(key, subscription)).length;
}

/** The SOA record set that every zone has. */
export function addStartOfAuthority(state: AzureState, zoneKey: string, zone: Zone): void {
  const id = `${zone.id}/SOA/@`;
  state.dns.recordSets[keyOf(id)] = {
    id,
    name: '@',
    zone: zoneKey,
    type: 'SOA',
    etag: zone.etag,
    ttl: 3600,
    isAutoRegistered: false,
    values: {
      soaRecord: {
        host: 'azureprivatedns.net',
        email: 'azureprivatedns-host.microsoft.com',
        serialNumber: 1,
        refreshTime: 3600,
        retryTime: 300,
        expireTime: 2_419_200,
        minimumTtl: 10,
      },
    },
  };
}
