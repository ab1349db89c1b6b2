import { connectionSchema } from '../domain/connection.ts';
import type { Connection } from '../domain/connection.ts';
import { notAllowedSubject } from '../domain/notAllowedSubject.ts';
import { removalSubjectSchema, subjectOf } from '../domain/removalSubject.ts';
import type { RemovalSubject } from '../domain/removalSubject.ts';
import type { Allowed } from '../domain/bounds.ts';
import type { Fault } from '../domain/runStatus.ts';
import type { Instance } from '../durable/client.ts';

/** The connection that a run of ours works on; null when its input is none that this version reads. */
export function runningConnection(instance: Instance): Connection | null {
  return lastSubject(instance)?.connection ?? null;
}

/** What the last run, of whatever kind, was about: connect and sync name a connection, disconnect what is to be removed. */
export function lastSubject({ input }: Instance): RemovalSubject | null {
  if (typeof input !== 'object' || input === null) return null;
  if ('subject' in input) return removalSubjectSchema.safeParse(input.subject).data ?? null;
  if (!('connection' in input)) return null;
  const connection = connectionSchema.safeParse(input.connection).data;
  return connection ? subjectOf(connection) : null;
}

/** What forbids this deployment what a run is, or was, about. Of a run that cannot be read nothing is known to be allowed. */
export function notAllowedRun(instance: Instance, allowed: Allowed): readonly Fault[] {
  const subject = lastSubject(instance);
  if (subject) return notAllowedSubject(subject, allowed);
  if (!allowed.projects && !allowed.scopes) return [];
  const detail = `the last run of ${instance.instanceId} does not say which project it is for`;
  return [{ pointer: '', code: 'project-not-allowed', detail }];
}

/** JSON pointers of the parts of a request in which two differ, ignoring the case of resource IDs. */
export function differences(wanted: Connection, running: Connection): readonly string[] {
  const parts: readonly (readonly [string, (connection: Connection) => unknown])[] = [
    ['/subnetId', (connection) => connection.subnetId],
    ['/privateEndpoint/tags', (connection) => Object.entries(connection.privateEndpoint.tags).toSorted()],
    ['/clusters', (connection) => connection.spec.clusters],
    [
      '/dns',
      (connection) => [connection.spec.dns, connection.zoneResourceGroupId, connection.linkedNetworks],
    ],
    ['/adopt', (connection) => connection.adopt],
    ['/onFailure', (connection) => connection.onFailure],
    ['/deadlineMinutes', (connection) => connection.deadlineMinutes],
    ['/allowReplace', (connection) => connection.allowReplace],
  ];
  return parts.flatMap(([pointer, part]) =>
    comparable(part(wanted)) === comparable(part(running)) ? [] : pointer,
  );
}

function comparable(value: unknown): string {
  return JSON.stringify(value).toLowerCase();
}
