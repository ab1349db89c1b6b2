import type { Connection } from '../domain/connection/connection.ts';
import type { Observation, ObservedRest } from '../domain/plan/observation.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { authorizationOf, planConnection } from '../domain/plan/plan.ts';
import type { Before } from '../domain/plan/rows.ts';
import { beforeOf } from '../domain/plan/rows.ts';
import type { Ports } from '../ports.ts';
import { observe, observeRest } from '../queries/observe.ts';
import type { Policy } from './activities.ts';

/** The plan of a connection, from one fresh reading; what the plan route answers and what a run begins with. */
export async function planOf(ports: Ports, policy: Policy, connection: Connection): Promise<Plan> {
  return planConnection(connection, await observeAll(ports, connection), policy);
}

async function observeAll(ports: Ports, connection: Connection): Promise<Observation & ObservedRest> {
  const observed = await observe(ports, connection);
  return { ...observed, ...(await observeRest(ports, connection, observed)) };
}

/** What a run needs of its plan. The rows stay out: the history keeps this, and they grow with the clusters. */
export interface PreflightResult extends Pick<
  Plan,
  'faults' | 'warnings' | 'hiddenNames' | 'replaces' | 'removals'
> {
  /** Absent in runs that an earlier version has begun. */
  readonly formerNetworks?: Plan['formerNetworks'];
  /** Of the virtual network, which the private endpoint must share. */
  readonly location: string;
  /** Alias or resource ID of the service that the subscription may use already; null: it must be authorized first. */
  readonly service: string | null;
  /** What an undo must leave alone; null where none is asked for. */
  readonly before: Before | null;
}

export async function preflight(
  ports: Ports,
  policy: Policy,
  connection: Connection,
): Promise<PreflightResult> {
  const observed = await observeAll(ports, connection);
  const plan = planConnection(connection, observed, policy);
  const { rows, faults, warnings, hiddenNames, replaces, removals, formerNetworks } = plan;
  const before = connection.onFailure === 'undo' ? beforeOf(observed, rows) : null;
  const location = observed.virtualNetwork.ok ? (observed.virtualNetwork.value?.location ?? '') : '';
  const authorized = authorizationOf(observed).action === 'keep';
  const service = authorized && observed.endpointService.ok ? observed.endpointService.value?.service : null;
  return {
    ...{ faults, warnings, hiddenNames, replaces, removals, formerNetworks },
    ...{ location, service: service ?? null, before },
  };
}
