import type { Clock } from '../kernel/clock.ts';
import type { ProviderSide } from '../kernel/contracts.ts';
import type { EndpointState, RegionState, ZillizState } from './state.ts';
import type { ZillizTimings } from './timings.ts';

/** What every part of the simulator works on. */
export interface World {
  readonly state: ZillizState;
  readonly clock: Clock;
  readonly timings: ZillizTimings;
  /** The Azure side of the private link services. */
  readonly provider: ProviderSide;
}

export function findRegion(state: ZillizState, regionId: string): RegionState | undefined {
  return state.regions.find((region) => region.regionId === regionId);
}

/** Azure writes GUIDs in either case, so endpoint IDs are compared without regard to it. */
export function findEndpoint(state: ZillizState, endpointId: string): EndpointState | undefined {
  return state.endpoints.find((endpoint) => sameText(endpoint.endpointId, endpointId));
}

export function sameText(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
