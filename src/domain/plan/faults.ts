import { isProjectAllowed } from '../connection/bounds.ts';
import type { AllowedScopes } from '../connection/bounds.ts';
import type { Connection } from '../connection/connection.ts';
import type { Failure, Outcome } from '../failure/failure.ts';
import { isDedicated } from '../resources/cluster.ts';
import { isWithinScope, parseResourceId, sameResource } from '../connection/resourceId.ts';
import type { Cluster, Project, Subnet, VirtualNetwork } from '../resources/model.ts';
import type { Fault } from '../run/status.ts';
import { registeredElsewhere } from '../resources/virtualNetworkLink.ts';
import type { Observation } from './observation.ts';
import { registeredIn } from './warnings.ts';

/** Returns everything in Azure that prevents the connection. */
export function azureFaults(connection: Connection, observed: Observation): readonly Fault[] {
  return [
    ...networkFaults(connection, observed),
    ...groupFaults(connection, observed),
    ...dnsFaults(connection, observed),
  ];
}

const SUBNET_POINTER = '/subnetId';

function networkFaults(connection: Connection, observed: Observation): readonly Fault[] {
  const { virtualNetwork, subnet, endpoint, serviceVisible } = observed;
  const pointer = SUBNET_POINTER;
  const others = subnetsOf(virtualNetwork);
  const faults: Fault[] = [...failuresOf([virtualNetwork, subnet, endpoint, serviceVisible], pointer)];
  if (virtualNetwork.ok && virtualNetwork.value === null) {
    faults.push({
      pointer,
      code: 'virtual-network-not-found',
      detail: `${connection.virtualNetworkId} is not there`,
      cure: findNetworks(connection.subscriptionId),
    });
  } else if (subnet.ok && subnet.value === null) {
    const names = others.map(({ name }) => name);
    const known = names.length === 0 ? '' : `; the network has ${listed(names)}`;
    faults.push({ pointer, code: 'subnet-not-found', detail: `${connection.subnetId} is not there${known}` });
  }
  if (!subnet.ok || subnet.value === null) return faults;
  const needsAddress = endpoint.ok && endpoint.value === null;
  const { staticIpAddress } = connection.privateEndpoint;
  return [
    ...faults,
    ...subnetFaults(subnet.value, needsAddress, others),
    ...(needsAddress && staticIpAddress !== undefined ? addressFaults(subnet.value, staticIpAddress) : []),
  ];
}

function subnetFaults(
  subnet: Subnet,
  needsAddress: boolean,
  others: VirtualNetwork['subnets'],
): readonly Fault[] {
  const { delegations, freeAddresses } = subnet;
  const pointer = SUBNET_POINTER;
  const cure = otherSubnets(subnet, others);
  const faults: Fault[] = [];
  if (delegations.length > 0) {
    faults.push({
      pointer,
      code: 'subnet-delegated',
      detail: `the subnet is delegated to ${delegations.join(', ')}`,
      cure,
    });
  }
  const free = freeAddresses.ok ? freeAddresses.value : null;
  if (needsAddress && free !== null && free <= 0) {
    faults.push({ pointer, code: 'subnet-full', detail: 'the subnet has no free address', cure });
  }
  return faults;
}

function addressFaults({ addressPrefixes }: Subnet, address: string): readonly Fault[] {
  const isUsable = addressPrefixes.some((prefix) => isUsableIn(prefix, address));
  const detail = `${address} is not one that a private endpoint can have in ${addressPrefixes.join(', ')}`;
  return isUsable
    ? []
    : [{ pointer: '/privateEndpoint/staticIpAddress', code: 'address-not-usable', detail }];
}

