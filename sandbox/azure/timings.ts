import type { Random } from './state/random.ts';

/** How long things take, in milliseconds of the sandbox's clock. Each is drawn once per operation. */
export interface AzureTimings {
  /** PUT of a private endpoint until `Succeeded` (42 s recorded; 1–3 min in acceptance runs of Terraform's provider). */
  readonly privateEndpoint: () => number;
  readonly privateEndpointDelete: () => number;
  /** How long the name of a deleted private endpoint is refused (Microsoft's advice is to wait 20 minutes; often none). */
  readonly privateEndpointNameReserved: () => number;
  /** PUT of a virtual network until `Succeeded`. */
  readonly virtualNetwork: () => number;
  /** PUT of a private DNS zone until the operation ends (within 30 s recorded). */
  readonly zone: () => number;
  readonly zoneDelete: () => number;
  /** PUT of a virtual network link until the operation ends. */
  readonly link: () => number;
  /** From there until `virtualNetworkLinkState` says `Completed`, if the link registers names. */
  readonly linkCompleted: () => number;
  readonly linkDelete: () => number;
  readonly resourceGroupDelete: () => number;
  /** `checkPrivateLinkServiceVisibility`; 0 returns at once with 200. */
  readonly visibilityCheck: () => number;
}

const SECOND_MS = 1000;

/** Durations as recorded and documented, spread by the seeded generator. */
export function defaultTimings(random: Random): AzureTimings {
  const seconds = (min: number, max: number) => (): number => random.integer(min, max) * SECOND_MS;
  return {
    privateEndpoint: seconds(40, 90),
    privateEndpointDelete: seconds(20, 45),
    privateEndpointNameReserved: () => 0,
    virtualNetwork: seconds(3, 8),
    zone: seconds(10, 20),
    zoneDelete: seconds(10, 20),
    link: seconds(10, 20),
    linkCompleted: seconds(20, 40),
    linkDelete: seconds(10, 20),
    resourceGroupDelete: seconds(30, 60),
    visibilityCheck: () => 0,
  };
}
