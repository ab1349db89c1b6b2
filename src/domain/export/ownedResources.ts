import type { Connection } from '../connection/connection.ts';
import { isOurs, recordOwner } from '../connection/marks.ts';
import { canonicalId } from '../connection/resourceId.ts';
import type { StoredConnection } from '../connection/storedConnection.ts';
import type { ObservedZone } from '../plan/observation.ts';
import { currentEndpointId } from '../resources/registration.ts';
import { subjectOf } from '../plan/removalSubject.ts';
import { networkBeyond, reachOf } from '../resources/reach.ts';
import type { ARecordSet, PrivateDnsZone, PrivateEndpoint, VirtualNetworkLink } from '../resources/model.ts';

/** The current state of all resources that were created or adopted for a connection. */
export interface OwnedResources {
  readonly connection: Connection;
  readonly endpoint: PrivateEndpoint;
  readonly endpointId: string | null;
  readonly whitelistedAt: string | null;
  readonly zones: readonly OwnedZone[];
}

export interface OwnedZone {
  readonly zone: PrivateDnsZone;
  /** False: the zone has another owner, and only the links and records below belong to the connection. */
  readonly ours: boolean;
  readonly links: readonly VirtualNetworkLink[];
  readonly records: readonly ARecordSet[];
}

export function ownedResources(
  { connection, endpoint, whitelistedAt }: StoredConnection,
  { zones }: { readonly zones: readonly ObservedZone[] },
): OwnedResources {
  const reach = reachOf(subjectOf(connection));
  return {
    connection,
    endpoint: {
      ...endpoint,
      id: canonicalId(endpoint.id),
      subnetId: canonicalId(endpoint.subnetId),
      // An alias has no parts with a case of their own.
      target: canonicalId(endpoint.target),
    },
    endpointId: currentEndpointId(endpoint),
    whitelistedAt,
    zones: zones.map(({ zone, links, records }) => ({
      zone: { ...zone, id: canonicalId(zone.id) },
      ours: isOurs(zone.tags),
      links: links
        .filter((link) => isOurs(link.tags) && networkBeyond(reach, link.virtualNetworkId) === null)
        .map((link) => ({ ...link, virtualNetworkId: canonicalId(link.virtualNetworkId) })),
      records: records.filter(({ metadata }) => recordOwner(metadata)?.connectionId === connection.id),
    })),
  };
}

const LONGEST_IDENTIFIER = 200;

/** Unique identifiers for the blocks of an exported file: letters, digits and underscores. Bicep allows 255 characters. */
export class Identifiers {
  readonly #used = new Set<string>();

  of(text: string): string {
    const plain = text.toLowerCase().replace(/[^a-z0-9]+/g, '_');
    const base = (/^[a-z]/.test(plain) ? plain : `n_${plain}`).slice(0, LONGEST_IDENTIFIER);
    let name = base;
    for (let next = 2; this.#used.has(name); next++) name = `${base}_${next}`;
    this.#used.add(name);
    return name;
  }

  /** In the order of their declarations. */
  get all(): readonly string[] {
    return [...this.#used];
  }
}
