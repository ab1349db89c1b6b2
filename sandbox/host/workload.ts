/** Counts what is going on in a host, so that a virtual clock moves only when nothing is. */
export class Workload {
  #running = 0;
  #waiting: (() => void)[] = [];

  /** Counts one piece of work until the returned function is called. */
  enter(): () => void {
    this.#running += 1;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#running -= 1;
      if (this.#running === 0) this.#checkLater();
    };
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    const leave = this.enter();
    try {
      return await work();
    } finally {
      leave();
    }
  }

  /** Resolves when nothing is running and nothing has followed at once from what ran last. */
  whenIdle(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#checkLater();
    });
  }

  /** A turn later, because an answer on its way to a client of ours may bring the next request. */
  #checkLater(): void {
    setImmediate(() => {
      if (this.#running > 0) return;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const resolve of waiting) resolve();
    });
  }
}
