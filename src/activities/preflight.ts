import type { Connection } from '../domain/connection.ts';
import { planConnection } from '../domain/plan.ts';
import type { Plan } from '../domain/plan.ts';
import type { Ports } from '../ports.ts';
import { observe } from './observe.ts';
import type { Policy } from './policy.ts';

/** The plan of a connection, from one fresh reading; what the plan route answers and what a run begins with. */
export async function planOf(ports: Ports, policy: Policy, connection: Connection): Promise<Plan> {
  return planConnection(connection, await observe(ports, connection), policy.statusWords);
}

/** What a run needs of its plan. The rows stay out: the history keeps this, and they grow with the clusters. */
export interface PreflightResult extends Omit<Plan, 'rows'> {
  /** Of the virtual network, which the private endpoint must share. */
  readonly location: string;
}

export async function preflight(
  ports: Ports,
  policy: Policy,
  connection: Connection,
): Promise<PreflightResult> {
  const observed = await observe(ports, connection);
  const { faults, warnings, hiddenNames } = planConnection(connection, observed, policy.statusWords);
  const location = observed.virtualNetwork.ok ? (observed.virtualNetwork.value?.location ?? '') : '';
  return { faults, warnings, hiddenNames, location };
}
