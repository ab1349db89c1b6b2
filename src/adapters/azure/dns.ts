import type {
  VirtualNetworkLink as SdkLink,
  RecordSet as SdkRecordSet,
  PrivateZone as SdkZone,
} from '@azure/arm-privatedns';
import * as z from 'zod';
import { named, parseLinkId, parseZoneId } from '../../domain/connection/resourceId.ts';
import type { ARecordSet, PrivateDnsZone, VirtualNetworkLink } from '../../domain/resources/model.ts';
import type { Dns, NewLink } from '../../ports.ts';
import type { ArmCalls } from './armCalls.ts';
import { provisioningStateOf } from './privateEndpoints.ts';
import { tagsSchema } from './tags.ts';

/** Private DNS has no region. */
const GLOBAL = 'global';
/** Creates only: an existing resource is never overwritten. */
const CREATE_ONLY = { ifNoneMatch: '*' };

/** Azure Private DNS through the SDK. */
export function dnsAdapter(arm: ArmCalls): Dns {
  const { clients } = arm;
  return {
    ...virtualNetworkLinks(arm),
    ...recordSets(arm),
    async zone(id) {
      const { subscriptionId, resourceGroup, name } = named(id, parseZoneId);
      return arm.read(`reading zone ${name}`, async () =>
        zoneOf(await clients.dns(subscriptionId).privateZones.get(resourceGroup, name)),
      );
    },
    async zones(subscriptionId) {
      const found = await arm.list(`listing private DNS zones of ${subscriptionId}`, () =>
        clients.dns(subscriptionId).privateZones.list(),
      );
      // A zone whose ID cannot be parsed cannot be read, and must not hide the others.
      return found.map(zoneOf).filter(({ id }) => parseZoneId(id) !== null);
    },
    async createZone({ id, tags }, { follow }) {
      const { subscriptionId, resourceGroup, name } = named(id, parseZoneId);
      const body = { location: GLOBAL, tags: { ...tags } };
      await arm.submit(
        `creating zone ${name} in ${resourceGroup}`,
        () => clients.dns(subscriptionId).privateZones.createOrUpdate(resourceGroup, name, body, CREATE_ONLY),
        { follow, failedAs: follow ? 'zone-failed' : 'azure-refused' },
      );
    },
    async deleteZone(id) {
      const { subscriptionId, resourceGroup, name } = named(id, parseZoneId);
      await arm.submitDelete(`deleting zone ${name} in ${resourceGroup}`, () =>
        clients.dns(subscriptionId).privateZones.delete(resourceGroup, name),
      );
    },
  };
}

function virtualNetworkLinks(
  arm: ArmCalls,
): Pick<Dns, 'links' | 'link' | 'createLink' | 'changeLink' | 'deleteLink'> {
  const { clients } = arm;
  return {
    async links(zoneId) {
      const { subscriptionId, resourceGroup, name } = named(zoneId, parseZoneId);
      const found = await arm.list(`listing links of ${name}`, () =>
        clients.dns(subscriptionId).virtualNetworkLinks.list(resourceGroup, name),
      );
      return found.map(linkOf);
    },
    async link(id) {
      const { subscriptionId, resourceGroup, zone, name } = named(id, parseLinkId);
      return arm.read(`reading link ${name} of ${zone}`, async () =>
        linkOf(await clients.dns(subscriptionId).virtualNetworkLinks.get(resourceGroup, zone, name)),
      );
    },
    createLink: (link, options) => createLink(arm, link, options),
    async changeLink({ id, registrationEnabled }, { follow }) {
      const { subscriptionId, resourceGroup, zone, name } = named(id, parseLinkId);
      await arm.submit(
        `changing link ${name} of ${zone}`,
        () =>
          clients.dns(subscriptionId).virtualNetworkLinks.update(resourceGroup, zone, name, { registrationEnabled }),
        { follow, failedAs: follow ? 'link-failed' : 'azure-refused' },
      );
    },
    async deleteLink(id) {
      const { subscriptionId, resourceGroup, zone, name } = named(id, parseLinkId);
      await arm.submitDelete(`deleting link ${name} of ${zone}`, () =>
        clients.dns(subscriptionId).virtualNetworkLinks.delete(resourceGroup, zone, name),
      );
    },
  };
}

