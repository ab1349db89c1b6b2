import { isOurs } from '../domain/connection/marks.ts';
import { isZoneOfRegion } from '../domain/connection/names.ts';
import type { Orphan, RecordsAlone } from '../domain/connection/orphan.ts';
import { recordsAlone } from '../domain/connection/orphan.ts';
import type { PrivateDnsZone } from '../domain/resources/model.ts';
import type { Ports } from '../ports.ts';
import { whyEndpointMayExist } from './observeRemoval.ts';
import type { Unread } from './storedConnections.ts';
import { readEach } from './tryRead.ts';
import type { KeptFailures } from './tryRead.ts';

/** The end of all host names of Zilliz (reference: DNS). */
const SERVICE_DOMAIN = '.vectordb.zillizcloud.com';

type IsZone = (zone: PrivateDnsZone) => boolean;
type IsWanted = (connectionId: string) => boolean;

export interface FoundOrphans {
  readonly orphans: readonly Orphan[];
  readonly unread: readonly Unread[];
}

/** Searches the zones of all subscriptions for records of connections that have no known private endpoint. */
export async function findOrphans(
  ports: Ports,
  isWanted: IsWanted,
  kept?: KeptFailures,
): Promise<FoundOrphans> {
  const { all, unread } = await findRecordsAlone(ports, mayBeOurs, isWanted, kept);
  // Records may name an endpoint in any subscription. If Azure refuses one read, the other orphans must still be listed.
  const doubts = await readEach(all, (alone) => whyEndpointMayExist(ports, alone), 'all');
  const orphans = doubts.map((doubt) => ({
    ...doubt.entry,
    doubt: doubt.ok ? doubt.value : doubt.failure.message,
  }));
  return { orphans, unread };
}

async function findRecordsAlone(
  ports: Ports,
  isZone: IsZone,
  isWanted: IsWanted,
  kept?: KeptFailures,
): Promise<{ readonly all: readonly RecordsAlone[]; readonly unread: readonly Unread[] }> {
  const subscriptions = await ports.network.subscriptions();
  const lists = await readEach(subscriptions, (id) => ports.dns.zones(id), kept);
  const zones = lists.flatMap((list) =>
    list.ok ? list.value.filter(isZone).map(({ id }) => ({ id, subscriptionId: list.entry })) : [],
  );
  const records = await readEach(zones, async ({ id }) => (await ports.dns.recordSets(id)).records, kept);
  const unread = [
    ...lists.map((list) => ({ ...list, subscriptionId: list.entry })),
    ...records.map((list) => ({ ...list, subscriptionId: list.entry.subscriptionId })),
  ].flatMap((list) =>
    list.ok ? [] : { subscriptionId: list.subscriptionId, endpoint: null, failure: list.failure },
  );
  return {
    all: recordsAlone(
      records.flatMap((list) => (list.ok ? list.value : [])),
      isWanted,
    ),
    unread,
  };
}

function mayBeOurs(zone: PrivateDnsZone): boolean {
  return isOurs(zone.tags) || zone.name.toLowerCase().endsWith(SERVICE_DOMAIN);
}

/** Returns the orphaned records of one connection. The caller has found no private endpoint with its marks. */
export async function findOrphan(
  ports: Ports,
  connectionId: string,
): Promise<{ readonly orphan: Orphan | null; readonly unread: readonly Unread[] }> {
  // The ID begins with the region, and so do the names in which the records are.
  const regionId = connectionId.replace(/-[0-9a-f]+$/, '');
  const isZone: IsZone = ({ name }) => isZoneOfRegion(name, regionId);
  const { all, unread } = await findRecordsAlone(ports, isZone, (id) => id === connectionId);
  const [alone] = all;
  const orphan = alone ? { ...alone, doubt: await whyEndpointMayExist(ports, alone) } : null;
  return { orphan, unread };
}
