import * as z from 'zod';
import type { AllowedScopes } from '../connection/bounds.ts';
import type { Failure } from '../failure/failure.ts';
import type { Verdict } from '../resources/verdict.ts';
import type { PhaseName } from '../run/phase.ts';
import { phases } from '../run/phase.ts';
import type { Fault } from '../run/status.ts';
import type { Warning } from './warnings.ts';

export const resourceKinds = [
  'whitelist entry',
  'private endpoint',
  'registration',
  'private DNS zone',
  'owner entry',
  'A record set',
  'virtual network link',
] as const;

export const resourceKindSchema = z.enum(resourceKinds).meta({ id: 'ResourceKind' });

export type ResourceKind = (typeof resourceKinds)[number];

/** What a run does to one resource, and why. */
export interface PlanRow {
  readonly phase: PhaseName;
  readonly guideStep: string;
  readonly resource: ResourceKind;
  readonly id: string;
  readonly action: Verdict['action'];
  readonly reason: string;
  /** Of a virtual network link. */
  readonly networkId?: string;
  /** The row depends on a value that is not known yet; `rule` describes the prediction. */
  readonly predicted?: true;
  readonly rule?: string;
  /** Another owner manages the resource, and this app does not read it: its state is unknown. */
  readonly unread?: true;
}

/**
 * Returns whether a row needs an action of a run or a manual step, as far as one reading shows. A record that waits until its
 * name is known needs none.
 */
export function isChange({
  action,
  unread,
  predicted,
}: Pick<PlanRow, 'action' | 'unread' | 'predicted'>): boolean {
  const waitsForZilliz = action === 'wait' && predicted === true;
  return action !== 'keep' && unread !== true && !waitsForZilliz;
}

/** The rows and faults of a plan under construction, and the bounds of the deployment. */
export interface Collected {
  readonly allowed: AllowedScopes;
  readonly rows: PlanRow[];
  readonly faults: Fault[];
  /** What the decisions on single resources bring with them. */
  readonly warnings: Warning[];
}

type RowOf = Omit<PlanRow, 'guideStep' | 'action' | 'reason'> & { readonly pointer: string };

/** Adds the row of one decision; a conflict is a fault of the plan as well. */
export function addRow(collected: Collected, row: RowOf, decision: Verdict): void {
  const fault = addRowAlone(collected, row, decision);
  if (fault) collected.faults.push(fault);
}

/** Adds the row of one decision. Returns the fault if it is a conflict, which need not prevent the whole run. */
export function addRowAlone(collected: Collected, row: RowOf, decision: Verdict): Fault | null {
  const { pointer, ...resource } = row;
  const guideStep = phases[row.phase].guideStep;
  collected.rows.push({ ...resource, guideStep, action: decision.action, reason: decision.reason });
  if (decision.action !== 'conflict') return null;
  return { pointer, code: decision.code, detail: `${row.resource} ${row.id}: ${decision.reason}` };
}

/** Adds a row without a decision: a manual step, a removal, or a record that waits for a status from Zilliz. */
export function addNote(
  collected: Collected,
  row: Omit<RowOf, 'pointer'>,
  action: 'wait' | 'manual' | 'delete',
  reason: string,
): void {
  collected.rows.push({ ...row, guideStep: phases[row.phase].guideStep, action, reason });
}

/** Adds the row of a cluster that gets no record, because its address does not fit, or its zone cannot be used. */
export function addMisfit(
  collected: Collected,
  clusterId: string,
  { code, message }: Pick<Failure, 'code' | 'message'>,
): void {
  const row = { phase: 'configure-dns', resource: 'A record set', id: clusterId } as const;
  addNote(collected, row, 'manual', `${code}: ${message}`);
}
