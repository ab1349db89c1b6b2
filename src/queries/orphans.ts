import { isOurs } from '../domain/connection/marks.ts';
import type { Orphan, RecordsAlone } from '../domain/connection/orphan.ts';
import { recordsAlone } from '../domain/connection/orphan.ts';
import { ProvisioningError } from '../domain/failure/failure.ts';
import type { PrivateDnsZone } from '../domain/resources/model.ts';
import type { Ports } from '../ports.ts';
import { whyEndpointMayExist } from './observeRemoval.ts';
import type { UnreadSubscription } from './storedConnections.ts';

/** The end of all host names of Zilliz (reference: DNS). */
const SERVICE_DOMAIN = '.vectordb.zillizcloud.com';

type IsWanted = (connectionId: string) => boolean;

interface FoundAlone {
  readonly all: readonly RecordsAlone[];
  readonly unread: readonly UnreadSubscription[];
}

/** Searches the zones of all subscriptions for records of connections that have no known private endpoint. */
export async function findOrphans(
  ports: Ports,
  isWanted: IsWanted,
): Promise<{ readonly orphans: readonly Orphan[]; readonly unread: readonly UnreadSubscription[] }> {
  const { all, unread } = await findRecordsAlone(ports, isWanted);
  const orphans = await Promise.all(
    all.map(async (alone) => {
      try {
        return { ...alone, doubt: await whyEndpointMayExist(ports, alone) };
      } catch (error) {
        // Records may name an endpoint in any subscription. If Azure refuses one read, the other orphans must still be listed.
        if (!(error instanceof ProvisioningError)) throw error;
        return { ...alone, doubt: error.failure.message };
      }
    }),
  );
  return { orphans, unread };
}

async function findRecordsAlone(ports: Ports, isWanted: IsWanted): Promise<FoundAlone> {
  const unread: UnreadSubscription[] = [];
  const readOrNone = async <T>(
    subscriptionId: string,
    read: () => Promise<readonly T[]>,
  ): Promise<readonly T[]> => {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof ProvisioningError) || error.failure.kind === 'transient') throw error;
      unread.push({ subscriptionId, failure: error.failure });
      return [];
    }
  };
  const subscriptions = await ports.network.subscriptions();
  const records = await Promise.all(
    subscriptions.map(async (id) => {
      const zones = await readOrNone(id, () => ports.dns.zones(id));
      const lists = zones
        .filter(mayBeOurs)
        .map((zone) => readOrNone(id, async () => (await ports.dns.recordSets(zone.id)).records));
      return (await Promise.all(lists)).flat();
    }),
  );
  return { all: recordsAlone(records.flat(), isWanted), unread };
}

function mayBeOurs(zone: PrivateDnsZone): boolean {
  return isOurs(zone.tags) || zone.name.toLowerCase().endsWith(SERVICE_DOMAIN);
}

/** Returns the orphaned records of one connection. The caller has found no private endpoint with its marks. */
export async function findOrphan(ports: Ports, connectionId: string): Promise<Orphan | null> {
  const [alone] = (await findRecordsAlone(ports, (id) => id === connectionId)).all;
  return alone ? { ...alone, doubt: await whyEndpointMayExist(ports, alone) } : null;
}
