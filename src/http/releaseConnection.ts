import type { HttpHandler } from '@azure/functions';
import * as z from 'zod';
import type { Release } from '../activities/release.ts';
import { syncInstanceId } from '../domain/connection/names.ts';
import type { StoredConnection } from '../domain/connection/storedConnection.ts';
import { troubleOf } from '../domain/failure/problem.ts';
import { resourceKindSchema } from '../domain/plan/rows.ts';
import { syncStatusSchema } from '../domain/sync/status.ts';
import type { Instance } from '../durable/client.ts';
import { isActive } from '../durable/client.ts';
import type { Sources } from './findConnection.ts';
import { onConnection } from './findConnection.ts';
import { Refused } from './response.ts';

const releasedResource = z.object({ resource: resourceKindSchema, id: z.string() });

export const releasedSchema = z
  .object({
    id: z.string(),
    status: z.literal('released'),
    released: z.array(releasedResource).meta({ description: 'What has lost the marks of this app' }),
    kept: z
      .array(releasedResource.extend({ reason: z.string() }))
      .meta({ description: 'What keeps them, because another connection needs it' }),
    unproved: z.string().nullable().meta({
      description: 'Why Zilliz and Azure do not prove that the private endpoint is of this connection',
    }),
  })
  .meta({ id: 'Released' });

/**
 * `POST /api/connections/{id}/release`: hands the connection over, e.g. to Terraform. The marks of this app come off, and nothing
 * else changes; from then on nothing of this app knows the connection. A note takes the place of its last run.
 */
export function releaseConnection(
  sources: Sources,
  release: (stored: StoredConnection) => Promise<Release>,
): HttpHandler {
  return onConnection(sources, async (known) => {
    const { id, client, instance } = known;
    if (instance && isActive(instance)) throw busy(`${instance.name} is running for ${id}`);
    const stored = await known.whole();
    const sync = await client.read(syncInstanceId(stored.connection));
    // It would put marks on the records that it writes.
    if (sync && isInRound(sync)) throw busy('sync is writing records of the project and region');
    const result = await release(stored);
    if (result.outcome === 'refused') throw new Refused(troubleOf(result.faults));
    await client.start('release', id, {});
    const { released, kept, unproved } = result;
    return {
      status: 200,
      headers: { 'cache-control': 'no-store' },
      jsonBody: { id, status: 'released', released, kept, unproved },
    };
  });
}

function busy(detail: string): Refused {
  return new Refused({ code: 'different-request-running', detail });
}

function isInRound(sync: Instance): boolean {
  return isActive(sync) && syncStatusSchema.safeParse(sync.customStatus).data?.state !== 'waiting';
}
