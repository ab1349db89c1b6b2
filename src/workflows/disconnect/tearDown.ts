import type { Removed, RemovedAll, TearDownPlan } from '../../activities/tearDown.ts';
import type { Failure, Outcome } from '../../domain/failure/failure.ts';
import { ProvisioningError } from '../../domain/failure/failure.ts';
import type { RemovalRow } from '../../domain/plan/removal.ts';
import type { RemovalSubject } from '../../domain/plan/removalSubject.ts';
import type { PhaseName } from '../../domain/run/phase.ts';
import type { TearDownResult } from '../../domain/run/result.ts';
import type { Step } from '../../durable/run.ts';
import { fail } from '../connect/connectRun.ts';
import type { PhasedRun } from '../phasedRun.ts';
import { removal } from '../waits.ts';

const MINUTE = 60_000;
/** A write of a cancelled earlier run may take effect this late. */
const LATE_WRITE_SECONDS = 30;
const MOST_ROUNDS = 3;

export type TearDownRun = Pick<
  PhasedRun,
  'steps' | 'now' | 'sleep' | 'begin' | 'end' | 'skip' | 'waitingFor' | 'wrote'
>;

export interface TearDownOptions {
  readonly subject: RemovalSubject;
  /** Selects the rows. Undo removes only what its run created. Default: everything that the connection owns. */
  readonly only?: (row: RemovalRow) => boolean;
  /** Whether to go on after a removal that fails: undo does, and reports it; disconnect fails and can be repeated. */
  readonly tolerant: boolean;
}

/**
 * Removes a connection in the reverse order of its creation: links first, so that public names resolve again before the
 * private path is removed. Reads once more at the end, since an earlier write may take effect late.
 */
export function* tearDown(run: TearDownRun, options: TearDownOptions): Step<TearDownResult> {
  const progress = new TearDownProgress();
  let endpointIds: readonly string[] = [];
  let phase: PhaseName = 'take-stock';
  for (let round = 1; ; round++) {
    run.begin(phase);
    const known = { endpointIds: [...endpointIds], deletedByRun: progress.deletedEndpoints };
    const plan = yield* run.steps.planTearDown({ subject: options.subject, ...known });
    endpointIds = plan.endpointIds;
    progress.note(plan);
    if (options.tolerant) failOutside(plan, options, progress);
    const rows = rowsToRemove(plan, options, progress);
    if (round > 1 && rows.length === 0) break;
    if (round > MOST_ROUNDS)
      fail('removal-incomplete', `still there: ${rows.map(({ id }) => id).join(', ')}`);
    run.end();
    yield* removeInOrder(run, options, rows, progress);
    phase = 'check-removal';
    run.begin(phase);
    run.waitingFor('a write that was in flight may still land');
    yield* run.sleep(LATE_WRITE_SECONDS);
  }
  run.end();
  return progress.result();
}

/** Undo reports resources that it should remove but that are outside the allowed scopes. */
function failOutside({ rows }: TearDownPlan, { only }: TearDownOptions, progress: TearDownProgress): void {
  for (const row of rows) {
    if (row.outside && (only?.(row) ?? true)) progress.fail(row, row.reason);
  }
}

function rowsToRemove(
  { rows }: TearDownPlan,
  { only }: TearDownOptions,
  progress: TearDownProgress,
): readonly RemovalRow[] {
  return rows.filter(
    (row) => row.action === 'delete' && (only?.(row) ?? true) && !progress.hasFailed(row.id),
  );
}

/** Removes these rows, phase by phase. Each is read again first: if it must be kept then, it stays and the progress shows it. */
export function* removeInOrder(
  run: TearDownRun,
  options: Omit<TearDownOptions, 'only'>,
  rows: readonly RemovalRow[],
  progress: TearDownProgress,
): Step<void> {
  const { steps } = run;
  const { subject } = options;
  const removing = new Removing(run, options, progress);

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
    const deletedByRun = progress.deletedEndpoints;
    return yield* steps.removeRegistration.each(
      registrations.map(({ id }) => ({ subject, endpointId: id, deletedByRun })),
    );
  });
  yield* removing.phase('delete-endpoint', rows, function* (endpoints) {
    return yield* steps.removeEndpoint.each(endpoints.map(() => ({ subject })));
  });
}

/** One removal phase: removes its rows in parallel and waits until Azure does not show them any more. */
class Removing {
  readonly #run: TearDownRun;
  readonly #options: Omit<TearDownOptions, 'only'>;
  readonly #progress: TearDownProgress;

