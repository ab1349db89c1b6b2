import type { Connection } from './connection.ts';
import type { Observation } from './observation.ts';
import type { Fault } from './runStatus.ts';
import { failuresOf } from './zillizFaults.ts';

/** What on Azure's side stands in the way of a connection, all of it. */
export function azureFaults(connection: Connection, observed: Observation): readonly Fault[] {
  return [
    ...networkFaults(connection, observed),
    ...groupFaults(connection, observed),
    ...dnsFaults(observed),
  ];
}

function networkFaults(connection: Connection, observed: Observation): readonly Fault[] {
  const { virtualNetwork, subnet, endpoint } = observed;
  const pointer = '/subnetId';
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
  const { delegations, freeAddresses } = subnet.value;
  if (delegations.length > 0) {
    faults.push({
      pointer,
      code: 'subnet-delegated',
      detail: `the subnet is delegated to ${delegations.join(', ')}`,
    });
  }
  const needsAddress = endpoint.ok && endpoint.value === null;
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
