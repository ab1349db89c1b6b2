import type { PublicAccess, PublicTarget, Target } from '../../activities/verify.ts';
import { failureCatalog } from '../../domain/failure/catalog.ts';
import type { Outcome } from '../../domain/failure/failure.ts';
import { fail, ProvisioningError } from '../../domain/failure/failure.ts';
import type { PreflightResult } from '../../domain/plan/preflightResult.ts';
import type { Warning } from '../../domain/plan/warnings.ts';
import { hostOfRegion } from '../../domain/resources/cluster.ts';
import type { Verification } from '../../domain/run/verification.ts';
import { checkOutcome, isFault, isOpen } from '../../domain/run/verification.ts';
import type { Attempt, Step } from '../../durable/run.ts';
import { IN_PARALLEL } from '../../durable/step.ts';
import type { ClusterRecord } from '../dns/clusterRecord.ts';
import { verification } from '../schedules.ts';
import { settle } from '../settle.ts';
import type { ConnectRun, ReadyEndpoint } from './connectRun.ts';

/** One probe takes up to ten seconds, so a batch of twenty, ten in parallel, takes half a minute at most. */
const TARGETS_PER_BATCH = 20;
/** So that the first batches of the verification run in the same round. */
const PROBES_BESIDE = IN_PARALLEL / 2;
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
  const probes = new PublicProbes(run, records, endpoint);
  const { manage } = run.connection.spec.dns;
  const targets = targetsOf(run, records, endpoint.address);
  if (targets.length === 0) {
    run.skip('verify', 'no cluster has a record yet');
    return { proofs: [], publicAccess: yield* probes.finish() };
  }
  const first = run.hasAsked('records again')
    ? null
    : yield* awaitVerified(run, 'first half', targets, probes);
  const isVerified = first !== null && !first.some(isOpen);
  const proofs = isVerified ? first : yield* verifyAgain(run, endpoint, { targets, probes, proofs: first });
  run.proofs = proofs;
  // The DNS of another owner may follow later: then the result says what is not there.
  const fault = manage && proofs.find(isFault);
  if (fault) throw unverified(fault, warnings);
  if (proofs.some(({ outcome }) => outcome === 'verified')) run.end('verify');
  else run.skip('verify', `not verifiable from here: ${proofs[0]?.detail ?? 'no name was verified'}`);
  if (!isNotedByActivity(proofs)) yield* noteVerification(run);
  return { proofs, publicAccess: yield* probes.finish() };
}

/** Notes at the private endpoint how the verification ended, in one attempt: a note that fails changes no result. */
export function* noteVerification(run: ConnectRun): Step<void> {
  const outcome = checkOutcome(run.proofs);
  if (outcome === null) return;
  const input = { connection: run.connection, outcome, now: run.now() };
  yield* run.together([
    run.steps.noteCheck.attempt(input, (noted) => {
      if (noted.ok && noted.value.noted) run.wrote('verification noted');
    }),
  ]);
}

/** A final outcome of all clusters is noted by the activity that verified them, which takes no round of its own. */
function isNotedByActivity(proofs: readonly Verification[]): boolean {
  return proofs.length <= TARGETS_PER_BATCH && !proofs.some(isOpen);
}

function targetsOf(run: ConnectRun, records: readonly ClusterRecord[], address: string): readonly Target[] {
  const { manage } = run.connection.spec.dns;
  const suspended = run.suspendedClusters();
  return records.flatMap(({ clusterId, host, port, state }) =>
    (state === 'connected' || !manage) && host !== null && port !== null
      ? [{ clusterId, host, port, address, isSuspended: suspended.has(clusterId) }]
      : [],
  );
}

interface Unverified {
  readonly targets: readonly Target[];
  readonly probes: PublicProbes;
  readonly proofs: readonly Verification[] | null;
}

