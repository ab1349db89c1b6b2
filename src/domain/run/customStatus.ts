import type { ClusterResult, ConnectionResult, DisconnectResult } from './result.ts';
import type { Fault, PhaseStatus, RunStatus } from './status.ts';

/** In UTF-8. Small, because it is written at every step; the host refuses more than 16 KB in UTF-16. */
const MOST_BYTES = 4000;
/** Of what a failed run knows, beside that. */
const MOST_KNOWN_BYTES = 3600;
/** Enough for two resource IDs and a short text, so that the fault and its place are not truncated. */
const LONGEST_DETAIL = 420;

/**
 * The custom status of a run with phases, limited to the maximum size. It omits first the reasons of ended phases, then the
 * faults beyond the first, then the manual steps after an undo.
 */
export function customStatus(status: RunStatus): RunStatus {
  const { phases, problem, undo, result, removal } = withShortDetails(status);
  const budget = new ByteBudget(MOST_BYTES);
  const fitting = <T>(parts: readonly T[] = []): T[] => parts.filter((part) => budget.take(part));

  const bare = bareStatus(status);
  budget.take(bare);
  budget.take(problem?.detail ?? '');
  const cures = fitting(curesOf(problem));
  const firstFault = fittingFaults(problem?.faults.slice(0, 1), budget);
  const current = fitting(reasonsOf(phases.filter(isCurrent)));
  const failed = fitting(undo?.failed);
  const manualSteps = fitting(undo?.manualSteps);
  const faults = [...firstFault, ...fittingFaults(problem?.faults.slice(1), budget)];
  const past = fitting(reasonsOf(phases.filter((entry) => !isCurrent(entry))));

  const reasons = new Map([...current, ...past].map(({ phase, reason }) => [phase, reason]));
  return {
    ...bare,
    phases: bare.phases.map((entry) => {
      const reason = reasons.get(entry.phase);
      return reason === undefined ? entry : { ...entry, reason };
    }),
    ...(problem && { problem: withFaults(problem, faults, cures) }),
    ...(undo && {
      undo: {
        ...{ removed: undo.removed, failed, manualSteps },
        omitted: undo.failed.length - failed.length + undo.manualSteps.length - manualSteps.length,
      },
    }),
    ...(result && { result }),
    ...(removal && { removal }),
  };
}

function curesOf(problem: RunStatus['problem']): readonly string[] {
  return problem?.cure === undefined ? [] : [problem.cure];
}

function withFaults(
  { code, detail, faults: all }: NonNullable<RunStatus['problem']>,
  faults: Fault[],
  [cure]: readonly string[],
): RunStatus['problem'] {
  return { code, detail, ...(cure !== undefined && { cure }), faults, omitted: all.length - faults.length };
}

/** A cure may be a command: it is shown whole, or not at all. */
function fittingFaults(faults: readonly Fault[] = [], budget: ByteBudget): readonly Fault[] {
  return faults.flatMap((fault) => {
    if (budget.take(fault)) return fault;
    const { cure, ...bare } = fault;
    return cure !== undefined && budget.take(bare) ? bare : [];
  });
}

/** Limits what a failed run knows to its part of the custom status. It is written once. */
export function fittedResult(result: ConnectionResult): ConnectionResult {
  const { problem, privateEndpoint, writes } = result;
  const lists = new FittedLists({ outcome: result.outcome, problem, privateEndpoint, writes });
  const manualSteps = lists.take(result.manualSteps.map(shortDetail));
  const clusters = lists.take(result.clusters.map(shortCluster));
  return {
    ...{ ...result, manualSteps, clusters },
    warnings: lists.take(result.warnings.map((one) => ({ ...one, detail: shortDetail(one.detail) }))),
    zones: lists.take(result.zones),
    zonesToCreate: lists.take(result.zonesToCreate),
    recordsToCreate: lists.take(result.recordsToCreate),
    omitted: lists.omitted,
  };
}

/** The same of a failed disconnect: first what could not be removed. */
export function fittedRemoval(removal: DisconnectResult): DisconnectResult {
  const { outcome, writes } = removal;
  const lists = new FittedLists({ outcome, writes });
  const failed = lists.take(removal.failed.map((one) => ({ ...one, reason: shortDetail(one.reason) })));
  const manualSteps = lists.take(removal.manualSteps.map(shortDetail));
  const removed = lists.take(removal.removed);
  const kept = lists.take(removal.kept.map((one) => ({ ...one, reason: shortDetail(one.reason) })));
  return { outcome, writes, failed, manualSteps, removed, kept, omitted: lists.omitted };
}

