import * as z from 'zod';
import type { WhitelistEntry } from '../connection/fieldSchemas.ts';
import { whitelistEntrySchema } from '../connection/fieldSchemas.ts';
import type { Failure } from '../failure/failure.ts';
import { failureCodeSchema } from '../failure/failure.ts';
import { truncate } from './customStatus.ts';
import { allPhaseNames, phaseNames, phases } from './phase.ts';
import type { PhaseName } from './phase.ts';
import { connectionResultSchema, disconnectResultSchema } from './result.ts';
import type { TearDownResult } from './result.ts';

/** A fault of a request: the part of the request, and what is wrong with it. */
export const faultSchema = z.object({
  pointer: z.string(),
  /** Parameter of the URL. The pointer is empty then, because it points into the body. */
  parameter: z.string().optional(),
  code: failureCodeSchema,
  detail: z.string(),
  /** The correction of this one case, where more is known than the catalogue says. */
  cure: z.string().exactOptional(),
});

const phaseStates = ['pending', 'running', 'done', 'skipped', 'failed'] as const;

export const phaseNameSchema = z.enum(allPhaseNames).meta({ id: 'PhaseName' });
export const phaseStateSchema = z.enum(phaseStates).meta({ id: 'PhaseState' });

const phaseStatusSchema = z.object({
  phase: phaseNameSchema,
  state: phaseStateSchema,
  /** Milliseconds since the epoch. */
  startedAt: z.number().optional(),
  endedAt: z.number().optional(),
  /** What it waits for, or why it was skipped or failed. */
  reason: z.string().optional(),
  /** Number of attempts so far, including the first. */
  attempts: z.number(),
});

export const undoStatusSchema = z.object({
  /** How many resources that the run created are removed again. */
  removed: z.number(),
  /** What could not be removed and must be checked manually. */
  failed: z.array(z.object({ resource: z.string(), id: z.string(), reason: z.string() })),
  manualSteps: z.array(z.string()),
  /** How many entries of the two lists are left out, because the size is limited. */
  omitted: z.number(),
});

/** The state of a run with phases. customStatus.ts derives the custom status from it. */
export const runStatusSchema = z.object({
  phases: z.array(phaseStatusSchema),
  deadlineAt: z.number().optional(),
  /** Noted before the entry is asked for, so that it is known even if the run fails. */
  whitelist: whitelistEntrySchema.optional(),
  problem: z
    .object({
      code: failureCodeSchema,
      detail: z.string(),
      cure: z.string().exactOptional(),
      faults: z.array(faultSchema),
      omitted: z.number(),
    })
    .optional(),
  /** The outcome of an undo. */
  undo: undoStatusSchema.optional(),
  /** Writes so far, by kind. */
  writes: z.record(z.string(), z.number()).optional(),
  /** What a run knows that has failed: it has no output. */
  result: connectionResultSchema.optional(),
  removal: disconnectResultSchema.optional(),
});

export type Fault = Readonly<z.infer<typeof faultSchema>>;
export type PhaseStatus = Readonly<z.infer<typeof phaseStatusSchema>>;
export type RunStatus = Readonly<z.infer<typeof runStatusSchema>>;

const notedSchema = z.object({ whitelist: whitelistEntrySchema });

/** Returns what a run has noted of the whitelist entry. One that never began has it in its input; null if it has noted nothing. */
export function notedWhitelist(run: {
  readonly customStatus: unknown;
  readonly input: unknown;
}): WhitelistEntry | null {
  const noted = [run.customStatus, run.input].map((value) => notedSchema.safeParse(value).data?.whitelist);
  return noted[0] ?? noted[1] ?? null;
}

const LONGEST_TEXT = 180;

export function newRunStatus(names: readonly PhaseName[] = phaseNames): RunStatus {
  return { phases: names.map((phase) => ({ phase, state: 'pending', attempts: 0 })) };
}

/** Adds phases, e.g. those of an undo. */
export function withMorePhases(status: RunStatus, names: readonly PhaseName[]): RunStatus {
  const added = names.filter((name) => !status.phases.some(({ phase }) => phase === name));
  return { ...status, phases: [...status.phases, ...newRunStatus(added).phases] };
}

export function withUndo(status: RunStatus, { removed, failed, manualSteps }: TearDownResult): RunStatus {
  const lists = { failed: [...failed], manualSteps: [...manualSteps] };
  return { ...status, undo: { removed: removed.length, ...lists, omitted: 0 } };
}

export interface PhaseChange {
  readonly state: PhaseStatus['state'];
  readonly now: number;
  readonly reason?: string;
  readonly isAttempt?: boolean;
}

/** Changes the state of a phase. One that is over keeps its state, unless the run fails in it. */
export function withPhase(status: RunStatus, phase: PhaseName, change: PhaseChange): RunStatus {
  return {
    ...status,
    phases: status.phases.map((entry) => (entry.phase === phase ? changed(entry, change) : entry)),
  };
}

const ENDED = 'the run ended before it was done';

/** The status of a run that has ended, at this time: no phase is running any more. */
export function withoutRunning(status: RunStatus, endedAt: number): RunStatus {
  return {
    ...status,
    phases: status.phases.map((entry) =>
      entry.state === 'running' ? { ...entry, state: 'skipped', reason: ENDED, endedAt } : entry,
    ),
  };
}

function changed(entry: PhaseStatus, change: PhaseChange): PhaseStatus {
  if (isOver(entry.state) && change.state !== 'failed') return entry;
  return {
    phase: entry.phase,
    state: change.state,
    startedAt: entry.startedAt ?? change.now,
    ...(isOver(change.state) && { endedAt: change.now }),
    ...(change.reason !== undefined && { reason: truncate(change.reason, LONGEST_TEXT) }),
    attempts: entry.attempts + (change.isAttempt === true ? 1 : 0),
  };
}

function isOver(state: PhaseStatus['state']): boolean {
  return state !== 'running' && state !== 'pending';
}

export function withProblem(
  status: RunStatus,
  { code, message: detail, cure }: Pick<Failure, 'code' | 'message' | 'cure'>,
  faults: readonly Fault[] = [],
): RunStatus {
  const known = cure === undefined ? {} : { cure };
  return { ...status, problem: { code, detail, ...known, faults: [...faults], omitted: 0 } };
}

/** An estimate: the share of the expected time that has passed, 0 to 99, and 100 only when all phases are over. */
export function percentDone(status: RunStatus, now: number): number {
  const { expected, passed } = secondsOf(status, now);
  return passed >= expected ? 100 : Math.min(99, Math.floor((100 * passed) / expected));
}

/** An estimate of the time until the run ends. */
export function secondsLeft(status: RunStatus, now: number): number {
  const { expected, passed } = secondsOf(status, now);
  return Math.ceil(expected - passed);
}

/** The expected duration of all phases, and how much of it has passed. */
function secondsOf(status: RunStatus, now: number): { readonly expected: number; readonly passed: number } {
  let expected = 0;
  let passed = 0;
  for (const entry of status.phases) {
    const seconds = phases[entry.phase].expectedSeconds;
    expected += seconds;
    if (entry.state === 'done' || entry.state === 'skipped') passed += seconds;
    else if (entry.state === 'running')
      passed += Math.min(seconds * 0.95, (now - (entry.startedAt ?? now)) / 1000);
  }
  return { expected, passed };
}
