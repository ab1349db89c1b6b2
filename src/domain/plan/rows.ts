import * as z from 'zod';
import type { AllowedScopes } from '../connection/bounds.ts';
import { recordSetId } from '../connection/resourceId.ts';
import type { Failure } from '../failure/failure.ts';
import type { Verdict, EndpointVerdict } from '../resources/verdict.ts';
import type { PhaseName } from '../run/phase.ts';
import { phases } from '../run/phase.ts';
import type { Fault } from '../run/status.ts';
import type { Observation, ObservedRest } from './observation.ts';

export const resourceKinds = [
  'whitelist entry',
  'private endpoint',
  'registration',
  'private DNS zone',
  'A record set',
  'virtual network link',
] as const;

export type ResourceKind = (typeof resourceKinds)[number];

/** `delete` is something of ours that is no longer wanted; `person` something that no API does or nothing proves ours. */
type PlanAction = Verdict['action'] | 'delete' | 'person';

/** What will be done to one resource, or why not. */
export interface PlanRow {
  readonly phase: PhaseName;
  readonly guideStep: string;
  readonly resource: ResourceKind;
  readonly id: string;
  readonly action: PlanAction;
  readonly reason: string;
  /** The change concerns only the marks of an existing resource, which are merged through the tags API. */
  readonly marksOnly?: true;
  /** Of a virtual network link. */
  readonly networkId?: string;
  /** It rests on something that cannot be known yet, and `rule` is how that was filled in. */
  readonly predicted?: true;
  readonly rule?: string;
  /** It is left to somebody else and not read, so the row says nothing of how it stands. */
  readonly unread?: true;
}

/** Whether a row asks for something, of a run or of a person, as far as one reading can tell. */
export function isChange({ action, unread }: Pick<PlanRow, 'action' | 'unread'>): boolean {
  return action !== 'keep' && unread !== true;
}

/** Rows and faults while a plan is being made, and the bounds that it keeps. */
export interface Collected {
  readonly allowed: AllowedScopes;
  readonly rows: PlanRow[];
  readonly faults: Fault[];
}

type RowOf = Omit<PlanRow, 'guideStep' | 'action' | 'reason'> & { readonly pointer: string };

/** Adds the row of one decision; a conflict is a fault as well. */
export function addRow(collected: Collected, row: RowOf, decision: EndpointVerdict): void {
  const { pointer, ...resource } = row;
  const guideStep = phases[row.phase].guideStep;
  const marksOnly = 'marksOnly' in decision ? ({ marksOnly: true } as const) : {};
  collected.rows.push({
    ...resource,
    guideStep,
    action: decision.action,
    reason: decision.reason,
    ...marksOnly,
  });
  if (decision.action === 'conflict') {
    collected.faults.push({
      pointer,
      code: decision.code,
      detail: `${row.resource} ${row.id}: ${decision.reason}`,
    });
  }
}

/** A row that no decision of ours leads to: something for a person, or a record that waits for Zilliz's word. */
export function addNote(
  collected: Collected,
  row: Omit<RowOf, 'pointer'>,
  action: 'wait' | 'person' | 'delete',
  reason: string,
): void {
  collected.rows.push({ ...row, guideStep: phases[row.phase].guideStep, action, reason });
}

/** A cluster that gets no record, for a fault of its own. */
export function addMisfit(collected: Collected, clusterId: string, { code, message }: Failure): void {
  const row = { phase: 'configure-dns', resource: 'A record set', id: clusterId } as const;
  addNote(collected, row, 'person', `${code}: ${message}`);
}

/** What was there before a run began to write: everything else of its connection is its own doing. */
export const beforeSchema = z.object({
  /** In lower case. */
  ids: z.array(z.string()).readonly(),
  /** What the run set out to take over. */
  adopted: z.array(z.object({ resource: z.enum(resourceKinds), id: z.string() })).readonly(),
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
