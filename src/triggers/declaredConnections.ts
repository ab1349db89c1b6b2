import { DECLARATION_WITHDRAWN, fateOf } from '../domain/run/declaration.ts';
import type {
  DeclaredConnection,
  DeclaredEntry,
  DeclaredFate,
  RunOfEntry,
} from '../domain/run/declaration.ts';
import { runStatusSchema } from '../domain/run/status.ts';
import type { Instance, WorkflowClient } from '../durable/client.ts';
import { isActive } from '../durable/client.ts';
import { runStartOf } from '../durable/input.ts';
import { hasOnlyRead, startConnect } from '../durable/startConnect.ts';
import { mapEach } from '../queries/tryRead.ts';

/** An entry of the setting CONNECTIONS with what has become of it. */
export interface EntryState {
  readonly entry: DeclaredConnection;
  readonly fate: DeclaredFate;
  readonly note: Instance | null;
  readonly run: Instance | null;
}

/** Reads what has become of an entry. `active`: the runs that have not ended, with the notes of entries among them. */
export async function stateOfEntry(
  client: WorkflowClient,
  entry: DeclaredConnection,
  { active, now }: { readonly active: readonly Instance[]; readonly now: number },
): Promise<EntryState> {
  const note = active.find(({ instanceId }) => instanceId === entry.id) ?? null;
  const run = await client.read(entry.connection.id);
  const fate = fateOf(entry, { notedAt: note?.beganAt ?? null, run: run && runOfEntry(run), now });
  return { entry, fate, note, run };
}

function runOfEntry(run: Instance): RunOfEntry {
  const { problem } = runStatusSchema.safeParse(run.customStatus).data ?? {};
  const faults = problem?.faults ?? [];
  return {
    workflow: run.name,
    startedBy: runStartOf(run.input).startedBy ?? null,
    isActive: isActive(run),
    isFailed: run.runtimeStatus === 'Failed',
    hasOnlyRead: hasOnlyRead(run),
    codes: faults.length > 0 ? faults.map(({ code }) => code) : problem ? [problem.code] : [],
  };
}

/**
 * Starts what the setting CONNECTIONS declares: each entry once. The run is started before it is noted, and says by which entry:
 * where the process dies in between, the next sweep notes it. Notes of entries that were taken away end.
 */
export async function startDeclared(
  client: WorkflowClient,
  entries: readonly DeclaredEntry[],
  { active, now }: { readonly active: readonly Instance[]; readonly now: number },
): Promise<void> {
  const declared = entries.filter((entry): entry is DeclaredConnection => entry.connection !== null);
  const ids = new Set(declared.map(({ id }) => id));
  const withdrawn = active.filter(({ name, instanceId }) => name === 'declaration' && !ids.has(instanceId));
  const failures: unknown[] = [];
  const each = <T>(list: readonly T[], act: (one: T) => Promise<void>): Promise<unknown> =>
    mapEach(list, (one) => act(one).catch((error: unknown) => failures.push(error)));
  await each(withdrawn, ({ instanceId }) => client.raise(instanceId, DECLARATION_WITHDRAWN));
  await each(declared, async (entry) => start(client, await stateOfEntry(client, entry, { active, now })));
  if (failures.length > 0) {
    throw new AggregateError(failures, `${failures.length} declared connections could not be started`);
  }
}

async function start(client: WorkflowClient, { entry, fate, note, run }: EntryState): Promise<void> {
  const { id, connection } = entry;
  // The run of a person goes first; the entry is started when it is over.
  const isFree = !run || !isActive(run);
  if (fate === 'waiting' && !isFree) return;
  if (fate === 'waiting' || fate === 'starting-again') {
    await startConnect(client, { connection, startedBy: id, reconciles: false }, run);
  }
  if (!note) await client.start('declaration', id, { connectionId: connection.id });
}
