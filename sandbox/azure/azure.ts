import type { ServerCertificate } from '../kernel/certificates.ts';
import type { Clock } from '../kernel/clock.ts';
import type { ProviderSide, VirtualNetworkView } from '../kernel/contracts.ts';
import type { Faults } from '../kernel/faults.ts';
import { startSimulator } from '../kernel/simulator.ts';
import type { Store } from '../kernel/store.ts';
import type { Traffic } from '../kernel/traffic.ts';
import { openThrottle } from './access/throttle.ts';
import { principalOfToken } from './access/tokens.ts';
import { azureControl } from './control/control.ts';
import type { AzureControl } from './control/control.ts';
import { providerSide } from './network/providerSide.ts';
import { virtualNetworkView } from './network/virtualNetworkView.ts';
import { armOperations } from './operations.ts';
import { served } from './protocol/armOperation.ts';
import type { PrincipalReader } from './protocol/armOperation.ts';
import { answerHeaders, gate, unknownPath } from './protocol/gate.ts';
import { seededRandom } from './state/random.ts';
import type { AzureState } from './state/schema.ts';
import { openWorld } from './state/world.ts';
import { defaultTimings } from './timings.ts';
import type { AzureTimings } from './timings.ts';

export interface AzureOptions {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly traffic: Traffic;
  /** Without it plain HTTP, which the Azure SDKs refuse. */
  readonly certificate?: ServerCertificate;
  readonly port?: number;
  readonly store: Store<AzureState>;
  readonly timings?: AzureTimings;
  /** Who a request comes from, by its headers; by default the `oid` claim of the token. */
  readonly principalOf?: PrincipalReader;
  /** Where `/metadata/endpoints` sends people to sign in. */
  readonly loginEndpoint?: string;
}

export interface Azure {
  /** What a client uses instead of `https://management.azure.com`. */
  readonly baseUrl: string;
  /** What Zilliz does on the Azure side. */
  readonly provider: ProviderSide;
  /** What a machine inside a virtual network sees. */
  readonly view: VirtualNetworkView;
  /** What people do in the portal, and what goes wrong. */
  readonly control: AzureControl;
  stop(): Promise<void>;
}

/** Starts an Azure Resource Manager on this machine, with as much of Azure behind it as a private endpoint needs. */
export async function startAzure(options: AzureOptions): Promise<Azure> {
  const { clock, store, principalOf = principalOfToken } = options;
  const random = seededRandom(store.state);
  const timings = options.timings ?? defaultTimings(random);
  const world = openWorld({ clock, store, random, timings });
  const throttle = openThrottle(world);
  const loginEndpoint = options.loginEndpoint ?? 'https://login.microsoftonline.com/';
  const simulator = await startSimulator({
    service: 'azure',
    operations: armOperations(world, { loginEndpoint }).map(
      served(world, { principalOf, throttle, secure: options.certificate !== undefined }),
    ),
    clock,
    faults: options.faults,
    traffic: options.traffic,
    ...(options.certificate && { certificate: options.certificate }),
    ...(options.port !== undefined && { port: options.port }),
    guard: gate(principalOf, throttle),
    headers: answerHeaders,
    unknown: unknownPath,
    afterWrite: () => world.save(),
  });
  return {
    baseUrl: simulator.baseUrl,
    provider: providerSide(world),
    view: virtualNetworkView(world),
    control: azureControl(world),
    stop: () => simulator.stop(),
  };
}
