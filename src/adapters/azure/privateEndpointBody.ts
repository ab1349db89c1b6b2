import * as z from 'zod';
import type { ConnectionState, PrivateEndpoint, ProvisioningState } from '../../domain/resources/model.ts';
import { tagsSchema } from './tags.ts';

const connectionSchema = z.object({
  name: z.string().nullish(),
  properties: z
    .object({
      privateLinkServiceId: z.string().nullish(),
      privateLinkServiceConnectionState: z
        .object({ status: z.string().nullish(), description: z.string().nullish() })
        .nullish(),
    })
    .nullish(),
});
const connectionsSchema = z
  .array(connectionSchema)
  .nullish()
  .transform((connections) => connections ?? []);

/**
 * A private endpoint as ARM returns it. The SDK's model drops `resourceGuid`: ARM returns it in every version and no
 * published model has it (azure-rest-api-specs 16693).
 */
export const privateEndpointSchema = z.object({
  id: z.string(),
  name: z.string(),
  location: z.string(),
  tags: tagsSchema,
  properties: z.object({
    provisioningState: z.string().nullish(),
    resourceGuid: z.string().nullish(),
    subnet: z.object({ id: z.string() }),
    networkInterfaces: z.array(z.object({ id: z.string() })).nullish(),
    customNetworkInterfaceName: z.string().nullish(),
    ipConfigurations: z
      .array(
        z.object({
          name: z.string().nullish(),
          properties: z.object({ privateIPAddress: z.ipv4().nullish().catch(null) }).nullish(),
        }),
      )
      .nullish(),
    privateLinkServiceConnections: connectionsSchema,
    manualPrivateLinkServiceConnections: connectionsSchema,
  }),
});

export function privateEndpointOf(wire: z.output<typeof privateEndpointSchema>): PrivateEndpoint {
  const { id, name, location, properties } = wire;
  const manual = properties.manualPrivateLinkServiceConnections[0];
  const connection = manual ?? properties.privateLinkServiceConnections[0];
  const guid = z.guid().safeParse(properties.resourceGuid);
  return {
    id,
    name,
    location,
    tags: wire.tags,
    subnetId: properties.subnet.id,
    provisioningState: provisioningStateOf(properties.provisioningState ?? ''),
    resourceGuid: guid.success ? guid.data : null,
    networkInterfaceId: properties.networkInterfaces?.[0]?.id ?? null,
    ...setAtCreation(properties),
    target: connection?.properties?.privateLinkServiceId ?? '',
    connectionName: connection?.name ?? '',
    manual: manual !== undefined,
    connectionState: connectionStateOf(connection),
  };
}

/** Azure shows an empty name where it has chosen one. */
function setAtCreation({
  ipConfigurations,
  customNetworkInterfaceName: networkInterfaceName,
}: z.output<typeof privateEndpointSchema>['properties']): Pick<
  PrivateEndpoint,
  'staticIpAddress' | 'staticIpName' | 'networkInterfaceName'
> {
  const found = ipConfigurations?.find((configuration) => configuration.properties?.privateIPAddress);
  const staticIpAddress = found?.properties?.privateIPAddress;
  return {
    ...(staticIpAddress && { staticIpAddress, staticIpName: found.name ?? '' }),
    ...(networkInterfaceName && { networkInterfaceName }),
  };
}

function connectionStateOf(connection: z.output<typeof connectionSchema> | undefined): ConnectionState {
  const state = connection?.properties?.privateLinkServiceConnectionState;
  const text = state?.status ?? '';
  const known = ['Pending', 'Approved', 'Rejected', 'Disconnected'] as const;
  const status = known.find((name) => name.toLowerCase() === text.toLowerCase()) ?? 'Other';
  // A comment in the SDK names the last one Removed.
  return {
    status: text.toLowerCase() === 'removed' ? 'Disconnected' : status,
    text,
    description: state?.description ?? '',
  };
}

export function provisioningStateOf(text: string): ProvisioningState {
  switch (text.toLowerCase()) {
    case 'succeeded':
      return 'Succeeded';
    case 'creating':
    case 'updating':
      return 'Updating';
    case 'deleting':
      return 'Deleting';
    case 'failed':
    case 'canceled':
      return 'Failed';
    default:
      return 'Other';
  }
}
