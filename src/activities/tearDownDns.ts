import { isOutOfBounds } from '../domain/bounds.ts';
import { decideLinkRemoval, decideOwnRecord, decideZoneRemoval } from '../domain/decideRemoval.ts';
import type { LinkNeeds, Removal } from '../domain/decideRemoval.ts';
import { ProvisioningError } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { reachOf } from '../domain/reach.ts';
import type { RemovalSubject } from '../domain/removalSubject.ts';
import { sameResource } from '../domain/resourceId.ts';
import type { Ports } from '../ports.ts';
import { endpointOf } from './lostEndpoint.ts';
import { readZone } from './observe.ts';
import { sideBySide } from './sideBySide.ts';
import { findAllStored } from './stored.ts';
import type { Removed } from './tearDown.ts';
import { addressOf } from './tearDownObserve.ts';

/** What became of one of several; `failure` when it could not be removed. */
export interface RemovedOne {
  readonly id: string;
  readonly outcome: Removed['outcome'] | 'failed';
  readonly reason: string;
  readonly failure: Failure | null;
}

export interface RemovedAll {
  readonly removed: readonly RemovedOne[];
}

const WRITES_AT_A_TIME = 5;
const GONE: Removed = { outcome: 'gone', reason: 'it is not there' };

/** Links of any zones. What other connections need is read once for all of them, each zone afresh for each of its links. */
export async function removeLinks(
  ports: Ports,
  input: {
    readonly subject: RemovalSubject;
    readonly links: readonly { readonly id: string; readonly zoneId: string }[];
  },
): Promise<RemovedAll> {
  const [endpoint, stored] = await Promise.all([endpointOf(ports, input.subject), findAllStored(ports)]);
  const address = await addressOf(ports, endpoint);
  const needs = { reach: reachOf(input.subject), address, neighbours: stored.found };
  return removeEach(input.links, (link) => removeLink(ports, link, needs));
}

async function removeLink(
  ports: Ports,
  { id, zoneId }: { readonly id: string; readonly zoneId: string },
  needs: LinkNeeds,
): Promise<Removed> {
  const zone = await ports.dns.zone(zoneId);
  if (!zone) return GONE;
  const observed = await readZone(ports, zone);
  const link = observed.links.find((candidate) => sameResource(candidate.id, id));
  if (!link) return GONE;
  return act(decideLinkRemoval(link, observed, needs), () => ports.dns.deleteLink(link.id));
}

/** A zone goes when nothing is left in it: nothing that the connection did not make ever goes with it unnoticed. */
export function removeZones(
  ports: Ports,
  input: { readonly subject: RemovalSubject; readonly zones: readonly { readonly id: string }[] },
): Promise<RemovedAll> {
  const reach = reachOf(input.subject);
  return removeEach(input.zones, async ({ id }) => {
    const zone = await ports.dns.zone(id);
    if (!zone) return GONE;
    const [observed, recordSets] = await Promise.all([
      readZone(ports, zone),
      ports.dns.recordSetCount(zone.id),
    ]);
    return act(decideZoneRemoval(observed, { recordSets }, reach), () => ports.dns.deleteZone(zone.id));
  });
}

/** Record sets of one zone, each only if it still carries the mark of the connection. */
export async function removeRecords(
  ports: Ports,
  input: {
    readonly subject: RemovalSubject;
    readonly zoneId: string;
    readonly records: readonly { readonly id: string; readonly name: string }[];
  },
): Promise<RemovedAll> {
  const reach = reachOf(input.subject);
  // Where records alone are left, they go only as long as Azure says that their private endpoint is not there.
  if (!input.subject.connection) await endpointOf(ports, input.subject);
  const zone = await ports.dns.zone(input.zoneId);
  const found = zone ? await ports.dns.records(input.zoneId) : [];
  return removeEach(input.records, ({ name }) => {
    const record = found.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
    if (!zone || !record) return Promise.resolve(GONE);
    return act(decideOwnRecord(record, zone, reach), () =>
      ports.dns.deleteRecord(record.zoneId, record.name, record.etag),
    );
  });
}

/**
 * One that fails for good does not hold up the others; a failure that time may cure is thrown, and the step goes through
 * what is left again.
 */
async function removeEach<T extends { readonly id: string }>(
  all: readonly T[],
  remove: (one: T) => Promise<Removed>,
): Promise<RemovedAll> {
  const removed = await sideBySide(WRITES_AT_A_TIME, all, async (one): Promise<RemovedOne> => {
    try {
      return { id: one.id, ...(await remove(one)), failure: null };
    } catch (error) {
      if (!(error instanceof ProvisioningError) || error.failure.kind === 'transient') throw error;
      return { id: one.id, outcome: 'failed', reason: error.failure.message, failure: error.failure };
    }
  });
  return { removed };
}

/** Does what was decided. `deleted` is submitted, not awaited; what lies outside the bounds by now is kept. */
export async function act({ action, reason }: Removal, remove: () => Promise<void>): Promise<Removed> {
  if (action === 'keep') return { outcome: 'kept', reason };
  try {
    await remove();
    return { outcome: 'deleted', reason };
  } catch (error) {
    if (!(error instanceof ProvisioningError) || !isOutOfBounds(error.failure)) throw error;
    return { outcome: 'kept', reason: error.failure.message };
  }
}
