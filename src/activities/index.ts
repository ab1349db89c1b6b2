import type { Ports } from '../ports.ts';
import { observeAllocation } from './allocation.ts';
import { authorizeSubscription, readEndpointService } from './authorize.ts';
import { discardDisconnected } from './discardDisconnected.ts';
import { ensureLink, ensureZone, findZone, readLink, readZone } from './dns.ts';
import {
  discardFailedEndpoint,
  ensurePrivateEndpoint,
  readPrivateEndpoint,
  registerEndpoint,
} from './endpoint.ts';
import { patient } from './patient.ts';
import type { Policy } from './policy.ts';
import { preflight } from './preflight.ts';
import { ensureRecords } from './recordSets.ts';
import { removeClusterZone } from './removeClusterZone.ts';
import { settleRecords } from './settleRecords.ts';
import { lookForAddresses, planSync } from './sync.ts';
import { releaseMarks } from './releaseMarks.ts';
import { planTearDown, readRemoved, removeEndpoint, removeRegistration } from './tearDown.ts';
import { removeLinks, removeRecords, removeZones } from './tearDownDns.ts';
import { probePublicAccess, verifyTargets } from './verify.ts';

type InputOf<F extends (...parameters: never[]) => unknown> = F extends (
  ...parameters: [...infer _, infer I]
) => unknown
  ? I
  : never;

/**
 * The table of activities: one external effect each, safe to run twice. **The property names are durable names: they stand
 * in the history of running instances, and renaming one breaks those.**
 */
export function createActivities(ports: Ports, policy: Policy) {
  return {
    preflight: (input: { readonly connection: InputOf<typeof preflight> }) =>
      preflight(patient(ports), policy, input.connection),
    readEndpointService: (input: InputOf<typeof readEndpointService>) => readEndpointService(ports, input),
    authorizeSubscription: (input: InputOf<typeof authorizeSubscription>) =>
      authorizeSubscription(ports, input),
    ensurePrivateEndpoint: (input: InputOf<typeof ensurePrivateEndpoint>) =>
      ensurePrivateEndpoint(ports, input),
    readPrivateEndpoint: (input: InputOf<typeof readPrivateEndpoint>) => readPrivateEndpoint(ports, input),
    discardFailedEndpoint: (input: InputOf<typeof discardFailedEndpoint>) =>
      discardFailedEndpoint(ports, input),
    registerEndpoint: (input: InputOf<typeof registerEndpoint>) => registerEndpoint(ports, policy, input),
    observeAllocation: (input: InputOf<typeof observeAllocation>) => observeAllocation(ports, policy, input),
    ensureZone: (input: InputOf<typeof ensureZone>) => ensureZone(ports, policy, input),
    findZone: (input: InputOf<typeof findZone>) => findZone(ports, policy, input),
    readZone: (input: InputOf<typeof readZone>) => readZone(ports, policy, input),
    ensureRecords: (input: InputOf<typeof ensureRecords>) => ensureRecords(ports, input),
    ensureLink: (input: InputOf<typeof ensureLink>) => ensureLink(ports, input),
    readLink: (input: InputOf<typeof readLink>) => readLink(ports, input),
    verifyTargets: (input: InputOf<typeof verifyTargets>) => verifyTargets(ports, input),
    probePublicAccess: (input: InputOf<typeof probePublicAccess>) => probePublicAccess(ports, input),
    planTearDown: (input: InputOf<typeof planTearDown>) => planTearDown(patient(ports), policy, input),
    removeLinks: (input: InputOf<typeof removeLinks>) => removeLinks(ports, input),
    removeRecords: (input: InputOf<typeof removeRecords>) => removeRecords(ports, input),
    removeZones: (input: InputOf<typeof removeZones>) => removeZones(ports, input),
    removeRegistration: (input: InputOf<typeof removeRegistration>) => removeRegistration(ports, input),
    removeEndpoint: (input: InputOf<typeof removeEndpoint>) => removeEndpoint(ports, input),
    readRemoved: (input: InputOf<typeof readRemoved>) => readRemoved(ports, input),
    discardDisconnected: (input: InputOf<typeof discardDisconnected>) => discardDisconnected(ports, input),
    releaseMarks: (input: InputOf<typeof releaseMarks>) => releaseMarks(ports, input),
    planSync: (input: InputOf<typeof planSync>) => planSync(patient(ports), policy, input),
    lookForAddresses: (input: InputOf<typeof lookForAddresses>) => lookForAddresses(ports, input),
    settleRecords: (input: InputOf<typeof settleRecords>) => settleRecords(ports, policy, input),
    removeClusterZone: (input: InputOf<typeof removeClusterZone>) => removeClusterZone(ports, input),
  };
}

export type Activities = ReturnType<typeof createActivities>;
