import { monthlyCost } from './cost.ts';
import type { Orphan } from './orphans.ts';
import { phases } from './phase.ts';
import type { Plan } from './plan.ts';
import type { PlanRow } from './planRows.ts';

/** Drift of a connection whose private endpoint somebody deleted: what is left of it, and that a person must decide. */
export function planOfOrphan({ connectionId, endpointIds, records }: Orphan): Plan {
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
        id: endpointIds[0] ?? connectionId,
        reason:
          'it is gone, and the specification in its tags with it: post the request again to make it anew',
      }),
      ...records.map(({ id, addresses }) =>
        row('configure-dns', {
          resource: 'A record set',
          id,
          reason: `it says ${addresses.join(', ')}, where nothing answers any more: the request changes it, DELETE removes it`,
        }),
      ),
    ],
    faults: [
      {
        pointer: '',
        code: 'endpoint-lost',
        detail: `no private endpoint carries the marks of ${connectionId}`,
      },
    ],
    warnings: [],
    hiddenNames: [],
    replaces: false,
    removals: [],
    permissions: [],
    cost: monthlyCost([]),
    expectedSeconds: 0,
  };
}
