import { parseZoneId } from '../../domain/resourceId.ts';
import type { Dns } from '../../ports.ts';
import type { ArmCalls } from './armCalls.ts';
import { isSomebodys, recordOf } from './dnsModels.ts';
import { named } from './named.ts';

/** The A record sets of private zones: synchronous, and guarded by ETags. */
export function recordSets(
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
      return found.filter(isSomebodys).length;
    },
  };
}
