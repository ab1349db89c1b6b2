import * as z from 'zod';
import { sameEndpointId } from '../../domain/endpointId.ts';
import { ProvisioningError } from '../../domain/failure.ts';
import type { RegisteredEndpoint } from '../../domain/model.ts';
import type { ProjectRegion } from '../../ports.ts';
import type { ZillizClient } from './client.ts';

/** Zilliz's limit of private endpoints per project. */
const ENDPOINTS_PER_PROJECT = 10;

type Endpoint = ProjectRegion & { readonly endpointId: string };
type List = () => Promise<readonly RegisteredEndpoint[]>;

// Zilliz publishes no codes for what these calls refuse (reference: errors): after a refusal that says nothing to us, the
// list says what holds.

/** The one write that nothing can read back. An entry that is there already is what was wanted. */
export async function addWhitelistEntry(
  client: ZillizClient,
  { projectId, regionId, subscriptionId }: ProjectRegion & { readonly subscriptionId: string },
): Promise<void> {
  const doing = `adding subscription ${subscriptionId} to the whitelist of ${projectId}`;
  const path = ['projects', projectId, 'privateEndpointWhitelist'];
  const body = { regionId, outerUserId: subscriptionId };
  const refusal = await refusalOf(client.call({ doing, projectId, method: 'POST', path, body }, z.unknown()));
  if (refusal && !saysRepeated(refusal.failure.message)) throw refusal;
}

/** "… already exists", but not "… does not exist". */
function saysRepeated(message: string): boolean {
  return /\bexists\b|already|duplicate/i.test(message);
}

export async function registerPrivateEndpoint(
  client: ZillizClient,
  { projectId, regionId, endpointId }: Endpoint,
  list: List,
): Promise<void> {
  const doing = `registering ${endpointId}`;
  const path = ['projects', projectId, 'privateEndpoints'];
  const body = { regionId, endpointId };
  const refusal = await refusalOf(client.call({ doing, projectId, method: 'POST', path, body }, z.unknown()));
  if (!refusal) return;
  const registered = await list();
  if (registered.some((other) => sameEndpointId(other.endpointId, endpointId))) return;
  const { failure } = refusal;
  if (registered.length >= ENDPOINTS_PER_PROJECT) {
    throw new ProvisioningError({ ...failure, kind: 'rejected', code: 'endpoint-quota' });
  }
  // Azure tells Zilliz of a new private endpoint with some delay, and the refusal has no code of its own: worth a while.
  throw new ProvisioningError({ ...failure, kind: 'transient', code: 'registration-failed' });
}

export async function deletePrivateEndpoint(
  client: ZillizClient,
  { projectId, regionId, endpointId }: Endpoint,
  list: List,
): Promise<void> {
  const doing = `removing ${endpointId}`;
  const path = ['projects', projectId, 'privateEndpoints', endpointId];
  const query = { regionId };
  const refusal = await refusalOf(
    client.call({ doing, projectId, method: 'DELETE', path, query }, z.unknown()),
  );
  if (refusal && (await list()).some((other) => sameEndpointId(other.endpointId, endpointId))) throw refusal;
}

/** The refusal of a call whose code says nothing to us; every other failure is thrown. */
async function refusalOf(call: Promise<unknown>): Promise<ProvisioningError | null> {
  try {
    await call;
    return null;
  } catch (error) {
    if (error instanceof ProvisioningError && error.failure.code === 'zilliz-refused') return error;
    throw error;
  }
}
