import type { PhaseStatus, RunStatus } from './status.ts';

/** In UTF-8. Small, because it is written at every step; the host refuses more than 16 KB in UTF-16. */
const MOST_BYTES = 4000;
/** Two resource IDs and some words: what is wrong, and where, must not be what is cut. */
const LONGEST_DETAIL = 420;

/**
 * The custom status of a run with phases. When there is more to say than there is room for, the reasons of phases that are over
 * go first, then faults beyond the first, then what an undo leaves to people.
 */
export function customStatus(status: RunStatus): RunStatus {
  const { phases, problem, undo } = withShortDetails(status);
  const room = new ByteBudget(MOST_BYTES);
  const fitting = <T>(parts: readonly T[] = []): T[] => parts.filter((part) => room.take(part));

  const bare = bareStatus(status);
  room.take(bare);
  room.take(problem?.detail ?? '');
  const firstFault = fitting(problem?.faults.slice(0, 1));
  const current = fitting(reasonsOf(phases.filter(isCurrent)));
  const failed = fitting(undo?.failed);
  const actionsForPeople = fitting(undo?.actionsForPeople);
  const faults = [...firstFault, ...fitting(problem?.faults.slice(1))];
  const past = fitting(reasonsOf(phases.filter((entry) => !isCurrent(entry))));

  const reasons = new Map([...current, ...past].map(({ phase, reason }) => [phase, reason]));
  return {
    ...bare,
    phases: bare.phases.map((entry) => {
      const reason = reasons.get(entry.phase);
      return reason === undefined ? entry : { ...entry, reason };
    }),
    ...(problem && { problem: { ...problem, faults, omitted: problem.faults.length - faults.length } }),
    ...(undo && {
      undo: {
        ...{ removed: undo.removed, failed, actionsForPeople },
        omitted: undo.failed.length - failed.length + undo.actionsForPeople.length - actionsForPeople.length,
      },
    }),
  };
}

function withShortDetails(status: RunStatus): RunStatus {
  const { problem, undo } = status;
  const short = (text: string): string => truncate(text, LONGEST_DETAIL);
  return {
    ...status,
    ...(problem && {
      problem: {
        ...problem,
        detail: short(problem.detail),
        faults: problem.faults.map((fault) => ({ ...fault, detail: short(fault.detail) })),
      },
    }),
    ...(undo && {
      undo: {
        ...undo,
        failed: undo.failed.map((entry) => ({ ...entry, reason: short(entry.reason) })),
        actionsForPeople: undo.actionsForPeople.map(short),
      },
    }),
  };
}

/** What is there in any case: where each phase stands, what kind of failure it was, and how much there was to say. */
function bareStatus(status: RunStatus): RunStatus {
  const { phases, deadlineAt, problem, undo } = status;
  return {
    phases: phases.map(({ phase, state, startedAt, endedAt, attempts }) => ({
      ...{ phase, state },
      ...(startedAt !== undefined && { startedAt }),
      ...(endedAt !== undefined && { endedAt }),
      attempts,
    })),
    ...(deadlineAt !== undefined && { deadlineAt }),
    ...(problem && {
      problem: { code: problem.code, detail: '', faults: [], omitted: problem.faults.length },
    }),
    ...(undo && {
      undo: {
        ...{ removed: undo.removed, failed: [], actionsForPeople: [] },
        omitted: undo.failed.length + undo.actionsForPeople.length,
      },
    }),
  };
}

function reasonsOf(
  phases: readonly PhaseStatus[],
): readonly { phase: PhaseStatus['phase']; reason: string }[] {
  return phases.flatMap(({ phase, reason }) => (reason === undefined ? [] : { phase, reason }));
}

/** Whose reason says what the run waits for, or why it ended. */
function isCurrent({ state }: PhaseStatus): boolean {
  return state === 'running' || state === 'failed';
}

/**
 * The room that is left in a text of bounded length. What matters most takes its part first; what finds no room is left out,
 * and counted by whoever leaves it out.
 */
export class ByteBudget {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** Takes the room that a value needs as JSON, its comma included; answers whether there was as much. */
  take(value: unknown): boolean {
    const bytes = mostBytes(JSON.stringify(value)) + 1;
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }
}

/** The beginning of a text, so that as JSON it has no more than so many bytes. */
export function truncate(text: string, bytes: number): string {
  // Short and plain, as nearly all are: nothing to count.
  let end = Math.min(text.length, bytes);
  while (mostBytes(JSON.stringify(text.slice(0, end))) - 2 > bytes) end -= 1;
  return text.slice(0, end);
}

/**
 * In UTF-8, where a character beyond ASCII takes three bytes for each of its units, or less. The host counts two for each unit,
 * which is never more than twice of this.
 */
function mostBytes(text: string): number {
  return text.length + 2 * text.replaceAll(/[ -~]/g, '').length;
}
