import type { RemovalSubject } from '../plan/removalSubject.ts';
import type { ARecordSet } from '../resources/model.ts';
import type { Fault } from '../run/status.ts';
import type { AllowedScopes } from './bounds.ts';
import { isProjectAllowed, isScopeAllowed, outsideScopes } from './bounds.ts';
import type { RecordOwner } from './marks.ts';
import { recordOwner } from './marks.ts';
import { connectionId as connectionIdOf } from './names.ts';
import { authorizeConnection } from './request.ts';
import { recordSetId } from './resourceId.ts';

/** What is found of a connection when the search by marks finds no private endpoint of it: its records. */
export interface RecordsAlone {
  readonly connectionId: string;
  readonly regionId: string;
  /** Null when no record names it. */
  readonly projectId: string | null;
  /** Resource ID of the private endpoint that the records were made for; null when none of them names it. */
  readonly privateEndpointId: string | null;
  /** As Zilliz registered the private endpoint. */
  readonly endpointIds: readonly string[];
  readonly records: readonly {
    readonly id: string;
    readonly zoneId: string;
    readonly addresses: readonly string[];
  }[];
}

/** Records alone, and what Azure says of the private endpoint that they name. */
export interface Orphan extends RecordsAlone {
  /**
   * Why the connection may be alive; null when Azure itself says that its private endpoint is not there. That the search
   * did not find it proves nothing: an identity is not shown what it may not read.
   */
  readonly doubt: string | null;
}

/** Why nothing but a person's word helps an orphan, and DELETE only one that is proved. */
export function faultOfOrphan({ connectionId, doubt, records }: Orphan): {
  readonly code: 'endpoint-lost' | 'endpoint-not-visible';
  readonly detail: string;
} {
  return doubt === null
    ? { code: 'endpoint-lost', detail: `only ${records.length} records of ${connectionId} are left` }
    : { code: 'endpoint-not-visible', detail: `${connectionId}: ${doubt}` };
}

/** The connections that records speak of, those asked for. */
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
    const proved = own.find(namesItsEndpoint);
    return {
      connectionId,
      regionId: regionOf(connectionId),
      projectId: (proved ?? own.find(({ projectId }) => projectId !== null))?.projectId ?? null,
      privateEndpointId: proved?.privateEndpointId ?? null,
      endpointIds: [...new Set(own.flatMap(({ endpointId }) => endpointId ?? []))],
      records: own.map(({ record }) => ({
        id: recordSetId(record.zoneId, record.name),
        zoneId: record.zoneId,
        addresses: record.addresses,
      })),
    };
  });
}

/** A connection's ID is made of project, region and endpoint, so a mark that names another endpoint gives itself away. */
function namesItsEndpoint({ connectionId, projectId, privateEndpointId }: RecordOwner): boolean {
  if (projectId === null || privateEndpointId === null) return false;
  const regionId = regionOf(connectionId);
  return connectionIdOf({ projectId, regionId, privateEndpointId }) === connectionId;
}

/** A connection's ID is its region's and twelve digits. */
function regionOf(connectionId: string): string {
  return connectionId.replace(/-[0-9a-f]{12}$/, '');
}

/** What DELETE takes down of an orphan. */
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

/** What of records that stand alone is none of this deployment's business: project, private endpoint, or zone. */
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

/** The same for what a run is, or was, about. */
export function authorizeSubject(subject: RemovalSubject, allowed: AllowedScopes): readonly Fault[] {
  return subject.connection
    ? authorizeConnection(subject.connection, allowed)
    : authorizeRecordsAlone(subject, allowed);
}
