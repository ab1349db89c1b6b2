import type { Instant } from './clock.ts';

/** One request and its answer, as they went over the wire of a simulator. */
export interface Exchange {
  readonly at: Instant;
  /** Name of the simulator: `azure`, `zilliz`, `keyVault`, `identity` … */
  readonly service: string;
  /** Name of the operation, or `unknown`. */
  readonly operation: string;
  readonly write: boolean;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
  /** The kind of the fault that was ordered for it, if any. */
  readonly fault?: string;
}

/** What was asked of the simulators: tests count calls and writes by it. */
export class Traffic {
  readonly #onRecord: (exchange: Exchange) => void;
  #exchanges: Exchange[] = [];

  /** `onRecord` gets each exchange before its response leaves. */
  constructor(onRecord: (exchange: Exchange) => void = () => undefined) {
    this.#onRecord = onRecord;
  }

  record(exchange: Exchange): void {
    this.#exchanges.push(exchange);
    this.#onRecord(exchange);
  }

  all(): readonly Exchange[] {
    return this.#exchanges;
  }

  /** Calls that may have changed something, with any result. */
  writes(): readonly Exchange[] {
    return this.#exchanges.filter(({ write }) => write);
  }

  /** Calls of one operation. */
  of(operation: string): readonly Exchange[] {
    return this.#exchanges.filter((exchange) => exchange.operation === operation);
  }

  clear(): void {
    this.#exchanges = [];
  }
}
