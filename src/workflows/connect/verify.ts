import type { Verification, PublicAccess, Target } from '../../activities/verify.ts';
import type { LastCheck } from '../../domain/connection/marks.ts';
import { failureCatalog } from '../../domain/failure/catalog.ts';
import { fail, ProvisioningError } from '../../domain/failure/failure.ts';
import type { PreflightResult } from '../../domain/plan/preflightResult.ts';
import type { Warning } from '../../domain/plan/warnings.ts';
import { hostOfRegion } from '../../domain/resources/cluster.ts';
import type { Step } from '../../durable/run.ts';
import type { ClusterRecord } from '../dns/clusterRecord.ts';
import { verification } from '../schedules.ts';
import { settle } from '../settle.ts';
import type { ConnectRun, ReadyEndpoint } from './connectRun.ts';

/** One probe takes up to ten seconds, so a batch of twenty, ten in parallel, takes half a minute at most. */
const TARGETS_PER_BATCH = 20;
/** DNS spreads within minutes. The verification takes two such halves at most. */
const HALF_SECONDS = 300;

export interface Verifications {
  readonly proofs: readonly Verification[];
  readonly publicAccess: readonly PublicAccess[];
}

/**
 * Resolves each private name and connects to the service behind it, for up to ten minutes while DNS spreads. After half of the
 * time, the records of names that still fail are written again, because another process may have deleted them. Its results are
 * not carried through continue as new: they are large, and reading them again costs little.
 */
export function* verifyConnectivity(
  run: ConnectRun,
  { autoRegistration, warnings }: PreflightResult,
  endpoint: ReadyEndpoint,
): Step<Verifications> {
  run.begin('verify');
  const dns = run.dns(endpoint);
  // With the links: a zone that another process has deleted is made again with them.
  dns.want(yield* run.clusters(endpoint), { autoRegistration });
  // Left to do only if the run continued as new while records were written again.
  yield* settle(run, () => dns.works());
  const records = dns.records();
  const { manage } = run.connection.spec.dns;
  const targets = targetsOf(records, endpoint.address, manage);
  if (targets.length === 0) {
    run.skip('verify', 'no cluster has a record yet');
    return { proofs: [], publicAccess: yield* probePublicAccess(run, records, endpoint) };
  }
  const first = run.hasAsked('records again') ? null : yield* awaitVerified(run, 'first half', targets);
  const isVerified = first?.every(({ outcome }) => !isOpen(outcome)) ?? false;
  const proofs = isVerified && first ? first : yield* verifyAgain(run, endpoint, targets, first);
  run.proofs = proofs;
  // The DNS of another owner may follow later: then the result says what is not there.
  const fault = manage && proofs.find(({ outcome }) => isFault(outcome));
  if (fault) throw unverified(fault, warnings);
  if (proofs.some(({ outcome }) => outcome === 'verified')) run.end('verify');
  else run.skip('verify', `not verifiable from here: ${proofs[0]?.detail ?? 'no name was verified'}`);
  return { proofs, publicAccess: yield* probePublicAccess(run, records, endpoint) };
}

/** Notes the outcome at the private endpoint, in one attempt: the result of the run does not wait for it. */
export function* noteVerification(run: ConnectRun, outcome: LastCheck['outcome']): Step<void> {
  const input = { connection: run.connection, outcome, now: run.now() };
  yield* run.together([
    run.steps.noteCheck.attempt(input, (noted) => {
      if (noted.ok && noted.value.noted) run.wrote('verification noted');
    }),
  ]);
}

/** Null when no name was verified. */
export function checkOutcome({ proofs }: Pick<Verifications, 'proofs'>): LastCheck['outcome'] | null {
  if (proofs.length === 0) return null;
  if (proofs.some(({ outcome }) => isFault(outcome))) return 'failed';
  return proofs.every(({ outcome }) => outcome === 'verified') ? 'verified' : 'not-verifiable-from-here';
}

function targetsOf(
  records: readonly ClusterRecord[],
  address: string,
  managesDns: boolean,
): readonly Target[] {
  return records.flatMap(({ clusterId, host, port, state }) =>
    (state === 'connected' || !managesDns) && host !== null && port !== null
      ? [{ clusterId, host, port, address }]
      : [],
  );
}

function* verifyAgain(
  run: ConnectRun,
  endpoint: ReadyEndpoint,
  targets: readonly Target[],
  proofs: readonly Verification[] | null,
): Step<readonly Verification[]> {
  const dns = run.dns(endpoint);
  if (!run.hasAsked('records again')) {
    dns.writeAgain((proofs ?? []).flatMap(({ clusterId, outcome }) => (isFault(outcome) ? clusterId : [])));
    run.noteDone('records again');
  }
  yield* settle(run, () => dns.works());
  return yield* awaitVerified(run, 'second half', targets);
}

