import { isOutOfBounds } from '../domain/connection/bounds.ts';
import type { WhitelistEntry } from '../domain/connection/fieldSchemas.ts';
import { readEndpointMarks } from '../domain/connection/marks.ts';
import { isWithinScope, parseResourceId, sameResource } from '../domain/connection/resourceId.ts';
import type { Failure, Outcome } from '../domain/failure/failure.ts';
import { failed, ProvisioningError, succeeded } from '../domain/failure/failure.ts';
import type { KnownOfRun, RemovalRow } from '../domain/plan/removal.ts';
import { keepLocked, lockScopes } from '../domain/plan/guards.ts';
import {
  endpointIdsOf,
  keepOutside,
  manualStepsAfterRemoval,
  planRemoval,
  pointing,
} from '../domain/plan/removal.ts';
import type { RemovalSubject } from '../domain/plan/removalSubject.ts';
import type { PrivateDnsZone, PrivateEndpoint } from '../domain/resources/model.ts';
import { decideEndpointRemoval } from '../domain/resources/privateEndpoint.ts';
import type { RemovalFacts } from '../domain/resources/proof.ts';
import type { Removal } from '../domain/resources/verdict.ts';
import type { Written } from '../domain/resources/written.ts';
import type { Ports } from '../ports.ts';
import { observeLocks } from '../queries/observe.ts';
import { addressOf, observeRemoval, observeZonesOfRegion } from '../queries/observeRemoval.ts';
import { currentReading } from '../readAs.ts';
import { mapConcurrently, readEach, tryRead } from '../queries/tryRead.ts';
import type { Policy } from './activities.ts';
import { readEndpointService } from './whitelist.ts';

export interface TearDownPlan {
  readonly rows: readonly RemovalRow[];
  /** Endpoint IDs found in the endpoint and the records. Kept here, since they are lost when those are deleted. */
  readonly endpointIds: readonly string[];
  /** The same of the whitelist entry. */
  readonly whitelist: WhitelistEntry | null;
  /** Manual steps for the user. */
  readonly manualSteps: readonly string[];
}

/** Returns what disconnect would do, from a new observation. Called at the start and at the end of a run. */
export async function planTearDown(
  ports: Ports,
  { allowed }: Policy,
  input: {
    readonly subject: RemovalSubject;
    /** Whether a transient failure of Zilliz is thrown, so that the step is tried again. DNS goes without Zilliz. */
    readonly waitForZilliz: boolean;
  } & KnownOfRun,
): Promise<TearDownPlan> {
  const observed = await observeRemoval(ports, input.subject, input);
  const { zilliz } = observed;
  if (input.waitForZilliz && !zilliz.ok && zilliz.failure.kind === 'transient')
    throw new ProvisioningError(zilliz.failure);
  const endpointIds = endpointIdsOf(observed);
  const planned = planRemoval(observed);
  const within = keepOutside(planned, { allowed, projectId: input.subject.projectId });
  const rows = keepLocked(within, await observeLocks(ports, lockScopes(within)));
  const whitelist = await whitelistEntryOf(ports, input, observed.endpoint);
  const known = { endpointIds, whitelist };
  return { rows, ...known, manualSteps: manualStepsAfterRemoval(input.subject, observed, known, rows) };
}

/** Returns what is known of the whitelist entry. If nothing is noted and Azure shows the service, it may be there. */
async function whitelistEntryOf(
  ports: Ports,
  { subject: { connection }, whitelist }: { readonly subject: RemovalSubject } & KnownOfRun,
  endpoint: PrivateEndpoint | null,
): Promise<WhitelistEntry | null> {
  if (!connection) return null;
  const at = endpoint && (readEndpointMarks(endpoint.tags)?.whitelistedAt ?? null);
  if (at !== null) return { at, confirmed: true };
  if (whitelist) return whitelist;
  const seen = await tryRead(async () => {
    const network = await ports.network.virtualNetwork(connection.virtualNetworkId);
    return network && readEndpointService(ports, { connection, location: network.location });
  }, 'all');
  const mayBeThere = seen.ok && seen.value?.visible === true && seen.value.isWhitelistRequired;
  return mayBeThere ? { at: null, confirmed: false } : null;
}

/** The result for a resource that does not exist. */
export function absent(id: string): Written {
  return { id, action: 'keep', state: 'absent', reason: 'it is not there' };
}

type Removed = Pick<RemovalRow, 'resource' | 'id'>;

/** Up to this number of links and zones are read one by one, above it from the list of zones, which counts their links. */
const READ_SINGLY = 3;

/** Returns the deleted resources that Azure still shows, and those that cannot be read. */
export async function readRemoved(
  ports: Ports,
  { ids }: { readonly ids: readonly Removed[] },
): Promise<{
  readonly left: readonly string[];
  readonly unread: readonly { readonly id: string; readonly failure: Failure }[];
}> {
  const listed =
    ids.length > READ_SINGLY
      ? await zonesWith(
          ports,
          ids.map(({ id }) => id),
        )
      : null;
  const found = await readEach(ids, (one) => isLeft(ports, one, listed));
  return {
    left: found.flatMap((one) => (one.ok && one.value ? one.entry.id : [])),
    unread: found.flatMap((one) => (one.ok ? [] : { id: one.entry.id, failure: one.failure })),
  };
}

