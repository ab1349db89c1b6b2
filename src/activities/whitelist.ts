import type { Connection } from '../domain/connection/connection.ts';
import type { Ports } from '../ports.ts';

export interface AuthorizeInput {
  readonly connection: Connection;
  readonly location: string;
}

export interface EndpointServiceView {
  /** Alias or resource ID; null if Zilliz does not return one. */
  readonly service: string | null;
  /** Whether the subscription can see it in Azure. Azure cannot check this for a resource ID, so it is true then. */
  readonly visible: boolean;
  readonly isWhitelistRequired: boolean;
}

/** Guide, step 2: reads the private link service of Zilliz, and whether the subscription can see it in Azure. */
export async function readEndpointService(
  ports: Ports,
  { connection, location }: AuthorizeInput,
): Promise<EndpointServiceView> {
  const listed = await ports.zilliz.endpointService(connection);
  const service = listed?.service ?? null;
  const isWhitelistRequired = listed?.whitelistRequired ?? true;
  if (service === null) return { service, visible: false, isWhitelistRequired };
  if (service.startsWith('/')) return { service, visible: true, isWhitelistRequired };
  const { subscriptionId, privateEndpoint } = connection;
  const visible = await ports.network.isPrivateLinkServiceVisible({
    subscriptionId,
    resourceGroup: privateEndpoint.resourceGroup,
    location,
    alias: service,
  });
  return { service, visible, isWhitelistRequired };
}

/** Adds the subscription to Zilliz's whitelist, which cannot be read or undone. May repeat it after a lost response. */
export async function authorizeSubscription(
  ports: Ports,
  { connection }: { readonly connection: Connection },
): Promise<null> {
  const { projectId, regionId, subscriptionId } = connection;
  await ports.zilliz.addWhitelistEntry({ projectId, regionId, subscriptionId });
  return null;
}
