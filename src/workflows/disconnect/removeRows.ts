import type { RemovedAll } from '../../activities/tearDown.ts';
import { sha256Hex } from '../../domain/connection/names.ts';
import type { Failure, Outcome } from '../../domain/failure/failure.ts';
import { fail, ProvisioningError, succeeded } from '../../domain/failure/failure.ts';
import type { RemovalRow } from '../../domain/plan/removal.ts';
import type { RemovalSubject } from '../../domain/plan/removalSubject.ts';
import type { ResourceState, Written } from '../../domain/resources/written.ts';
import type { Attempt, Step } from '../../durable/run.ts';
import { removal } from '../schedules.ts';
import type { StagedRun, ToEnsure } from '../stagedRun.ts';
import type { RemovalProgress } from './removalProgress.ts';

/** So many are removed within a minute or two; the history grows by batches, not by what is removed. */
const ROWS_PER_BATCH = 50;
const DEADLINE_SECONDS = 900;

export interface RemovalOptions {
  readonly subject: RemovalSubject;
  /** Whether to go on past a resource that cannot be removed: undo does, and reports it; disconnect stops and can be repeated. */
  readonly tolerant: boolean;
}

/** Removes rows of one kind of resource side by side, and waits until Azure does not show them any more. */
export function* removeRows(
  run: StagedRun,
  { subject, tolerant }: RemovalOptions,
  rows: readonly RemovalRow[],
  progress: RemovalProgress,
): Step<void> {
  const batches = batchesOf(rows).map((batch) => new BatchToRemove(run, subject, batch, progress));
  const outcomes = yield* run.ensureAll(batches.map((ensured) => ({ key: ensured.key, ensured })));
  for (const [index, outcome] of outcomes.entries()) {
    if (!outcome.ok) batches[index]?.failRest(outcome.failure);
  }
  const ended = outcomes.flatMap((outcome) => (outcome.ok ? [] : outcome.failure));
  const [failure] = [...ended, ...rows.flatMap((row) => progress.failureOf(row) ?? [])];
  if (failure && !tolerant) throw new ProvisioningError(failure);
}

/** Resources of one kind that one activity removes together: record sets of one zone, one registration, the endpoint. */
class BatchToRemove implements ToEnsure {
  readonly key: string;
  readonly schedule = removal;
  /** What is still there is not requested again here: each round of a tear-down reads again. */
  readonly absentSeconds = Infinity;
  readonly deadlineSeconds = DEADLINE_SECONDS;
  readonly #run: StagedRun;
  readonly #subject: RemovalSubject;
  readonly #rows: readonly RemovalRow[];
  readonly #progress: RemovalProgress;

  constructor(
    run: StagedRun,
    subject: RemovalSubject,
    rows: readonly RemovalRow[],
    progress: RemovalProgress,
  ) {
    this.#run = run;
    this.#subject = subject;
    this.#rows = rows;
    this.#progress = progress;
    // After continue as new the rows are read again: another composition is another batch.
    this.key = `remove ${sha256Hex(rows.map(({ id }) => id).join()).slice(0, 12)}`;
  }

  readonly reason = (): string => `Azure is removing ${this.#rows.length} of them`;

  readonly submit: ToEnsure['submit'] = (_, settle) =>
    removalAttempt(this.#run, this.#subject, this.#rows, this.#progress, (outcome) => {
      settle(outcome.ok ? succeeded(this.#note(outcome.value)) : outcome);
    });

  readonly read: ToEnsure['read'] = (settle) => {
    const ids = this.#rows.filter(isAsynchronous).map(({ resource, id }) => ({ resource, id }));
    return this.#run.steps.readRemoved.attempt({ ids }, (outcome) => {
      for (const { id, failure } of outcome.ok ? outcome.value.unread : []) this.#failOne(id, failure);
      settle(outcome.ok ? succeeded(this.#stateOf(outcome.value.left)) : outcome);
    });
  };

  readonly notReady: ToEnsure['notReady'] = () =>
    fail(
      'removal-slow',
      `still there after 15 minutes: ${this.#deleted()
        .map(({ id }) => id)
        .join(', ')}`,
    ).failure;

  /** The batch ended with a failure: it concerns every row without an outcome, and those that Azure still shows. */
  failRest(failure: Failure): void {
    for (const row of this.#rows) {
      if (!this.#progress.isSettled(row) || failure.code === 'removal-slow')
        this.#progress.fail(row, failure);
    }
  }

  #note(results: readonly RowResult[]): ResourceState {
    for (const { row, outcome } of results) {
      if (outcome.ok) this.#progress.note(row, outcome.value);
      else this.#progress.fail(row, outcome.failure);
    }
    const deleted = results.filter(({ outcome }) => outcome.ok && outcome.value.action === 'delete');
    for (const { row } of deleted) this.#run.wrote(`${row.resource} removed`);
    return { state: deleted.some(({ row }) => isAsynchronous(row)) ? 'working' : 'ready' };
  }

  #failOne(id: string, failure: Failure): void {
    for (const row of this.#rows) if (row.id === id) this.#progress.fail(row, failure);
  }

  #stateOf(left: readonly string[]): ResourceState {
    const open = this.#deleted().filter((row) => left.includes(row.id));
    return { state: open.length === 0 ? 'ready' : 'working' };
  }

