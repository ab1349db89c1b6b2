import type { Connection } from '../domain/connection.ts';
import type { Ports } from '../ports.ts';

export interface AuthorizeInput {
  readonly connection: Connection;
  readonly location: string;
}

export interface EndpointServiceView {
  /** Alias or resource ID; null while Zilliz does not show it. */
  readonly service: string | null;
  /** Whether the subscription may connect to it, as far as Azure and Zilliz say. */
  readonly usable: boolean;
}

/** Guide, step 2: what Zilliz shows of its service, and whether Azure lets the subscription see it. */
export async function readEndpointService(
  ports: Ports,
  { connection, location }: AuthorizeInput,
): Promise<EndpointServiceView> {
  const listed = await ports.zilliz.endpointService(connection);
  const service = listed?.service ?? null;
  if (!listed || service === null) return { service: null, usable: false };
  // A service named by resource ID cannot be asked for by alias: Azure says at the endpoint whether it may be used.
  const isAlias = !service.startsWith('/');
  if (!listed.whitelistRequired || !isAlias) return { service, usable: true };
  const { subscriptionId } = connection;
  return {
    service,
    usable: await ports.network.isPrivateLinkServiceVisible({ subscriptionId, location, alias: service }),
  };
}

/** Adds the subscription to Zilliz's whitelist. It cannot be read back or undone, so a repeat after a lost answer is possible. */
export async function authorizeSubscription(
  ports: Ports,
  { connection }: { readonly connection: Connection },
): Promise<null> {
  const { projectId, regionId, subscriptionId } = connection;
  await ports.zilliz.addWhitelistEntry({ projectId, regionId, subscriptionId });
  return null;
}