/** Azure keeps the first four addresses of a prefix and the last one. */
function isUsableIn(prefix: string, address: string): boolean {
  const [start = '', length = '32'] = prefix.split('/');
  const size = 2 ** (32 - Number(length));
  const offset = numberOf(address) - Math.floor(numberOf(start) / size) * size;
  return offset >= 4 && offset < size - 1;
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function subnetsOf(network: Observation['virtualNetwork']): VirtualNetwork['subnets'] {
  return network.ok && network.value ? network.value.subnets : [];
}

/** Names the subnets of the same network that take a private endpoint. */
function otherSubnets({ id, withRoom }: Subnet, all: VirtualNetwork['subnets']): string {
  const usable = withRoom.filter(
    (name) =>
      !id.toLowerCase().endsWith(`/${name.toLowerCase()}`) &&
      all.some((other) => !other.delegated && other.name.toLowerCase() === name.toLowerCase()),
  );
  return usable.length === 0
    ? 'Add a subnet without delegation to the network, or name one of another network: no other subnet of it has a free address.'
    : `Use another subnet of the network: ${listed(usable)} ${usable.length === 1 ? 'has' : 'have'} free addresses and no delegation.`;
}

const MOST_NAMED = 10;

function listed(names: readonly string[]): string {
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  return `${names.slice(0, MOST_NAMED).join(', ')}${more}`;
}

function findNetworks(subscriptionId: string): string {
  const command = `az network vnet list --subscription ${subscriptionId} --query "[].id" -o tsv`;
  return `Correct the resource ID: \`${command}\` lists the networks that exist.`;
}

function groupFaults(connection: Connection, observed: Observation): readonly Fault[] {
  const { resourceGroup, zoneResourceGroup } = observed;
  const { resourceGroupId } = connection.privateEndpoint;
  // The default is the group of the network.
  const isOwn = isWithinScope(connection.subnetId, resourceGroupId);
  const pointer = isOwn ? SUBNET_POINTER : '/privateEndpoint/resourceGroup';
  const faults: Fault[] = [...failuresOf([resourceGroup], pointer)];
  if (resourceGroup.ok && resourceGroup.value === null) {
    faults.push({ pointer, code: 'resource-group-not-found', detail: `${resourceGroupId} is not there` });
  }
  if (!connection.spec.dns.manage || connection.spec.dns.zoneResourceGroupId === null) return faults;
  faults.push(...failuresOf([zoneResourceGroup], '/dns/zoneResourceGroupId'));
  if (zoneResourceGroup.ok && zoneResourceGroup.value === null) {
    const detail = `${connection.zoneResourceGroupId} is not there`;
    faults.push({ pointer: '/dns/zoneResourceGroupId', code: 'resource-group-not-found', detail });
  }
  return faults;
}

function dnsFaults(connection: Connection, observed: Observation): readonly Fault[] {
  const faults: Fault[] = [...failuresOf([observed.zones], '/dns')];
  for (const [index, { id, network }] of observed.linkedNetworks.entries()) {
    // The network of the subnet is linked by default, and judged with the subnet.
    if (sameResource(id, connection.virtualNetworkId)) continue;
    const pointer = `/dns/linkedNetworks/${index}`;
    faults.push(...failuresOf([network], pointer));
    if (network.ok && network.value === null) {
      const cure = findNetworks(parseResourceId(id)?.subscriptionId ?? '');
      faults.push({ pointer, code: 'virtual-network-not-found', detail: `${id} is not there`, cure });
    }
  }
  return faults;
}

const PLANS_WITH_PRIVATE_LINK = ['enterprise', 'businesscritical'];

/** Returns everything at Zilliz that prevents the connection. */
export function zillizFaults(
  connection: Connection,
  observed: Observation,
  allowed: AllowedScopes,
): readonly Fault[] {
  const unreadable = [
    observed.project,
    observed.regions,
    observed.endpointService,
    observed.registrations,
    observed.clusters,
  ];
  const faults: Fault[] = [];
  if (observed.project.ok && observed.project.value === null) {
    faults.push(projectFault(connection.projectId, observed.otherProjects, allowed));
  }
  if (observed.project.ok && observed.project.value && !hasPrivateLink(observed.project.value.plan)) {
    faults.push({
      pointer: '/projectId',
      code: 'plan-too-low',
      detail: `the plan of ${connection.projectId} is ${observed.project.value.plan}, and private link needs Enterprise or Business Critical`,
    });
  }
  if (
    observed.regions.ok &&
    !observed.regions.value.some(({ regionId }) => regionId === connection.regionId)
  ) {
    const offered = observed.regions.value.map(({ regionId }) => regionId).join(', ');
    faults.push({
      pointer: '/regionId',
      code: 'region-not-offered',
      detail: `${connection.regionId} is not one of ${offered}`,
    });
  }
  // For an unknown project or region, every other read at Zilliz fails with a code that is already listed.
  const others = failuresOf(unreadable, '/projectId').filter(
    ({ code }) => !faults.some((fault) => fault.code === code),
  );
  faults.push(...others);
  if (observed.clusters.ok)
    faults.push(...clusterFaults(connection, [...observed.clusters.value, ...observed.clustersElsewhere]));
  return faults;
}

/** Names the projects that a request may name instead. */
function projectFault(projectId: string, others: readonly Project[], allowed: AllowedScopes): Fault {
  const usable = others.filter((project) => isProjectAllowed(project.projectId, allowed));
  const names = usable.map((project) => `${project.projectId} (${project.name})`);
  const known = names.length === 0 ? 'no project of this app' : listed(names);
  const detail = `project ${projectId} is not known at Zilliz; the key of the app sees ${known}`;
  return { pointer: '/projectId', code: 'project-not-found', detail };
}

function hasPrivateLink(plan: string): boolean {
  return PLANS_WITH_PRIVATE_LINK.includes(plan.toLowerCase().replace(/[^a-z]/g, ''));
}

/** Returns the faults of the clusters that a connection names. */
export function clusterFaults(connection: Connection, clusters: readonly Cluster[]): readonly Fault[] {
  const wanted = connection.spec.clusters;
  if (wanted === 'all') return [];
  return wanted.flatMap((clusterId, index): readonly Fault[] => {
    const pointer = `/clusters/${index}`;
    const cluster = clusters.find((candidate) => candidate.clusterId === clusterId);
    if (!cluster) {
      const detail = `cluster ${clusterId} is not listed: ${existing(connection, clusters)}`;
      return [{ pointer, code: 'cluster-not-found', detail }];
    }
    if (cluster.projectId !== connection.projectId || cluster.regionId !== connection.regionId) {
      return [
        {
          pointer,
          code: 'cluster-elsewhere',
          detail: `${clusterId} is in ${cluster.projectId}, ${cluster.regionId}`,
        },
      ];
    }
    if (isDedicated(cluster)) return [];
    const kind = cluster.deploymentOption ?? cluster.plan;
    return [{ pointer, code: 'cluster-not-dedicated', detail: `${clusterId} is ${kind}` }];
  });
}

/** The clusters that a request may name. */
function existing({ projectId, regionId }: Connection, clusters: readonly Cluster[]): string {
  const usable = clusters.filter(
    (cluster) => cluster.projectId === projectId && cluster.regionId === regionId && isDedicated(cluster),
  );
  if (usable.length === 0) return `the key sees no Dedicated cluster of the project in ${regionId}`;
  const names = usable.map(({ clusterId, name }) => `${clusterId} (${name})`);
  return `the Dedicated clusters of the project in ${regionId} are ${listed(names)}`;
}

/** Returns one fault for each different failure: a rejected key that fails five reads is one problem to solve. */
function failuresOf(outcomes: readonly Outcome<unknown>[], pointer: string): readonly Fault[] {
  const failures = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.failure]));
  const first = new Map<string, Failure>();
  for (const failure of failures) {
    const key =
      failure.code === 'azure-permission-denied' || failure.code === 'azure-deny-assignment'
        ? `${failure.code} ${failure.message}`
        : failure.code;
    if (!first.has(key)) first.set(key, failure);
  }
  return [...first.values()].map(({ code, message, cure }) => ({
    ...{ pointer, code, detail: message },
    ...(cure !== undefined && { cure }),
  }));
}

/** Auto registration that the request itself asks for, and that the network does not allow. */
export function autoRegistrationFaults(connection: Connection, observed: Observation): readonly Fault[] {
  const { autoRegistration, manage } = connection.spec.dns;
  if (!connection.requiresAutoRegistration || !autoRegistration || !manage) return [];
  const elsewhere = registeredElsewhere(connection, observed);
  if (!elsewhere.ok || elsewhere.value === null) return [];
  const detail = registeredIn(elsewhere.value);
  return [{ pointer: '/dns/autoRegistration', code: 'auto-registration-taken', detail }];
}
