import { isWithin } from '../../../sandbox/azure/resourceId.ts';
import { demandsOf } from './demands.ts';
import type { Demand } from './demands.ts';
import { assignmentsOf, keptForAzure, modes } from './roleLists.ts';
import type { Assignment } from './roleLists.ts';
import { rigWithRoles, stories } from './stories.ts';
import type { RolesRig } from './stories.ts';

/** The app does what a mode is for, with exactly the roles of the mode on exactly their scopes. */
describe.each(Object.keys(modes))('a deployment in mode %s', (mode) => {
  const assignments = assignmentsOf(mode);
  let rig: RolesRig;
  let demands: readonly Demand[];

  beforeAll(async () => {
    rig = await rigWithRoles(assignments);
    await stories[mode]?.(rig);
    demands = demandsOf(rig.sandbox.traffic.all());
  }, 120_000);

  afterAll(() => rig.stop());

  it('may do everything that it does', () => {
    const uncovered = demands.filter((demand) => !assignments.some((role) => covers(role, demand)));
    const refused = rig.sandbox.traffic
      .all()
      .filter(({ service, response }) => service === 'azure' && response.status === 403);

    expect(demands.length).toBeGreaterThan(20);
    expect(uncovered).toEqual([]);
    expect(refused.map(({ response }) => response.body)).toEqual([]);
  });

  it('does everything that its roles are given for, except what is kept for Azure', () => {
    const unused = assignments.flatMap(({ role, actions }) =>
      actions
        .filter((action) => !keptForAzure.has(action) && !isUsed(role, action))
        .map((action) => `${role}: ${action}`),
    );

    expect([...new Set(unused)]).toEqual([]);
  });

  /** At any scope of the role: not every network has a subnet for endpoints, nor every subscription a zone. */
  function isUsed(role: string, action: string): boolean {
    return assignments.some(
      (assignment) =>
        assignment.role === role &&
        demands.some((demand) => covers({ ...assignment, actions: [action] }, demand)),
    );
  }
});

function covers({ scope, actions }: Pick<Assignment, 'scope' | 'actions'>, demand: Demand): boolean {
  const wanted = demand.action.toLowerCase();
  return isWithin(demand.scope, scope) && actions.some((action) => action.toLowerCase() === wanted);
}
