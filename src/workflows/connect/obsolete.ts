import * as z from 'zod';
import { regionalZoneName } from '../../domain/connection/names.ts';
import { linkId, textSetId } from '../../domain/connection/resourceId.ts';
import { fail } from '../../domain/failure/failure.ts';
import type { PreflightResult } from '../../domain/plan/preflightResult.ts';
import type { RemovalRow } from '../../domain/plan/removal.ts';
import { subjectOf } from '../../domain/plan/removalSubject.ts';
import { linkName } from '../../domain/resources/virtualNetworkLink.ts';
import { entryName } from '../../domain/resources/zoneOwner.ts';
import type { Step } from '../../durable/run.ts';
import type { DueRow } from '../disconnect/removalProgress.ts';
import { RemovalProgress } from '../disconnect/removalProgress.ts';
import { removeInOrder } from '../disconnect/tearDown.ts';
import { removal } from '../schedules.ts';
import type { ConnectRun, ReadyEndpoint } from './connectRun.ts';

type ObsoleteParts = Pick<PreflightResult, 'replaces' | 'removals' | 'formerNetworks'>;

const DEADLINE_SECONDS = 900;

/**
 * Removes what blocks the new private endpoint: the one whose connection Zilliz removed, which Azure cannot restore, and
 * registrations of deleted endpoints. Fails if records of another owner still point to its address.
 */
export function* removeObsoleteEndpoint(run: ConnectRun, parts: ObsoleteParts): Step<void> {
  const deletedEndpoints = parts.replaces ? yield* discard(run) : [];
  const registrations = parts.removals.filter(({ resource }) => resource === 'registration');
  yield* removeObsolete(run, parts, registrations, deletedEndpoints);
}

/** Removes links, records and zones that are no longer desired, after the new ones exist. */
export function* pruneDns(
  run: ConnectRun,
  parts: ObsoleteParts,
  written: readonly { readonly recordSetId: string | null }[],
): Step<void> {
  const isWritten = (id: string): boolean => written.some(({ recordSetId }) => recordSetId === id);
  const rows = parts.removals.filter(({ resource, id }) => resource !== 'registration' && !isWritten(id));
  yield* removeObsolete(run, parts, rows, []);
  const unlinked = rows.flatMap(({ resource, zoneId }) =>
    resource === 'virtual network link' ? (zoneId?.split('/').at(-1) ?? []) : [],
  );
  for (const zoneName of new Set(unlinked)) yield* forgetNetworks(run, zoneName);
}

/** Removes zones that were made and linked for names that no cluster has got. What cannot be removed stays for a disconnect. */
export function* removeUnusedZones(run: ConnectRun, endpoint: ReadyEndpoint): Step<void> {
  const { connection, state } = run;
  const progress = new RemovalProgress(state.obsolete);
  const links = connection.linkedNetworks.map(linkName);
  const rows = run
    .dns(endpoint)
    .takeUnusedZones()
    .flatMap((zoneId): readonly DueRow[] => {
      const entry = entryName(connection.id);
      const inZone = { zoneId, record: null };
      return [
        ...links.map((name): DueRow => ({
          ...{ phase: 'remove-links', resource: 'virtual network link', id: linkId(zoneId, name) },
          ...inZone,
        })),
        {
          ...{ phase: 'remove-zones', resource: 'owner entry', id: textSetId(zoneId, entry) },
          ...{ zoneId, record: entry },
        },
        { phase: 'remove-zones', resource: 'private DNS zone', id: zoneId, zoneId: null, record: null },
      ];
    });
  // Kept until they are gone, also through continue as new.
  if (rows.length > 0) progress.noteDue(rows);
  const { due } = progress;
  if (due.length > 0)
    yield* removeInOrder(run, { subject: subjectOf(connection), tolerant: true }, due, progress);
  progress.noteDue([]);
}

/** The entry of the connection names a network until its link is gone. */
function* forgetNetworks(run: ConnectRun, zoneName: string): Step<void> {
  const { connection, steps } = run;
  const { layout } = connection.spec.dns;
  if ((zoneName.toLowerCase() === regionalZoneName(connection.regionId)) !== (layout === 'regional')) return;
  yield* run.once(`entry in ${zoneName}`, z.null(), function* () {
    const { entered } = yield* steps.ensureZone({ connection, zoneName, fromTags: false, follow: false });
    run.wrote('owner entry', entered ? 1 : 0);
    return null;
  });
}

/** Removes what was planned at the start. Each activity reads again and checks its guards again. */
function* removeObsolete(
  run: ConnectRun,
  { formerNetworks }: ObsoleteParts,
  rows: readonly RemovalRow[],
  deletedEndpoints: readonly string[],
): Step<void> {
  if (rows.length === 0) return;
  const subject = subjectOf(run.connection, { formerNetworks });
  const progress = new RemovalProgress(run.state.obsolete);
  for (const endpointId of deletedEndpoints) progress.noteDeletedEndpoint(endpointId);
  yield* removeInOrder(run, { subject, tolerant: false }, rows, progress);
}

/** Returns the endpoint ID that it deleted, as Zilliz registers it; none if another endpoint is in its place. */
function* discard(run: ConnectRun): Step<readonly string[]> {
  const { connection, steps } = run;
  const { id } = connection.privateEndpoint;
  const endpointIds = yield* run.once('discard disconnected', z.array(z.string()), function* () {
    const { action, state, reason, endpointId } = yield* steps.discardDisconnected({ connection });
    if (action === 'keep' && state !== 'absent')
      throw fail('connection-disconnected', `${id} cannot be replaced: ${reason}`);
    run.wrote('private endpoint removed', action === 'delete' ? 1 : 0);
    return endpointId === null ? [] : [endpointId];
  });
  // Once: what is there afterwards is the endpoint that replaces it.
  yield* run.once('endpoint removed', z.null(), function* () {
    const { left } = yield* run.wait({
      name: 'endpoint removed',
      read: () => steps.readRemoved({ ids: [{ resource: 'private endpoint', id }] }),
      missing: (view) => (view.left.length === 0 ? null : 'Azure is deleting the private endpoint'),
      schedule: removal,
      justBegun: true,
      seconds: DEADLINE_SECONDS,
    });
    if (left.length > 0) throw fail('removal-slow', `${id} is still there after 15 minutes`);
    return null;
  });
  return endpointIds;
}
