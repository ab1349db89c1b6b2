import type { Decision } from './decide.ts';
import { phases } from './phase.ts';
import type { PhaseName } from './phase.ts';
import type { Fault } from './runStatus.ts';

export type ResourceKind =
  | 'whitelist entry'
  | 'private endpoint'
  | 'registration'
  | 'private DNS zone'
  | 'A record set'
  | 'virtual network link';

/** `delete` is something of ours that is no longer wanted; `person` something that no API does or nothing proves ours. */
export type PlanAction = Decision['action'] | 'delete' | 'person';

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
  /** The rule by which an ID was predicted that cannot be known yet. */
  readonly predicted?: string;
}

/** Rows and faults while a plan is being made. */
export interface Collected {
  readonly rows: PlanRow[];
  readonly faults: Fault[];
}

/** Adds the row of one decision; a conflict is a fault as well. */
export function addRow(
  collected: Collected,
  row: Omit<PlanRow, 'guideStep' | 'action' | 'reason'> & { readonly pointer: string },
  decision: Decision,
): void {
  const { pointer, ...resource } = row;
  const guideStep = phases[row.phase].guideStep;
  collected.rows.push({ ...resource, guideStep, action: decision.action, reason: decision.reason });
  if (decision.action === 'conflict') {
    collected.faults.push({
      pointer,
      code: decision.code,
      detail: `${row.resource} ${row.id}: ${decision.reason}`,
    });
  }
}
