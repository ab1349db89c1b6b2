import type { RemovalSubject } from '../plan/removalSubject.ts';
import type { ARecordSet } from '../resources/model.ts';
import type { Fault } from '../run/status.ts';
import type { AllowedScopes } from './bounds.ts';
import { isProjectAllowed, isScopeAllowed, outsideScopes } from './bounds.ts';
import type { RecordOwner } from './marks.ts';
import { recordOwner } from './marks.ts';
import { isOwnId } from './names.ts';
import { authorizeConnection } from './request.ts';
import { recordSetId } from './resourceId.ts';

/** The records of a connection for which the search by marks finds no private endpoint. */
export interface RecordsAlone {
  readonly connectionId: string;
  readonly regionId: string;
  /** Null when no record names it. */
  readonly projectId: string | null;
  /** Resource ID of the private endpoint that the records were created for; null when no record names it. */
  readonly privateEndpointId: string | null;
  /** The IDs under which the private endpoint is registered at Zilliz. */
  readonly endpointIds: readonly string[];
  readonly records: readonly {
    readonly id: string;
    readonly zoneId: string;
    readonly addresses: readonly string[];
  }[];
}

/** Records without a private endpoint, and whether Azure confirms that the endpoint does not exist. */
export interface Orphan extends RecordsAlone {
  /**
   * Why the connection may still exist; null when Azure reports that its private endpoint does not exist. A search that does
   * not find the endpoint proves nothing, because Azure does not list what the identity may not read.
   */
  readonly doubt: string | null;
}

/** Why an orphan needs a request of the user. DELETE works only if Azure confirms that the endpoint does not exist. */
export function faultOfOrphan({ connectionId, doubt, records }: Orphan): {
  readonly code: 'endpoint-lost' | 'endpoint-not-visible';
  readonly detail: string;
} {
  return doubt === null
    ? { code: 'endpoint-lost', detail: `only ${records.length} records of ${connectionId} are left` }
    : { code: 'endpoint-not-visible', detail: `${connectionId}: ${doubt}` };
}

/** Groups records by the connection that their metadata names, for the wanted connections only. */
export function recordsAlone(
  records: readonly ARecordSet[],
  isWanted: (connectionId: string) => boolean,
): readonly RecordsAlone[] {
  const owners = records.flatMap((record) => {
    const owner = recordOwner(record.metadata);
    return owner && isWanted(owner.connectionId) ? [{ ...owner, record }] : [];
  });
  const ids = [...new Set(owners.map(({ connectionId }) => connectionId))];
  return ids.map((connectionId) => {
    const own = owners.filter((owner) => owner.connectionId === connectionId);
    const verified = own.find(namesItsEndpoint);
    return {
      connectionId,
      regionId: regionOf(connectionId),
      projectId: (verified ?? own.find(({ projectId }) => projectId !== null))?.projectId ?? null,
      privateEndpointId: verified?.privateEndpointId ?? null,
      endpointIds: [...new Set(own.flatMap(({ endpointId }) => endpointId ?? []))],
      records: own.map(({ record }) => ({
        id: recordSetId(record.zoneId, record.name),
        zoneId: record.zoneId,
        addresses: record.addresses,
      })),
    };
  });
}

/** The ID of a connection is a hash of project, region and endpoint, so a mark that names another endpoint does not match it. */
export function namesItsEndpoint({ connectionId, projectId, privateEndpointId }: RecordOwner): boolean {
  if (projectId === null || privateEndpointId === null) return false;
  return isOwnId({ id: connectionId, projectId, regionId: regionOf(connectionId) }, privateEndpointId);
}

/** The ID of a connection is its region ID, a hyphen and twelve hexadecimal digits. */
function regionOf(connectionId: string): string {
  return connectionId.replace(/-[0-9a-f]{12}$/, '');
}

/** The parts of an orphan that DELETE removes. */
export function subjectOfOrphan(orphan: Orphan): RemovalSubject {
  const { connectionId, regionId, projectId, privateEndpointId } = orphan;
  return {
    connectionId,
    regionId,
    projectId,
    privateEndpointId,
    connection: null,
    formerNetworks: [],
    specReadable: false,
  };
}

/** Faults where the project, the private endpoint or a zone of such records is outside the bounds of this app. */
export function authorizeRecordsAlone(
  alone: Pick<RecordsAlone, 'connectionId' | 'projectId' | 'privateEndpointId'> &
    Partial<Pick<RecordsAlone, 'records'>>,
  allowed: AllowedScopes,
): readonly Fault[] {
  const { connectionId, projectId, privateEndpointId, records = [] } = alone;
  const faults: Fault[] = [];
  if (!isProjectAllowed(projectId, allowed)) {
    const detail = `the project of ${connectionId} is not among those of this app`;
    faults.push({ pointer: '', code: 'project-not-allowed', detail });
  }
  const zones = new Set(records.map(({ zoneId }) => zoneId));
  for (const id of [...(privateEndpointId === null ? [] : [privateEndpointId]), ...zones]) {
    if (!isScopeAllowed(id, allowed)) {
      faults.push({ pointer: '', code: 'scope-not-allowed', detail: outsideScopes(id) });
    }
  }
  return faults;
}

/** The same check for the subject of a run. */
export function authorizeSubject(subject: RemovalSubject, allowed: AllowedScopes): readonly Fault[] {
  return subject.connection
    ? authorizeConnection(subject.connection, allowed)
    : authorizeRecordsAlone(subject, allowed);
}
