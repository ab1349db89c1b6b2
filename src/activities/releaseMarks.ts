import type { Connection } from '../domain/connection/connection.ts';
import {
  isOurs,
  marksAmong,
  readEndpointMarks,
  recordOwner,
  sharedTags,
} from '../domain/connection/marks.ts';
import type { Before } from '../domain/plan/rows.ts';
import { ownersOf } from '../domain/resources/aRecord.ts';
import type { Ports } from '../ports.ts';

type Adopted = Before['adopted'][number];

/**
 * Releases a resource that a run adopted: removes the app's tags or metadata and does not change anything else. Only undo does
 * so. After a successful connect, adopted resources are owned like all others.
 */
export async function releaseMarks(
  ports: Ports,
  { connection, adopted }: { readonly connection: Connection; readonly adopted: Adopted },
): Promise<{ readonly released: boolean }> {
  switch (adopted.resource) {
    case 'private endpoint':
      return { released: await releaseEndpoint(ports, connection, adopted.id) };
    case 'A record set':
      return { released: await releaseRecord(ports, connection, adopted.id) };
    case 'private DNS zone':
    case 'virtual network link':
      return { released: await releaseShared(ports, connection, adopted) };
    case 'registration':
    case 'whitelist entry':
      // Zilliz stores no marks.
      return { released: false };
  }
}

async function releaseEndpoint(ports: Ports, connection: Connection, id: string): Promise<boolean> {
  const found = await ports.network.privateEndpoint(id);
  if (!found || readEndpointMarks(found.tags)?.connectionId !== connection.id) return false;
  await ports.network.removeTags(found.id, marksAmong(found.tags));
  return true;
}

async function releaseRecord(ports: Ports, connection: Connection, id: string): Promise<boolean> {
  const [zoneId = '', name = ''] = id.split(/\/A\/(?=[^/]+$)/i);
  const found = await ports.dns.record(zoneId, name);
  if (!found || recordOwner(found.metadata)?.connectionId !== connection.id) return false;
  const [address = ''] = found.addresses;
  const marks = marksAmong(found.metadata);
  const metadata = Object.fromEntries(
    Object.entries(found.metadata).filter(([key]) => !Object.hasOwn(marks, key)),
  );
  const { ttlSeconds, etag } = found;
  await ports.dns.putRecord({ zoneId, name, ttlSeconds, address, metadata }, etag);
  return true;
}

/** A zone or link that another connection uses now keeps its mark. */
async function releaseShared(
  ports: Ports,
  connection: Connection,
  { resource, id }: Adopted,
): Promise<boolean> {
  const zoneId = id.replace(/\/virtualNetworkLinks\/[^/]+$/i, '');
  const found =
    resource === 'private DNS zone'
      ? await ports.dns.zone(id)
      : (await ports.dns.links(zoneId)).find((link) => link.id.toLowerCase() === id.toLowerCase());
  if (!found || !isOurs(found.tags)) return false;
  const others = ownersOf(await ports.dns.records(zoneId)).filter((owner) => owner !== connection.id);
  if (others.length > 0) return false;
  await ports.network.removeTags(id, sharedTags());
  return true;
}
