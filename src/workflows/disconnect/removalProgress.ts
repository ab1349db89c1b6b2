import * as z from 'zod';
import type { TearDownPlan } from '../../activities/tearDown.ts';
import { whitelistEntrySchema } from '../../domain/connection/fieldSchemas.ts';
import type { Failure } from '../../domain/failure/failure.ts';
import { failureSchema } from '../../domain/failure/failure.ts';
import type { KnownOfRun, RemovalRow } from '../../domain/plan/removal.ts';
import { removalRowSchema } from '../../domain/plan/removal.ts';
import type { TearDownResult } from '../../domain/run/result.ts';
import type { Written } from '../../domain/resources/written.ts';

const entrySchema = z.object({
  resource: z.string(),
  id: z.string(),
  /** `released`: it was adopted; our marks are taken off, and it stays. */
  state: z.enum(['removed', 'kept', 'released', 'failed']),
  reason: z.string(),
  failure: failureSchema.optional(),
  /** It is kept because Zilliz could not be asked. */
  unasked: z.literal(true).exactOptional(),
});

type Entry = z.infer<typeof entrySchema>;

/** A row of the plan that is not carried out yet. */
const dueSchema = removalRowSchema.pick({
  phase: true,
  resource: true,
  id: true,
  zoneId: true,
  record: true,
});

/** What a removal carries through continue as new: its outcomes so far, by resource ID in lower case. */
export const removalStateSchema = z.object({
  entries: z.record(z.string(), entrySchema).default({}),
  /** The rows of the plan, up to the last phase. To plan again would read each zone again. */
  due: z.array(dueSchema).default([]),
  /** Endpoint IDs that the endpoint or the records named: they go with these. */
  endpointIds: z.array(z.string()).default([]),
  /** Private endpoints that this run has itself deleted, as Zilliz registers them. */
  deletedEndpoints: z.array(z.string()).default([]),
  /** Registrations that this run has itself removed. */
  unregistered: z.array(z.string()).default([]),
  manualSteps: z.array(z.string()).default([]),
  /** What is known of the whitelist entry. It is not known any more when the endpoint is deleted. */
  whitelist: whitelistEntrySchema.nullable().default(null),
});

export type RemovalState = z.infer<typeof removalStateSchema>;

type Resource = Pick<RemovalRow, 'resource' | 'id'>;
export type DueRow = Readonly<z.infer<typeof dueSchema>>;

/** The outcome for each resource over all rounds of a removal. A later outcome replaces an earlier one. */
export class RemovalProgress {
  readonly #state: RemovalState;

  /** `state` is changed in place, as part of the run's state. */
  constructor(state: RemovalState) {
    this.#state = state;
  }

  get deletedEndpoints(): readonly string[] {
    return this.#state.deletedEndpoints;
  }

  get unregistered(): readonly string[] {
    return this.#state.unregistered;
  }

  /** What the next plan must know of this run. */
  get known(): KnownOfRun {
    const { endpointIds, deletedEndpoints, unregistered, whitelist } = this.#state;
    return { endpointIds, deletedByRun: deletedEndpoints, unregisteredByRun: unregistered, whitelist };
  }

  /** Whether something stays only because Zilliz could not be asked. */
  get isUnasked(): boolean {
    return Object.values(this.#state.entries).some(({ unasked = false }) => unasked);
  }

  /** The rows to carry out. */
  get due(): readonly DueRow[] {
    return this.#state.due;
  }

  noteDue(rows: readonly DueRow[]): void {
    this.#state.due = rows.map(({ phase, resource, id, zoneId, record }) => ({
      ...{ phase, resource, id, zoneId, record },
    }));
  }

  /** Takes over from a plan what is kept, and the manual steps. */
  notePlan({ rows, endpointIds, whitelist, manualSteps }: TearDownPlan): void {
    this.#state.endpointIds = [...endpointIds];
    this.#state.whitelist = whitelist;
    // What this run has released carries no marks any more, so a later plan only keeps it.
    for (const row of rows) {
      if (row.action !== 'keep' || this.#isReleased(row)) continue;
      this.#set(row, 'kept', row.reason, row.unasked);
    }
    const steps = new Set([...this.#state.manualSteps, ...manualSteps]);
    this.#state.manualSteps = [...steps];
  }

  /** Takes over what an activity did to a resource. */
  note(row: Resource, { action, state, reason }: Pick<Written, 'action' | 'state' | 'reason'>): void {
    if (row.resource === 'registration' && action === 'delete') this.#state.unregistered.push(row.id);
    if (action === 'tag') this.#set(row, 'released', reason);
    else this.#set(row, action === 'delete' || state === 'absent' ? 'removed' : 'kept', reason);
  }

  noteDeletedEndpoint(endpointId: string): void {
    if (!this.#state.deletedEndpoints.includes(endpointId)) this.#state.deletedEndpoints.push(endpointId);
  }

  fail({ resource, id }: Resource, failure: Failure): void {
    const reason = failure.message;
    this.#state.entries[id.toLowerCase()] = { resource, id, state: 'failed', reason, failure };
  }

  /** It should be removed, and must not be. */
  forbid(row: Resource, reason: string): void {
    this.#set(row, 'failed', reason);
  }

  failureOf({ id }: Resource): Failure | null {
    return this.#state.entries[id.toLowerCase()]?.failure ?? null;
  }

  isSettled({ id }: Resource): boolean {
    return id.toLowerCase() in this.#state.entries;
  }

  isRemoved({ id }: Resource): boolean {
    return this.#state.entries[id.toLowerCase()]?.state === 'removed';
  }

  #isReleased({ id }: Resource): boolean {
    return this.#state.entries[id.toLowerCase()]?.state === 'released';
  }

  hasFailed({ id }: Resource): boolean {
    return this.#state.entries[id.toLowerCase()]?.state === 'failed';
  }

  /** `tolerant`: an undo reports what stays because Zilliz could not be asked as not removed. */
  result(tolerant: boolean): TearDownResult {
    const all = Object.values(this.#state.entries).map((entry) =>
      tolerant && entry.unasked ? { ...entry, state: 'failed' as const } : entry,
    );
    const of = (...states: readonly Entry['state'][]) =>
      all.flatMap(({ resource, id, state, reason }) =>
        states.includes(state) ? { resource, id, reason } : [],
      );
    return {
      removed: all.flatMap(({ state, resource, id }) => (state === 'removed' ? { resource, id } : [])),
      kept: of('kept', 'released'),
      failed: of('failed'),
      manualSteps: [...this.#state.manualSteps],
    };
  }

  #set({ resource, id }: Resource, state: Entry['state'], reason: string, unasked?: true): void {
    this.#state.entries[id.toLowerCase()] = { resource, id, state, reason, ...(unasked && { unasked }) };
  }
}
