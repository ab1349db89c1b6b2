import type { OrchestrationContext } from 'durable-functions';
import { telemetryLine } from '../domain/telemetry.ts';
import type { RunEvent, RunStamp } from '../domain/telemetry.ts';

/** More than all runs of a process say between two tries at one episode. */
const MOST_REMEMBERED = 1000;

/**
 * What runs say to whoever watches, said where it happens and not when it is replayed.
 *
 * It is said by the workflow itself: an activity for it would cost two executions a phase, and at the end of a run there is
 * no further activity that could carry it. `isReplaying` can be relied on since durable-functions 3.5, which tells by
 * the last OrchestratorStarted of the history what is new in an episode (test/replay checks that on recorded
 * histories); before, it took the flag of the last event and erred with compounds.
 *
 * A host may run the same episode again, when it could not store it. In the same process the line is then known; after a
 * crash it comes a second time, the same to the letter since its time is the run's. So nothing is lost, and what is there
 * twice can be told from what happened twice.
 */
export class RunLog {
  readonly #said = new Set<string>();

  write(context: OrchestrationContext, event: RunEvent & RunStamp): void {
    if (context.df.isReplaying) return;
    const line = telemetryLine(event);
    if (this.#said.has(line)) return;
    this.#remember(line);
    if (event.event === 'run-ended' && event.outcome === 'failed') context.error(line);
    else context.log(line);
  }

  #remember(line: string): void {
    this.#said.add(line);
    const [oldest] = this.#said;
    if (this.#said.size > MOST_REMEMBERED && oldest !== undefined) this.#said.delete(oldest);
  }
}
