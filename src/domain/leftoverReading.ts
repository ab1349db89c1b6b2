import type { Connection } from './connection.ts';
import { decideEndpoint } from './decide.ts';
import type { Observation, ObservedRest } from './observation.ts';
import type { LeftoverReading } from './planLeftovers.ts';

type Rest = Pick<ObservedRest, 'formerZones' | 'neighbours'>;

/** What of one reading tells what is left over; null without a sight of the endpoint, since then nothing does. */
export function leftoverReadingOf(
  connection: Connection,
  observed: Observation & Rest,
): Omit<LeftoverReading, 'census' | 'allowed'> | null {
  const { endpoint, registrations, clusters, zones, formerZones, neighbours, endpointAddress } = observed;
  if (!endpoint.ok) return null;
  return {
    endpoint: endpoint.value,
    registrations: registrations.ok ? registrations.value : [],
    clusters: clusters.ok ? clusters.value : null,
    zones: zones.ok ? zones.value : [],
    formerZones,
    neighbours,
    address: endpointAddress,
    replacing: decideEndpoint(connection, null, endpoint.value).action === 'delete',
  };
}
