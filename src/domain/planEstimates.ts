import { phaseNames, phases } from './phase.ts';
import type { Leftovers } from './planLeftovers.ts';
import { addNote, isChange } from './planRows.ts';
import type { Collected, PlanRow } from './planRows.ts';
import type { RemovalRow } from './removal.ts';

/** The rows of what is there and no longer wanted, in the phase of connect in which it goes. */
export function planLeftoverRows({ removals, outside, waiting }: Leftovers, collected: Collected): void {
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
export function expectedSeconds(rows: readonly PlanRow[]): number {
  const busy = new Set(rows.filter(isChange).map(({ phase }) => phase));
  const always = new Set(['preflight', 'verify', 'public-access']);
  // A new registration is what the private link is waited for.
  const allocates = busy.has('register-endpoint');
  return phaseNames
    .filter((name) => always.has(name) || busy.has(name) || (name === 'await-allocation' && allocates))
    .reduce((sum, name) => sum + phases[name].expectedSeconds, 0);
}
