import { seededRandom } from '../../../sandbox/azure/state/random.ts';
import { emptyAzureState } from '../../../sandbox/azure/state/schema.ts';
import { defaultTimings } from '../../../sandbox/azure/timings.ts';
import { startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig, RigOptions } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import type { SandboxOptions } from '../../../sandbox/sandbox.ts';
import { seededTimings } from '../../../sandbox/zilliz/timings.ts';
import type { TimeLimits } from '../../../src/wiring.ts';

const SECOND = 1000;

/** The same in each run, so that the same call comes at the same place, and short enough for one history. */
export const timings = {
  azure: {
    ...defaultTimings(seededRandom(emptyAzureState())),
    privateEndpoint: () => 50 * SECOND,
    privateEndpointDelete: () => 30 * SECOND,
    privateEndpointNameReserved: () => 0,
    zone: () => 15 * SECOND,
    zoneDelete: () => 15 * SECOND,
    link: () => 15 * SECOND,
    linkCompleted: () => 20 * SECOND,
    linkDelete: () => 15 * SECOND,
  },
  zilliz: { ...seededTimings(), allocation: () => 130 * SECOND },
} satisfies SandboxOptions['timings'];

function limits(milliseconds: number): TimeLimits {
  return {
    ...{ azureMs: milliseconds, azureOperationMs: Math.min(milliseconds, 600), zillizMs: milliseconds },
    ...{ keyVaultMs: milliseconds, tokenMs: milliseconds, probeMs: 10 * SECOND },
  };
}

/** For responses that never come: soon enough to wait for ten times, in real time. */
export const soon = limits(700);

/** A rig in which nothing but the run under test goes on. */
export async function startFaultRig(options: RigOptions = {}): Promise<Rig> {
  const rig = await startRig({
    settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' },
    timings,
    timeLimits: limits(20 * SECOND),
    ...options,
    host: { replayTwice: false, ...options.host },
  });
  guardSubnet(rig);
  return rig;
}

/** Rules on the subnet, which connect reads as well. */
function guardSubnet(rig: Rig): void {
  const { control } = rig.sandbox.azure;
  const network = `${sample.resourceGroupId}/providers/Microsoft.Network`;
  const networkSecurityGroupId = `${network}/networkSecurityGroups/nsg-app`;
  const routeTableId = `${network}/routeTables/rt-app`;
  control.addNetworkSecurityGroup({ id: networkSecurityGroupId, rules: [] });
  control.addRouteTable({ id: routeTableId, rules: [] });
  control.changeSubnet(sample.subnetId, {
    ...{ networkSecurityGroupId, routeTableId },
    privateEndpointNetworkPolicies: 'Enabled',
  });
}
