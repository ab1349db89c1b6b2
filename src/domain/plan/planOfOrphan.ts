import { faultOfOrphan } from '../connection/orphan.ts';
import type { Orphan } from '../connection/orphan.ts';
import { phases } from '../run/phase.ts';
import { monthlyCost } from './cost.ts';
import type { Plan } from './plan.ts';
import type { PlanRow } from './rows.ts';

/** Returns the drift of a connection of which only records remain: each needs a manual step. */
export function planOfOrphan(orphan: Orphan): Plan {
  const { connectionId, privateEndpointId, endpointIds, records, doubt } = orphan;
  const row = (
    phase: 'create-endpoint' | 'configure-dns',
    details: Pick<PlanRow, 'resource' | 'id' | 'reason'>,
  ): PlanRow => ({
    phase,
    guideStep: phases[phase].guideStep,
    action: 'manual',
    ...details,
  });
  return {
    rows: [
      row('create-endpoint', {
        resource: 'private endpoint',
        id: privateEndpointId ?? endpointIds[0] ?? connectionId,
        reason:
          doubt ??
          'it is deleted, and the specification in its tags with it: post the request again to create it',
      }),
      ...records.map(({ id, addresses }) =>
        row('configure-dns', {
          resource: 'A record set',
          id,
          reason:
            doubt === null
              ? `it contains ${addresses.join(', ')}, where nothing responds any more: the request changes it, DELETE removes it`
              : `it contains ${addresses.join(', ')}, where the private endpoint may respond`,
        }),
      ),
    ],
    faults: [{ pointer: '', ...faultOfOrphan(orphan) }],
    warnings: [],
    hiddenNames: [],
    replaces: false,
    removals: [],
    formerNetworks: [],
    autoRegistration: 'off',
    permissions: [],
    guards: [],
    cost: monthlyCost([]),
    expectedSeconds: 0,
  };
}
