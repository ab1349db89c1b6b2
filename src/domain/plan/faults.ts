import type { Connection } from '../connection/connection.ts';
import type { Failure, Outcome } from '../failure/failure.ts';
import { isDedicated } from '../resources/cluster.ts';
import type { Cluster, Subnet } from '../resources/model.ts';
import type { Fault } from '../run/status.ts';
import { registeredElsewhere } from '../resources/virtualNetworkLink.ts';
import type { Observation } from './observation.ts';
import { registeredIn } from './warnings.ts';

/** Returns everything in Azure that prevents the connection. */
export function azureFaults(connection: Connection, observed: Observation): readonly Fault[] {
  return [
    ...networkFaults(connection, observed),
    ...groupFaults(connection, observed),
    ...dnsFaults(observed),
  ];
}

const SUBNET_POINTER = '/subnetId';

function networkFaults(connection: Connection, observed: Observation): readonly Fault[] {
  const { virtualNetwork, subnet, endpoint } = observed;
  const pointer = SUBNET_POINTER;
  const faults: Fault[] = [...failuresOf([virtualNetwork, subnet, endpoint], pointer)];
  if (virtualNetwork.ok && virtualNetwork.value === null) {
    faults.push({
      pointer,
      code: 'virtual-network-not-found',
      detail: `${connection.virtualNetworkId} is not there`,
    });
  } else if (subnet.ok && subnet.value === null) {
    faults.push({ pointer, code: 'subnet-not-found', detail: `${connection.subnetId} is not there` });
  }
  if (!subnet.ok || subnet.value === null) return faults;
  const needsAddress = endpoint.ok && endpoint.value === null;
  return [...faults, ...subnetFaults(subnet.value, needsAddress)];
}

function subnetFaults({ delegations, freeAddresses }: Subnet, needsAddress: boolean): readonly Fault[] {
  const pointer = SUBNET_POINTER;
  const faults: Fault[] = [];
  if (delegations.length > 0) {
    faults.push({
      pointer,
      code: 'subnet-delegated',
      detail: `the subnet is delegated to ${delegations.join(', ')}`,
    });
  }
  const free = freeAddresses.ok ? freeAddresses.value : null;
  if (needsAddress && free !== null && free <= 0) {
    faults.push({ pointer, code: 'subnet-full', detail: 'the subnet has no free address' });
  }
  return faults;
}

function groupFaults(connection: Connection, observed: Observation): readonly Fault[] {
  const { resourceGroup, zoneResourceGroup } = observed;
  const faults: Fault[] = [...failuresOf([resourceGroup], '/privateEndpoint/resourceGroup')];
  if (resourceGroup.ok && resourceGroup.value === null) {
    const detail = `${connection.privateEndpoint.resourceGroupId} is not there`;
    faults.push({ pointer: '/privateEndpoint/resourceGroup', code: 'resource-group-not-found', detail });
  }
  if (!connection.spec.dns.manage || connection.spec.dns.zoneResourceGroupId === null) return faults;
  faults.push(...failuresOf([zoneResourceGroup], '/dns/zoneResourceGroupId'));
  if (zoneResourceGroup.ok && zoneResourceGroup.value === null) {
    const detail = `${connection.zoneResourceGroupId} is not there`;
    faults.push({ pointer: '/dns/zoneResourceGroupId', code: 'resource-group-not-found', detail });
  }
  return faults;
}

function dnsFaults(observed: Observation): readonly Fault[] {
  const faults: Fault[] = [...failuresOf([observed.zones], '/dns')];
  for (const [index, { id, network }] of observed.linkedNetworks.entries()) {
    const pointer = `/dns/linkedNetworks/${index}`;
    faults.push(...failuresOf([network], pointer));
    if (network.ok && network.value === null) {
      faults.push({ pointer, code: 'virtual-network-not-found', detail: `${id} is not there` });
    }
  }
  return faults;
}

const PLANS_WITH_PRIVATE_LINK = ['enterprise', 'businesscritical'];

/** Returns everything at Zilliz that prevents the connection. */
export function zillizFaults(connection: Connection, observed: Observation): readonly Fault[] {
  const unreadable = [
    observed.project,
    observed.regions,
    observed.endpointService,
    observed.registrations,
    observed.clusters,
  ];
  const faults: Fault[] = [];
  if (observed.project.ok && observed.project.value === null) {
    faults.push({
      pointer: '/projectId',
      code: 'project-not-found',
      detail: `project ${connection.projectId} is not known`,
    });
  }
  if (observed.project.ok && observed.project.value && !hasPrivateLink(observed.project.value.plan)) {
    faults.push({
      pointer: '/projectId',
      code: 'plan-too-low',
      detail: `the plan is ${observed.project.value.plan}`,
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
    if (!cluster)
      return [{ pointer, code: 'cluster-not-found', detail: `cluster ${clusterId} is not listed` }];
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
  return [...first.values()].map(({ code, message }) => ({ pointer, code, detail: message }));
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