  #deleted(): readonly RemovalRow[] {
    return this.#rows.filter((row) => this.#progress.isRemoved(row));
  }
}

interface RowResult {
  readonly row: RemovalRow;
  readonly outcome: Outcome<Written>;
}

/** The activity that removes these rows, which are of one kind. */
function removalAttempt(
  { steps }: StagedRun,
  subject: RemovalSubject,
  rows: readonly RemovalRow[],
  progress: RemovalProgress,
  settle: (outcome: Outcome<readonly RowResult[]>) => void,
): Attempt {
  const [first] = rows;
  const zoneId = first?.zoneId ?? '';
  const settleAll = (outcome: Outcome<RemovedAll>): void => {
    settle(outcome.ok ? succeeded(resultsOf(rows, outcome.value)) : outcome);
  };
  const settleOne = (outcome: Outcome<Written>): void => {
    settle(outcome.ok ? succeeded(first ? [{ row: first, outcome }] : []) : outcome);
  };
  switch (first?.resource) {
    case 'virtual network link': {
      const links = rows.map((row) => ({ id: row.id, zoneId: row.zoneId ?? '' }));
      return steps.removeLinks.attempt({ subject, links }, settleAll);
    }
    case 'A record set': {
      const records = rows.map(({ id, record }) => ({ id, name: record ?? '' }));
      return steps.removeRecords.attempt({ subject, zoneId, records }, settleAll);
    }
    case 'owner entry':
    case 'private DNS zone': {
      const entries = rows.flatMap(({ id, zoneId: of }) => (of === null ? [] : { id, zoneId: of }));
      const zones = rows.flatMap(({ resource, id }) => (resource === 'private DNS zone' ? { id } : []));
      return steps.removeZones.attempt({ subject, zones, entries }, settleAll);
    }
    case 'registration': {
      const input = { subject, endpointId: first.id, deletedByRun: progress.deletedEndpoints };
      return steps.removeRegistration.attempt(input, settleOne);
    }
    case 'private endpoint':
    case 'whitelist entry':
    case undefined:
      return steps.removeEndpoint.attempt(
        { subject, unregisteredByRun: progress.unregistered },
        (outcome) => {
          const endpointId =
            outcome.ok && outcome.value.action === 'delete' ? outcome.value.endpointId : null;
          if (endpointId !== null) progress.noteDeletedEndpoint(endpointId);
          settleOne(outcome);
        },
      );
  }
}

function resultsOf(rows: readonly RemovalRow[], { removed }: RemovedAll): readonly RowResult[] {
  return rows.flatMap((row) => {
    const outcome = removed.find(({ id }) => id === row.id)?.outcome;
    return outcome ? { row, outcome } : [];
  });
}

/** Record sets and registrations are gone when the response comes. */
function isAsynchronous({ resource }: RemovalRow): boolean {
  return ['virtual network link', 'private DNS zone', 'private endpoint'].includes(resource);
}

function batchesOf(rows: readonly RemovalRow[]): readonly (readonly RemovalRow[])[] {
  // Record sets are removed zone by zone, registrations one by one.
  const groupOf = ({ resource, id, zoneId }: RemovalRow): string => {
    if (resource === 'A record set') return zoneId ?? '';
    // The entries of owners go with the zones, before them.
    if (resource === 'owner entry') return 'private DNS zone';
    return resource === 'registration' ? id : resource;
  };
  return [...new Set(rows.map(groupOf))].flatMap((name) => {
    const group = rows.filter((row) => groupOf(row) === name);
    const count = Math.ceil(group.length / ROWS_PER_BATCH);
    return Array.from({ length: count }, (_, index) =>
      group.slice(index * ROWS_PER_BATCH, (index + 1) * ROWS_PER_BATCH),
    );
  });
}
