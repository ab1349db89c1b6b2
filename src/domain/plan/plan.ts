import type { AllowedScopes } from '../connection/bounds.ts';
import type { Connection } from '../connection/connection.ts';
import { endpointId } from '../connection/names.ts';
import { authorizeConnection } from '../connection/request.ts';
import { keepExclusions, markedNetworks } from '../connection/storedConnection.ts';
import type { RegisteredEndpoint } from '../resources/model.ts';
import type { OnDemand } from '../resources/onDemand.ts';
import { decideEndpoint } from '../resources/privateEndpoint.ts';
import type { ZillizStatuses } from '../resources/registration.ts';
import { decideRegistration, registrationAction } from '../resources/registration.ts';
import type { Verdict } from '../resources/verdict.ts';
import type { AutoRegistration } from '../resources/virtualNetworkLink.ts';
import { autoRegistrationOf } from '../resources/virtualNetworkLink.ts';
import { decideAuthorization } from '../resources/whitelist.ts';
import { phaseNames, phases } from '../run/phase.ts';
import type { Fault } from '../run/status.ts';
import type { Cost } from './cost.ts';
import { monthlyCost } from './cost.ts';
import { planDns, planDnsOfOthers } from './dns.ts';
import { autoRegistrationFaults, azureFaults, zillizFaults } from './faults.ts';
import type { GuardRow, ReadGuards } from './guards.ts';
import { guardsOf } from './guards.ts';
import type { Observation, ObservedRest } from './observation.ts';
import type { Obsolete } from './obsolete.ts';
import { obsoleteReadingOf, planObsolete } from './obsolete.ts';
import type { PermissionRow } from './permissions.ts';
import { permissionFaults, permissionRows, permissionWarnings } from './permissions.ts';
import type { RemovalRow } from './removal.ts';
import type { Collected, PlanRow } from './rows.ts';
import { addNote, addRow, isChange } from './rows.ts';
import { subscriptionGuards } from './subscriptionGuards.ts';
import type { Warning } from './warnings.ts';
import { formerZoneWarnings, warningsOf } from './warnings.ts';

export interface Plan {
  readonly rows: readonly PlanRow[];
  /** Everything that prevents a run. A run writes nothing while there is any fault. */
  readonly faults: readonly Fault[];
  readonly warnings: readonly Warning[];
  /** Names of the region that the virtual networks would no longer resolve. */
  readonly hiddenNames: readonly string[];
  /** Whether the private endpoint is deleted and created again. */
  readonly replaces: boolean;
  /** The obsolete resources of the connection, in the order of their removal. */
  readonly removals: readonly RemovalRow[];
  /** Networks of the specification that this one replaces. Links to them belong to the connection too. */
  readonly formerNetworks: readonly string[];
  readonly autoRegistration: AutoRegistration;
  /** The writes in Azure that the rows need, and whether the identity has the permission. */
  readonly permissions: readonly PermissionRow[];
  /** The subscriptions, locks and policies that were asked about; empty if nothing is written, or before they were asked. */
  readonly guards: readonly GuardRow[];
  readonly cost: Cost;
  /** The usual duration of a run of these rows. It is an estimate. */
  readonly expectedSeconds: number;
}

/** The plan of a request, with what only its reader needs. */
export interface PlanOfRequest extends Plan {
  readonly onDemand: OnDemand | null;
}

/** The settings of the deployment that a plan depends on. */
export interface PlanPolicy {
  readonly zillizStatuses: ZillizStatuses;
  readonly allowed: AllowedScopes;
}

/** Returns what a run would do after this observation. Preflight, plan and drift all use this function. */
export function planConnection(
  requested: Connection,
  observed: Observation & ObservedRest,
  { allowed, zillizStatuses }: PlanPolicy,
): Plan {
  const connection = keepExclusions(requested, observed.endpoint.ok ? observed.endpoint.value : null);
  const collected: Collected = {
    allowed,
    rows: [],
    warnings: [],
    faults: [
      ...authorizeConnection(connection, allowed),
      ...zillizFaults(connection, observed, allowed),
      ...azureFaults(connection, observed),
      ...autoRegistrationFaults(connection, observed),
    ],
  };
  const obsolete = obsoleteOf(connection, observed, allowed);
  planEndpoint(connection, observed, zillizStatuses, obsolete, collected);
  const { manage } = connection.spec.dns;
  const hiddenNames = manage ? planDns(connection, observed, collected) : [];
  if (!manage) planDnsOfOthers(connection, observed, collected);
  planObsoleteRows(obsolete, collected);
  const permissions = permissionRows(connection, collected.rows, observed);
  return {
    rows: collected.rows,
    faults: [...collected.faults, ...permissionFaults(connection, permissions, observed.principalId)],
    warnings: [
      ...warningsOf(connection, observed, hiddenNames),
      ...formerZoneWarnings(observed),
      ...collected.warnings,
      ...permissionWarnings(permissions, observed),
    ],
    hiddenNames,
    replaces: collected.rows.some(
      ({ resource, action }) => resource === 'private endpoint' && action === 'delete',
    ),
    removals: obsolete.removals,
    autoRegistration: autoRegistrationOf(connection, observed),
    formerNetworks: markedNetworks(connection, observed.endpoint.ok ? observed.endpoint.value : null),
    permissions,
    guards: [],
    cost: monthlyCost(collected.rows),
    expectedSeconds: expectedSeconds(collected.rows),
  };
}

