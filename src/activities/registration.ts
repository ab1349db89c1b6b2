import type { Connection } from '../domain/connection/connection.ts';
import { sameEndpointId } from '../domain/connection/names.ts';
import { fail, succeeded } from '../domain/failure/failure.ts';
import { isCurrent } from '../domain/plan/removal.ts';
import type { RemovalSubject } from '../domain/plan/removalSubject.ts';
import {
  decideCurrentRegistration,
  decideRegistration,
  decideStaleRegistration,
} from '../domain/resources/registration.ts';
import type { Written } from '../domain/resources/written.ts';
import type { Ports } from '../ports.ts';
import { endpointToRemove, registrationProof } from '../queries/observeRemoval.ts';
import { prove, zillizFacts } from '../queries/proof.ts';
import type { Policy } from './activities.ts';
import { absent, act, endpointDecision } from './tearDown.ts';

export interface RegisterInput {
  readonly connection: Connection;
  readonly endpointId: string;
}

/** Guide, step 4. Lists before it creates. If the response is unclear, the step is tried again and lists again. */
export async function registerEndpoint(ports: Ports, policy: Policy, input: RegisterInput): Promise<Written> {
  const { connection, endpointId } = input;
  const registered = await ports.zilliz.privateEndpoints(connection.projectId);
  const decision = decideRegistration(endpointId, registered, policy.zillizStatuses);
  if (decision.action === 'conflict') throw fail(decision.code, decision.reason);
  const { action, reason } = decision;
  if (action !== 'create') return { id: endpointId, action, state: 'ready', reason };
  const proof = await prove(ports, policy, connection, 'endpoint');
  if (!sameEndpointId(proof.endpointId ?? '', endpointId))
    throw fail(
      'endpoint-changed',
      `${connection.privateEndpoint.id} has another resource GUID than ${endpointId}`,
    );
  const { projectId, regionId } = connection;
  await ports.zilliz.registerPrivateEndpoint({ projectId, regionId, endpointId });
  return { id: endpointId, action, state: 'working', reason };
}

export async function removeRegistration(
  ports: Ports,
  input: {
    readonly subject: RemovalSubject;
    readonly endpointId: string;
    readonly deletedByRun: readonly string[];
  },
): Promise<Written> {
  const { subject, deletedByRun } = input;
  const { projectId, regionId } = subject;
  if (projectId === null) return absent(input.endpointId);
  const facts = await zillizFacts(ports, { projectId, regionId });
  const own = facts.registered.find(({ endpointId }) => sameEndpointId(endpointId, input.endpointId));
  if (!own) return absent(input.endpointId);
  const endpoint = await endpointToRemove(ports, subject);
  const decision =
    endpoint && isCurrent(own.endpointId, endpoint)
      ? decideCurrentRegistration(
          own.endpointId,
          endpoint,
          await endpointDecision(ports, subject, endpoint, {
            zilliz: succeeded(facts),
            unregisteredByRun: [],
          }),
        )
      : decideStaleRegistration(
          own.endpointId,
          await registrationProof(ports, subject, [own.endpointId], deletedByRun),
        );
  return act(input.endpointId, decision, {
    remove: () => ports.zilliz.deletePrivateEndpoint({ projectId, regionId, endpointId: own.endpointId }),
  });
}
