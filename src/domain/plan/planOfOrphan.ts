import { faultOfOrphan } from '../connection/orphan.ts';
import type { Orphan } from '../connection/orphan.ts';
import { phases } from '../run/phase.ts';
import { monthlyCost } from './cost.ts';
import type { Plan } from './plan.ts';
import type { PlanRow } from './rows.ts';

/** Drift of a connection of which only records are found: what is left of it, and that a person must decide. */
export function planOfOrphan(orphan: Orphan): Plan {
  const { connectionId, privateEndpointId, endpointIds, records, doubt } = orphan;
  const row = (
    phase: 'create-endpoint' | 'configure-dns',
    rest: Pick<PlanRow, 'resource' | 'id' | 'reason'>,
  ): PlanRow => ({
    phase,
    guideStep: phases[phase].guideStep,
    action: 'person',
    ...rest,
  });
  return {
    rows: [
      row('create-endpoint', {
        resource: 'private endpoint',
        id: privateEndpointId ?? endpointIds[0] ?? connectionId,
        reason:
          doubt ??
          'it is gone, and the specification in its tags with it: post the request again to make it anew',
      }),
      ...records.map(({ id, addresses }) =>
        row('configure-dns', {
          resource: 'A record set',
          id,
          reason:
            doubt === null
              ? `it says ${addresses.join(', ')}, where nothing answers any more: the request changes it, DELETE removes it`
              : `it says ${addresses.join(', ')}, where the private endpoint may answer`,
        }),
      ),
    ],
    faults: [{ pointer: '', ...faultOfOrphan(orphan) }],
    warnings: [],
    hiddenNames: [],
    replaces: false,
    removals: [],
    formerNetworks: [],
    permissions: [],
    cost: monthlyCost([]),
    expectedSeconds: 0,
  };
}
