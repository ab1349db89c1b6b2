import { randomBytes } from 'node:crypto';
import type { ServerCertificate } from '../kernel/certificates.ts';
import type { Clock } from '../kernel/clock.ts';
import type { DataPlane, ProviderSide } from '../kernel/contracts.ts';
import type { Faults } from '../kernel/faults.ts';
import { startSimulator } from '../kernel/simulator.ts';
import type { Store } from '../kernel/store.ts';
import type { Traffic } from '../kernel/traffic.ts';
import { authenticate } from './access.ts';
import { zillizControl } from './control/control.ts';
import type { ZillizControl } from './control/control.ts';
import { dataPlaneOf } from './dataPlane.ts';
import { refuse } from './envelope.ts';
import { catalogOperations } from './operations/catalog.ts';
import { clusterChangeOperations } from './operations/clusterChanges.ts';
import { clusterOperations } from './operations/clusters.ts';
import { endpointServiceOperations } from './operations/endpointServices.ts';
import { onDemandClusterOperations } from './operations/onDemandClusters.ts';
import { privateEndpointOperations } from './operations/privateEndpoints.ts';
import { projectOperations } from './operations/projects.ts';
import { RateLimiter } from './rateLimiter.ts';
import type { ZillizState } from './state.ts';
import { seededTimings } from './timings.ts';
import type { ZillizTimings } from './timings.ts';
import { upkeep } from './upkeep.ts';
import type { World } from './world.ts';

export interface ZillizOptions {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly traffic: Traffic;
  readonly certificate?: ServerCertificate;
  readonly port?: number;
  readonly store: Store<ZillizState>;
  readonly provider: ProviderSide;
  readonly timings?: ZillizTimings;
}

export interface Zilliz {
  /** What a client uses instead of `https://api.cloud.zilliz.com`. */
  readonly baseUrl: string;
  readonly dataPlane: DataPlane;
  /** What people do in the console, and what happens to clusters and endpoints by itself. */
  readonly control: ZillizControl;
  stop(): Promise<void>;
}

/** Starts a Zilliz Cloud on this machine: the control plane over HTTP(S), the data plane as names and permissions. */
export async function startZilliz(options: ZillizOptions): Promise<Zilliz> {
  const { clock, store, provider } = options;
  const world: World = { state: store.state, clock, provider, timings: options.timings ?? seededTimings() };
  const limiter = new RateLimiter(clock);
  const present = upkeep(world, () => store.save());
  const simulator = await startSimulator({
    service: 'zilliz',
    operations: [
      ...catalogOperations(world),
      ...projectOperations(world),
      // Before the clusters, whose `{clusterId}` would match their path.
      ...onDemandClusterOperations(world),
      ...clusterOperations(world),
      ...clusterChangeOperations(world),
      ...endpointServiceOperations(world),
      ...privateEndpointOperations(world),
    ],
    clock,
    faults: options.faults,
    traffic: options.traffic,
    ...(options.certificate && { certificate: options.certificate }),
    ...(options.port !== undefined && { port: options.port }),
    guard(call, operation) {
      present.refresh();
      const caller = authenticate(world.state, call);
      if ('refused' in caller) return caller.refused;
      return operation && limiter.check(world.state.settings.rateLimit, caller.key.key, operation.name);
    },
    headers: () => ({ requestid: randomBytes(16).toString('hex') }),
    unknown: () => refuse('noRoute', 404),
    afterWrite: present.changed,
  });
  present.changed();
  return {
    baseUrl: simulator.baseUrl,
    dataPlane: dataPlaneOf(world, present.refresh),
    control: zillizControl(world, present),
    async stop() {
      present.stop();
      await simulator.stop();
    },
  };
}
