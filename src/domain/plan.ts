import { azureFaults } from './azureFaults.ts';
import type { Allowed } from './bounds.ts';
import type { Connection } from './connection.ts';
import { decideAuthorization, decideEndpoint, decideRegistration } from './decide.ts';
import type { Decision } from './decide.ts';
import { planDnsOfOthers } from './dnsOfOthers.ts';
import { endpointId } from './endpointId.ts';
import { monthlyCost } from './cost.ts';
import type { Cost } from './cost.ts';
import { keepExclusions, markedNetworks } from './markedSpec.ts';
import type { Observation, ObservedRest } from './observation.ts';
import { permissionFaults, permissionRows, permissionWarnings } from './permissions.ts';
import type { PermissionRow } from './permissions.ts';
import { planDns } from './planDns.ts';
import { expectedSeconds, planLeftoverRows } from './planEstimates.ts';
import { planLeftovers } from './planLeftovers.ts';
import type { Leftovers } from './planLeftovers.ts';
import { leftoverReadingOf } from './leftoverReading.ts';
import { addNote, addRow } from './planRows.ts';
import type { Collected, PlanRow } from './planRows.ts';
import { registrationAction } from './registrationRemoval.ts';
import type { RemovalRow } from './removal.ts';
import { notAllowedHere } from './requestFaults.ts';
import type { Fault } from './runStatus.ts';
import { warningsOf } from './warnings.ts';
import type { Warning } from './warnings.ts';
import type { StatusWords } from './words.ts';
import { zillizFaults } from './zillizFaults.ts';

export interface Plan {
  readonly rows: readonly PlanRow[];
  /** Everything that stands in the way; nothing is written while there is any. */
  readonly faults: readonly Fault[];
  readonly warnings: readonly Warning[];
  /** Names of the region that the virtual networks would no longer resolve. */
  readonly hiddenNames: readonly string[];
  /** Whether the private endpoint is deleted and made anew. */
  readonly replaces: boolean;
  /** What of the connection is there and no longer wanted, in the order in which it goes. */
  readonly removals: readonly RemovalRow[];
  /** Networks that the specification names that is about to be replaced: links to them are the connection's own, too. */
  readonly formerNetworks: readonly string[];
  /** The writes in Azure that the rows call for, and whether the identity may make them. */
  readonly permissions: readonly PermissionRow[];
  readonly cost: Cost;
  /** How long a run of these rows usually takes: an estimate, no promise. */
  readonly expectedSeconds: number;
}

/** What the operator of the deployment lays down, as far as a plan depends on it. */
export interface PlanPolicy {
  readonly statusWords: StatusWords;
  readonly allowed: Allowed;
}

/** One reading of the chain, turned into what a run would do: preflight, plan and drift are all this function. */
export function planConnection(
  asked: Connection,
  observed: Observation & ObservedRest,
  { allowed, statusWords }: PlanPolicy,
): Plan {
  const connection = keepExclusions(asked, observed.endpoint.ok ? observed.endpoint.value : null);
  const collected: Collected = {
    allowed,
    rows: [],
    faults: [
      ...notAllowedHere(connection, allowed),
      ...zillizFaults(connection, observed),
      ...azureFaults(connection, observed),
    ],
  };
  const leftovers = leftoversOf(connection, observed, allowed);
  planEndpoint(connection, observed, statusWords, leftovers, collected);
  const { manage } = connection.spec.dns;
  const hiddenNames = manage ? planDns(connection, observed, collected) : [];
  if (!manage) planDnsOfOthers(connection, observed, collected);
  planLeftoverRows(leftovers, collected);
  const permissions = permissionRows(connection, collected.rows, observed);
  return {
    rows: collected.rows,
    faults: [...collected.faults, ...permissionFaults(permissions)],
    warnings: [
      ...warningsOf(connection, observed, hiddenNames),
      ...permissionWarnings(permissions, observed),
    ],
    hiddenNames,
    replaces: collected.rows.some(
      ({ resource, action }) => resource === 'private endpoint' && action === 'delete',
    ),
    removals: leftovers.removals,
    formerNetworks: markedNetworks(connection, observed.endpoint.ok ? observed.endpoint.value : null),
    permissions,
    cost: monthlyCost(collected.rows),
    expectedSeconds: expectedSeconds(collected.rows),
  };
}

function leftoversOf(
  connection: Connection,
  observed: Observation & ObservedRest,
  allowed: Allowed,
): Leftovers {
  const reading = leftoverReadingOf(connection, observed);
  const { census } = observed;
  return reading
    ? planLeftovers(connection, { ...reading, census, allowed })
    : { removals: [], outside: [], waiting: [], unproved: [] };
}

/** What one reading says of the subscription's authorization at Zilliz. */
export function authorizationOf(observed: Observation): Decision {
  const { endpointService, serviceVisible, endpoint } = observed;
  return decideAuthorization(
    endpointService.ok ? endpointService.value : null,
    serviceVisible.ok ? serviceVisible.value : null,
    endpoint.ok ? endpoint.value : null,
  );
}

function planEndpoint(
  connection: Connection,
  observed: Observation,
  words: StatusWords,
  leftovers: Leftovers,
  collected: Collected,
): void {
  const service = observed.endpointService.ok ? observed.endpointService.value : null;
  addRow(
    collected,
    {
      phase: 'authorize-subscription',
      resource: 'whitelist entry',
      id: connection.subscriptionId,
      pointer: '/subnetId',
    },
    authorizationOf(observed),
  );
  if (!observed.endpoint.ok) return;
  const endpoint = observed.endpoint.value;
  const decision = decideEndpoint(connection, service?.service ?? null, endpoint);
  const { id, name } = connection.privateEndpoint;
  const row = {
    phase: 'create-endpoint',
    resource: 'private endpoint',
    id,
    pointer: '/privateEndpoint/name',
  } as const;
  addRow(collected, row, decision);
  const replaced = decision.action === 'delete';
  if (replaced) addRow(collected, row, { action: 'create', reason: 'made anew, since nothing revives it' });
  for (const { endpointId, reason } of leftovers.unproved) {
    addNote(
      collected,
      { phase: 'register-endpoint', resource: 'registration', id: endpointId },
      'person',
      registrationAction(endpointId, reason),
    );
  }

  if (!observed.registrations.ok || decision.action === 'conflict') return;
  const registeredAs = endpoint?.resourceGuid && !replaced ? endpointId(name, endpoint.resourceGuid) : null;
  const leaving = leftovers.removals.flatMap(({ resource, id: left }) =>
    resource === 'registration' ? left : [],
  );
  addRow(
    collected,
    {
      phase: 'register-endpoint',
      resource: 'registration',
      id: registeredAs ?? `${name}.<resource GUID>`,
      pointer: '/projectId',
      ...(registeredAs === null && { predicted: true, rule: 'GUID = what Azure gives the private endpoint' }),
    },
    decideRegistration(
      registeredAs ?? `${name}.<resource GUID>`,
      observed.registrations.value,
      words,
      leaving,
    ),
  );
}
