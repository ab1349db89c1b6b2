import type { Connection } from './connection.ts';
import type { Observation } from './observation.ts';
import { sameResource } from './resourceId.ts';
import { warningsOf } from './warnings.ts';

/** Whether the link of a network shall register machines; null where nobody can say, and then a link stays as it is. */
export function wantedRegistration(
  connection: Connection,
  networkId: string,
  observed: Observation,
): boolean | null {
  // Auto registration is for the endpoint's own network only (design §5).
  if (!connection.spec.dns.autoRegistration || !sameResource(networkId, connection.virtualNetworkId))
    return false;
  return registrationOf(warningsOf(connection, observed, []));
}

/** A network registers its machines in one zone only: not here when it does so elsewhere. */
export function registrationOf(warnings: readonly { readonly code: string }[]): boolean | null {
  if (warnings.some(({ code }) => code === 'registered-elsewhere')) return false;
  return warnings.some(({ code }) => code === 'registrations-unread') ? null : true;
}
