import * as z from 'zod';
import type { Connection } from '../connection/connection.ts';
import { updateFailed } from '../connection/endpointHealth.ts';
import { regionalZoneName } from '../connection/names.ts';
import { parseVirtualNetworkId } from '../connection/resourceId.ts';
import { isDedicated, isGone } from '../resources/cluster.ts';
import { registeredElsewhere } from '../resources/virtualNetworkLink.ts';
import type { Observation, ObservedRest } from './observation.ts';

/** A problem that does not stop a run but that the user should know. */
export const warningSchema = z.object({
  code: z
    .enum([
      'custom-dns-servers',
      'port-blocked',
      'rules-not-read',
      'addresses-not-read',
      'permission-not-read',
      'locks-not-read',
      'policy-not-checked',
      'subscription-not-checked',
      'subscription-past-due',
      'removal-locked',
      'network-locked',
      'record-ttl-changed',
      'tags-rewritten',
      'names-hidden',
      'registered-elsewhere',
      'registrations-unread',
      'former-zone-not-read',
      'no-dedicated-cluster',
      'endpoint-update-failed',
    ])
    .meta({ id: 'WarningCode' }),
  detail: z.string(),
});

export type Warning = Readonly<z.infer<typeof warningSchema>>;

/** The resolver of Azure, at this address in every network. */
const AZURE_DNS = '168.63.129.16';

export function warningsOf(
  connection: Connection,
  observed: Observation,
  hiddenNames: readonly string[],
): readonly Warning[] {
  // First what takes something away from applications.
  const warnings: Warning[] = [...hiddenNameWarnings(connection, hiddenNames), ...endpointWarnings(observed)];
  for (const { network } of observed.linkedNetworks) {
    const servers = network.ok && network.value ? network.value.dnsServers : [];
    const own = servers.filter((server) => server !== AZURE_DNS);
    if (!network.ok || !network.value || own.length === 0) continue;
    const zone = regionalZoneName(connection.regionId);
    const detail = `${network.value.id} uses the DNS servers ${own.join(', ')}, which do not ask the linked zones by themselves. Have them forward ${zone} to ${AZURE_DNS}, from a network that is linked to the zone (only machines in Azure reach it; if they are in another network, name that in \`dns.linkedNetworks\`), or to the inbound endpoint of an Azure DNS Private Resolver there; else the private names do not resolve. To check it on a machine in the network: \`nslookup <host of a cluster> ${own[0] ?? ''}\` must return the address of the private endpoint`;
    warnings.push({ code: 'custom-dns-servers', detail });
  }
  warnings.push(...subnetWarnings(observed));
  warnings.push(...registrationWarnings(connection, observed), ...clusterWarnings(connection, observed));
  return warnings;
}

/** Which applications lose which names, when, and the change of the request that avoids it. */
function hiddenNameWarnings(
  { linkedNetworks }: Connection,
  hiddenNames: readonly string[],
): readonly Warning[] {
  if (hiddenNames.length === 0) return [];
  const networks = linkedNetworks.map((id) => parseVirtualNetworkId(id)?.name ?? id).join(', ');
  const detail = `applications in ${networks} stop resolving these names as soon as the zone is linked there, which is the last step before the verification: ${hiddenNames.join(', ')}. To avoid it, request "dns": { "layout": "per-cluster" }, which hides nothing; to have the run refused instead, "dns": { "hiddenNames": "refuse" }`;
  return [{ code: 'names-hidden', detail }];
}

/** Zones of another layout, of which a run would remove what is the connection's. */
export function formerZoneWarnings({
  unreadFormerZones,
}: Pick<ObservedRest, 'unreadFormerZones'>): readonly Warning[] {
  return unreadFormerZones.map(({ id, failure }) => ({
    code: 'former-zone-not-read',
    detail: `whether ${id} still holds what the connection had in another layout is not known, and nothing is removed from it: ${failure.message}`,
  }));
}

function subnetWarnings({ subnet, blockedPorts }: Observation): readonly Warning[] {
  const warnings: Warning[] = [];
  if (!blockedPorts.ok) {
    const detail = `whether rules on the subnet block the port is not known: ${blockedPorts.failure.message}`;
    warnings.push({ code: 'rules-not-read', detail });
  } else if (blockedPorts.value.length > 0) {
    const detail = `rules on the subnet seem to block TCP ${blockedPorts.value.join(', ')}`;
    warnings.push({ code: 'port-blocked', detail });
  }
  if (subnet.ok && subnet.value?.freeAddresses.ok === false) {
    const detail = `whether the subnet has a free address is not known: ${subnet.value.freeAddresses.failure.message}`;
    warnings.push({ code: 'addresses-not-read', detail });
  }
  return warnings;
}

/** A new PUT of the endpoint could undo another owner's change. So that owner must repeat the update. */
function endpointWarnings({ endpoint }: Observation): readonly Warning[] {
  if (!endpoint.ok || !endpoint.value || !updateFailed(endpoint.value)) return [];
  const detail = `the last update of ${endpoint.value.id} failed, and its connection is Approved: traffic flows, and the owner of the update should repeat it`;
  return [{ code: 'endpoint-update-failed', detail }];
}

function clusterWarnings({ regionId }: Connection, { clusters, project }: Observation): readonly Warning[] {
  if (!clusters.ok || clusters.value.some((cluster) => isDedicated(cluster) && !isGone(cluster))) return [];
  if (project.ok && project.value === null) return [];
  const regions = project.ok && project.value ? project.value.regionIds : [];
  const elsewhere = regions.some((region) => region !== regionId)
    ? ` (its regions: ${regions.join(', ')})`
    : '';
  const detail = `the project has no Dedicated cluster in ${regionId} yet${elsewhere}: each one that comes gets its record then. If it was to be another region, correct \`regionId\``;
  return [{ code: 'no-dedicated-cluster', detail }];
}

function registrationWarnings(connection: Connection, observed: Observation): readonly Warning[] {
  if (!connection.spec.dns.autoRegistration || !connection.spec.dns.manage) return [];
  const elsewhere = registeredElsewhere(connection, observed);
  if (!elsewhere.ok) {
    const detail = `auto registration could not be looked up: ${elsewhere.failure.message}`;
    return [{ code: 'registrations-unread', detail }];
  }
  // If the request asks for auto registration, this is a fault.
  if (elsewhere.value === null || connection.requiresAutoRegistration) return [];
  const detail = `${registeredIn(elsewhere.value)}: the link is created without auto registration`;
  return [{ code: 'registered-elsewhere', detail }];
}

/** The reason why the network cannot register its machines in the connection's zone too. */
export function registeredIn(zoneId: string): string {
  return `the network registers its machines in ${zoneId} already, and can do so in one zone only`;
}
