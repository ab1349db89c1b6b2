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

/** `delete`: an obsolete resource of ours. `person`: a manual step, since no API does it or nothing proves it ours. */
type PlanAction = Verdict['action'] | 'delete' | 'person';

/** What a run does to one resource, and why. */
export interface PlanRow {
  readonly phase: PhaseName;
  readonly guideStep: string;
  readonly resource: ResourceKind;
  readonly id: string;
  readonly action: PlanAction;
  readonly reason: string;
  /** The change is only to the marks of an existing resource, which the tags API merges. */
  readonly marksOnly?: true;
  /** Of a virtual network link. */
  readonly networkId?: string;
  /** The row depends on a value that is not known yet; `rule` describes the prediction. */
  readonly predicted?: true;
  readonly rule?: string;
  /** Another owner manages the resource, and this app does not read it: its state is unknown. */
  readonly unread?: true;
}

/** Returns whether a row needs an action of a run or a manual step, as far as one reading shows. */
export function isChange({ action, unread }: Pick<PlanRow, 'action' | 'unread'>): boolean {
  return action !== 'keep' && unread !== true;
}

/** The rows and faults of a plan under construction, and the bounds of the deployment. */
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

/** Adds a row without a decision: a manual step, a removal, or a record that waits for a status from Zilliz. */
export function addNote(
  collected: Collected,
  row: Omit<RowOf, 'pointer'>,
  action: 'wait' | 'person' | 'delete',
  reason: string,
): void {
  collected.rows.push({ ...row, guideStep: phases[row.phase].guideStep, action, reason });
}

/** Adds the row of a cluster that gets no record, because its address does not fit. */
export function addMisfit(collected: Collected, clusterId: string, { code, message }: Failure): void {
  const row = { phase: 'configure-dns', resource: 'A record set', id: clusterId } as const;
  addNote(collected, row, 'person', `${code}: ${message}`);
}

/** The resources that existed before a run's first write. The run created every other resource of its connection. */
export const beforeSchema = z.object({
  /** In lower case. */
  ids: z.array(z.string()).readonly(),
  /** The resources that the run plans to adopt. */
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
