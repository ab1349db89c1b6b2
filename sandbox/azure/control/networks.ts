import { keyOf, nameOf, parentOf, sameId } from '../resourceId.ts';
import type { NetworkRules, PrivateLinkService, Subnet, VirtualNetwork } from '../state/networkSchema.ts';
import type { World } from '../state/world.ts';
import { findService } from '../network/privateLinkServices.ts';
import { findSubnet } from '../network/findSubnet.ts';

type Json = NetworkRules['properties'][string];

interface NewVirtualNetwork {
  readonly id: string;
  readonly location?: string;
  readonly addressPrefixes?: readonly string[];
  readonly subnets: readonly (Partial<Subnet> & Pick<Subnet, 'name' | 'addressPrefix'>)[];
  readonly dnsServers?: readonly string[];
  /** Resource IDs of virtual networks that it is peered with; the other side is not changed. */
  readonly peerings?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
}

interface NewRules {
  readonly id: string;
  readonly location?: string;
  /** Security rules or routes as ARM shows them: `{ name, properties: { … } }`. */
  readonly rules: readonly Json[];
}

interface NewPrivateLinkService {
  readonly alias: string;
  /** In the provider's subscription; invented when absent. */
  readonly resourceId?: string;
  readonly location?: string;
  /** Whether only the subscriptions in `visibleTo` may connect; default false. */
  readonly requiresVisibility?: boolean;
  readonly visibleTo?: readonly string[];
}

/** Networks and what private endpoints connect to. */
export interface NetworkControl {
  addVirtualNetwork(network: NewVirtualNetwork): void;
  changeVirtualNetwork(id: string, change: { dnsServers?: string[]; peerings?: string[] }): void;
  /** Another caller writes it for a while: private endpoints are refused with `RetryableError`. */
  occupyVirtualNetwork(id: string, forMilliseconds: number): void;
  /** E.g. `{ addressesTakenByOthers: 251 }` or `{ delegations: ['Microsoft.Web/serverFarms'] }`. */
  changeSubnet(subnetId: string, change: Partial<Omit<Subnet, 'name'>>): void;
  addNetworkSecurityGroup(group: NewRules): void;
  addRouteTable(table: NewRules): void;
  addPrivateLinkService(service: NewPrivateLinkService): void;
  changePrivateLinkService(
    alias: string,
    change: Partial<Pick<PrivateLinkService, 'requiresVisibility' | 'visibleTo'>>,
  ): void;
  /** As in some national clouds: private endpoints are refused where a subnet's network policies are on. */
  refusePolicyBoundSubnets(refuse: boolean): void;
}

export function networkControl(world: World): NetworkControl {
  const { state, random } = world;
  const etag = (): string => `W/"${random.guid()}"`;
  const find = (id: string): VirtualNetwork => {
    const found = state.network.virtualNetworks[keyOf(id)];
    if (!found) throw new Error(`There is no virtual network ${id}.`);
    return found;
  };
  const addRules = (given: NewRules, type: NetworkRules['type'], property: string): void => {
    const { id, location = 'eastus', rules } = given;
    const properties = { [property]: [...rules] };
    state.network.rules[keyOf(id)] = {
      id,
      name: nameOf(id),
      type,
      location,
      tags: {},
      etag: etag(),
      properties,
    };
  };
  return {
    addVirtualNetwork(given) {
      state.network.virtualNetworks[keyOf(given.id)] = virtualNetwork(given, etag(), random.guid());
    },
    changeVirtualNetwork(id, change) {
      Object.assign(find(id), change, { etag: etag() });
    },
    occupyVirtualNetwork(id, forMilliseconds) {
      find(id).updatingUntil = world.now() + forMilliseconds;
    },
    changeSubnet(subnetId, change) {
      const found = findSubnet(state, subnetId);
      if (!found) throw new Error(`There is no subnet ${nameOf(subnetId)} in ${parentOf(subnetId)}.`);
      Object.assign(found.subnet, change);
      found.network.etag = etag();
    },
    addNetworkSecurityGroup: (group) =>
      addRules(group, 'Microsoft.Network/networkSecurityGroups', 'securityRules'),
    addRouteTable: (table) => addRules(table, 'Microsoft.Network/routeTables', 'routes'),
    addPrivateLinkService({
      alias,
      resourceId,
      location = 'eastus',
      requiresVisibility = false,
      visibleTo = [],
    }) {
      const name = alias.split('.')[0] ?? alias;
      state.network.privateLinkServices[alias.toLowerCase()] = {
        alias,
        resourceId:
          resourceId ??
          `/subscriptions/${random.guid()}/resourceGroups/provider/providers/Microsoft.Network/privateLinkServices/${name}`,
        location,
        requiresVisibility,
        visibleTo: [...visibleTo],
      };
    },
    changePrivateLinkService(alias, change) {
      const service = findService(state, alias);
      if (!service) throw new Error(`There is no private link service ${alias}.`);
      Object.assign(service, change);
    },
    refusePolicyBoundSubnets(refuse) {
      state.network.refusesPolicyBoundSubnets = refuse;
    },
  };
}

function virtualNetwork(given: NewVirtualNetwork, etag: string, resourceGuid: string): VirtualNetwork {
  const {
    id,
    location = 'eastus',
    subnets,
    addressPrefixes,
    dnsServers = [],
    peerings = [],
    tags = {},
  } = given;
  return {
    id,
    name: nameOf(id),
    location,
    tags: { ...tags },
    etag,
    resourceGuid,
    addressPrefixes: [...(addressPrefixes ?? subnets.map(({ addressPrefix }) => addressPrefix))],
    dnsServers: [...dnsServers],
    namesDhcpOptions: false,
    peerings: peerings.filter((remote) => !sameId(remote, id)),
    subnets: subnets.map((subnet) => ({
      delegations: [],
      privateEndpointNetworkPolicies: 'Disabled',
      privateLinkServiceNetworkPolicies: 'Enabled',
      addressesTakenByOthers: 0,
      ...subnet,
    })),
  };
}
