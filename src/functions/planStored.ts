import type { HttpHandler } from '@azure/functions';
import type { Connection } from '../domain/connection.ts';
import { isConnectionId } from '../domain/naming.ts';
import { notAllowedAlone } from '../domain/notAllowedSubject.ts';
import type { Orphan } from '../domain/orphans.ts';
import type { Plan } from '../domain/plan.ts';
import { planOfOrphan } from '../domain/planOfOrphan.ts';
import { problemOf, problemOfFaults } from '../domain/problem.ts';
import { notAllowedHere } from '../domain/requestFaults.ts';
import type { Allowed } from '../domain/bounds.ts';
import { unreadableSpec } from '../domain/standing.ts';
import type { StoredConnection } from '../domain/storedConnection.ts';
import { answering, problemAnswer } from './answer.ts';
import { planAnswer } from './planConnection.ts';
import { withoutEndpoint } from './withoutEndpoint.ts';

/** `POST /api/connections/{id}/plan`: drift, which is the plan of what is stored with rows that are not all `keep`. */
export function planStored(options: {
  readonly allowed: Allowed;
  readonly stored: (id: string) => Promise<StoredConnection | null>;
  readonly orphan: (id: string) => Promise<Orphan | null>;
  readonly plan: (connection: Connection) => Promise<Plan>;
}): HttpHandler {
  return answering(async (request) => {
    const id = request.params.id ?? '';
    const stored = isConnectionId(id) ? await options.stored(id) : null;
    if (!stored) {
      const orphan = isConnectionId(id) ? await options.orphan(id) : null;
      const mayShow = orphan && notAllowedAlone(orphan, options.allowed).length === 0;
      return mayShow ? planAnswer(id, planOfOrphan(orphan)) : withoutEndpoint(orphan, options.allowed);
    }
    const [first, ...others] = notAllowedHere(stored.connection, options.allowed);
    if (first) return problemAnswer(problemOfFaults([first, ...others]));
    if (!stored.specReadable) {
      return problemAnswer(problemOf('spec-unreadable', unreadableSpec(stored.endpoint)));
    }
    return planAnswer(id, await options.plan(stored.connection));
  });
}
