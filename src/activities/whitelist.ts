import type { Connection } from '../domain/connection/connection.ts';
import type { Ports } from '../ports.ts';

export interface AuthorizeInput {
  readonly connection: Connection;
  readonly location: string;
}

export interface EndpointServiceView {
  /** Alias or resource ID; null while Zilliz does not show it. */
  readonly service: string | null;
  /** Whether Azure shows it to the subscription; a service named by resource ID cannot be asked for, and counts as shown. */
  readonly visible: boolean;
}

/** Guide, step 2: what Zilliz shows of its service, and whether Azure lets the subscription see it. */
export async function readEndpointService(
  ports: Ports,
  { connection, location }: AuthorizeInput,
): Promise<EndpointServiceView> {
  const listed = await ports.zilliz.endpointService(connection);
  const service = listed?.service ?? null;
  if (service === null) return { service, visible: false };
  if (service.startsWith('/')) return { service, visible: true };
  const { subscriptionId } = connection;
  const visible = await ports.network.isPrivateLinkServiceVisible({
    subscriptionId,
    location,
    alias: service,
  });
  return { service, visible };
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
