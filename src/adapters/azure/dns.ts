import { parseLinkId, parseZoneId } from '../../domain/resourceId.ts';
import type { Dns, NewLink } from '../../ports.ts';
import type { ArmCalls } from './armCalls.ts';
import { linkOf, zoneOf } from './dnsModels.ts';
import { named } from './named.ts';
import { recordSets } from './recordSets.ts';

/** Private DNS lives in no region. */
const GLOBAL = 'global';
/** Creates only: what is there already is never overwritten. */
const CREATE_ONLY = { ifNoneMatch: '*' };

/** Azure Private DNS by the SDK. */
export function dnsAdapter(arm: ArmCalls): Dns {
  const { clients } = arm;
  return {
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
      // One whose ID cannot be taken apart cannot be asked about, and must not hide the others.
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
    async changeLink(id, change, { follow }) {
      const { subscriptionId, resourceGroup, zone, name } = named(id, parseLinkId);
      await arm.submit(
        `changing link ${name} of ${zone}`,
        () =>
          clients.dns(subscriptionId).virtualNetworkLinks.update(resourceGroup, zone, name, { ...change }),
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
