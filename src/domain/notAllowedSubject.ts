import { isProjectAllowed, isScopeAllowed, outsideScopes } from './bounds.ts';
import type { Allowed } from './bounds.ts';
import type { RecordsAlone } from './orphans.ts';
import type { RemovalSubject } from './removalSubject.ts';
import { notAllowedHere } from './requestFaults.ts';
import type { Fault } from './runStatus.ts';

/** What of records that stand alone is none of this deployment's business: project, private endpoint, or zone. */
export function notAllowedAlone(
  alone: Pick<RecordsAlone, 'connectionId' | 'projectId' | 'privateEndpointId'> &
    Partial<Pick<RecordsAlone, 'records'>>,
  allowed: Allowed,
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
export function notAllowedSubject(subject: RemovalSubject, allowed: Allowed): readonly Fault[] {
  return subject.connection ? notAllowedHere(subject.connection, allowed) : notAllowedAlone(subject, allowed);
}
