import * as z from 'zod';
import type { FailureCode } from '../failure/catalog.ts';
import { failureCodeSchema } from '../failure/failure.ts';
import { truncate } from './customStatus.ts';
import { allPhaseNames, phaseNames, phases } from './phase.ts';
import type { PhaseName } from './phase.ts';
import type { TearDownResult } from './result.ts';

/** One thing that stands in the way: which part of the request it concerns, and what is wrong with it. */
export const faultSchema = z.object({
  pointer: z.string(),
  /** Of the URL; the pointer is empty then, since it points into the body. */
  parameter: z.string().optional(),
  code: failureCodeSchema,
  detail: z.string(),
});

export const phaseStates = ['pending', 'running', 'done', 'skipped', 'failed'] as const;

const phaseStatusSchema = z.object({
  phase: z.enum(allPhaseNames),
  state: z.enum(phaseStates),
  /** Milliseconds since the epoch. */
  startedAt: z.number().optional(),
  endedAt: z.number().optional(),
  /** What it waits for, or why it was skipped or failed. */
  reason: z.string().optional(),
  /** Looks and tries so far, the first included. */
  attempts: z.number(),
});

export const undoStatusSchema = z.object({
  /** How many things the run had made and are gone again. */
  removed: z.number(),
  /** What should have gone and is still there, for a person to look at. */
  failed: z.array(z.object({ resource: z.string(), id: z.string(), reason: z.string() })),
  actionsForPeople: z.array(z.string()),
  /** What is not shown of the two lists, for want of room. */
  omitted: z.number(),
});

/** How a run with phases stands. What is shown of it, as the custom status, is in shownStatus.ts. */
export const runStatusSchema = z.object({
  phases: z.array(phaseStatusSchema),
  deadlineAt: z.number().optional(),
  problem: z
    .object({
      code: failureCodeSchema,
      detail: z.string(),
      faults: z.array(faultSchema),
      omitted: z.number(),
    })
    .optional(),
  /** What an undo came to. */
  undo: undoStatusSchema.optional(),
});

export type Fault = Readonly<z.infer<typeof faultSchema>>;
export type PhaseStatus = Readonly<z.infer<typeof phaseStatusSchema>>;
export type RunStatus = Readonly<z.infer<typeof runStatusSchema>>;

const LONGEST_TEXT = 180;

export function newRunStatus(names: readonly PhaseName[] = phaseNames): RunStatus {
  return { phases: names.map((phase) => ({ phase, state: 'pending', attempts: 0 })) };
}

/** A run that turns back has further phases to go. */
export function withMorePhases(status: RunStatus, names: readonly PhaseName[]): RunStatus {
  const added = names.filter((name) => !status.phases.some(({ phase }) => phase === name));
  return { ...status, phases: [...status.phases, ...newRunStatus(added).phases] };
}

export function withUndo(
  status: RunStatus,
  { removed, failed, actionsForPeople }: TearDownResult,
): RunStatus {
  const lists = { failed: [...failed], actionsForPeople: [...actionsForPeople] };
  return { ...status, undo: { removed: removed.length, ...lists, omitted: 0 } };
}

export interface PhaseChange {
  readonly state: PhaseStatus['state'];
  readonly now: number;
  readonly reason?: string;
  readonly look?: boolean;
}

/**
 * Marks a phase. A renewed run goes through its phases again: what is over stays as it ended, unless something in it must be
 * waited for again or fails.
 */
export function withPhase(status: RunStatus, phase: PhaseName, change: PhaseChange): RunStatus {
  return {
    ...status,
    phases: status.phases.map((entry) => (entry.phase === phase ? changed(entry, change) : entry)),
  };
}

function changed(entry: PhaseStatus, change: PhaseChange): PhaseStatus {
  const reopened = change.state === 'failed' || (change.state === 'running' && change.reason !== undefined);
  if (isOver(entry.state) && !reopened) return entry;
  return {
    phase: entry.phase,
    state: change.state,
    startedAt: entry.startedAt ?? change.now,
    ...(isOver(change.state) && { endedAt: change.now }),
    ...(change.reason !== undefined && { reason: truncate(change.reason, LONGEST_TEXT) }),
    attempts: entry.attempts + (change.look === true ? 1 : 0),
  };
}

function isOver(state: PhaseStatus['state']): boolean {
  return state !== 'running' && state !== 'pending';
}

export function withProblem(
  status: RunStatus,
  code: FailureCode,
  detail: string,
  faults: readonly Fault[],
): RunStatus {
  return { ...status, problem: { code, detail, faults: [...faults], omitted: 0 } };
}

/** Share of the expected time that has passed, 0 to 99, and 100 only when every phase is over. An estimate, no promise. */
export function percentDone(status: RunStatus, now: number): number {
  let expected = 0;
  let passed = 0;
  for (const entry of status.phases) {
    const seconds = phases[entry.phase].expectedSeconds;
    expected += seconds;
    if (entry.state === 'done' || entry.state === 'skipped') passed += seconds;
    else if (entry.state === 'running')
      passed += Math.min(seconds * 0.95, (now - (entry.startedAt ?? now)) / 1000);
  }
  return passed >= expected ? 100 : Math.min(99, Math.floor((100 * passed) / expected));
}
