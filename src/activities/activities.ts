import type { AllowedScopes } from '../domain/connection/bounds.ts';
import type { ZillizStatuses } from '../domain/resources/registration.ts';
import type { Ports } from '../ports.ts';
import { observeAllocation } from './allocation.ts';
import { ensureLink, readLink, removeLinks } from './links.ts';
import { preflight } from './preflight.ts';
import {
  discardDisconnected,
  discardFailedEndpoint,
  ensurePrivateEndpoint,
  readPrivateEndpoint,
  removeEndpoint,
} from './privateEndpoint.ts';
import { ensureRecords, removeRecords, pruneRecords } from './records.ts';
import { registerEndpoint, removeRegistration } from './registration.ts';
import { findAddresses, planSync } from './sync.ts';
import { removeClusterZone, removeZones } from './removeZones.ts';
import { planTearDown, readRemoved } from './tearDown.ts';
import { noteCheck, probePublicAccess, verifyTargets } from './verify.ts';
import { authorizeSubscription, readEndpointService } from './whitelist.ts';
import { ensureZone, enterZone } from './zones.ts';

/** The settings of a deployment that activities need. */
export interface Policy {
  readonly zillizStatuses: ZillizStatuses;
  /** The projects and scopes that this deployment may change, regardless of the marks of an endpoint. */
  readonly allowed: AllowedScopes;
  /** How long a record is kept after its cluster is deleted: the cluster can be restored from the recycle bin. */
  readonly recordRemovalDelayHours: number;
  /** Runs an activity within the few seconds that work beside a wait may take. */
  readonly briefly: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Work beside the wait for Zilliz: a slow DNS delays one round of it by seconds. */
interface Beside {
  readonly isBesideWait?: boolean;
}

type InputOf<F extends (...parameters: never[]) => unknown> = F extends (
  ...parameters: [...infer _, infer I]
) => unknown
  ? I
  : never;

/**
 * The table of activities: one external effect each, safe to run twice. **The property names are durable names: the history
 * of running instances contains them, and renaming one breaks those instances.**
 */
export function createActivities(ports: Ports, policy: Policy) {
  const orBriefly =
    <I extends Beside, O>(activity: (input: I) => Promise<O>) =>
    (input: I): Promise<O> =>
      input.isBesideWait === true ? policy.briefly(() => activity(input)) : activity(input);
  return {
    preflight: (input: { readonly connection: InputOf<typeof preflight> }) =>
      preflight(ports, policy, input.connection),
    readEndpointService: (input: InputOf<typeof readEndpointService>) => readEndpointService(ports, input),
    authorizeSubscription: (input: InputOf<typeof authorizeSubscription>) =>
      authorizeSubscription(ports, input),
    ensurePrivateEndpoint: (input: InputOf<typeof ensurePrivateEndpoint>) =>
      ensurePrivateEndpoint(ports, input),
    readPrivateEndpoint: (input: InputOf<typeof readPrivateEndpoint>) => readPrivateEndpoint(ports, input),
    discardFailedEndpoint: (input: InputOf<typeof discardFailedEndpoint>) =>
      discardFailedEndpoint(ports, policy, input),
    registerEndpoint: (input: InputOf<typeof registerEndpoint>) => registerEndpoint(ports, policy, input),
    observeAllocation: (input: InputOf<typeof observeAllocation>) => observeAllocation(ports, policy, input),
    ensureZone: orBriefly((input: InputOf<typeof ensureZone> & Beside) => ensureZone(ports, policy, input)),
    enterZone: orBriefly((input: InputOf<typeof enterZone> & Beside) => enterZone(ports, policy, input)),
    ensureRecords: orBriefly((input: InputOf<typeof ensureRecords> & Beside) =>
      ensureRecords(ports, policy, input),
    ),
    ensureLink: orBriefly((input: InputOf<typeof ensureLink>) => ensureLink(ports, policy, input)),
    readLink: orBriefly((input: InputOf<typeof readLink>) => readLink(ports, input)),
    verifyTargets: (input: InputOf<typeof verifyTargets>) => verifyTargets(ports, input),
    noteCheck: (input: InputOf<typeof noteCheck>) => noteCheck(ports, input),
    probePublicAccess: (input: InputOf<typeof probePublicAccess>) => probePublicAccess(ports, input),
    planTearDown: (input: InputOf<typeof planTearDown>) => planTearDown(ports, policy, input),
    removeLinks: (input: InputOf<typeof removeLinks>) => removeLinks(ports, input),
    removeRecords: (input: InputOf<typeof removeRecords>) => removeRecords(ports, input),
    removeZones: (input: InputOf<typeof removeZones>) => removeZones(ports, input),
    removeRegistration: (input: InputOf<typeof removeRegistration>) => removeRegistration(ports, input),
    removeEndpoint: (input: InputOf<typeof removeEndpoint>) => removeEndpoint(ports, input),
    readRemoved: (input: InputOf<typeof readRemoved>) => readRemoved(ports, input),
    discardDisconnected: (input: InputOf<typeof discardDisconnected>) => discardDisconnected(ports, input),
    planSync: (input: InputOf<typeof planSync>) => planSync(ports, policy, input),
    findAddresses: (input: InputOf<typeof findAddresses>) => findAddresses(ports, input),
    pruneRecords: (input: InputOf<typeof pruneRecords>) => pruneRecords(ports, policy, input),
    removeClusterZone: (input: InputOf<typeof removeClusterZone>) => removeClusterZone(ports, policy, input),
  };
}

export type Activities = ReturnType<typeof createActivities>;