function* verifyAgain(
  run: ConnectRun,
  endpoint: ReadyEndpoint,
  { targets, probes, proofs }: Unverified,
): Step<readonly Verification[]> {
  const dns = run.dns(endpoint);
  if (!run.hasAsked('records again')) {
    dns.writeAgain((proofs ?? []).filter(isFault).map(({ clusterId }) => clusterId));
    run.noteDone('records again');
  }
  yield* settle(run, () => dns.works());
  return yield* awaitVerified(run, 'second half', targets, probes);
}

function awaitVerified(
  run: ConnectRun,
  name: string,
  targets: readonly Target[],
  probes: PublicProbes,
): Step<readonly Verification[]> {
  return run.wait({
    name,
    read: () => verifyAll(run, targets, probes),
    missing: (proofs) => proofs.find(isOpen)?.detail ?? null,
    schedule: verification,
    seconds: HALF_SECONDS,
  });
}

function* verifyAll(
  run: ConnectRun,
  targets: readonly Target[],
  probes: PublicProbes,
): Step<readonly Verification[]> {
  const batches = batchesOf(targets);
  const note = batches.length === 1 ? { connection: run.connection, now: run.now() } : null;
  const inputs = batches.map((batch) => ({ targets: batch, note }));
  const outcomes = yield* run.steps.verifyTargets.each(inputs, probes.attempts());
  return batches.flatMap((batch, index): readonly Verification[] => {
    const outcome = outcomes[index];
    if (outcome?.ok) {
      if (outcome.value.noted) run.wrote('verification noted');
      return outcome.value.proofs;
    }
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

/**
 * No API can disable the public endpoints. Checks whether they respond, beside the verification as far as it can; the result
 * names the manual steps to disable them.
 */
class PublicProbes {
  readonly #run: ConnectRun;
  /** The private name leads to the private endpoint: reaching it shows nothing of the internet. */
  readonly #hidden: readonly string[];
  readonly #left: Set<readonly PublicTarget[]>;
  readonly #seen: PublicAccess[] = [];

  constructor(run: ConnectRun, records: readonly ClusterRecord[], { address }: ReadyEndpoint) {
    this.#run = run;
    const all = records.flatMap(({ clusterId, connectAddress, host }) => {
      const target = hostOfRegion(connectAddress, run.connection.regionId);
      return target ? [{ isHidden: target.host === host, clusterId, ...target }] : [];
    });
    this.#hidden = all.filter(({ isHidden }) => isHidden).map(({ clusterId }) => clusterId);
    const shown = all.filter(({ isHidden }) => !isHidden);
    this.#left = new Set(
      batchesOf(
        shown.map(({ clusterId, host, port }) => ({ clusterId, host, port, privateAddress: address })),
      ),
    );
  }

  /** One attempt for each batch that has no answer yet, five at most. */
  attempts(): readonly Attempt[] {
    return [...this.#left].slice(0, PROBES_BESIDE).map((targets) =>
      this.#run.steps.probePublicAccess.attempt({ targets }, (outcome) => {
        this.#settle(targets, outcome);
      }),
    );
  }

  *finish(): Step<readonly PublicAccess[]> {
    this.#run.begin('public-access');
    const left = [...this.#left];
    const outcomes = yield* this.#run.steps.probePublicAccess.each(left.map((targets) => ({ targets })));
    for (const [index, targets] of left.entries()) this.#settle(targets, outcomes[index]);
    this.#run.end('public-access');
    const hidden = this.#hidden.map((clusterId): PublicAccess => ({
      clusterId,
      state: 'not-verifiable-from-here',
    }));
    return [...this.#seen, ...hidden];
  }

  #settle(
    targets: readonly PublicTarget[],
    outcome: Outcome<{ readonly seen: readonly PublicAccess[] }> | undefined,
  ): void {
    if (!outcome?.ok) return;
    this.#left.delete(targets);
    this.#seen.push(...outcome.value.seen);
  }
}
