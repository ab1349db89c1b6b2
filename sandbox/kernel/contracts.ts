/** Azure's words for a private endpoint connection. */
export type ConnectionStatus = 'Pending' | 'Approved' | 'Rejected' | 'Disconnected';

/** What Zilliz, as the owner of the private link services, does on the Azure side. Implemented by the Azure simulator. */
export interface ProviderSide {
  /** Makes the private link service visible to a subscription. */
  allowSubscription(alias: string, subscriptionId: string): void;
  /** The connection that a private endpoint made to one of the services; `endpointId` is `<name>.<resourceGuid>`, any case. */
  connection(
    endpointId: string,
  ):
    | { readonly alias: string; readonly subscriptionId: string; readonly status: ConnectionStatus }
    | undefined;
  setConnection(endpointId: string, status: Exclude<ConnectionStatus, 'Pending'>, description?: string): void;
}

/** What a machine inside a virtual network sees. Implemented by the Azure simulator for the simulated private network. */
export interface VirtualNetworkView {
  /**
   * Resolves from the private DNS zones linked to the virtual network: the most specific zone wins, and what it lacks does
   * not exist. `public` means that no linked zone covers the name.
   */
  resolve(
    virtualNetworkId: string,
    name: string,
  ): { readonly addresses: readonly string[]; readonly ttl: number } | 'nxdomain' | 'public';
  /** The private endpoint that has this address in the virtual network (or one peered with it). */
  privateEndpointAt(
    virtualNetworkId: string,
    address: string,
  ): { readonly endpointId: string; readonly status: ConnectionStatus } | undefined;
}

/** The data plane of Zilliz Cloud. Implemented by the Zilliz simulator for the simulated private network. */
export interface DataPlane {
  /** The cluster behind a host name, public or private; undefined when no cluster has that name. */
  clusterAt(host: string):
    | {
        readonly clusterId: string;
        /** `both`: its private name equals the public one. */
        readonly access: 'public' | 'private' | 'both';
        readonly open: boolean;
      }
    | undefined;
  /** Whether Zilliz serves the cluster through this registered endpoint. */
  servedThrough(endpointId: string, clusterId: string): boolean;
}
