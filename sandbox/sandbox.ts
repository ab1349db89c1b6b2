import { join } from 'node:path';
import type { z } from 'zod';
import { startAzure } from './azure/azure.ts';
import type { Azure } from './azure/azure.ts';
import { azureStateSchema, OWNER_PRINCIPAL_ID } from './azure/state/schema.ts';
import type { AzureState } from './azure/state/schema.ts';
import type { AzureTimings } from './azure/timings.ts';
import { startEventGrid } from './eventGrid/eventGrid.ts';
import type { EventGrid } from './eventGrid/eventGrid.ts';
import { emptyEventGridState, eventGridStateSchema } from './eventGrid/state.ts';
import { OWNER_CLIENT_ID, startIdentity } from './identity/identity.ts';
import type { Identity } from './identity/identity.ts';
import { openCertificateAuthority } from './kernel/certificates.ts';
import type { Clock, Instant } from './kernel/clock.ts';
import { Faults } from './kernel/faults.ts';
import { fileStore, memoryStore } from './kernel/store.ts';
import type { Store } from './kernel/store.ts';
import { Traffic } from './kernel/traffic.ts';
import { startKeyVault } from './keyVault/keyVault.ts';
import type { KeyVault } from './keyVault/keyVault.ts';
import { keyVaultStateSchema } from './keyVault/state.ts';
import type { KeyVaultState } from './keyVault/state.ts';
import type { SandboxPorts } from './local/ports.ts';
import { startPrivateNetwork } from './privateNetwork/privateNetwork.ts';
import type { PrivateNetwork } from './privateNetwork/privateNetwork.ts';
import { zillizStateSchema } from './zilliz/state.ts';
import type { ZillizState } from './zilliz/state.ts';
import type { ZillizTimings } from './zilliz/timings.ts';
import { startZilliz } from './zilliz/zilliz.ts';
import type { Zilliz } from './zilliz/zilliz.ts';

/** What there is before anybody does anything. */
export interface SampleWorld {
  readonly azure: AzureState;
  readonly zilliz: ZillizState;
  readonly keyVault: KeyVaultState;
  /** The virtual network that the proof runs in. */
  readonly virtualNetworkId: string;
}

export interface SandboxOptions {
  readonly clock: Clock;
  /** Where the state of the simulators lies, with `keep`. */
  readonly directory: string;
  /** Where the certificate authority lies. A process can trust only one of its name. Default: `tls` in the directory. */
  readonly tlsDirectory?: string;
  /** Whether state survives the process. */
  readonly keep: boolean;
  /** The world to begin with, where none is kept. */
  readonly world: (at: Instant) => SampleWorld;
  /** Default: any free port. */
  readonly ports?: Partial<Record<keyof Omit<SandboxPorts, 'api' | 'control'>, number>>;
  /** What the app must send to the identity endpoint. Default: made up. */
  readonly identityHeader?: string;
  readonly timings?: { readonly azure?: AzureTimings; readonly zilliz?: ZillizTimings };
  /** Where exchanges are recorded. Default: in memory only. */
  readonly traffic?: Traffic;
}

/** The outside world on this machine, and the settings with which the app finds it. */
export interface Sandbox {
  readonly azure: Azure;
  readonly zilliz: Zilliz;
  readonly keyVault: KeyVault;
  readonly identity: Identity;
  /** Where the person who owns the subscriptions signs in; the app knows nothing of it. */
  readonly owner: Identity;
  readonly privateNetwork: PrivateNetwork;
  /** A topic for cluster events. It has no listener before the first subscription. */
  readonly eventGrid: EventGrid;
  readonly faults: Faults;
  readonly traffic: Traffic;
  /** Environment variables of the app: the only difference to the real services. */
  readonly environment: Readonly<Record<string, string>>;
  /** PEM text of the authority that issued the simulators' certificates. */
  readonly authority: string;
  stop(): Promise<void>;
}

/** The app does not look at it; events carry it when they are delivered in Event Grid's own schema. */
const EVENT_TOPIC_ID =
  '/subscriptions/b1e2a7d0-5c1f-4c0e-9a51-6f0c2d3e4a5b/resourceGroups/rg-app/providers/Microsoft.EventGrid/topics/clusters';

export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { clock, ports = {}, timings = {} } = options;
  const faults = new Faults();
  const traffic = options.traffic ?? new Traffic();
  const ca = await openCertificateAuthority(options.tlsDirectory ?? join(options.directory, 'tls'));
  const certificate = await ca.issue(['localhost', '127.0.0.1']);
  const shared = { clock, faults, traffic };
  const world = options.world(clock.now());
  const store = storesOf(options);

  const azure = await startAzure({
    ...shared,
    certificate,
    store: store('azure', azureStateSchema, world.azure),
    ...portOf(ports.azure),
    ...(timings.azure && { timings: timings.azure }),
  });
  const zilliz = await startZilliz({
    ...shared,
    certificate,
    store: store('zilliz', zillizStateSchema, world.zilliz),
    provider: azure.provider,
    ...portOf(ports.zilliz),
    ...(timings.zilliz && { timings: timings.zilliz }),
  });
  const keyVault = await startKeyVault({
    ...shared,
    certificate,
    store: store('key-vault', keyVaultStateSchema, world.keyVault),
    ...portOf(ports.keyVault),
  });
  const identity = await startIdentity({
    ...shared,
    ...portOf(ports.identity),
    ...(options.identityHeader !== undefined && { header: options.identityHeader }),
  });
  const owner = await startIdentity({
    ...shared,
    systemAssigned: { principalId: OWNER_PRINCIPAL_ID, clientId: OWNER_CLIENT_ID },
  });
  const privateNetwork = await startPrivateNetwork({
    ca,
    view: azure.view,
    dataPlane: zilliz.dataPlane,
    virtualNetworkId: world.virtualNetworkId,
    ...(ports.dns !== undefined && { dnsPort: ports.dns }),
    ...(ports.proxy !== undefined && { proxyPort: ports.proxy }),
  });
  const eventGrid = await startEventGrid({
    ...shared,
    store: store(
      'event-grid',
      eventGridStateSchema,
      emptyEventGridState(EVENT_TOPIC_ID, 'CloudEventSchemaV1_0'),
    ),
    ...portOf(ports.eventGrid),
  });
  return {
    ...{ azure, zilliz, keyVault, identity, owner, privateNetwork, eventGrid, faults, traffic },
    authority: ca.cert,
    environment: {
      ARM_ENDPOINT: azure.baseUrl,
      ZILLIZ_API_URL: zilliz.baseUrl,
      KEY_VAULT_URL: keyVault.baseUrl,
      ...identity.environment,
      VERIFY_DNS_SERVERS: privateNetwork.dnsServer,
      VERIFY_CONNECT_PROXY: privateNetwork.proxyUrl,
      NODE_EXTRA_CA_CERTS: ca.certPath,
    },
    async stop() {
      await eventGrid.stop();
      await Promise.all([privateNetwork, owner, identity, keyVault, zilliz].map((service) => service.stop()));
      await azure.stop();
    },
  };
}

function storesOf({ directory, keep }: SandboxOptions) {
  return <State>(name: string, schema: z.ZodType<State>, initial: State): Store<State> =>
    keep ? fileStore(join(directory, `${name}.json`), schema, () => initial) : memoryStore(initial);
}

function portOf(port: number | undefined): { readonly port?: number } {
  return port === undefined ? {} : { port };
}
