import type { Attempt, Step } from '../durable/run.ts';
import { IN_PARALLEL } from '../durable/step.ts';

/** A part of a run's work that goes on by single attempts: a resource to ensure, a batch of records, a wait. */
export interface Work {
  /** When its next attempt is due, in milliseconds since the epoch; null when it is over. */
  readonly dueAt: number | null;
  /** What it waits for, for the status. */
  readonly reason: string;
  attempt(now: number): Attempt;
}

/** What settling needs of a run. */
export interface SettlingRun {
  now(): number;
  sleep(seconds: number): Step<void>;
  together(attempts: readonly Attempt[]): Step<void>;
  waitingFor(reason: string): void;
  continueAsNewIfLong(): void;
}

/** Work beside a wait is checked in the wait's own rounds; once in two minutes if those are rarer. */
const BESIDE_A_WAIT_SECONDS = 120;

/**
 * Goes on with all work until none is left: the attempts that are due run together, ten at most, and between them one timer.
 * With `wait`, settling ends when the wait ends; until then the other work runs in the same rounds. `works` is called again before
 * each round, since one attempt can bring further work. Never throws a failure: each work keeps its own.
 */
export function* settle(
  run: SettlingRun,
  works: () => readonly Work[],
  wait: Work | null = null,
): Step<void> {
  // Restart only while work is left, and not right after a round that only read the wait: the new execution would repeat it.
  let mayRestart = false;
  for (;;) {
    if (wait?.dueAt === null) return;
    const beside = works().flatMap((work) => (work.dueAt === null ? [] : [{ work, dueAt: work.dueAt }]));
    if (wait === null && beside.length === 0) return;
    if (mayRestart) run.continueAsNewIfLong();
    const open = wait === null ? beside : [{ work: wait, dueAt: wait.dueAt }, ...beside];
    const now = run.now();
    const due = open.filter(({ dueAt }) => dueAt <= now).slice(0, IN_PARALLEL);
    if (due.length > 0) {
      yield* run.together(due.map(({ work }) => work.attempt(now)));
      mayRestart = due.some(({ work }) => work !== wait);
    } else {
      run.waitingFor(open[0]?.work.reason ?? '');
      yield* run.sleep((nextAt(wait, beside, now) - now) / 1000);
      mayRestart = true;
    }
  }
}

function nextAt(wait: Work | null, beside: readonly { readonly dueAt: number }[], now: number): number {
  const next = Math.min(...beside.map(({ dueAt }) => dueAt));
  if (wait === null) return next;
  return Math.min(wait.dueAt ?? now, Math.max(next, now + BESIDE_A_WAIT_SECONDS * 1000));
}
