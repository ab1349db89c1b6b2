import type {
  VirtualNetworkLink as SdkLink,
  RecordSet as SdkRecordSet,
  PrivateZone as SdkZone,
} from '@azure/arm-privatedns';
import * as z from 'zod';
import { named, parseLinkId, parseZoneId } from '../../domain/connection/resourceId.ts';
import type {
  ARecordSet,
  OtherSet,
  PrivateDnsZone,
  TxtRecordSet,
  VirtualNetworkLink,
} from '../../domain/resources/model.ts';
import type { Dns, NewLink, NewSet } from '../../ports.ts';
import type { ArmCalls } from './armCalls.ts';
import { provisioningStateOf } from './privateEndpointBody.ts';
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
          clients
            .dns(subscriptionId)
            .virtualNetworkLinks.update(resourceGroup, zone, name, { registrationEnabled }),
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

/** The record sets of private zones: their writes are synchronous and conditional on ETags. */
function recordSets(
  arm: ArmCalls,
): Pick<Dns, 'recordSets' | 'record' | 'putRecord' | 'deleteRecord' | 'putText' | 'deleteText'> {
  const of = (zoneId: string) => {
    const { subscriptionId, resourceGroup, name: zone } = named(zoneId, parseZoneId);
    return { sets: arm.clients.dns(subscriptionId).recordSets, resourceGroup, zone };
  };
  const put = async (
    type: SetType,
    { zoneId, name, ttlSeconds, metadata }: NewSet,
    values: Pick<SdkRecordSet, 'aRecords' | 'txtRecords'>,
    etag: string | null,
  ): Promise<ARecordSet> => {
    const { sets, resourceGroup, zone } = of(zoneId);
    const body = { ttl: ttlSeconds, metadata: { ...metadata }, ...values };
    const condition = etag === null ? CREATE_ONLY : { ifMatch: etag };
    return arm.call(`writing ${type} record ${name} of ${zone}`, async () =>
      recordOf(zoneId, await sets.createOrUpdate(resourceGroup, zone, type, name, body, condition)),
    );
  };
  const remove = async (type: SetType, zoneId: string, name: string, etag: string): Promise<void> => {
    const { sets, resourceGroup, zone } = of(zoneId);
    await arm.read(`deleting ${type} record ${name} of ${zone}`, () =>
      sets.delete(resourceGroup, zone, type, name, { ifMatch: etag }),
    );
  };
  return {
    async recordSets(zoneId) {
      const { sets, resourceGroup, zone } = of(zoneId);
      const all = await arm.list(`listing record sets of ${zone}`, () => sets.list(resourceGroup, zone));
      const types = all.map(typeOf);
      const ofType = (type: string) => all.filter((_, index) => types[index] === type);
      return {
        records: ofType('A').map((record) => recordOf(zoneId, record)),
        texts: ofType('TXT').map(textOf),
        others: all.flatMap((set, index): readonly OtherSet[] => {
          const type = types[index] ?? '';
          return ['A', 'TXT', 'SOA'].includes(type) ? [] : [{ type, name: nameSchema.parse(set).name }];
        }),
      };
    },
    async record(zoneId, name) {
      const { sets, resourceGroup, zone } = of(zoneId);
      return arm.read(`reading A record ${name} of ${zone}`, async () =>
        recordOf(zoneId, await sets.get(resourceGroup, zone, 'A', name)),
      );
    },
    putRecord: (record, etag) => put('A', record, { aRecords: [{ ipv4Address: record.address }] }, etag),
    deleteRecord: (zoneId, name, etag) => remove('A', zoneId, name, etag),
    async putText(text, etag) {
      await put('TXT', text, { txtRecords: [{ value: [text.value] }] }, etag);
    },
    deleteText: (zoneId, name, etag) => remove('TXT', zoneId, name, etag),
  };
}

type SetType = 'A' | 'TXT';

// The SDK's models have only optional fields and check none. The required ones are checked here, so that a response of a
// proxy or gateway on the way is an unreadable response, not an empty zone.

const zoneSchema = z.object({
  id: z.string(),
  name: z.string(),
  tags: tagsSchema,
  etag: z.string().nullish(),
  provisioningState: z.string().nullish(),
  numberOfRecordSets: z.number().nullish(),
  numberOfVirtualNetworkLinks: z.number().nullish(),
  numberOfVirtualNetworkLinksWithRegistration: z.number().nullish(),
});

function zoneOf(sdk: SdkZone): PrivateDnsZone {
  const zone = zoneSchema.parse(sdk);
  const { etag, numberOfRecordSets: recordSets, numberOfVirtualNetworkLinks: links } = zone;
  const isCounted = typeof etag === 'string' && typeof recordSets === 'number' && typeof links === 'number';
  return {
    id: zone.id,
    name: zone.name,
    tags: zone.tags,
    provisioningState: provisioningStateOf(zone.provisioningState ?? ''),
    registrationLinkCount: zone.numberOfVirtualNetworkLinksWithRegistration ?? 0,
    ...(isCounted && { contents: { etag, recordSets, links } }),
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

const textSchema = recordSchema.pick({ name: true, etag: true, metadata: true }).extend({
  txtRecords: z.array(z.object({ value: z.array(z.string()).nullish() })).nullish(),
});

function textOf(sdk: SdkRecordSet): TxtRecordSet {
  const { name, etag, metadata, txtRecords } = textSchema.parse(sdk);
  return { name, etag, metadata, values: (txtRecords ?? []).map(({ value }) => (value ?? []).join('')) };
}

const nameSchema = recordSchema.pick({ name: true });
const typeSchema = z.object({ type: z.string(), isAutoRegistered: z.boolean().nullish() });

/** The type in upper case, e.g. `A`. An auto-registered name of a type other than A counts like the SOA: both are Azure's own. */
function typeOf(sdk: SdkRecordSet): string {
  const { type, isAutoRegistered } = typeSchema.parse(sdk);
  const name = type.slice(type.lastIndexOf('/') + 1).toUpperCase();
  return isAutoRegistered === true && name !== 'A' ? 'SOA' : name;
}
