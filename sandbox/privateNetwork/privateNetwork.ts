import type { CertificateAuthority } from '../kernel/certificates.ts';
import type { DataPlane, VirtualNetworkView } from '../kernel/contracts.ts';
import { startConnectProxy } from './connectProxy.ts';
import { startDnsServer } from './dnsServer.ts';
import { openViewpoint } from './viewpoint.ts';

/** Real milliseconds until a connection that gets no answer is reset. */
const SILENCE_MS = 2000;

export interface PrivateNetworkOptions {
  /** Issues the certificates that the clusters' services show. */
  readonly ca: CertificateAuthority;
  readonly view: VirtualNetworkView;
  readonly dataPlane: DataPlane;
  /** The virtual network of the machine that resolves and connects; any case. */
  readonly virtualNetworkId: string;
  readonly dnsPort?: number;
  readonly proxyPort?: number;
  readonly silenceMs?: number;
}

export interface PrivateNetwork {
  /** `127.0.0.1:PORT`, UDP and TCP. */
  readonly dnsServer: string;
  /** `http://127.0.0.1:PORT`, for CONNECT only. */
  readonly proxyUrl: string;
  readonly control: PrivateNetworkControl;
  stop(): Promise<void>;
}

interface PrivateNetworkControl {
  /** Moves the machine to another virtual network. */
  lookFrom(virtualNetworkId: string): void;
  /** Every service shows a certificate for this host from now on; null: each its own. */
  showCertificateFor(host: string | null): void;
  /** What was chosen by the methods above. */
  chosen(): { readonly virtualNetworkId: string; readonly wrongCertificate: string | null };
}

/** What a machine inside a virtual network sees: names through a DNS server, ports through an HTTP CONNECT proxy. */
export async function startPrivateNetwork(options: PrivateNetworkOptions): Promise<PrivateNetwork> {
  const viewpoint = openViewpoint(options);
  const dns = await startDnsServer(viewpoint, options.dnsPort);
  const proxy = await startConnectProxy(viewpoint, {
    ...(options.proxyPort !== undefined && { port: options.proxyPort }),
    silenceMs: options.silenceMs ?? SILENCE_MS,
  });
  return {
    dnsServer: `127.0.0.1:${dns.port}`,
    proxyUrl: `http://127.0.0.1:${proxy.port}`,
    control: {
      lookFrom(virtualNetworkId) {
        viewpoint.virtualNetworkId = virtualNetworkId;
      },
      showCertificateFor(host) {
        viewpoint.wrongCertificate = host;
      },
      chosen: () => ({
        virtualNetworkId: viewpoint.virtualNetworkId,
        wrongCertificate: viewpoint.wrongCertificate,
      }),
    },
    async stop() {
      await Promise.all([dns.stop(), proxy.stop()]);
    },
  };
}
