import { sameEndpointId } from './endpointId.ts';
import { readEndpointMarks } from './marks.ts';
import type { RemovalObservation } from './removal.ts';
import type { RemovalSubject } from './removalSubject.ts';

/** What a disconnect leaves to people, because no API can do it or nothing proves that it is ours. */
export function peopleAfterRemoval(
  { connection }: RemovalSubject,
  { endpoint, registrations }: RemovalObservation,
  endpointIds: readonly string[],
): readonly string[] {
  const actions: string[] = [];
  const whitelistedAt = endpoint ? (readEndpointMarks(endpoint.tags)?.whitelistedAt ?? null) : null;
  if (connection && whitelistedAt !== null) {
    actions.push(whitelistAction(connection.subscriptionId, connection.projectId, whitelistedAt));
  }
  const name = connection?.privateEndpoint.name.toLowerCase();
  const unproved = registrations.filter(
    ({ endpointId }) =>
      name !== undefined &&
      endpointId.toLowerCase().startsWith(`${name}.`) &&
      !endpointIds.some((own) => sameEndpointId(own, endpointId)),
  );
  for (const { endpointId } of unproved) {
    actions.push(
      `Zilliz lists ${endpointId}, which has the name of this private endpoint but another resource GUID. Nothing proves that it is of this connection, so it stays: delete it in the Zilliz Cloud console if nobody uses it.`,
    );
  }
  return actions;
}

/** Zilliz can neither list nor delete whitelist entries (reference: private endpoint operations). */
function whitelistAction(subscriptionId: string, projectId: string, since: string): string {
  return `Zilliz has no API to remove a whitelist entry: the subscription ${subscriptionId} stays on the whitelist of the project ${projectId}, since ${since}. Ask Zilliz's support to remove it if no other private endpoint needs it.`;
}
