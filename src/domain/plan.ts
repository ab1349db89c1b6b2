import { azureFaults } from './azureFaults.ts';
import type { Connection } from './connection.ts';
import { decideEndpoint, decideLink, decideRecord, decideRegistration, decideZone } from './decide.ts';
import type { Decision } from './decide.ts';
import { endpointId } from './endpointId.ts';
import type { Cluster } from './model.ts';
import { linkName, regionalZoneName } from './naming.ts';
import type { Observation } from './observation.ts';
import { phases } from './phase.ts';
import type { PhaseName } from './phase.ts';
import { dnsPlaceOf, parsePrivateLinkAddress, predictedHost } from './privateHost.ts';
import { linkId, recordSetId } from './resourceId.ts';
import type { Fault } from './runStatus.ts';
import { wantedClusters } from './wantedClusters.ts';
import { warningsOf } from './warnings.ts';
import type { Warning } from './warnings.ts';
import type { StatusWords } from './words.ts';
import { zillizFaults } from './zillizFaults.ts';
import { placeZone } from './zonePlacement.ts';

/** What will be done to one resource, or why not. */
export interface PlanRow {
  readonly phase: PhaseName;
  readonly guideStep: string;
  readonly resource:
    | 'whitelist entry'
    | 'private endpoint'
    | 'registration'
    | 'private DNS zone'
    | 'A record set'
    | 'virtual network link';
  readonly id: string;
  readonly action: Decision['action'];
  readonly reason: string;
  /** The rule by which an ID was predicted that cannot be known yet. */
  readonly predicted?: string;
}

export interface Plan {
  readonly rows: readonly PlanRow[];
  /** Everything that stands in the way; nothing is written while there is any. */
  readonly faults: readonly Fault[];
  readonly warnings: readonly Warning[];
  /** Names of the region that the virtual networks would no longer resolve. */
  readonly hiddenNames: readonly string[];
}

/** One reading of the chain, turned into what a run would do: preflight, plan and drift are all this function. */
export function planConnection(connection: Connection, observed: Observation, words: StatusWords): Plan {
  const collected: Collected = {
    rows: [],
    faults: [...zillizFaults(connection, observed), ...azureFaults(connection, observed)],
  };
  planEndpoint(connection, observed, words, collected);
  const hiddenNames = connection.spec.dns.manage ? planDns(connection, observed, collected) : [];
  return {
    rows: collected.rows,
    faults: collected.faults,
    warnings: warningsOf(connection, observed, hiddenNames),
    hiddenNames,
  };
}

interface Collected {
  readonly rows: PlanRow[];
  readonly faults: Fault[];
}

function add(
  collected: Collected,
  row: Omit<PlanRow, 'guideStep' | 'action' | 'reason'> & { readonly pointer: string },
  decision: Decision,
): void {
  const { pointer, ...resource } = row;
  const guideStep = phases[row.phase].guideStep;
  collected.rows.push({ ...resource, guideStep, action: decision.action, reason: decision.reason });
  if (decision.action === 'conflict') {
    collected.faults.push({
      pointer,
      code: decision.code,
      detail: `${row.resource} ${row.id}: ${decision.reason}`,
    });
  }
}

function planEndpoint(
  connection: Connection,
  observed: Observation,
  words: StatusWords,
  collected: Collected,
): void {
  const service = observed.endpointService.ok ? observed.endpointService.value : null;
  if (!service || service.whitelistRequired) {
    const id = connection.subscriptionId;
    const reason =
      'Zilliz authorizes each subscription; the entry cannot be read back, so it is made unless Azure sees the service';
    add(
      collected,
      { phase: 'authorize-subscription', resource: 'whitelist entry', id, pointer: '/subnetId' },
      { action: 'create', reason },
    );
  }
  if (!observed.endpoint.ok) return;
  const endpoint = observed.endpoint.value;
  const decision = decideEndpoint(connection, service?.service ?? null, endpoint);
  const { id, name } = connection.privateEndpoint;
  add(
    collected,
    { phase: 'create-endpoint', resource: 'private endpoint', id, pointer: '/privateEndpoint/name' },
    decision,
  );

  if (!observed.registrations.ok || decision.action === 'conflict') return;
  const registeredAs = endpoint?.resourceGuid ? endpointId(name, endpoint.resourceGuid) : null;
  const registration = decideRegistration(
    registeredAs ?? `${name}.<resource GUID>`,
    observed.registrations.value,
    words,
  );
  add(
    collected,
    {
      phase: 'register-endpoint',
      resource: 'registration',
      id: registeredAs ?? `${name}.<resource GUID>`,
      pointer: '/projectId',
    },
    registration,
  );
}

