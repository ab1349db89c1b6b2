/**
 * A task of the framework while an episode is replayed. Continuations run at once, in the order in which they were asked
 * for, as on DurableTask.Core's own scheduler: promises would settle too late to number the next action rightly.
 */
export class OpenTask {
  #settled: boolean | undefined;
  #result: string | null = null;
  #continuations: ((succeeded: boolean) => void)[] = [];

  /** JSON text; null until it has settled with one. */
  get result(): string | null {
    return this.#result;
  }

  /** Does nothing when the task has settled before. */
  settle(succeeded: boolean, result: string | null = null): void {
    if (this.#settled !== undefined) return;
    this.#settled = succeeded;
    this.#result = result;
    const continuations = this.#continuations;
    this.#continuations = [];
    for (const continuation of continuations) continuation(succeeded);
  }

  whenSettled(continuation: (succeeded: boolean) => void): void {
    if (this.#settled === undefined) this.#continuations.push(continuation);
    else continuation(this.#settled);
  }
}

/** Settles with the last of its tasks, also when one of them failed. */
export function whenAll(tasks: readonly OpenTask[]): OpenTask {
  const whole = new OpenTask();
  let open = tasks.length;
  let succeeded = true;
  for (const task of tasks) {
    task.whenSettled((ok) => {
      succeeded &&= ok;
      open -= 1;
      if (open === 0) whole.settle(succeeded);
    });
  }
  return whole;
}

/** Settles with the first of its tasks, be it a success, a failure or a cancelled timer. */
export function whenAny(tasks: readonly OpenTask[]): OpenTask {
  const whole = new OpenTask();
  for (const task of tasks) {
    task.whenSettled(() => {
      whole.settle(true);
    });
  }
  return whole;
}
