import type { Removed, TearDownPlan } from '../activities/tearDown.ts';
import type { TearDownResult } from '../domain/disconnectResult.ts';
import { ProvisioningError } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { PhaseName } from '../domain/phase.ts';
import type { RemovalRow } from '../domain/removal.ts';
import type { RemovalSubject } from '../domain/removalSubject.ts';
import type { Step } from '../durable/run.ts';
import { stop } from './connectRun.ts';
import type { PhasedRun } from './phasedRun.ts';
import { removal } from './schedule.ts';
import { batchesByZone, batchesOf, outcomesOf } from './tearDownBatches.ts';
import { TearDownLedger } from './tearDownLedger.ts';

const MINUTE = 60_000;
/** So long a write of an earlier run that was cancelled may still be in flight. */
const LATE_WRITE_SECONDS = 30;
const MOST_ROUNDS = 3;

export type TearDownRun = Pick<
  PhasedRun,
  'steps' | 'now' | 'sleep' | 'begin' | 'end' | 'skip' | 'waitingFor' | 'wrote'
>;

export interface TearDownOptions {
  readonly subject: RemovalSubject;
  /** Undo removes what its run made and nothing else. Default: everything of the connection. */
  readonly only?: (row: RemovalRow) => boolean;
  /** Whether to go on past what cannot be removed: undo does, and says so; disconnect stops and can be asked again. */
  readonly tolerant: boolean;
}

/**
 * Takes a connection down in the reverse order in which it was made: links first, so that public names resolve again before
 * the private path goes. Reads once more at the end, since a write in flight may land late.
 */
export function* tearDown(run: TearDownRun, options: TearDownOptions): Step<TearDownResult> {
  const ledger = new TearDownLedger();
  let endpointIds: readonly string[] = [];
  let phase: PhaseName = 'take-stock';
  for (let round = 1; ; round++) {
    run.begin(phase);
    const known = { endpointIds: [...endpointIds], deletedByRun: ledger.deletedEndpoints };
    const plan = yield* run.steps.planTearDown({ subject: options.subject, ...known });
    endpointIds = plan.endpointIds;
    ledger.note(plan);
    if (options.tolerant) failOutside(plan, options, ledger);
    const rows = goingRows(plan, options, ledger);
    if (round > 1 && rows.length === 0) break;
    if (round > MOST_ROUNDS)
      stop('removal-incomplete', `still there: ${rows.map(({ id }) => id).join(', ')}`);
    run.end();
    yield* removeInOrder(run, options, rows, ledger);
    phase = 'check-removal';
    run.begin(phase);
    run.waitingFor('a write that was in flight may still land');
    yield* run.sleep(LATE_WRITE_SECONDS);
  }
  run.end();
  return ledger.result();
}

/** An undo says of what it should have removed, and may not, that it is still there. */
function failOutside({ rows }: TearDownPlan, { only }: TearDownOptions, ledger: TearDownLedger): void {
  for (const row of rows) {
    if (row.outside && (only?.(row) ?? true)) ledger.fail(row, row.reason);
  }
}

function goingRows(
  { rows }: TearDownPlan,
  { only }: TearDownOptions,
  ledger: TearDownLedger,
): readonly RemovalRow[] {
  return rows.filter((row) => row.action === 'delete' && (only?.(row) ?? true) && !ledger.hasFailed(row.id));
}

