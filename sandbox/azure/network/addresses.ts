import { sameId } from '../resourceId.ts';
import type { Subnet } from '../state/networkSchema.ts';
import type { AzureState } from '../state/schema.ts';

/** Azure keeps the first four addresses of a subnet and the last one. */
const RESERVED_AT_START = 4;
const RESERVED_ADDRESSES = 5;

/** How many addresses of a subnet can be handed out at all. */
export function capacityOf(subnet: Subnet): number {
  return Math.max(0, sizeOf(subnet.addressPrefix) - RESERVED_ADDRESSES);
}

/** Addresses of a subnet that are in use, by private endpoints and by what is not modelled. */
export function usedAddresses(state: AzureState, subnetId: string, subnet: Subnet): number {
  return endpointAddresses(state, subnetId).length + subnet.addressesTakenByOthers;
}

/** The lowest free address, from `.4` up; undefined when the subnet is full. */
export function nextAddress(state: AzureState, subnetId: string, subnet: Subnet): string | undefined {
  if (usedAddresses(state, subnetId, subnet) >= capacityOf(subnet)) return undefined;
  const taken = new Set(endpointAddresses(state, subnetId));
  const network = firstAddress(subnet.addressPrefix);
  for (let offset = RESERVED_AT_START; offset < sizeOf(subnet.addressPrefix) - 1; offset += 1) {
    const address = format(network + offset);
    if (!taken.has(address)) return address;
  }
  return undefined;
}

/** Whether no private endpoint of the subnet has the address. */
export function isFree(state: AzureState, subnetId: string, address: string): boolean {
  return !endpointAddresses(state, subnetId).includes(address);
}

export function isInPrefix(address: string, prefix: string): boolean {
  const offset = firstAddress(`${address}/32`) - firstAddress(prefix);
  return offset >= 0 && offset < sizeOf(prefix);
}

/** Whether Azure keeps the address for itself. */
export function isReserved(address: string, prefix: string): boolean {
  const offset = firstAddress(`${address}/32`) - firstAddress(prefix);
  return offset < RESERVED_AT_START || offset >= sizeOf(prefix) - 1;
}

function endpointAddresses(state: AzureState, subnetId: string): string[] {
  return Object.values(state.network.privateEndpoints)
    .filter((endpoint) => sameId(endpoint.subnetId, subnetId))
    .map((endpoint) => endpoint.address);
}

function sizeOf(prefix: string): number {
  return 2 ** (32 - Number(prefix.split('/')[1] ?? 32));
}

function firstAddress(prefix: string): number {
  const number = (prefix.split('/')[0] ?? '').split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return number - (number % sizeOf(prefix));
}

function format(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}
