import type {
  PrivateZone as SdkZone,
  RecordSet as SdkRecordSet,
  VirtualNetworkLink as SdkLink,
} from '@azure/arm-privatedns';
import * as z from 'zod';
import type { ARecordSet, PrivateDnsZone, VirtualNetworkLink } from '../../domain/model.ts';
import { provisioningStateOf } from './privateEndpoint.ts';
import { tagsSchema } from './tags.ts';

// The SDK's models have every field optional and check none: what must be there is checked here, so that an answer of
// something on the way is an unreadable answer, not an empty zone.

const zoneSchema = z.object({
  id: z.string(),
  name: z.string(),
  tags: tagsSchema,
  provisioningState: z.string().nullish(),
  numberOfVirtualNetworkLinksWithRegistration: z.number().nullish(),
});

export function zoneOf(sdk: SdkZone): PrivateDnsZone {
  const zone = zoneSchema.parse(sdk);
  return {
    id: zone.id,
    name: zone.name,
    tags: zone.tags,
    provisioningState: provisioningStateOf(zone.provisioningState ?? ''),
    registrationLinkCount: zone.numberOfVirtualNetworkLinksWithRegistration ?? 0,
  };
}

const linkSchema = z.object({
  id: z.string(),
  name: z.string(),
  tags: tagsSchema,
  virtualNetwork: z.object({ id: z.string() }),
  registrationEnabled: z.boolean().nullish(),
  virtualNetworkLinkState: z.string().nullish(),
});

export function linkOf(sdk: SdkLink): VirtualNetworkLink {
  const link = linkSchema.parse(sdk);
  return {
    id: link.id,
    name: link.name,
    zoneId: link.id.replace(/\/virtualNetworkLinks\/[^/]+$/i, ''),
    virtualNetworkId: link.virtualNetwork.id,
    tags: link.tags,
    registrationEnabled: link.registrationEnabled ?? false,
    completed: link.virtualNetworkLinkState?.toLowerCase() === 'completed',
  };
}

const recordSchema = z.object({
  id: z.string(),
  name: z.string(),
  etag: z.string(),
  ttl: z.number(),
  metadata: tagsSchema,
  isAutoRegistered: z.boolean().nullish(),
  aRecords: z.array(z.object({ ipv4Address: z.string() })).nullish(),
});

export function recordOf(zoneId: string, sdk: SdkRecordSet): ARecordSet {
  const record = recordSchema.parse(sdk);
  return {
    zoneId,
    name: record.name,
    ttlSeconds: record.ttl,
    addresses: (record.aRecords ?? []).map(({ ipv4Address }) => ipv4Address),
    metadata: record.metadata,
    autoRegistered: record.isAutoRegistered ?? false,
    etag: record.etag,
  };
}

const anyRecordSchema = z.object({ type: z.string(), isAutoRegistered: z.boolean().nullish() });

/** Whether somebody put the record set there: Azure itself keeps the SOA, and the names of registered machines. */
export function isSomebodys(sdk: SdkRecordSet): boolean {
  const { type, isAutoRegistered } = anyRecordSchema.parse(sdk);
  return !/\/SOA$/i.test(type) && isAutoRegistered !== true;
}