/** Adds what was read of subscriptions, locks and policies for the rows of a plan. */
export function withGuards(connection: Connection, plan: Plan, read: ReadGuards): Plan {
  const ofSubscriptions = subscriptionGuards(connection, plan.rows, read.subscriptions);
  const { rows: guards, faults, warnings } = guardsOf(connection, plan.rows, read);
  // A call that changes nothing may already have met a subscription that takes only reads.
  const newFaults = ofSubscriptions.faults.filter(
    (fault) => !plan.faults.some(({ code, pointer }) => code === fault.code && pointer === fault.pointer),
  );
  return {
    ...plan,
    guards: [...ofSubscriptions.rows, ...guards],
    faults: [...plan.faults, ...newFaults, ...faults],
    warnings: [...plan.warnings, ...ofSubscriptions.warnings, ...warnings],
  };
}

function obsoleteOf(
  connection: Connection,
  observed: Observation & ObservedRest,
  allowed: AllowedScopes,
): Obsolete {
  const reading = obsoleteReadingOf(connection, observed);
  const { census } = observed;
  return reading
    ? planObsolete(connection, { ...reading, census, allowed })
    : { removals: [], outside: [], waiting: [], unproved: [] };
}

/** Returns the decision on the subscription's authorization at Zilliz. */
export function authorizationOf(observed: Observation): Verdict {
  const { endpointService, serviceVisible, endpoint } = observed;
  return decideAuthorization(
    endpointService.ok ? endpointService.value : null,
    serviceVisible.ok ? serviceVisible.value : null,
    endpoint.ok ? endpoint.value : null,
  );
}

/** Adds the rows of the authorization, the private endpoint and its registration. */
function planEndpoint(
  connection: Connection,
  observed: Observation,
  statuses: ZillizStatuses,
  obsolete: Obsolete,
  collected: Collected,
): void {
  const whitelistEntry = {
    phase: 'authorize-subscription',
    resource: 'whitelist entry',
    id: connection.subscriptionId,
    pointer: '/subnetId',
  } as const;
  addRow(collected, whitelistEntry, authorizationOf(observed));
  if (!observed.endpoint.ok) return;
  const service = observed.endpointService.ok ? observed.endpointService.value : null;
  const endpoint = observed.endpoint.value;
  const decision = decideEndpoint(
    ...([connection, service?.service ?? null, endpoint, null, observed.endpointAddress] as const),
  );
  const row = {
    phase: 'create-endpoint',
    resource: 'private endpoint',
    id: connection.privateEndpoint.id,
    pointer: '/privateEndpoint/name',
  } as const;
  addRow(collected, row, decision);
  const replaced = decision.action === 'delete';
  if (replaced) {
    addRow(collected, row, { action: 'create', reason: 'created again, because it cannot be revived' });
  }
  for (const { endpointId, reason } of obsolete.unproved) {
    const registration = { phase: 'register-endpoint', resource: 'registration', id: endpointId } as const;
    addNote(collected, registration, 'manual', registrationAction(endpointId, reason));
  }
  if (!observed.registrations.ok || decision.action === 'conflict') return;
  planRegistration(
    {
      endpointName: connection.privateEndpoint.name,
      resourceGuid: replaced ? null : (endpoint?.resourceGuid ?? null),
      registered: observed.registrations.value,
      statuses,
      removals: obsolete.removals,
    },
    collected,
  );
}

interface RegistrationNeeds {
  readonly endpointName: string;
  /** Of the endpoint to be registered; null if the endpoint is new or Azure does not show the GUID yet. */
  readonly resourceGuid: string | null;
  readonly registered: readonly RegisteredEndpoint[];
  readonly statuses: ZillizStatuses;
  readonly removals: readonly RemovalRow[];
}

function planRegistration(needs: RegistrationNeeds, collected: Collected): void {
  const { endpointName, resourceGuid, registered, statuses, removals } = needs;
  const registeredAs = resourceGuid ? endpointId(endpointName, resourceGuid) : null;
  const id = registeredAs ?? `${endpointName}.<resource GUID>`;
  const removed = removals.filter(({ resource }) => resource === 'registration').map((removal) => removal.id);
  addRow(
    collected,
    {
      phase: 'register-endpoint',
      resource: 'registration',
      id,
      pointer: '/projectId',
      ...(registeredAs === null && { predicted: true, rule: 'GUID = what Azure gives the private endpoint' }),
    },
    decideRegistration(id, registered, statuses, removed),
  );
}

/** Adds the rows of obsolete resources, each in the connect phase that removes it. */
function planObsoleteRows({ removals, outside, waiting }: Obsolete, collected: Collected): void {
  const rowOf = ({ resource, id }: RemovalRow) =>
    ({ phase: resource === 'registration' ? 'register-endpoint' : 'configure-dns', resource, id }) as const;
  for (const row of removals) addNote(collected, rowOf(row), 'delete', row.reason);
  for (const row of outside) {
    addNote(collected, rowOf(row), 'manual', `it is no longer wanted, and stays: ${row.reason}`);
  }
  for (const { id, clusterId } of waiting) {
    const reason = `Zilliz does not list ${clusterId}: sync removes it once Zilliz itself says that the cluster is gone`;
    addNote(collected, { phase: 'configure-dns', resource: 'A record set', id }, 'wait', reason);
  }
}

/** Every run does preflight and verification. Each other phase takes time only if it has something to do. */
function expectedSeconds(rows: readonly PlanRow[]): number {
  const busy = new Set(rows.filter(isChange).map(({ phase }) => phase));
  const always = new Set(['preflight', 'verify', 'public-access']);
  // Only a new registration makes a run wait for the allocation of the private link.
  const allocates = busy.has('register-endpoint');
  return phaseNames
    .filter((name) => always.has(name) || busy.has(name) || (name === 'await-allocation' && allocates))
    .reduce((sum, name) => sum + phases[name].expectedSeconds, 0);
}