function planDns(connection: Connection, observed: Observation, collected: Collected): readonly string[] {
  if (!observed.zones.ok) return [];
  const clusters = observed.clusters.ok ? wantedClusters(connection, observed.clusters.value) : [];
  const regional = connection.spec.dns.layout === 'regional';
  if (!regional) {
    for (const cluster of clusters) planCluster(connection, observed, cluster, collected);
    return [];
  }
  const zone = regionalZoneName(connection.regionId);
  const newlyLinked = planZone(connection, observed, zone, collected);
  for (const cluster of clusters) planCluster(connection, observed, cluster, collected);
  const hidden = newlyLinked && observed.clusters.ok ? hiddenBy(zone, observed.clusters.value, clusters) : [];
  if (hidden.length > 0 && connection.spec.dns.hiddenNames === 'refuse') {
    collected.faults.push({
      pointer: '/dns/hiddenNames',
      code: 'hidden-names',
      detail: `would hide ${hidden.join(', ')}`,
    });
  }
  return hidden;
}

/** Rows of a zone and its links; answers whether a network would be linked to it newly. */
function planZone(
  connection: Connection,
  observed: Observation,
  name: string,
  collected: Collected,
): boolean {
  const placement = placeZone(connection, name, observed.zones.ok ? observed.zones.value : []);
  if (placement.kind === 'conflict') {
    collected.faults.push({
      pointer: '/dns/zoneResourceGroupId',
      code: 'overlapping-zone',
      detail: placement.detail,
    });
    return false;
  }
  const { id, found } = placement;
  add(
    collected,
    { phase: 'configure-dns', resource: 'private DNS zone', id, pointer: '/dns' },
    decideZone(found?.zone ?? null),
  );
  let newlyLinked = false;
  for (const network of connection.linkedNetworks) {
    const decision = decideLink(network, found?.links ?? []);
    newlyLinked ||= decision.action === 'create';
    const link = {
      phase: 'configure-dns',
      resource: 'virtual network link',
      id: linkId(id, linkName(network)),
    } as const;
    add(collected, { ...link, pointer: '/dns/linkedNetworks' }, decision);
  }
  return newlyLinked;
}

function planCluster(
  connection: Connection,
  observed: Observation,
  cluster: Cluster,
  collected: Collected,
): void {
  const { layout } = connection.spec.dns;
  const pointer = pointerTo(connection, cluster.clusterId);
  const predicted = cluster.privateLinkAddress === null;
  const address = parsePrivateLinkAddress(
    cluster.privateLinkAddress ?? predictedHost(cluster.clusterId, connection.regionId),
  );
  const place = address && dnsPlaceOf(address.host, connection.regionId, layout);
  if (!place) {
    collected.faults.push({
      pointer,
      code: 'host-does-not-fit',
      detail: `${cluster.clusterId}: ${cluster.privateLinkAddress ?? ''}`,
    });
    return;
  }
  if (layout === 'per-cluster') planZone(connection, observed, place.zone, collected);
  const placement = placeZone(connection, place.zone, observed.zones.ok ? observed.zones.value : []);
  if (placement.kind === 'conflict') return;
  const found = placement.found?.records.find((record) => record.name.toLowerCase() === place.record) ?? null;
  const wanted = {
    connectionId: connection.id,
    clusterId: cluster.clusterId,
    address: observed.endpointAddress ?? '',
  };
  const id = recordSetId(placement.id, place.record);
  add(
    collected,
    {
      phase: 'configure-dns',
      resource: 'A record set',
      id,
      pointer,
      ...(predicted && {
        predicted: 'host = <cluster ID>-privatelink.<regional zone>, until Zilliz allocates it',
      }),
    },
    decideRecord(wanted, found),
  );
}

/** JSON pointer to the part of the request that named the cluster. */
export function pointerTo(connection: Connection, clusterId: string): string {
  const { clusters } = connection.spec;
  return clusters === 'all' ? '/clusters' : `/clusters/${clusters.indexOf(clusterId)}`;
}

function hiddenBy(zone: string, all: readonly Cluster[], wanted: readonly Cluster[]): readonly string[] {
  const hosts = all.flatMap((cluster) => {
    const unserved = wanted.includes(cluster) ? null : cluster.privateLinkAddress;
    return [cluster.connectAddress, unserved].flatMap((address) =>
      address ? (parsePrivateLinkAddress(address)?.host ?? []) : [],
    );
  });
  return hosts.filter((host) => host.endsWith(`.${zone}`));
}
