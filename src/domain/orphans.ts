import { recordOwner } from './marks.ts';
import type { ARecordSet } from './model.ts';
import { recordSetId } from './resourceId.ts';

/** What is left of a connection whose private endpoint, and the specification in its tags, somebody deleted. */
export interface Orphan {
  readonly connectionId: string;
  readonly regionId: string;
  /** Null when no record names it. */
  readonly projectId: string | null;
  /** As Zilliz registered the private endpoint that is gone. */
  readonly endpointIds: readonly string[];
  readonly records: readonly { readonly id: string; readonly addresses: readonly string[] }[];
}

/** The connections that records speak of and no private endpoint does. */
export function orphansAmong(records: readonly ARecordSet[], known: readonly string[]): readonly Orphan[] {
  const owners = records.flatMap((record) => {
    const owner = recordOwner(record.metadata);
    return owner && !known.includes(owner.connectionId) ? [{ ...owner, record }] : [];
  });
  const ids = [...new Set(owners.map(({ connectionId }) => connectionId))];
  return ids.map((connectionId) => {
    const own = owners.filter((owner) => owner.connectionId === connectionId);
    return {
      connectionId,
      regionId: regionOf(connectionId),
      projectId: own.find(({ projectId }) => projectId !== null)?.projectId ?? null,
      endpointIds: [...new Set(own.flatMap(({ endpointId }) => endpointId ?? []))],
      records: own.map(({ record }) => ({
        id: recordSetId(record.zoneId, record.name),
        addresses: record.addresses,
      })),
    };
  });
}

/** A connection's ID is its region's and twelve digits. */
export function regionOf(connectionId: string): string {
  return connectionId.replace(/-[0-9a-f]{12}$/, '');
}
