import * as z from 'zod';
import { declaredFates, faultsText } from '../../domain/run/declaration.ts';
import type { DeclaredEntry } from '../../domain/run/declaration.ts';
import type { Instance, WorkflowClient } from '../../durable/client.ts';
import { mapEach } from '../../queries/tryRead.ts';
import { stateOfEntry } from '../../triggers/declaredConnections.ts';
import { runStatusOf } from './lastRun.ts';

export const declaredViewSchema = z.object({
  entry: z.int().meta({ description: 'Its place in the setting, from 0' }),
  connectionId: z.string().nullable(),
  fate: z.enum(declaredFates).meta({
    description:
      '`waiting`: the next sweep starts it; `starting-again`: each sweep does, for a day; `started`: not again by itself',
  }),
  detail: z.string().nullable().meta({ description: 'Why it is refused, or why its last run failed' }),
});

type DeclaredView = z.infer<typeof declaredViewSchema>;

export function declaredViews(
  client: WorkflowClient,
  entries: readonly DeclaredEntry[],
  at: { readonly active: readonly Instance[]; readonly now: number },
): Promise<readonly DeclaredView[]> {
  return mapEach(entries, async (entry): Promise<DeclaredView> => {
    if (entry.connection === null) {
      return { entry: entry.index, connectionId: null, fate: 'refused', detail: faultsText(entry.faults) };
    }
    const { fate, run } = await stateOfEntry(client, entry, at);
    const detail = run?.runtimeStatus === 'Failed' ? (runStatusOf(run).problem?.detail ?? null) : null;
    return { entry: entry.index, connectionId: entry.connection.id, fate, detail };
  });
}
