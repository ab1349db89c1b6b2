import type { Fault } from '../../../sandbox/kernel/faults.ts';
import type { Exchange } from '../../../sandbox/kernel/traffic.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { isSuccess } from '../faults/leftovers.ts';

/** When the host dies: before the write has left it, or when it was carried out and no answer is stored. */
export type Moment = 'before' | 'after';

/** The moments at which the host dies on this write, one for each attempt. Further attempts go through. */
export type KillPlan = (write: string) => readonly Moment[];

export interface Kill {
  readonly kind: string;
  readonly moment: Moment;
}

/** What the simulators call reads, and yet are POST requests, are not among these. */
const WRITE = /\.(put|patch|delete|create\w+|add\w+|delete\w+)$/;

/** Kills the host of a rig at its writes. A dead host sends nothing any more: what it had begun is cut off. */
export class Killer {
  readonly kills: Kill[] = [];
  readonly #rig: Rig;
  readonly #planOf: KillPlan;
  readonly #left = new Map<string, Moment[]>();
  #isDead = false;

  constructor(rig: Rig, planOf: KillPlan) {
    this.#rig = rig;
    this.#planOf = planOf;
    const { faults, traffic } = rig.sandbox;
    const take = faults.take.bind(faults);
    const record = traffic.record.bind(traffic);
    faults.take = (call, path): Fault | undefined => {
      if (this.#isDead) return { kind: 'reset' };
      const fault = take(call, path);
      if (fault || !WRITE.test(call) || !this.#isDue(writeOf(call, path), 'before')) return fault;
      this.#kill(kindOf(call, path), 'before');
      return { kind: 'reset' };
    };
    traffic.record = (exchange: Exchange): void => {
      record(exchange);
      const { operation, request, response, write, fault } = exchange;
      if (this.#isDead || !write || fault !== undefined || !isSuccess(response)) return;
      const [path = ''] = request.url.split('?');
      if (this.#isDue(writeOf(operation, path), 'after')) this.#kill(kindOf(operation, path), 'after');
    };
  }

  /** Lets the rig go on, over as many hosts as it takes, until the condition holds. */
  async run(isOver: () => boolean): Promise<void> {
    const { clock } = this.#rig;
    for (;;) {
      await this.#rig.host.whenIdle();
      if (await this.#revived()) continue;
      if (isOver()) return;
      if (!clock.advance()) throw new Error('Nothing is left that the clock could bring about.');
    }
  }

  /** Sends a request of the API again while the host dies over it, as a client does whose connection breaks. */
  async call(method: string, path: string, body?: object): Promise<unknown> {
    for (;;) {
      const answer = await this.#rig
        .call(method, path, body)
        .catch((error: unknown) => ({ error, status: 0 }));
      if (await this.#revived()) continue;
      if (answer.status < 200 || answer.status > 299)
        throw new Error(`${method} ${path} answered ${JSON.stringify(answer)}`);
      return 'body' in answer ? answer.body : undefined;
    }
  }

  /** Runs until no run of this ID is active. */
  async finish(id: string): Promise<void> {
    await this.run(() => {
      const instance = this.#rig.host.instances().find(({ instanceId }) => instanceId === id);
      return instance !== undefined && !['Pending', 'Running'].includes(instance.runtimeStatus);
    });
  }

  async #revived(): Promise<boolean> {
    if (!this.#isDead) return false;
    await this.#rig.restartHost({ replayTwice: false });
    this.#isDead = false;
    return true;
  }

  #isDue(write: string, moment: Moment): boolean {
    const left = this.#left.get(write) ?? [...this.#planOf(write)];
    this.#left.set(write, left);
    if (left[0] !== moment) return false;
    left.shift();
    return true;
  }

  #kill(kind: string, moment: Moment): void {
    this.kills.push({ kind, moment });
    this.#isDead = true;
    this.#rig.killHost();
  }
}

/** One write among those of a run: the GUIDs and times in its path are not the same in each run. */
function writeOf(operation: string, path: string): string {
  return `${operation} ${path.toLowerCase()}`;
}

/** The kind of a write; record sets by their type. */
function kindOf(operation: string, path: string): string {
  const [, type] = /\/(a|txt)\/[^/]+$/i.exec(path) ?? [];
  return type === undefined ? operation : `${operation} ${type.toUpperCase()}`;
}
