import { ProvisioningError } from '../domain/failure.ts';
import { isOurs } from '../domain/marks.ts';
import type { PrivateDnsZone } from '../domain/model.ts';
import { orphansAmong } from '../domain/orphans.ts';
import type { Orphan } from '../domain/orphans.ts';
import { subjectOf } from '../domain/removalSubject.ts';
import type { RemovalSubject } from '../domain/removalSubject.ts';
import type { Ports } from '../ports.ts';
import { findStored } from './stored.ts';
import type { UnreadSubscription } from './stored.ts';

/** Zilliz's host names all end so (reference: DNS). */
const SERVICE_DOMAIN = '.vectordb.zillizcloud.com';

/** Looks through the zones of all subscriptions for records of connections that have no private endpoint any more. */
export async function findOrphans(
  ports: Ports,
  known: readonly string[],
): Promise<{ readonly orphans: readonly Orphan[]; readonly unread: readonly UnreadSubscription[] }> {
  const unread: UnreadSubscription[] = [];
  const reading = async <T>(
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
      const zones = await reading(id, () => ports.dns.zones(id));
      const lists = zones.filter(mayBeOurs).map((zone) => reading(id, () => ports.dns.records(zone.id)));
      return (await Promise.all(lists)).flat();
    }),
  );
  return { orphans: orphansAmong(records.flat(), known), unread };
}

function mayBeOurs(zone: PrivateDnsZone): boolean {
  return isOurs(zone.tags) || zone.name.toLowerCase().endsWith(SERVICE_DOMAIN);
}

/** What is left of one connection. The caller knows that no private endpoint carries its marks. */
export async function findOrphan(ports: Ports, connectionId: string): Promise<Orphan | null> {
  const { orphans } = await findOrphans(ports, []);
  return orphans.find((candidate) => candidate.connectionId === connectionId) ?? null;
}

/** What there is to take down under an ID, by the marks of its private endpoint or, without it, of its records. */
export async function findSubject(ports: Ports, connectionId: string): Promise<RemovalSubject | null> {
  const { stored } = await findStored(ports, connectionId);
  if (stored) return subjectOf(stored.connection);
  const orphan = await findOrphan(ports, connectionId);
  if (!orphan) return null;
  return { connectionId, regionId: orphan.regionId, projectId: orphan.projectId, connection: null };
}
