import type { Instant } from '../../kernel/clock.ts';
import type { Link, RecordSet, Zone } from '../state/dnsSchema.ts';
import type { AzureState } from '../state/schema.ts';
import { limits } from './limits.ts';

/** A zone as ARM shows it; versions after the first one have `internalId`. */
export function zoneBody(state: AzureState, key: string, zone: Zone, apiVersion: string): object {
  const links = Object.values(state.dns.links).filter((link) => link.zone === key);
  const recordSets = Object.values(state.dns.recordSets).filter((record) => record.zone === key);
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
      numberOfRecordSets: recordSets.length,
      numberOfVirtualNetworkLinks: links.length,
      numberOfVirtualNetworkLinksWithRegistration: links.filter((link) => link.registrationEnabled).length,
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
