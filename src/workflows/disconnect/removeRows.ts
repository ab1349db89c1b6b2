import type { RemovedAll } from '../../activities/tearDown.ts';
import { sha256Hex } from '../../domain/connection/names.ts';
import type { Failure, Outcome } from '../../domain/failure/failure.ts';
import { fail, ProvisioningError, succeeded } from '../../domain/failure/failure.ts';
import type { RemovalSubject } from '../../domain/plan/removalSubject.ts';
import type { ResourceState, Written } from '../../domain/resources/written.ts';
import type { Attempt, Step } from '../../durable/run.ts';
import { removal } from '../schedules.ts';
import type { Schedule } from '../schedules.ts';
import type { StagedRun, ToEnsure } from '../stagedRun.ts';
import type { DueRow, RemovalProgress } from './removalProgress.ts';

/** So many are removed within a minute or two; the history grows by batches, not by what is removed. */
const ROWS_PER_BATCH = 50;
/** Each attempt of a batch lists the zones: side by side, more batches would use up the reads with lists. */
const BATCHES_AT_A_TIME = 2;
/** Of so many rows most are gone at the first look, and each that is left costs a read. */
const FEW_ROWS = 3;
const MANY_ROWS_SECONDS = 30;
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
  rows: readonly DueRow[],
  progress: RemovalProgress,
): Step<void> {
  const batches = batchesOf(rows).map((batch) => new BatchToRemove(run, subject, batch, progress));
  const open = batches.filter(({ key }) => !run.hasAsked(key));
  const ended: Failure[] = [];
  for (let from = 0; from < open.length; from += BATCHES_AT_A_TIME) {
    const some = open.slice(from, from + BATCHES_AT_A_TIME);
    const outcomes = yield* run.ensureAll(some.map((ensured) => ({ key: ensured.key, ensured })));
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.ok) continue;
      some[index]?.failRest(outcome.failure);
      ended.push(outcome.failure);
    }
    for (const { key } of some) run.noteDone(key);
  }
  // The same rows may be due again in a later round.
  for (const { key } of batches) run.forgetDone(key);
  const [failure] = [...ended, ...rows.flatMap((row) => progress.failureOf(row) ?? [])];
  if (failure && !tolerant) throw new ProvisioningError(failure);
}

/** Resources of one kind that one activity removes together: links, record sets, zones; one registration; the endpoint. */
class BatchToRemove implements ToEnsure {
  readonly key: string;
  readonly schedule: Schedule = (elapsed) =>
    this.#rows.length > FEW_ROWS ? Math.max(MANY_ROWS_SECONDS, removal(elapsed)) : removal(elapsed);
  /** What is still there is not requested again here: each round of a tear-down reads again. */
  readonly absentSeconds = Infinity;
  readonly deadlineSeconds = DEADLINE_SECONDS;
  readonly #run: StagedRun;
  readonly #subject: RemovalSubject;
  readonly #rows: readonly DueRow[];
  readonly #progress: RemovalProgress;
  /** What Azure has shown of it last. */
  #left: readonly string[] = [];

  constructor(run: StagedRun, subject: RemovalSubject, rows: readonly DueRow[], progress: RemovalProgress) {
    this.#run = run;
    this.#subject = subject;
    this.#rows = rows;
    this.#progress = progress;
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
    fail('removal-slow', `still there after 15 minutes: ${this.#left.join(', ')}`).failure;

  /** The batch ended with a failure: it concerns every row without an outcome, and those that Azure still shows. */
  failRest(failure: Failure): void {
    for (const row of this.#rows) {
      if (this.#left.includes(row.id) || !this.#progress.isSettled(row)) this.#progress.fail(row, failure);
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
    const open = this.#rows.filter((row) => this.#progress.isRemoved(row) && left.includes(row.id));
    this.#left = open.map(({ id }) => id);
    return { state: open.length === 0 ? 'ready' : 'working' };
  }
}

interface RowResult {
  readonly row: DueRow;
  readonly outcome: Outcome<Written>;
}

/** The activity that removes these rows, which are of one kind. */
function removalAttempt(
  { steps }: StagedRun,
  subject: RemovalSubject,
  rows: readonly DueRow[],
  progress: RemovalProgress,
  settle: (outcome: Outcome<readonly RowResult[]>) => void,
): Attempt {
  const [first] = rows;
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
      const records = rows.map(({ id, zoneId, record }) => ({
        id,
        zoneId: zoneId ?? '',
        name: record ?? '',
      }));
      return steps.removeRecords.attempt({ subject, records }, settleAll);
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

function resultsOf(rows: readonly DueRow[], { removed }: RemovedAll): readonly RowResult[] {
  return rows.flatMap((row) => {
    const outcome = removed.find(({ id }) => id === row.id)?.outcome;
    return outcome ? { row, outcome } : [];
  });
}

/** Record sets and registrations are gone when the response comes. */
function isAsynchronous({ resource }: DueRow): boolean {
  return ['virtual network link', 'private DNS zone', 'private endpoint'].includes(resource);
}

/** Rows of one kind; a zone goes in one batch with the entries in it, which come before it. */
function batchesOf(rows: readonly DueRow[]): readonly (readonly DueRow[])[] {
  // Registrations are removed one by one.
  const groupOf = ({ resource, id }: DueRow): string => {
    // The entries of owners go with the zones, before them.
    if (resource === 'owner entry') return 'private DNS zone';
    return resource === 'registration' ? id : resource;
  };
  return [...new Set(rows.map(groupOf))].flatMap((name) => {
    const batches: DueRow[][] = [];
    for (const row of rows.filter((one) => groupOf(one) === name)) {
      const last = batches.at(-1) ?? [];
      const isOfZone = last.at(-1)?.zoneId === row.id;
      if (last.length > 0 && (last.length < ROWS_PER_BATCH || isOfZone)) last.push(row);
      else batches.push([row]);
    }
    return batches;
  });
}
