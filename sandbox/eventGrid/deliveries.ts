import type { Clock } from '../kernel/clock.ts';
import type { Store } from '../kernel/store.ts';
import type { Traffic } from '../kernel/traffic.ts';
import { typeOf } from './events.ts';
import type { DeadLetter, Event, EventGridState, Pending, Subscription } from './state.ts';
import { post } from './webhook.ts';

/** What real deliveries do now and then, made frequent. */
export interface Habits {
  /** Share of deliveries, 0 to 1, that are made again although they were acknowledged. */
  readonly duplicates: number;
  /** Whether events arrive in another order than they were published in. */
  readonly shuffled: boolean;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** Documented: ten seconds, then longer and longer; after an hour ever more rarely. */
const RETRY_AFTER_MS = [10 * SECOND, 30 * SECOND, MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, 60 * MINUTE];
const LATER_MS = [180 * MINUTE, 360 * MINUTE, 720 * MINUTE];
/** Documented for webhooks: a repeat cannot cure these. */
const FINAL_STATUSES = [400, 401, 403, 413];
const LATENCY_MS = 200;

interface Parts {
  readonly clock: Clock;
  readonly store: Store<EventGridState>;
  readonly traffic: Traffic;
}

/** Brings events to the webhooks: at least once, in no order, again after a failure, and at last to the dead letters. */
export class Deliveries {
  readonly #parts: Parts;
  readonly #inFlight = new Set<Promise<void>>();
  /** Keys of events whose answer is awaited. In memory only: after a crash they are delivered again. */
  readonly #underWay = new Set<number>();
  readonly #cancels = new Set<() => void>();
  #habits: Habits = { duplicates: 0, shuffled: false };
  #stopped = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    for (const { dueAt } of parts.store.state.pending) this.#wakeAt(dueAt);
  }

  set habits(habits: Habits) {
    this.#habits = habits;
  }

  /** Takes events for every subscription that wants them. */
  accept(events: readonly Event[]): void {
    const { clock, store } = this.#parts;
    const now = clock.now();
    const due = new Set<number>();
    for (const subscription of store.state.subscriptions) {
      const wanted = events.filter((event) => wants(subscription, event));
      for (const event of wanted) {
        const dueAt =
          now + LATENCY_MS + (this.#habits.shuffled ? Math.floor(this.#random() * 5) * SECOND : 0);
        due.add(dueAt);
        store.state.pending.push({
          key: store.state.nextKey++,
          subscription: subscription.name,
          event,
          publishedAt: now,
          dueAt,
          attempts: 0,
          lastResult: 'none',
        });
      }
    }
    store.save();
    for (const dueAt of due) this.#wakeAt(dueAt);
  }

  /** Resolves when no delivery is on its way; more may be due later. */
  async settled(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
  }

  stop(): Promise<void> {
    this.#stopped = true;
    for (const cancel of this.#cancels) cancel();
    return this.settled();
  }

  #wakeAt(at: number): void {
    const cancel = this.#parts.clock.schedule(at, () => {
      this.#cancels.delete(cancel);
      this.#deliverDue();
    });
    this.#cancels.add(cancel);
  }

  #deliverDue(): void {
    const { clock, store } = this.#parts;
    if (this.#stopped) return;
    for (const subscription of store.state.subscriptions) {
      const due = store.state.pending.filter(
        ({ key, subscription: name, dueAt }) =>
          name === subscription.name && dueAt <= clock.now() && !this.#underWay.has(key),
      );
      if (this.#habits.shuffled) due.sort(() => this.#random() - 0.5);
      for (let from = 0; from < due.length; from += subscription.maxEventsPerBatch) {
        const batch = due.slice(from, from + subscription.maxEventsPerBatch);
        for (const { key } of batch) this.#underWay.add(key);
        this.#follow(this.#deliver(subscription, batch));
      }
    }
  }

  #follow(delivery: Promise<void>): void {
    const followed = delivery.finally(() => this.#inFlight.delete(followed));
    this.#inFlight.add(followed);
  }

  async #deliver(subscription: Subscription, batch: readonly Pending[]): Promise<void> {
    const { clock, store, traffic } = this.#parts;
    const { topic } = store.state;
    const attempt = Math.max(...batch.map(({ attempts }) => attempts)) + 1;
    const events = batch.map(({ event }) => event);
    const result = await post(subscription, events, { topic, attempt });
    const status = typeof result === 'number' ? result : 0;
    traffic.record({
      at: clock.now(),
      service: 'eventGrid',
      operation: 'eventGrid.deliver',
      write: false,
      request: { method: 'POST', url: new URL(subscription.endpointUrl).pathname, headers: {}, body: events },
      response: { status, headers: {}, body: null },
    });
    for (const pending of batch) this.#conclude(subscription, pending, result);
    store.save();
  }

  #conclude(subscription: Subscription, pending: Pending, result: number | string): void {
    const { clock, store } = this.#parts;
    this.#underWay.delete(pending.key);
    pending.attempts += 1;
    pending.lastResult = String(result);
    const acknowledged = typeof result === 'number' && result >= 200 && result <= 204;
    const again = acknowledged && this.#random() < this.#habits.duplicates;
    const reason = acknowledged ? null : lostBecause(subscription, pending, result, clock.now());
    if (again || (!acknowledged && reason === null)) {
      pending.dueAt = clock.now() + (again ? LATENCY_MS : retryAfter(pending.attempts, result));
      this.#wakeAt(pending.dueAt);
      return;
    }
    store.state.pending = store.state.pending.filter(({ key }) => key !== pending.key);
    if (reason === null || !subscription.deadLetter) return;
    store.state.deadLetters.push({
      subscription: subscription.name,
      event: pending.event,
      deadLetterReason: reason,
      deliveryAttempts: pending.attempts,
      lastDeliveryOutcome: pending.lastResult,
      publishTime: pending.publishedAt,
    });
  }

  /** Repeatable chance: its state is part of the store. */
  #random(): number {
    const { state } = this.#parts.store;
    state.random = (Math.imul(state.random, 1_664_525) + 1_013_904_223) >>> 0;
    return state.random / 2 ** 32;
  }
}

function wants({ includedEventTypes }: Subscription, event: Event): boolean {
  return includedEventTypes === null || includedEventTypes.includes(typeOf(event));
}

function lostBecause(
  { maxDeliveryAttempts, eventTimeToLiveMinutes }: Subscription,
  { attempts, publishedAt }: Pending,
  result: number | string,
  now: number,
): DeadLetter['deadLetterReason'] | null {
  if (typeof result === 'number' && FINAL_STATUSES.includes(result)) return 'UndeliverableDueToClientError';
  if (attempts >= maxDeliveryAttempts) return 'MaxDeliveryAttemptsExceeded';
  return now - publishedAt >= eventTimeToLiveMinutes * MINUTE ? 'TimeToLiveExceeded' : null;
}

/** Documented: some statuses are given more time than the schedule says. */
function retryAfter(attempts: number, result: number | string): number {
  const scheduled = [...RETRY_AFTER_MS, ...LATER_MS][attempts - 1] ?? 720 * MINUTE;
  const least = result === 404 ? 5 * MINUTE : result === 408 ? 2 * MINUTE : result === 503 ? 30 * SECOND : 0;
  return Math.max(scheduled, least);
}
