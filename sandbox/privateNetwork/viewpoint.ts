import type { CertificateAuthority } from '../kernel/certificates.ts';
import type { DataPlane, VirtualNetworkView } from '../kernel/contracts.ts';
import { DATA_PLANE_PORT } from '../zilliz/clusterLife.ts';
import { PublicAddresses } from './publicAddresses.ts';

const HTTPS_PORT = 443;
/** Of public names. */
const PUBLIC_TTL_SECONDS = 60;

/** From where the private network is looked at, and what is there to see. */
export interface Viewpoint {
  readonly ca: CertificateAuthority;
  readonly view: VirtualNetworkView;
  readonly dataPlane: DataPlane;
  readonly publicAddresses: PublicAddresses;
  virtualNetworkId: string;
  /** A host name for which every service shows its certificate; null for the right one. */
  wrongCertificate: string | null;
}

export function openViewpoint({
  ca,
  view,
  dataPlane,
  virtualNetworkId,
}: Pick<Viewpoint, 'ca' | 'view' | 'dataPlane' | 'virtualNetworkId'>): Viewpoint {
  return {
    ca,
    view,
    dataPlane,
    virtualNetworkId,
    publicAddresses: new PublicAddresses(),
    wrongCertificate: null,
  };
}

export interface Found {
  readonly addresses: readonly string[];
  readonly ttl: number;
}

/** What Azure's resolver returns to a machine in the virtual network: linked zones first, then the public names of clusters. */
export function lookUp(
  { view, virtualNetworkId, dataPlane, publicAddresses }: Viewpoint,
  name: string,
): Found | 'nxdomain' {
  const answer = view.resolve(virtualNetworkId, name);
  if (answer !== 'public') return answer;
  const access = dataPlane.clusterAt(name)?.access ?? 'private';
  if (access === 'private') return 'nxdomain';
  return { addresses: [publicAddresses.addressOf(name)], ttl: PUBLIC_TTL_SECONDS };
}

/** What a TCP connection meets. */
export type Reached =
  /** Packets vanish, as on the way to an endpoint that is not approved. */
  | { readonly outcome: 'silence' }
  | { readonly outcome: 'refused' }
  | { readonly outcome: 'accepted'; readonly serves: (host: string) => boolean };

export function reach(viewpoint: Viewpoint, address: string, port: number): Reached {
  const { view, virtualNetworkId, dataPlane, publicAddresses } = viewpoint;
  const endpoint = view.privateEndpointAt(virtualNetworkId, address);
  if (endpoint) {
    if (endpoint.status !== 'Approved' || port !== DATA_PLANE_PORT) return { outcome: 'silence' };
    const serves = (host: string): boolean => {
      const cluster = dataPlane.clusterAt(host);
      const isPrivate = cluster?.access === 'private' || cluster?.access === 'both';
      return isPrivate && dataPlane.servedThrough(endpoint.endpointId, cluster.clusterId);
    };
    return { outcome: 'accepted', serves };
  }
  const host = publicAddresses.hostAt(address);
  const cluster = host === undefined ? undefined : dataPlane.clusterAt(host);
  if (!cluster?.open || ![DATA_PLANE_PORT, HTTPS_PORT].includes(port)) return { outcome: 'refused' };
  return { outcome: 'accepted', serves: (name) => name.toLowerCase() === host };
}
