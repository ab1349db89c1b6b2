import type { Instant } from '../../kernel/clock.ts';
import type { Link, RecordSet, Zone } from '../state/dnsSchema.ts';
import type { AzureState } from '../state/schema.ts';
import { limits } from './limits.ts';

interface Counts {
  recordSets: number;
  links: number;
  registering: number;
}

/** What is in each zone, by its key. */
export function countsByZone({ dns }: AzureState): ReadonlyMap<string, Counts> {
  const counts = new Map<string, Counts>();
  const of = (zone: string): Counts => {
    const known = counts.get(zone) ?? { recordSets: 0, links: 0, registering: 0 };
    counts.set(zone, known);
    return known;
  };
  for (const { zone } of Object.values(dns.recordSets)) of(zone).recordSets += 1;
  for (const { zone, registrationEnabled } of Object.values(dns.links)) {
    of(zone).links += 1;
    if (registrationEnabled) of(zone).registering += 1;
  }
  return counts;
}

/** A zone as ARM shows it; versions after the first one have `internalId`. */
export function zoneBody(zone: Zone, apiVersion: string, counts: Counts | undefined): object {
  return {
    id: zone.id,
    name: zone.name,
    type: 'Microsoft.Network/privateDnsZones',
    etag: zone.etag,
    location: 'global',
    ...(Object.keys(zone.tags).length > 0 && { tags: zone.tags }),
    properties: {
      ...(apiVersion > '2018-09-01' && { internalId: zone.internalId }),
      maxNumberOfRecordSets: limits.recordSetsPerZone,
      maxNumberOfVirtualNetworkLinks: limits.linksPerZone,
      maxNumberOfVirtualNetworkLinksWithRegistration: limits.registrationLinksPerZone,
      numberOfRecordSets: counts?.recordSets ?? 0,
      numberOfVirtualNetworkLinks: counts?.links ?? 0,
      numberOfVirtualNetworkLinksWithRegistration: counts?.registering ?? 0,
      provisioningState: 'Succeeded',
    },
  };
}

/** A link as ARM shows it: `Succeeded` some time before it works. */
export function linkBody(link: Link, now: Instant): object {
  return {
    id: link.id,
    name: link.name,
    type: 'Microsoft.Network/privateDnsZones/virtualNetworkLinks',
    etag: link.etag,
    location: 'global',
    ...(Object.keys(link.tags).length > 0 && { tags: link.tags }),
    properties: {
      provisioningState: 'Succeeded',
      registrationEnabled: link.registrationEnabled,
      ...(link.resolutionPolicy !== 'Default' && { resolutionPolicy: link.resolutionPolicy }),
      virtualNetwork: { id: link.virtualNetworkId },
      virtualNetworkLinkState: now >= link.completedAt ? 'Completed' : 'InProgress',
    },
  };
}

/** A record set as ARM shows it: the type in upper case, for any case in the request. */
export function recordSetBody(state: AzureState, record: RecordSet): object {
  const zone = state.dns.zones[record.zone]?.name ?? '';
  return {
    id: record.id,
    name: record.name,
    type: `Microsoft.Network/privateDnsZones/${record.type}`,
    etag: record.etag,
    properties: {
      ...(record.metadata && { metadata: record.metadata }),
      fqdn: record.name === '@' ? `${zone}.` : `${record.name}.${zone}.`,
      ttl: record.ttl,
      ...record.values,
      isAutoRegistered: record.isAutoRegistered,
    },
  };
}
