import type { Connection } from '../domain/connection/connection.ts';
import type { Outcome } from '../domain/failure/failure.ts';
import { failed, ProvisioningError, succeeded } from '../domain/failure/failure.ts';
import { isGranted } from '../domain/plan/permissions.ts';
import type { Proof, ZillizFacts } from '../domain/resources/proof.ts';
import { proofFor } from '../domain/resources/proof.ts';
import type { EndpointCensus, ZillizStatuses } from '../domain/resources/registration.ts';
import type { Ports, ProjectRegion } from '../ports.ts';

/** Reads what Zilliz shows of a project and region. A failure of any kind is a result: without Zilliz some writes still go on. */
export async function askZilliz(
  { zilliz }: Pick<Ports, 'zilliz'>,
  { projectId, regionId }: ProjectRegion,
): Promise<Outcome<ZillizFacts>> {
  try {
    const [listed, registered] = await Promise.all([
      zilliz.endpointService({ projectId, regionId }),
      zilliz.privateEndpoints(projectId),
    ]);
    return succeeded({ service: listed?.service ?? null, registered });
  } catch (error) {
    if (error instanceof ProvisioningError) return failed(error.failure);
    throw error;
  }
}

/** Same as {@link askZilliz}, but throws the failure. */
export async function zillizFacts(ports: Pick<Ports, 'zilliz'>, where: ProjectRegion): Promise<ZillizFacts> {
  const zilliz = await askZilliz(ports, where);
  if (zilliz.ok) return zilliz.value;
  throw new ProvisioningError(zilliz.failure);
}

/**
 * Reads the private endpoint and Zilliz, and returns the proof for a write, or throws what is missing. Called just before the
 * write: a step of a cancelled run may run late, or again after a crash, when a disconnect has begun or ended.
 */
export async function prove<A extends 'records' | 'endpoint'>(
  ports: Pick<Ports, 'network' | 'zilliz'>,
  { zillizStatuses: statuses }: { readonly zillizStatuses: ZillizStatuses },
  connection: Connection,
  act: A,
): Promise<Proof<A>> {
  const { id } = connection.privateEndpoint;
  const [endpoint, zilliz] = await Promise.all([
    ports.network.privateEndpoint(id),
    askZilliz(ports, connection),
  ]);
  // ARM may not find an existing endpoint for a moment. A deleted endpoint is never found again.
  if (!endpoint) {
    const failure = { code: 'endpoint-changed', message: `${id} is not there any more` } as const;
    throw new ProvisioningError({ kind: 'transient', source: 'app', ...failure });
  }
  const proof = proofFor(act, { connection, endpoint, zilliz, statuses });
  if (!proof.ok) throw new ProvisioningError(proof.failure);
  return proof.value;
}

const READ = 'Microsoft.Network/privateEndpoints/read';

/** Returns the private endpoints of a subscription, and whether the identity may read all of them. */
export async function endpointCensus(
  ports: Pick<Ports, 'network'>,
  subscriptionId: string,
): Promise<EndpointCensus> {
  const scope = `/subscriptions/${subscriptionId}`;
  try {
    // Checks the right before it lists: a right that is granted in between does not make the list complete.
    const permissions = await ports.network.permissions(scope);
    if (!isGranted(READ, permissions)) return { whole: false, guids: [] };
    const found = await ports.network.privateEndpointsIn(scope);
    const guids = found.flatMap(({ resourceGuid }) => resourceGuid ?? []);
    return { whole: guids.length === found.length, guids };
  } catch (error) {
    if (!(error instanceof ProvisioningError) || error.failure.kind === 'transient') throw error;
    return { whole: false, guids: [] };
  }
}
