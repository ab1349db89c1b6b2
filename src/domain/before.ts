import * as z from 'zod';
import type { Observation, ObservedRest } from './observation.ts';
import type { PlanRow, ResourceKind } from './planRows.ts';
import { recordSetId } from './resourceId.ts';

const kinds = [
  'whitelist entry',
  'private endpoint',
  'registration',
  'private DNS zone',
  'A record set',
  'virtual network link',
] as const satisfies readonly ResourceKind[];

/** What was there before a run began to write: everything else of its connection is its own doing. */
export const beforeSchema = z.object({
  /** In lower case. */
  ids: z.array(z.string()).readonly(),
  /** What the run set out to take over. */
  adopted: z.array(z.object({ resource: z.enum(kinds), id: z.string() })).readonly(),
});

export type Before = Readonly<z.infer<typeof beforeSchema>>;

export function beforeOf(
  { endpoint, registrations, zones, formerZones }: Observation & ObservedRest,
  rows: readonly PlanRow[],
): Before {
  const all = [...(zones.ok ? zones.value : []), ...formerZones];
  const ids = [
    ...(endpoint.ok && endpoint.value ? [endpoint.value.id] : []),
    ...(registrations.ok ? registrations.value.map(({ endpointId }) => endpointId) : []),
    ...all.flatMap(({ zone, links, records }) => [
      zone.id,
      ...links.map(({ id }) => id),
      ...records.map(({ name }) => recordSetId(zone.id, name)),
    ]),
  ];
  return {
    ids: ids.map((id) => id.toLowerCase()),
    adopted: rows.flatMap(({ action, resource, id }) => (action === 'adopt' ? { resource, id } : [])),
  };
}