  constructor(run: TearDownRun, options: Omit<TearDownOptions, 'only'>, progress: TearDownProgress) {
    this.#run = run;
    this.#options = options;
    this.#progress = progress;
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
      else this.#progress.settle(row, outcome.value);
      if (outcome.ok && outcome.value.outcome === 'deleted') deleted.push(row);
    }
    this.#run.wrote(`${rows[0]?.resource ?? ''} removed`, deleted.length);
    yield* this.#awaitGone(deleted.filter(({ resource }) => isAsynchronous(resource)));
    this.#run.end();
  }

  #fail(row: RemovalRow, failure: Failure): void {
    if (!this.#options.tolerant) throw new ProvisioningError(failure);
    this.#progress.fail(row, failure.message);
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
        if (!this.#options.tolerant) fail('removal-slow', `still there after 15 minutes: ${left.join(', ')}`);
        for (const row of rows.filter(({ id }) => left.includes(id)))
          this.#progress.fail(row, 'Azure still shows it after 15 minutes');
        return;
      }
      this.#run.waitingFor(`Azure is removing ${left.length} of them`);
      yield* this.#run.sleep(removal(waited / 1000));
    }
  }
}

/** Record sets and registrations are gone with the response. */
function isAsynchronous(resource: RemovalRow['resource']): boolean {
  return ['virtual network link', 'private DNS zone', 'private endpoint'].includes(resource);
}

/** One batch takes a minute or two. The history grows with the number of batches, not of resources. */
const PER_BATCH = 50;

function batchesOf<T>(all: readonly T[]): readonly (readonly T[])[] {
  const count = Math.ceil(all.length / PER_BATCH);
  return Array.from({ length: count }, (_, index) => all.slice(index * PER_BATCH, (index + 1) * PER_BATCH));
}

/** Returns batches of records, each of one zone. */
function batchesByZone(rows: readonly RemovalRow[]): readonly {
  readonly zoneId: string;
  readonly records: readonly { readonly id: string; readonly name: string }[];
}[] {
  const zones = [...new Set(rows.map(({ zoneId }) => zoneId ?? ''))];
  return zones.flatMap((zoneId) => {
    const inZone = rows.filter((row) => row.zoneId === zoneId);
    return batchesOf(inZone.map(({ id, record }) => ({ id, name: record ?? '' }))).map((records) => ({
      zoneId,
      records,
    }));
  });
}

/** Returns the outcome of each row from the results of the batches. A whole batch may have failed. */
function outcomesOf(
  rows: readonly RemovalRow[],
  results: readonly Outcome<RemovedAll>[],
): readonly Outcome<Removed>[] {
  const removed = results.flatMap((result) => (result.ok ? result.value.removed : []));
  const failed = results.find((result) => !result.ok);
  return rows.map(({ id }): Outcome<Removed> => {
    const one = removed.find((candidate) => candidate.id === id);
    if (one?.failure) return { ok: false, failure: one.failure };
    if (one && one.outcome !== 'failed') {
      return { ok: true, value: { outcome: one.outcome, reason: one.reason } };
    }
    return failed ?? { ok: true, value: { outcome: 'gone', reason: 'it is not there' } };
  });
}

type Resource = Pick<RemovalRow, 'resource' | 'id'>;

/** The state of each resource over all rounds of a removal. A later state replaces an earlier one. */
export class TearDownProgress {
  readonly #entries = new Map<
    string,
    Resource & { readonly state: 'removed' | 'kept' | 'failed'; readonly reason: string }
  >();
  readonly #manualSteps = new Set<string>();
  readonly #deletedEndpoints: Set<string>;

  /** `deletedEndpoints` are those that the run has already deleted. */
  constructor(deletedEndpoints: readonly string[] = []) {
    this.#deletedEndpoints = new Set(deletedEndpoints);
  }

  /** Private endpoints that the run itself deleted, by the IDs that Zilliz uses. */
  get deletedEndpoints(): readonly string[] {
    return [...this.#deletedEndpoints];
  }

  /** Notes the resources of a plan that stay, and the manual steps. */
  note({ rows, actionsForPeople }: TearDownPlan): void {
    for (const row of rows) if (row.action === 'keep') this.#set(row, 'kept', row.reason);
    for (const action of actionsForPeople) this.#manualSteps.add(action);
  }

  settle(row: RemovalRow, { outcome, reason, endpointId = null }: Removed): void {
    if (outcome === 'deleted' && endpointId !== null) this.#deletedEndpoints.add(endpointId);
    if (outcome === 'kept') this.#set(row, 'kept', reason);
    else this.#set(row, 'removed', reason);
  }

  fail(row: RemovalRow, reason: string): void {
    this.#set(row, 'failed', reason);
  }

  hasFailed(id: string): boolean {
    return this.#entries.get(id.toLowerCase())?.state === 'failed';
  }

  result(): TearDownResult {
    const all = [...this.#entries.values()];
    const withState = (state: 'kept' | 'failed') =>
      all.flatMap((entry) =>
        entry.state === state ? { resource: entry.resource, id: entry.id, reason: entry.reason } : [],
      );
    return {
      removed: all.flatMap(({ state, resource, id }) => (state === 'removed' ? { resource, id } : [])),
      kept: withState('kept'),
      failed: withState('failed'),
      actionsForPeople: [...this.#manualSteps],
    };
  }

  #set({ resource, id }: Resource, state: 'removed' | 'kept' | 'failed', reason: string): void {
    this.#entries.set(id.toLowerCase(), { resource, id, state, reason });
  }
}
