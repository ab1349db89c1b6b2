import { failureCatalog } from '../../domain/failure/catalog.ts';
import type { Outcome } from '../../domain/failure/failure.ts';
import { mayBeDone } from '../../domain/failure/failure.ts';
import type { Written } from '../../domain/resources/written.ts';
import { nextRetry, pauseAfter, retrySpan } from '../../durable/retries.ts';
import type { Attempt } from '../../durable/run.ts';
import type { Work } from '../settle.ts';
import type { PlacedCluster, RecordCluster } from './clusterRecord.ts';
import type { DnsRun } from './dnsRun.ts';
import type { DnsState } from './dnsState.ts';

/** So many records take less than a minute, far below the limit of an activity. */
const RECORDS_PER_BATCH = 100;

/** A zone that clusters need, and its key in the state. */
export interface WantedZone {
  readonly key: string;
  readonly name: string;
  readonly clusters: readonly PlacedCluster[];
}

export function recordKey({ clusterId }: Pick<RecordCluster, 'clusterId'>): string {
  return `record/${clusterId}`;
}

/** What the records need of their zones. */
interface ZonesOfRun {
  zoneId(zone: WantedZone): string;
  /** The zone is gone with all that was in it. Returns whether it is ensured again, which is done once. */
  ensureAgain(zone: WantedZone): boolean;
}

/** The open records of one zone: those that are due are written in one batch. */
export class RecordsWork implements Work {
  readonly #run: DnsRun;
  readonly #state: DnsState;
  readonly #dns: ZonesOfRun;
  readonly #zone: WantedZone;
  readonly #open: readonly PlacedCluster[];
  readonly #written: { readonly address: string; readonly isBesideWait?: true };

  constructor(
    run: DnsRun,
    state: DnsState,
    dns: ZonesOfRun,
    zone: WantedZone,
    open: readonly PlacedCluster[],
    written: { readonly address: string; readonly isBesideWait?: true },
  ) {
    this.#run = run;
    this.#state = state;
    this.#dns = dns;
    this.#zone = zone;
    this.#open = open;
    this.#written = written;
  }

  get reason(): string {
    const [retry] = this.#open.flatMap(({ cluster }) => this.#state.retries[recordKey(cluster)] ?? []);
    if (!retry) return 'the records are being written';
    return `${failureCatalog[retry.code].title} (${retrySpan(retry.code, retry.since, this.#run.until(retry.since))})`;
  }

  get dueAt(): number {
    return Math.min(...this.#open.map((placed) => this.#dueAt(placed)));
  }

  attempt(now: number): Attempt {
    const { connection, steps } = this.#run;
    const due = this.#open.filter((placed) => this.#dueAt(placed) <= now).slice(0, RECORDS_PER_BATCH);
    const records = due.map(({ cluster: { clusterId }, record }) => ({ clusterId, record }));
    const input = { connection, zoneId: this.#dns.zoneId(this.#zone), ...this.#written, records };
    return steps.ensureRecords.attempt(input, (outcome) => {
      const isRemoved = !outcome.ok && outcome.failure.code === 'zone-removed';
      if (isRemoved && this.#dns.ensureAgain(this.#zone)) return;
      for (const [index, placed] of due.entries()) {
        const own = outcome.ok ? outcome.value.outcomes[index] : outcome;
        if (own) this.#settle(placed, own);
      }
    });
  }

  #settle({ cluster }: PlacedCluster, outcome: Outcome<Written>): void {
    const key = recordKey(cluster);
    if (outcome.ok) {
      const isKept = outcome.value.action === 'keep';
      const last = this.#state.retries[key];
      this.#run.wrote('record', isKept ? 0 : 1);
      if (isKept && last && mayBeDone(last)) this.#run.found('record');
      this.#state.ready(key);
      return;
    }
    const now = this.#run.now();
    const retry = nextRetry(this.#state.retries[key], now);
    const pause = pauseAfter(outcome.failure, retry, now, this.#run.until(retry.since));
    if (pause === null) this.#state.fail(key, outcome.failure);
    else this.#state.retries[key] = { ...retry, dueAt: now + pause * 1000, code: outcome.failure.code };
  }

  #dueAt({ cluster }: PlacedCluster): number {
    return this.#state.retries[recordKey(cluster)]?.dueAt ?? 0;
  }
}
