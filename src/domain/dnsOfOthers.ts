import type { Connection } from './connection.ts';
import { regionalZoneName } from './naming.ts';
import type { Observation } from './observation.ts';
import { addMisfit, addNote } from './planRows.ts';
import type { Collected } from './planRows.ts';
import { placeCluster, predictedHost } from './privateHost.ts';
import { wantedClusters } from './wantedClusters.ts';

/** A zone that others make, and the networks that they link to it when its records are there. */
export interface ZoneOfOthers {
  readonly name: string;
  readonly linkedNetworks: readonly string[];
}

/** The zones that somebody else makes, where `dns.manage` is false, for these private host names. */
export function zonesOfOthers(connection: Connection, hosts: readonly string[]): readonly ZoneOfOthers[] {
  const { linkedNetworks, regionId, spec } = connection;
  const names = spec.dns.layout === 'regional' ? [regionalZoneName(regionId)] : hosts;
  return names.map((name) => ({ name, linkedNetworks }));
}

/**
 * Rows of what others make, in their order: zone, records, and the link last. They are no drift, since nobody here reads
 * whether it is there.
 */
export function planDnsOfOthers(connection: Connection, observed: Observation, collected: Collected): void {
  const clusters = observed.clusters.ok ? wantedClusters(connection, observed.clusters.value) : [];
  const { regionId, spec } = connection;
  const records = clusters.flatMap(({ clusterId, privateLinkAddress }) => {
    const address = privateLinkAddress ?? predictedHost(clusterId, regionId);
    const placed = placeCluster({ clusterId, address }, regionId, spec.dns.layout);
    if (placed.ok) return [{ host: placed.value.host, predicted: privateLinkAddress === null }];
    addMisfit(collected, clusterId, placed.failure);
    return [];
  });
  const zones = zonesOfOthers(
    connection,
    records.map(({ host }) => host),
  );
  const note = (row: Pick<Parameters<typeof addNote>[1], 'resource' | 'id' | 'networkId' | 'predicted'>) => {
    const reason = 'dns.manage is false: somebody else makes it, and whether it is there is not read';
    addNote(collected, { phase: 'configure-dns', unread: true, ...row }, 'person', reason);
  };
  for (const { name } of zones) note({ resource: 'private DNS zone', id: name });
  for (const { host, predicted } of records)
    note({ resource: 'A record set', id: host, ...(predicted && { predicted }) });
  for (const { name, linkedNetworks } of zones)
    for (const networkId of linkedNetworks) note({ resource: 'virtual network link', id: name, networkId });
}
