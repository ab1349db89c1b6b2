import type { Instant } from '../../kernel/clock.ts';
import { sameId } from '../resourceId.ts';
import type { Link, Zone } from '../state/dnsSchema.ts';
import type { ArmError, Effect } from '../state/longRunningSchema.ts';
import { removeFrom } from '../state/records.ts';
import type { AzureState } from '../state/schema.ts';
import { violated } from './condition.ts';
import { limits } from './limits.ts';

/** Creates or updates a virtual network link; the conflicts of azure.md §4 are found here, at the operation's end. */
export function applyPutLink(
  state: AzureState,
  effect: Extract<Effect, { kind: 'putLink' }>,
  doneAt: Instant,
): ArmError | undefined {
  const { link, condition, key } = effect;
  const zone = state.dns.zones[link.zone];
  if (!zone)
    return { code: 'NotFound', message: `The Zone of the Virtual Network link ${link.name} was not found.` };
  const existing = state.dns.links[key];
  const broken = violated(condition, existing);
  if (broken) return preconditionFailed(link, zone, broken);
  const refused = linkConflict(state, link, zone, key);
  if (refused) return refused;
  const unchanged = existing?.registrationEnabled === link.registrationEnabled;
  state.dns.links[key] = {
    ...link,
    completedAt: unchanged ? existing.completedAt : doneAt + effect.completesAfterMs,
  };
  return undefined;
}

/** Removes a link, and with it the names that it had registered by itself once no registration link is left. */
export function applyRemoveLink(
  state: AzureState,
  effect: Extract<Effect, { kind: 'removeLink' }>,
): ArmError | undefined {
  const existing = state.dns.links[effect.key];
  if (!existing) return undefined;
  const zone = state.dns.zones[existing.zone];
  if (zone && violated(effect.condition, existing)) return preconditionFailed(existing, zone, 'differs');
  removeFrom(state.dns.links, effect.key);
  const registers = Object.values(state.dns.links).some(
    (link) => link.zone === existing.zone && link.registrationEnabled,
  );
  if (registers) return undefined;
  for (const [key, record] of Object.entries(state.dns.recordSets)) {
    if (record.zone === existing.zone && record.isAutoRegistered) removeFrom(state.dns.recordSets, key);
  }
  return undefined;
}

function preconditionFailed(link: Link, zone: Zone, reason: 'exists' | 'differs'): ArmError {
  const what = `The Virtual Network link ${link.name} for the Private DNS zone ${zone.name}`;
  return {
    code: 'PreconditionFailed',
    message:
      reason === 'exists'
        ? `${what} exists already and hence cannot be created again.`
        : `${what} could not be written since its etag differs from the one of the request.`,
  };
}

function linkConflict(state: AzureState, link: Link, zone: Zone, key: string): ArmError | undefined {
  const others = Object.entries(state.dns.links)
    .filter(([otherKey]) => otherKey !== key)
    .map(([, other]) => other);
  const sameNetwork = others.filter((other) => sameId(other.virtualNetworkId, link.virtualNetworkId));
  if (sameNetwork.some((other) => other.zone === link.zone)) {
    return {
      code: 'Conflict',
      message: `Private zone '${zone.name}' is already linked to the virtual network '${link.virtualNetworkId}'.`,
    };
  }
  return (
    overlap(state, zone, sameNetwork) ??
    registrationConflict(state, link, sameNetwork) ??
    tooMany(link, zone, others)
  );
}

function overlap(state: AzureState, zone: Zone, sameNetwork: readonly Link[]): ArmError | undefined {
  const twin = sameNetwork
    .map((other) => state.dns.zones[other.zone])
    .find((other) => other !== undefined && sameId(other.name, zone.name));
  if (!twin) return undefined;
  return {
    code: 'BadRequest',
    message: `A virtual network cannot be linked to multiple zones with overlapping namespaces. You tried to link virtual network with '${zone.name}' and '${twin.name}' zones.`,
  };
}

function registrationConflict(
  state: AzureState,
  link: Link,
  sameNetwork: readonly Link[],
): ArmError | undefined {
  if (!link.registrationEnabled) return undefined;
  const holder = sameNetwork.find((other) => other.registrationEnabled);
  if (!holder) return undefined;
  return {
    code: 'Conflict',
    message: `A virtual network can only be linked to 1 Private DNS zone(s) with auto-registration enabled; conflicting Private DNS zone is '${state.dns.zones[holder.zone]?.id ?? holder.zone}'.`,
  };
}

function tooMany(link: Link, zone: Zone, others: readonly Link[]): ArmError | undefined {
  const sameZone = others.filter((other) => other.zone === link.zone);
  const registering = sameZone.filter((other) => other.registrationEnabled).length;
  if (sameZone.length < limits.linksPerZone) {
    if (!link.registrationEnabled || registering < limits.registrationLinksPerZone) return undefined;
  }
  return {
    code: 'TooManyVirtualNetworkLinks',
    message: `The Private DNS zone '${zone.name}' holds the most Virtual Network links it may hold.`,
  };
}
