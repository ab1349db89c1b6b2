import { sameEndpointId } from './endpointId.ts';
import { readEndpointMarks } from './marks.ts';
import { registrationAction } from './registrationRemoval.ts';
import { isCurrent } from './removal.ts';
import type { RemovalObservation, RemovalRow } from './removal.ts';
import { regionalZoneName } from './naming.ts';
import type { RemovalSubject } from './removalSubject.ts';

/** What a disconnect leaves to people, because no API can do it or nothing proves that it is ours. */
export function peopleAfterRemoval(
  { connection, specReadable }: RemovalSubject,
  { endpoint, registrations }: RemovalObservation,
  endpointIds: readonly string[],
  rows: readonly RemovalRow[],
): readonly string[] {
  const actions: string[] = [];
  const whitelistedAt = endpoint ? (readEndpointMarks(endpoint.tags)?.whitelistedAt ?? null) : null;
  if (connection && whitelistedAt !== null) {
    actions.push(whitelistAction(connection.subscriptionId, connection.projectId, whitelistedAt));
  }
  for (const { resource, action, id, reason } of rows) {
    if (resource !== 'registration' || action !== 'keep' || isCurrent(id, endpoint)) continue;
    actions.push(registrationAction(id, reason));
  }
  if (connection && !specReadable) actions.push(unreadableAction(connection.regionId));
  const name = connection?.privateEndpoint.name.toLowerCase();
  const unproved = registrations.filter(
    ({ endpointId }) =>
      name !== undefined &&
      endpointId.toLowerCase().startsWith(`${name}.`) &&
      !endpointIds.some((own) => sameEndpointId(own, endpointId)),
  );
  const reason = 'it has the name of this private endpoint but another resource GUID';
  for (const { endpointId } of unproved) actions.push(registrationAction(endpointId, reason));
  return actions;
}

/** Zones are found by the records of the connection in them, and near its private endpoint by our mark. */
function unreadableAction(regionId: string): string {
  return `The tags of the private endpoint did not say any more where the connection had its zones, so one without a record of its may be left: look for private DNS zones of ${regionalZoneName(regionId)} with links that nobody needs.`;
}

/** Zilliz can neither list nor delete whitelist entries (reference: private endpoint operations). */
function whitelistAction(subscriptionId: string, projectId: string, since: string): string {
  return `Zilliz has no API to remove a whitelist entry: the subscription ${subscriptionId} stays on the whitelist of the project ${projectId}, since ${since}. Ask Zilliz's support to remove it if no other private endpoint needs it.`;
}
