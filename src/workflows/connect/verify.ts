import type { Verification, PublicAccess, Target } from '../../activities/verify.ts';
import { hostOfRegion } from '../../domain/resources/cluster.ts';
import type { Step } from '../../durable/run.ts';
import type { ClusterRecord } from '../dns/records.ts';
import { proof } from '../waits.ts';
import { fail } from './connectRun.ts';
import type { ConnectRun } from './connectRun.ts';

/** One probe may take ten seconds, so a batch of twenty, ten at a time, takes half a minute at most. */
const TARGETS_PER_BATCH = 20;

const AGAIN = 'proof again';

export interface Verifications {
  readonly proofs: readonly Verification[];
  readonly publicAccess: readonly PublicAccess[];
}

/**
 * Resolves each private name and speaks to the service behind it, for up to ten minutes while DNS spreads. Half-way the records
 * of names that do not lead there yet are written again: somebody may have taken them away.
 */
export function* verifyConnectivity(
  run: ConnectRun,
  records: readonly ClusterRecord[],
  address: string,
  writeAgain: (clusters: readonly ClusterRecord[]) => Step<void>,
): Step<Verifications> {
  const targets = records.flatMap((record): readonly Target[] => {
    const { clusterId, host, port, state } = record;
    return state === 'connected' && host !== null && port !== null
      ? [{ clusterId, host, port, address }]
      : [];
  });
  if (targets.length === 0) {
    run.skip('verify', 'no cluster has a record yet');
    return { proofs: [], publicAccess: yield* lookAtPublicAccess(run, records) };
  }
  run.begin('verify');
  // A renewed run goes on with the second half, where it was in it.
  const first = run.hasAsked(AGAIN) ? null : yield* lookFor(run, 'proof', targets);
  const proofs = first?.every(({ outcome }) => !isFault(outcome))
    ? first
    : yield* lookAgain(run, targets, writeAgain(records.filter((record) => isUnproved(record, first))));
  const fault = proofs.find(({ outcome }) => isFault(outcome));
  if (fault) fail(codeOf(fault.outcome), fault.detail);
  const seen = proofs.some(({ outcome }) => outcome === 'verified');
  if (seen) run.end();
  else run.skip('verify', 'not verifiable from here: the app has no view into the virtual network');
  return { proofs, publicAccess: yield* lookAtPublicAccess(run, records) };
}

function* lookAgain(
  run: ConnectRun,
  targets: readonly Target[],
  writeAgain: Step<void>,
): Step<readonly Verification[]> {
  yield* run.callOnce(AGAIN, () => writeAgain);
  return yield* lookFor(run, AGAIN, targets);
}

function isUnproved({ clusterId }: ClusterRecord, proofs: readonly Verification[] | null): boolean {
  return proofs?.some((one) => one.clusterId === clusterId && isFault(one.outcome)) ?? false;
}

function lookFor(run: ConnectRun, name: string, targets: readonly Target[]): Step<readonly Verification[]> {
  return run.poll({
    name,
    look: () => verifyAll(run, targets),
    missing: (seen) => seen.find(({ outcome }) => isFault(outcome))?.detail ?? null,
    schedule: proof,
    until: { seconds: 300 },
  });
}

function* verifyAll(run: ConnectRun, targets: readonly Target[]): Step<readonly Verification[]> {
  const batches = batchesOf(targets);
  const outcomes = yield* run.steps.verifyTargets.each(batches.map((batch) => ({ targets: batch })));
  return batches.flatMap((batch, index): readonly Verification[] => {
    const outcome = outcomes[index];
    if (outcome?.ok) return outcome.value.proofs;
    const detail = outcome?.failure.message ?? 'no answer';
    return batch.map(({ clusterId }) => ({ clusterId, outcome: 'unreachable', detail }));
  });
}

function batchesOf<T>(targets: readonly T[]): readonly (readonly T[])[] {
  const count = Math.ceil(targets.length / TARGETS_PER_BATCH);
  return Array.from({ length: count }, (_, index) =>
    targets.slice(index * TARGETS_PER_BATCH, (index + 1) * TARGETS_PER_BATCH),
  );
}

function isFault(outcome: Verification['outcome']): boolean {
  return outcome !== 'verified' && outcome !== 'not-verifiable-from-here';
}

function codeOf(
  outcome: Verification['outcome'],
): 'name-resolves-elsewhere' | 'wrong-certificate' | 'port-unreachable' {
  if (outcome === 'wrong-address') return 'name-resolves-elsewhere';
  return outcome === 'wrong-certificate' ? 'wrong-certificate' : 'port-unreachable';
}

/** No API can close the public endpoints; whether they answer is looked at, and a person is told how to close them. */
function* lookAtPublicAccess(
  run: ConnectRun,
  records: readonly ClusterRecord[],
): Step<readonly PublicAccess[]> {
  run.begin('public-access');
  const targets = records.flatMap(({ clusterId, connectAddress }) => {
    const target = hostOfRegion(connectAddress, run.connection.regionId);
    return target ? [{ clusterId, ...target }] : [];
  });
  const outcomes = yield* run.steps.probePublicAccess.each(
    batchesOf(targets).map((batch) => ({ targets: batch })),
  );
  run.end();
  return outcomes.flatMap((outcome) => (outcome.ok ? outcome.value.seen : []));
}