function createLink(arm: ArmCalls, link: NewLink, { follow }: { readonly follow: boolean }): Promise<void> {
  const { subscriptionId, resourceGroup, zone, name } = named(link.id, parseLinkId);
  const body = {
    location: GLOBAL,
    tags: { ...link.tags },
    virtualNetwork: { id: link.virtualNetworkId },
    registrationEnabled: link.registrationEnabled,
  };
  return arm.submit(
    `creating link ${name} of ${zone}`,
    () =>
      arm.clients
        .dns(subscriptionId)
        .virtualNetworkLinks.createOrUpdate(resourceGroup, zone, name, body, CREATE_ONLY),
    { follow, failedAs: follow ? 'link-failed' : 'azure-refused' },
  );
}

/** The A record sets of private zones: their writes are synchronous and conditional on ETags. */
function recordSets(
  arm: ArmCalls,
): Pick<Dns, 'records' | 'record' | 'putRecord' | 'deleteRecord' | 'recordSetCount'> {
  const of = (zoneId: string) => {
    const { subscriptionId, resourceGroup, name: zone } = named(zoneId, parseZoneId);
    return { sets: arm.clients.dns(subscriptionId).recordSets, resourceGroup, zone };
  };
  return {
    async records(zoneId) {
      const { sets, resourceGroup, zone } = of(zoneId);
      const found = await arm.list(`listing A records of ${zone}`, () =>
        sets.listByType(resourceGroup, zone, 'A'),
      );
      return found.map((record) => recordOf(zoneId, record));
    },
    async record(zoneId, name) {
      const { sets, resourceGroup, zone } = of(zoneId);
      return arm.read(`reading A record ${name} of ${zone}`, async () =>
        recordOf(zoneId, await sets.get(resourceGroup, zone, 'A', name)),
      );
    },
    async putRecord({ zoneId, name, ttlSeconds, address, metadata }, etag) {
      const { sets, resourceGroup, zone } = of(zoneId);
      const body = { ttl: ttlSeconds, aRecords: [{ ipv4Address: address }], metadata: { ...metadata } };
      const condition = etag === null ? { ifNoneMatch: '*' } : { ifMatch: etag };
      return arm.call(`writing A record ${name} of ${zone}`, async () =>
        recordOf(zoneId, await sets.createOrUpdate(resourceGroup, zone, 'A', name, body, condition)),
      );
    },
    async deleteRecord(zoneId, name, etag) {
      const { sets, resourceGroup, zone } = of(zoneId);
      await arm.read(`deleting A record ${name} of ${zone}`, () =>
        sets.delete(resourceGroup, zone, 'A', name, { ifMatch: etag }),
      );
    },
    async recordSetCount(zoneId) {
      const { sets, resourceGroup, zone } = of(zoneId);
      const found = await arm.list(`listing record sets of ${zone}`, () => sets.list(resourceGroup, zone));
      return found.filter(hasOtherOwner).length;
    },
  };
}

// The SDK's models have only optional fields and check none. The required ones are checked here, so that a response of a
// proxy or gateway on the way is an unreadable response, not an empty zone.

const zoneSchema = z.object({
  id: z.string(),
  name: z.string(),
  tags: tagsSchema,
  provisioningState: z.string().nullish(),
  numberOfVirtualNetworkLinksWithRegistration: z.number().nullish(),
});

function zoneOf(sdk: SdkZone): PrivateDnsZone {
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

function linkOf(sdk: SdkLink): VirtualNetworkLink {
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

function recordOf(zoneId: string, sdk: SdkRecordSet): ARecordSet {
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

/** Whether a user or app owns the record set: Azure itself owns the SOA and auto-registered names. */
function hasOtherOwner(sdk: SdkRecordSet): boolean {
  const { type, isAutoRegistered } = anyRecordSchema.parse(sdk);
  return !/\/SOA$/i.test(type) && isAutoRegistered !== true;
}
