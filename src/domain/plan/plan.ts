import type { AllowedScopes } from '../connection/bounds.ts';
import type { Connection } from '../connection/connection.ts';
import { endpointId } from '../connection/names.ts';
import { authorizeConnection } from '../connection/request.ts';
import { keepExclusions, markedNetworks } from '../connection/storedConnection.ts';
import { decideEndpoint } from '../resources/privateEndpoint.ts';
import type { ZillizStatuses } from '../resources/registration.ts';
import { decideRegistration, registrationAction } from '../resources/registration.ts';
import type { Verdict } from '../resources/verdict.ts';
import { decideAuthorization } from '../resources/whitelist.ts';
import { phaseNames, phases } from '../run/phase.ts';
import type { Fault } from '../run/status.ts';
import type { Cost } from './cost.ts';
import { monthlyCost } from './cost.ts';
import { planDns, planDnsOfOthers } from './dns.ts';
import { azureFaults, zillizFaults } from './faults.ts';
import type { Observation, ObservedRest } from './observation.ts';
import type { Obsolete } from './obsolete.ts';
import { obsoleteReadingOf, planObsolete } from './obsolete.ts';
import type { PermissionRow } from './permissions.ts';
import { permissionFaults, permissionRows, permissionWarnings } from './permissions.ts';
import type { RemovalRow } from './removal.ts';
import type { Collected, PlanRow } from './rows.ts';
import { addNote, addRow, isChange } from './rows.ts';
import type { Warning } from './warnings.ts';
import { warningsOf } from './warnings.ts';

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
  readonly zillizStatuses: ZillizStatuses;
  readonly allowed: AllowedScopes;
}

/** One reading of the chain, turned into what a run would do: preflight, plan and drift are all this function. */
export function planConnection(
  asked: Connection,
  observed: Observation & ObservedRest,
  { allowed, zillizStatuses }: PlanPolicy,
): Plan {
  const connection = keepExclusions(asked, observed.endpoint.ok ? observed.endpoint.value : null);
  const collected: Collected = {
    allowed,
    rows: [],
    faults: [
      ...authorizeConnection(connection, allowed),
      ...zillizFaults(connection, observed),
      ...azureFaults(connection, observed),
    ],
  };
  const leftovers = leftoversOf(connection, observed, allowed);
  planEndpoint(connection, observed, zillizStatuses, leftovers, collected);
  const { manage } = connection.spec.dns;
  const hiddenNames = manage ? planDns(connection, observed, collected) : [];
  if (!manage) planDnsOfOthers(connection, observed, collected);
  planObsoleteRows(leftovers, collected);
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
  allowed: AllowedScopes,
): Obsolete {
  const reading = obsoleteReadingOf(connection, observed);
  const { census } = observed;
  return reading
    ? planObsolete(connection, { ...reading, census, allowed })
    : { removals: [], outside: [], waiting: [], unproved: [] };
}

/** What one reading says of the subscription's authorization at Zilliz. */
export function authorizationOf(observed: Observation): Verdict {
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
  words: ZillizStatuses,
  leftovers: Obsolete,
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

/** The rows of what is there and no longer wanted, in the phase of connect in which it goes. */
function planObsoleteRows({ removals, outside, waiting }: Obsolete, collected: Collected): void {
  const place = ({ resource, id }: RemovalRow) =>
    ({ phase: resource === 'registration' ? 'register-endpoint' : 'configure-dns', resource, id }) as const;
  for (const row of removals) addNote(collected, place(row), 'delete', row.reason);
  for (const row of outside) {
    addNote(collected, place(row), 'person', `it is no longer wanted, and stays: ${row.reason}`);
  }
  for (const { id, clusterId } of waiting) {
    const reason = `Zilliz does not list ${clusterId}: sync removes it once Zilliz itself says that the cluster is gone`;
    addNote(collected, { phase: 'configure-dns', resource: 'A record set', id }, 'wait', reason);
  }
}

/** Every run looks and proves; of the other phases only those in which something is to be done take their time. */
function expectedSeconds(rows: readonly PlanRow[]): number {
  const busy = new Set(rows.filter(isChange).map(({ phase }) => phase));
  const always = new Set(['preflight', 'verify', 'public-access']);
  // A new registration is what the private link is waited for.
  const allocates = busy.has('register-endpoint');
  return phaseNames
    .filter((name) => always.has(name) || busy.has(name) || (name === 'await-allocation' && allocates))
    .reduce((sum, name) => sum + phases[name].expectedSeconds, 0);
}