/** Takes the entries of lists that fit, and counts the others. */
class FittedLists {
  omitted = 0;
  readonly #budget = new ByteBudget(MOST_KNOWN_BYTES);

  /** `bare`: what is always there. */
  constructor(bare: object) {
    this.#budget.take(bare);
    // The names of the lists.
    this.#budget.take(' '.repeat(150));
  }

  take<T>(list: readonly T[]): T[] {
    const taken = list.filter((entry) => this.#budget.take(entry));
    this.omitted += list.length - taken.length;
    return taken;
  }
}

/** Without its probe, which the view makes from the rest. */
function shortCluster({ verification, reason, ...cluster }: ClusterResult): ClusterResult {
  return {
    ...cluster,
    reason: reason === null ? null : shortDetail(reason),
    verification: verification && { ...verification, detail: shortDetail(verification.detail) },
    probe: undefined,
  };
}

function shortDetail(text: string): string {
  return truncate(text, LONGEST_DETAIL);
}

function withShortDetails(status: RunStatus): RunStatus {
  const { problem, undo } = status;
  return {
    ...status,
    ...(problem && {
      problem: {
        ...problem,
        detail: shortDetail(problem.detail),
        faults: problem.faults.map((fault) => ({ ...fault, detail: shortDetail(fault.detail) })),
      },
    }),
    ...(undo && {
      undo: {
        ...undo,
        failed: undo.failed.map((entry) => ({ ...entry, reason: shortDetail(entry.reason) })),
        manualSteps: undo.manualSteps.map(shortDetail),
      },
    }),
  };
}

/** The part that is always shown: the state of each phase, the failure code, and the number of omitted entries. */
function bareStatus(status: RunStatus): RunStatus {
  const { phases, deadlineAt, whitelist, writes, problem, undo } = status;
  return {
    phases: phases.map(({ phase, state, startedAt, endedAt, attempts }) => ({
      ...{ phase, state },
      ...(startedAt !== undefined && { startedAt }),
      ...(endedAt !== undefined && { endedAt }),
      attempts,
    })),
    ...(deadlineAt !== undefined && { deadlineAt }),
    ...(whitelist && { whitelist }),
    ...(writes && { writes }),
    ...(problem && {
      problem: { code: problem.code, detail: '', faults: [], omitted: problem.faults.length },
    }),
    ...(undo && {
      undo: {
        ...{ removed: undo.removed, failed: [], manualSteps: [] },
        omitted: undo.failed.length + undo.manualSteps.length,
      },
    }),
  };
}

function reasonsOf(
  phases: readonly PhaseStatus[],
): readonly { phase: PhaseStatus['phase']; reason: string }[] {
  return phases.flatMap(({ phase, reason }) => (reason === undefined ? [] : { phase, reason }));
}

/** Whether the reason of the phase gives what the run waits for, or why it failed. */
function isCurrent({ state }: PhaseStatus): boolean {
  return state === 'running' || state === 'failed';
}

/**
 * The number of bytes that remain of a limited size. The most important values are taken first. The caller omits a value that
 * does not fit, and counts it.
 */
export class ByteBudget {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** Takes the bytes of a value as JSON, including its comma. Returns false, and takes nothing, if it does not fit. */
  take(value: unknown): boolean {
    const bytes = mostBytes(JSON.stringify(value)) + 1;
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }
}

/** The beginning of a text that, as JSON, has at most this number of bytes. */
export function truncate(text: string, bytes: number): string {
  // Most texts are short ASCII texts, for which the loop does not run.
  let end = Math.min(text.length, bytes);
  while (mostBytes(JSON.stringify(text.slice(0, end))) - 2 > bytes) end -= 1;
  return text.slice(0, end);
}

/**
 * An upper bound in UTF-8: a character outside ASCII takes at most three bytes for each of its UTF-16 units. The host counts two
 * bytes for each unit, which is at most twice this number.
 */
function mostBytes(text: string): number {
  return text.length + 2 * text.replaceAll(/[ -~]/g, '').length;
}