function awaitVerified(
  run: ConnectRun,
  name: string,
  targets: readonly Target[],
): Step<readonly Verification[]> {
  return run.wait({
    name,
    read: () => verifyAll(run, targets),
    missing: (proofs) => proofs.find(({ outcome }) => isOpen(outcome))?.detail ?? null,
    schedule: verification,
    seconds: HALF_SECONDS,
  });
}

function* verifyAll(run: ConnectRun, targets: readonly Target[]): Step<readonly Verification[]> {
  const batches = batchesOf(targets);
  const outcomes = yield* run.steps.verifyTargets.each(batches.map((batch) => ({ targets: batch })));
  const asleep = run.suspendedClusters();
  return batches.flatMap((batch, index): readonly Verification[] => {
    const outcome = outcomes[index];
    if (outcome?.ok) return outcome.value.proofs.map((proof) => excused(proof, asleep));
    const detail = outcome?.failure.message ?? 'no answer';
    return batch.map(({ clusterId }) => ({ clusterId, outcome: 'unreachable', detail }));
  });
}

/** A suspended cluster takes no connection, so that its silence says nothing of the path. */
function excused(proof: Verification, asleep: ReadonlySet<string>): Verification {
  if (proof.outcome !== 'unreachable' || !asleep.has(proof.clusterId)) return proof;
  const detail = `${proof.clusterId} is suspended and takes no connection (${proof.detail})`;
  return { ...proof, outcome: 'not-verifiable-from-here', detail };
}

function batchesOf<T>(targets: readonly T[]): readonly (readonly T[])[] {
  const count = Math.ceil(targets.length / TARGETS_PER_BATCH);
  return Array.from({ length: count }, (_, index) =>
    targets.slice(index * TARGETS_PER_BATCH, (index + 1) * TARGETS_PER_BATCH),
  );
}

/** Whether a later attempt may still verify it. */
function isOpen(outcome: Verification['outcome']): boolean {
  return outcome !== 'verified' && outcome !== 'not-verifiable-from-here';
}

/** A resolver that gives no answer proves nothing: then the path is not verifiable from here. */
function isFault(outcome: Verification['outcome']): boolean {
  return isOpen(outcome) && outcome !== 'no-answer';
}

function codeOf(
  outcome: Verification['outcome'],
): 'name-resolves-elsewhere' | 'wrong-certificate' | 'port-unreachable' {
  if (outcome === 'wrong-address') return 'name-resolves-elsewhere';
  return outcome === 'wrong-certificate' ? 'wrong-certificate' : 'port-unreachable';
}

/** The warning of the plan that explains a failed verification. */
const explanations: Readonly<Record<string, Warning['code']>> = {
  'name-resolves-elsewhere': 'custom-dns-servers',
  'port-unreachable': 'port-blocked',
};

/** The failure of a verification, with what the plan has found about its cause. */
function unverified({ outcome, detail }: Verification, warnings: readonly Warning[]): ProvisioningError {
  const code = codeOf(outcome);
  const { failure } = fail(code, detail);
  const found = warnings.flatMap((warning) => (warning.code === explanations[code] ? warning.detail : []));
  const { remedy } = failureCatalog[code];
  return new ProvisioningError(
    found.length === 0 ? failure : { ...failure, cure: `${remedy} The plan found: ${found.join('; ')}.` },
  );
}

/** No API can disable the public endpoints. Checks whether they respond; the result names the manual steps to disable them. */
function* probePublicAccess(
  run: ConnectRun,
  records: readonly ClusterRecord[],
  { address: privateAddress }: ReadyEndpoint,
): Step<readonly PublicAccess[]> {
  run.begin('public-access');
  const all = records.flatMap(({ clusterId, connectAddress, host }) => {
    const target = hostOfRegion(connectAddress, run.connection.regionId);
    return target ? [{ clusterId, ...target, privateAddress, isPrivate: target.host === host }] : [];
  });
  // The private name leads to the private endpoint: reaching it shows nothing of the internet.
  const hidden = all.filter(({ isPrivate }) => isPrivate);
  const targets = all
    .filter(({ isPrivate }) => !isPrivate)
    .map(({ clusterId, host, port }) => ({ clusterId, host, port, privateAddress }));
  const outcomes = yield* run.steps.probePublicAccess.each(
    batchesOf(targets).map((batch) => ({ targets: batch })),
  );
  run.end('public-access');
  return [
    ...outcomes.flatMap((outcome) => (outcome.ok ? outcome.value.seen : [])),
    ...hidden.map(({ clusterId }) => ({ clusterId, state: 'not-verifiable-from-here' }) as const),
  ];
}