/** Removes these rows, phase by phase; what is to be kept after all by a fresh reading stays, and the ledger says so. */
export function* removeInOrder(
  run: TearDownRun,
  options: Omit<TearDownOptions, 'only'>,
  rows: readonly RemovalRow[],
  ledger: TearDownLedger,
): Step<void> {
  const { steps } = run;
  const { subject } = options;
  const removing = new Removing(run, options, ledger);

  yield* removing.phase('remove-links', rows, function* (links) {
    const batches = batchesOf(links.map(({ id, zoneId }) => ({ id, zoneId: zoneId ?? '' })));
    return outcomesOf(
      links,
      yield* steps.removeLinks.each(batches.map((batch) => ({ subject, links: batch }))),
    );
  });
  yield* removing.phase('remove-records', rows, function* (records) {
    const batches = batchesByZone(records).map((batch) => ({ subject, ...batch }));
    return outcomesOf(records, yield* steps.removeRecords.each(batches));
  });
  yield* removing.phase('remove-zones', rows, function* (zones) {
    const batches = batchesOf(zones.map(({ id }) => ({ id })));
    return outcomesOf(
      zones,
      yield* steps.removeZones.each(batches.map((batch) => ({ subject, zones: batch }))),
    );
  });
  yield* removing.phase('unregister-endpoint', rows, function* (registrations) {
    const deletedByRun = ledger.deletedEndpoints;
    return yield* steps.removeRegistration.each(
      registrations.map(({ id }) => ({ subject, endpointId: id, deletedByRun })),
    );
  });
  yield* removing.phase('delete-endpoint', rows, function* (endpoints) {
    return yield* steps.removeEndpoint.each(endpoints.map(() => ({ subject })));
  });
}

/** One phase of the way back: removes its rows side by side and waits until Azure shows them no more. */
class Removing {
  readonly #run: TearDownRun;
  readonly #options: Omit<TearDownOptions, 'only'>;
  readonly #ledger: TearDownLedger;

  constructor(run: TearDownRun, options: Omit<TearDownOptions, 'only'>, ledger: TearDownLedger) {
    this.#run = run;
    this.#options = options;
    this.#ledger = ledger;
  }

  *phase(
    phase: PhaseName,
    all: readonly RemovalRow[],
    remove: (rows: readonly RemovalRow[]) => Step<readonly Outcome<Removed>[]>,
  ): Step<void> {
    const rows = all.filter((row) => row.phase === phase);
    if (rows.length === 0) {
      this.#run.skip(phase, 'nothing to remove');
      return;
    }
    this.#run.begin(phase);
    const outcomes = yield* remove(rows);
    const deleted: RemovalRow[] = [];
    for (const [index, row] of rows.entries()) {
      const outcome = outcomes[index];
      if (!outcome) continue;
      if (!outcome.ok) this.#fail(row, outcome.failure);
      else this.#ledger.settle(row, outcome.value);
      if (outcome.ok && outcome.value.outcome === 'deleted') deleted.push(row);
    }
    this.#run.wrote(`${rows[0]?.resource ?? ''} removed`, deleted.length);
    yield* this.#awaitGone(deleted.filter(({ resource }) => isAsynchronous(resource)));
    this.#run.end();
  }

  #fail(row: RemovalRow, failure: Failure): void {
    if (!this.#options.tolerant) throw new ProvisioningError(failure);
    this.#ledger.fail(row, failure.message);
  }

  *#awaitGone(rows: readonly RemovalRow[]): Step<void> {
    if (rows.length === 0) return;
    const from = this.#run.now();
    for (;;) {
      const ids = rows.map(({ resource, id }) => ({ resource, id }));
      const { left } = yield* this.#run.steps.readRemoved({ ids });
      if (left.length === 0) return;
      const waited = this.#run.now() - from;
      if (waited >= 15 * MINUTE) {
        if (!this.#options.tolerant) stop('removal-slow', `still there after 15 minutes: ${left.join(', ')}`);
        for (const row of rows.filter(({ id }) => left.includes(id)))
          this.#ledger.fail(row, 'Azure still shows it after 15 minutes');
        return;
      }
      this.#run.waitingFor(`Azure is removing ${left.length} of them`);
      yield* this.#run.sleep(removal(waited / 1000));
    }
  }
}

/** Record sets and registrations are gone when the answer comes. */
function isAsynchronous(resource: RemovalRow['resource']): boolean {
  return ['virtual network link', 'private DNS zone', 'private endpoint'].includes(resource);
}
