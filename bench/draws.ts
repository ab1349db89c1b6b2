import type { AzureTimings } from '../sandbox/azure/timings.ts';
import type { ZillizTimings } from '../sandbox/zilliz/timings.ts';

/** The waits of one run, in seconds, drawn from the distributions that {@link distributions} states. */
export interface Waits {
  /** From the whitelist entry until the service is listed and visible. */
  readonly whitelisting: number;
  readonly endpoint: number;
  readonly approval: number;
  /** From registration until the endpoint is available and the clusters have their addresses. */
  readonly allocation: number;
  readonly zone: number;
  /** Until the link says Completed. */
  readonly link: number;
}

/** A seeded generator of numbers from 0 to 1 (mulberry32), so that every run of the bench draws the same. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const uniform = (from: number, to: number) => (random: () => number) => from + random() * (to - from);

/** Median 5 minutes, and nine in ten within 3 to 9 minutes: ln(9/5) is 1.645 standard deviations. */
const ALLOCATION_MEDIAN = 300;
const ALLOCATION_SIGMA = Math.log(540 / 300) / 1.645;

function logNormal(random: () => number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return ALLOCATION_MEDIAN * Math.exp(ALLOCATION_SIGMA * normal);
}

export const distributions = {
  whitelisting: { text: 'uniform 15–40 s', draw: uniform(15, 40) },
  endpoint: { text: 'uniform 30–180 s', draw: uniform(30, 180) },
  approval: { text: 'uniform 20–60 s', draw: uniform(20, 60) },
  allocation: { text: 'log-normal, median 5 min, nine in ten within 3–9 min', draw: logNormal },
  zone: { text: 'uniform 10–30 s', draw: uniform(10, 30) },
  link: { text: 'uniform 10–60 s', draw: uniform(10, 60) },
} as const;

export function drawWaits(random: () => number): Waits {
  return {
    whitelisting: distributions.whitelisting.draw(random),
    endpoint: distributions.endpoint.draw(random),
    approval: distributions.approval.draw(random),
    allocation: distributions.allocation.draw(random),
    zone: distributions.zone.draw(random),
    link: distributions.link.draw(random),
  };
}

/** The longest chain of waits for others: nothing can be connected sooner, however fast we are. */
export function boundSeconds(waits: Waits): number {
  const untilAllocated = waits.endpoint + Math.max(waits.allocation, waits.approval);
  return waits.whitelisting + Math.max(untilAllocated, waits.zone) + waits.link;
}

/** What makes the simulators wait so. */
export function timingsOf(waits: Waits): { readonly azure: AzureTimings; readonly zilliz: ZillizTimings } {
  const ms = (seconds: number) => () => Math.round(seconds * 1000);
  return {
    azure: {
      privateEndpoint: ms(waits.endpoint),
      privateEndpointDelete: ms(30),
      privateEndpointNameReserved: ms(0),
      virtualNetwork: ms(5),
      zone: ms(waits.zone),
      zoneDelete: ms(15),
      link: ms(waits.link / 3),
      linkCompleted: ms((waits.link * 2) / 3),
      linkDelete: ms(15),
      resourceGroupDelete: ms(45),
      visibilityCheck: ms(0),
    },
    zilliz: {
      whitelisting: ms(waits.whitelisting),
      connectionDelivery: ms(0),
      approval: ms(waits.approval),
      allocation: ms(waits.allocation),
      clusterAllocation: ms(0),
      clusterCreation: ms(300),
      clusterDeletion: ms(60),
      clusterChange: ms(60),
    },
  };
}