async function isLeft(
  { dns, network }: Ports,
  { resource, id }: Removed,
  listed: readonly PrivateDnsZone[] | null,
): Promise<boolean> {
  const zone = listed?.find((one) => isWithinScope(id, one.id));
  if (resource === 'virtual network link') {
    const isGone = listed && (!zone || zone.contents?.links === 0);
    return !isGone && (await dns.link(id)) !== null;
  }
  if (resource === 'private DNS zone') return listed ? zone !== undefined : (await dns.zone(id)) !== null;
  return (await network.privateEndpoint(id)) !== null;
}

/** Lists the zones of the subscriptions of these resources; null without the right to list them. */
async function zonesWith(
  { dns }: Pick<Ports, 'dns'>,
  ids: readonly string[],
): Promise<readonly PrivateDnsZone[] | null> {
  const subscriptions = new Set(ids.flatMap((id) => parseResourceId(id)?.subscriptionId ?? []));
  const lists = await readEach([...subscriptions], (id) => dns.zones(id));
  const read = lists.flatMap((list) => (list.ok ? [list.value] : []));
  return read.length === lists.length ? read.flat() : null;
}

/** Returns how to read each of these zones: few one by one, many from one list. */
export async function zoneReader(
  { dns }: Pick<Ports, 'dns'>,
  ids: readonly string[],
): Promise<(id: string) => Promise<PrivateDnsZone | null>> {
  const listed = new Set(ids).size > READ_SINGLY ? await zonesWith({ dns }, ids) : null;
  return (id) => {
    if (!listed) return dns.zone(id);
    return Promise.resolve(listed.find((zone) => sameResource(zone.id, id)) ?? null);
  };
}

export async function endpointDecision(
  ports: Ports,
  subject: RemovalSubject,
  endpoint: PrivateEndpoint,
  facts: RemovalFacts,
): Promise<Removal> {
  const [zonesOfRegion, address] = await Promise.all([
    observeZonesOfRegion(ports, subject),
    addressOf(ports, endpoint),
  ]);
  return decideEndpointRemoval(endpoint, subject.connectionId, pointing({ address, zonesOfRegion }), facts);
}

export interface RemovedAll {
  readonly removed: readonly { readonly id: string; readonly outcome: Outcome<Written> }[];
}

const REMOVALS_AT_A_TIME = 5;

/**
 * Removes all of them. A lasting failure of one does not stop the others. A transient failure is thrown, and the step is tried
 * again with the remaining ones.
 */
export async function removeEach<T extends { readonly id: string }>(
  all: readonly T[],
  remove: (one: T) => Promise<Written>,
  atATime = REMOVALS_AT_A_TIME,
): Promise<RemovedAll> {
  const done = currentReading().removed;
  const removed = await mapConcurrently(atATime, all, async (one) => {
    try {
      const written = done.get(one.id) ?? (await remove(one));
      done.set(one.id, written);
      return { id: one.id, outcome: succeeded(written) };
    } catch (error) {
      if (!(error instanceof ProvisioningError) || error.failure.kind === 'transient') throw error;
      return { id: one.id, outcome: failed(error.failure) };
    }
  });
  return { removed };
}

/** The same, zone by zone, with one reading of each: within a zone one after the other, in their order. */
export async function removeInZones<T extends { readonly id: string; readonly zoneId: string }>(
  all: readonly T[],
  removerIn: (zoneId: string, rows: readonly T[]) => (one: T) => Promise<Written>,
): Promise<RemovedAll> {
  const zoneIds = [...new Set(all.map(({ zoneId }) => zoneId))];
  const removed = await mapConcurrently(REMOVALS_AT_A_TIME, zoneIds, (zoneId) => {
    const rows = all.filter((row) => row.zoneId === zoneId);
    return removeEach(rows, removerIn(zoneId, rows), 1);
  });
  return { removed: removed.flatMap((ofZone) => ofZone.removed) };
}

/** Removes the resource if that was decided. Does not wait for the deletion. Keeps a resource outside the allowed scopes. */
export async function act(
  id: string,
  { action, reason }: Removal,
  by: {
    readonly remove: () => Promise<void>;
    /** Takes the marks off what was adopted; a registration carries none. */
    readonly release?: () => Promise<void>;
  },
): Promise<Written> {
  if (action === 'keep') return { id, action, state: 'ready', reason };
  try {
    if (action === 'delete') await by.remove();
    else await by.release?.();
    return { id, action, state: action === 'delete' ? 'working' : 'ready', reason };
  } catch (error) {
    if (!(error instanceof ProvisioningError) || !isOutOfBounds(error.failure)) throw error;
    return { id, action: 'keep', state: 'ready', reason: error.failure.message };
  }
}
