import type { Removed, TearDownPlan } from '../activities/tearDown.ts';
import type { TearDownResult } from '../domain/disconnectResult.ts';
import type { RemovalRow } from '../domain/removal.ts';

type Resource = Pick<RemovalRow, 'resource' | 'id'>;

/** What became of each resource over all rounds of a tear-down; a later word replaces an earlier one. */
export class TearDownLedger {
  readonly #entries = new Map<
    string,
    Resource & { readonly state: 'removed' | 'kept' | 'failed'; readonly reason: string }
  >();
  readonly #people = new Set<string>();
  readonly #deletedEndpoints: Set<string>;

  /** `deletedEndpoints` are those that the run has deleted before. */
  constructor(deletedEndpoints: readonly string[] = []) {
    this.#deletedEndpoints = new Set(deletedEndpoints);
  }

  /** As Zilliz registers them: private endpoints that the run has itself deleted. */
  get deletedEndpoints(): readonly string[] {
    return [...this.#deletedEndpoints];
  }

  /** Takes over from a plan what stays, and what is left to people. */
  note({ rows, actionsForPeople }: TearDownPlan): void {
    for (const row of rows) if (row.action === 'keep') this.#set(row, 'kept', row.reason);
    for (const action of actionsForPeople) this.#people.add(action);
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
    const of = (state: 'kept' | 'failed') =>
      all.flatMap((entry) =>
        entry.state === state ? { resource: entry.resource, id: entry.id, reason: entry.reason } : [],
      );
    return {
      removed: all.flatMap(({ state, resource, id }) => (state === 'removed' ? { resource, id } : [])),
      kept: of('kept'),
      failed: of('failed'),
      actionsForPeople: [...this.#people],
    };
  }

  #set({ resource, id }: Resource, state: 'removed' | 'kept' | 'failed', reason: string): void {
    this.#entries.set(id.toLowerCase(), { resource, id, state, reason });
  }
}
