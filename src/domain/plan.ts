import { azureFaults } from './azureFaults.ts';
import type { Connection } from './connection.ts';
import { decideEndpoint, decideRegistration } from './decide.ts';
import { endpointId } from './endpointId.ts';
import type { Observation } from './observation.ts';
import { planDns } from './planDns.ts';
import { addRow } from './planRows.ts';
import type { Collected, PlanRow } from './planRows.ts';
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
}

/** One reading of the chain, turned into what a run would do: preflight, plan and drift are all this function. */
export function planConnection(connection: Connection, observed: Observation, words: StatusWords): Plan {
  const collected: Collected = {
    rows: [],
    faults: [...zillizFaults(connection, observed), ...azureFaults(connection, observed)],
  };
  planEndpoint(connection, observed, words, collected);
  const hiddenNames = connection.spec.dns.manage ? planDns(connection, observed, collected) : [];
  return {
    rows: collected.rows,
    faults: collected.faults,
    warnings: warningsOf(connection, observed, hiddenNames),
    hiddenNames,
  };
}

function planEndpoint(
  connection: Connection,
  observed: Observation,
  words: StatusWords,
  collected: Collected,
): void {
  const service = observed.endpointService.ok ? observed.endpointService.value : null;
  if (!service || service.whitelistRequired) {
    const id = connection.subscriptionId;
    const reason =
      'Zilliz authorizes each subscription; the entry cannot be read back, so it is made unless Azure sees the service';
    addRow(
      collected,
      { phase: 'authorize-subscription', resource: 'whitelist entry', id, pointer: '/subnetId' },
      { action: 'create', reason },
    );
  }
  if (!observed.endpoint.ok) return;
  const endpoint = observed.endpoint.value;
  const decision = decideEndpoint(connection, service?.service ?? null, endpoint);
  const { id, name } = connection.privateEndpoint;
  addRow(
    collected,
    { phase: 'create-endpoint', resource: 'private endpoint', id, pointer: '/privateEndpoint/name' },
    decision,
  );

  if (!observed.registrations.ok || decision.action === 'conflict') return;
  const registeredAs = endpoint?.resourceGuid ? endpointId(name, endpoint.resourceGuid) : null;
  const registration = decideRegistration(
    registeredAs ?? `${name}.<resource GUID>`,
    observed.registrations.value,
    words,
  );
  addRow(
    collected,
    {
      phase: 'register-endpoint',
      resource: 'registration',
      id: registeredAs ?? `${name}.<resource GUID>`,
      pointer: '/projectId',
    },
    registration,
  );
}
