import type { Connection } from '../domain/connection/connection.ts';
import { authorizeConnection } from '../domain/connection/request.ts';
import { fail } from '../domain/failure/failure.ts';
import type { Observation, ObservedRest } from '../domain/plan/observation.ts';
import type { Plan, PlanOfRequest } from '../domain/plan/plan.ts';
import { authorizationOf, planConnection, withGuards } from '../domain/plan/plan.ts';
import type { PreflightResult } from '../domain/plan/preflightResult.ts';
import type { Ports } from '../ports.ts';
import { observe, observeGuards, observeRest } from '../queries/observe.ts';
import { observeOnDemand } from '../queries/onDemand.ts';
import type { Policy } from './activities.ts';

/** Returns the plan of a connection from a new observation, with the locks and policies that concern it. */
export async function planOf(ports: Ports, policy: Policy, connection: Connection): Promise<PlanOfRequest> {
  const onDemand = observeOnDemand(ports, connection);
  const plan = await guarded(ports, policy, connection, await observeAll(ports, connection));
  return { ...plan, onDemand: await onDemand };
}

/** Returns what differs from the connection, without the question whether it may be written. */
export async function differencesOf(
  ports: Ports,
  policy: Policy,
  connection: Connection,
): Promise<Plan['rows']> {
  return planConnection(connection, await observeAll(ports, connection), policy).rows;
}

async function guarded(
  ports: Ports,
  policy: Policy,
  connection: Connection,
  observed: Observation & ObservedRest,
): Promise<Plan> {
  const plan = planConnection(connection, observed, policy);
  return withGuards(connection, plan, await observeGuards(ports, connection, observed, plan.rows));
}

async function observeAll(ports: Ports, connection: Connection): Promise<Observation & ObservedRest> {
  const observed = await observe(ports, connection);
  return { ...observed, ...(await observeRest(ports, connection, observed)) };
}

export async function preflight(
  ports: Ports,
  policy: Policy,
  connection: Connection,
): Promise<PreflightResult> {
  // A run may be started past the routes. What they would refuse is not even read.
  const [forbidden] = authorizeConnection(connection, policy.allowed);
  if (forbidden) throw fail(forbidden.code, forbidden.detail);
  const observed = await observeAll(ports, connection);
  const plan = await guarded(ports, policy, connection, observed);
  const { faults, warnings, hiddenNames, replaces, removals, formerNetworks, autoRegistration } = plan;
  const beginsConnection = plan.rows.some(
    ({ resource, action }) => resource === 'private endpoint' && ['create', 'adopt'].includes(action),
  );
  const location = observed.virtualNetwork.ok ? (observed.virtualNetwork.value?.location ?? '') : '';
  const authorized = authorizationOf(observed).action === 'keep';
  const service = authorized && observed.endpointService.ok ? observed.endpointService.value?.service : null;
  return {
    ...{ faults, warnings, hiddenNames, replaces, removals, formerNetworks },
    ...{ location, service: service ?? null, autoRegistration, beginsConnection },
  };
}
