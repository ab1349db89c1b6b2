import type { Verification, PublicAccess, Target } from '../../activities/verify.ts';
import { hostOfRegion } from '../../domain/resources/cluster.ts';
import type { Step } from '../../durable/run.ts';
import type { ClusterRecord } from '../dns/records.ts';
import { verification } from '../waits.ts';
import { fail } from './connectRun.ts';
import type { ConnectRun } from './connectRun.ts';

/** One probe takes up to ten seconds, so a batch of twenty, ten in parallel, takes half a minute at most. */
const TARGETS_PER_BATCH = 20;

/** Name of the wait of the second half. */
const SECOND_HALF = 'proof again';

export interface Verifications {
  readonly proofs: readonly Verification[];
  readonly publicAccess: readonly PublicAccess[];
}

/**
 * Resolves each private name and connects to the service behind it, for up to ten minutes while DNS spreads. After half of the
 * time, the records of names that still fail are written again, because another process may have deleted them.
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
    return { proofs: [], publicAccess: yield* probePublicAccess(run, records) };
  }
  run.begin('verify');
  // A run that continued as new in the second half goes on there.
  const first = run.hasRequested(SECOND_HALF) ? null : yield* awaitVerified(run, 'proof', targets);
  const proofs = first?.every(({ outcome }) => !isFault(outcome))
    ? first
    : yield* verifyAgain(run, targets, writeAgain(records.filter((record) => isUnverified(record, first))));
  const fault = proofs.find(({ outcome }) => isFault(outcome));
  if (fault) fail(codeOf(fault.outcome), fault.detail);
  const verified = proofs.some(({ outcome }) => outcome === 'verified');
  if (verified) run.end();
  else run.skip('verify', 'not verifiable from here: the app has no view into the virtual network');
  return { proofs, publicAccess: yield* probePublicAccess(run, records) };
}

function* verifyAgain(
  run: ConnectRun,
  targets: readonly Target[],
  writeAgain: Step<void>,
): Step<readonly Verification[]> {
  yield* run.callOnce(SECOND_HALF, () => writeAgain);
  return yield* awaitVerified(run, SECOND_HALF, targets);
}

function isUnverified({ clusterId }: ClusterRecord, proofs: readonly Verification[] | null): boolean {
  return proofs?.some((one) => one.clusterId === clusterId && isFault(one.outcome)) ?? false;
}

function awaitVerified(
  run: ConnectRun,
  name: string,
  targets: readonly Target[],
): Step<readonly Verification[]> {
  return run.poll({
    name,
    read: () => verifyAll(run, targets),
    missing: (proofs) => proofs.find(({ outcome }) => isFault(outcome))?.detail ?? null,
    schedule: verification,
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

/** No API can disable the public endpoints. Checks whether they respond; the result names the manual steps to disable them. */
function* probePublicAccess(
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
