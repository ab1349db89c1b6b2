import { createHash } from 'node:crypto';

/**
 * How long Zilliz takes, in milliseconds of sandbox time. Each is asked once per thing, with the thing's name, so that the
 * answer need not depend on the order of the questions.
 */
export interface ZillizTimings {
  /** From a whitelist entry until the alias is listed and Azure lets the subscription see the service. */
  readonly whitelisting: (subscriptionId: string) => number;
  /** From Azure's pending connection being asked for until Zilliz knows it; registration fails until then. */
  readonly connectionDelivery: (endpointId: string) => number;
  /** From registration until Azure's connection is Approved (or Rejected). */
  readonly approval: (endpointId: string) => number;
  /** From registration until the endpoint is available. The guide: about five minutes. */
  readonly allocation: (endpointId: string) => number;
  /** From the endpoint being available and the cluster running until the cluster has its private link address. */
  readonly clusterAllocation: (clusterId: string) => number;
  readonly clusterCreation: (clusterId: string) => number;
  readonly clusterDeletion: (clusterId: string) => number;
  /** Of suspending, resuming or scaling a cluster. */
  readonly clusterChange: (clusterId: string) => number;
}

/** Times that look like the real ones and are the same on each run with the same seed. */
export function seededTimings(seed = 'sandbox'): ZillizTimings {
  const between = (fromSeconds: number, toSeconds: number) => (name: string) => {
    const share =
      createHash('sha256').update(`${seed}\n${fromSeconds}\n${name}`).digest().readUInt32BE(0) / 2 ** 32;
    return Math.round((fromSeconds + share * (toSeconds - fromSeconds)) * 1000);
  };
  return {
    whitelisting: between(15, 40),
    connectionDelivery: () => 0,
    approval: between(20, 60),
    allocation: between(240, 330),
    clusterAllocation: between(5, 30),
    clusterCreation: between(180, 420),
    clusterDeletion: between(30, 90),
    clusterChange: between(60, 180),
  };
}
