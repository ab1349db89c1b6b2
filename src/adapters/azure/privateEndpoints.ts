import type {
  PrivateEndpoint as SdkEndpoint,
  PrivateLinkServiceConnection as Connection,
} from '@azure/arm-network';
import * as z from 'zod';
import { named, parsePrivateEndpointId } from '../../domain/connection/resourceId.ts';
import { TagSet } from '../../domain/connection/tagSet.ts';
import type { Failure } from '../../domain/failure/failure.ts';
import { ProvisioningError } from '../../domain/failure/failure.ts';
import type { PrivateEndpoint, Tags } from '../../domain/resources/model.ts';
import type { EndpointsByTag, Network, NewPrivateEndpoint } from '../../ports.ts';
import type { ArmCalls } from './armCalls.ts';
import { privateEndpointOf, privateEndpointSchema } from './privateEndpointBody.ts';

/** API version of ARM's list of all resources. */
const RESOURCES = '2021-04-01';
/** The newest API version whose recorded responses have the resource GUID, which no version documents. */
const WITH_GUID = '2022-01-01';
const CONCURRENT_READS = 10;

const listedSchema = z.object({ id: z.string() });

export function privateEndpoints(
  arm: ArmCalls,
): Pick<
  Network,
  | 'privateEndpoint'
  | 'privateEndpointsByTag'
  | 'privateEndpointsIn'
  | 'createPrivateEndpoint'
  | 'repeatPrivateEndpoint'
  | 'deletePrivateEndpoint'
> {
  const client = (subscriptionId: string) => arm.clients.network(subscriptionId).privateEndpoints;
  return {
    privateEndpoint: (id) => privateEndpoint(arm, id),
    privateEndpointsByTag: (subscriptionId, tag, value) => byTag(arm, subscriptionId, tag, value),
    privateEndpointsIn: (scope) => endpointsIn(arm, scope),
    createPrivateEndpoint: (endpoint, options) => createPrivateEndpoint(arm, endpoint, options),
    repeatPrivateEndpoint: (id, tags, options) => repeatPrivateEndpoint(arm, { id, tags }, options),
    async deletePrivateEndpoint(id) {
      const { subscriptionId, resourceGroup, name } = named(id, parsePrivateEndpointId);
      await arm.submitDelete(`deleting private endpoint ${name} in ${resourceGroup}`, () =>
        client(subscriptionId).delete(resourceGroup, name),
      );
    },
  };
}

async function privateEndpoint(arm: ArmCalls, id: string): Promise<PrivateEndpoint | null> {
  const { subscriptionId, resourceGroup, name } = named(id, parsePrivateEndpointId);
  const doing = `reading private endpoint ${name}`;
  const found = await arm.read(doing, async () => {
    let wire: unknown;
    await arm.clients.network(subscriptionId).privateEndpoints.get(resourceGroup, name, {
      onResponse: ({ parsedBody }) => {
        wire = parsedBody;
      },
    });
    return privateEndpointOf(privateEndpointSchema.parse(wire));
  });
  if (found?.resourceGuid !== null) return found;
  const older = await rawRead(arm, id);
  return { ...found, resourceGuid: older?.resourceGuid ?? null };
}

async function rawRead(arm: ArmCalls, id: string): Promise<PrivateEndpoint | null> {
  const call = { path: id, apiVersion: WITH_GUID };
  const wire = await arm.rawRead(`reading ${id}`, call, privateEndpointSchema);
  return wire && privateEndpointOf(wire);
}

/**
 * Uses ARM's index of tags, which an identity may query with rights on single groups, unlike the list of the network
 * provider. The index lags by some seconds, so each endpoint found is read again.
 */
async function byTag(
  arm: ArmCalls,
  subscriptionId: string,
  tag: string,
  value: string | null,
): Promise<EndpointsByTag> {
  const named = `tagName eq '${quoted(tag)}'`;
  const listed = await arm.rawList(
    `listing resources of ${subscriptionId} with the tag ${tag}`,
    {
      path: `/subscriptions/${subscriptionId}/resources`,
      apiVersion: RESOURCES,
      query: { $filter: value === null ? named : `${named} and tagValue eq '${quoted(value)}'` },
    },
    listedSchema,
  );
  const ids = listed.map(({ id }) => id).filter((id) => parsePrivateEndpointId(id) !== null);
  const found: PrivateEndpoint[] = [];
  const failures: Failure[] = [];
  // One endpoint that may not be read must not hide the others.
  const read = async (id: string): Promise<PrivateEndpoint | null> => {
    try {
      return await rawRead(arm, id);
    } catch (error) {
      if (!(error instanceof ProvisioningError) || error.failure.kind === 'transient') throw error;
      failures.push(error.failure);
      return null;
    }
  };
  const listedToo = await ofFullGroups(arm, ids);
  found.push(...listedToo);
  const known = new Set(listedToo.map(({ id }) => id.toLowerCase()));
  const others = ids.filter((id) => !known.has(id.toLowerCase()));
  for (let from = 0; from < others.length; from += CONCURRENT_READS) {
    const some = await Promise.all(others.slice(from, from + CONCURRENT_READS).map(read));
    found.push(...some.filter((endpoint) => endpoint !== null));
  }
  const isWanted = (tags: TagSet): boolean => (value === null ? tags.has(tag) : tags.get(tag) === value);
  return { endpoints: found.filter(({ tags }) => isWanted(TagSet.of(tags))), failures };
}

/** Reads the endpoints of groups that have many by one list for each group. An endpoint that the list lacks is read alone. */
async function ofFullGroups(arm: ArmCalls, ids: readonly string[]): Promise<readonly PrivateEndpoint[]> {
  const groups = new Map<string, Set<string>>();
  for (const id of ids) {
    const [group = ''] = /^.*?(?=\/providers\/)/i.exec(id) ?? [];
    const members = groups.get(group.toLowerCase()) ?? new Set();
    groups.set(group.toLowerCase(), members.add(id.toLowerCase()));
  }
  const full = [...groups].filter(([, members]) => members.size > CONCURRENT_READS);
  const lists = full.map(async ([group, members]) => {
    try {
      return (await endpointsIn(arm, group)).filter(({ id }) => members.has(id.toLowerCase()));
    } catch (error) {
      if (!(error instanceof ProvisioningError) || error.failure.kind === 'transient') throw error;
      return [];
    }
  });
  return (await Promise.all(lists)).flat();
}

/** The private endpoints of a resource group or subscription. */
async function endpointsIn(arm: ArmCalls, scope: string): Promise<readonly PrivateEndpoint[]> {
  const call = { path: `${scope}/providers/Microsoft.Network/privateEndpoints`, apiVersion: WITH_GUID };
  const found = await arm.rawList(`listing private endpoints of ${scope}`, call, privateEndpointSchema);
  return found.map(privateEndpointOf);
}

function quoted(text: string): string {
  return text.replaceAll("'", "''");
}

interface Follow {
  readonly follow: boolean;
}

function createPrivateEndpoint(arm: ArmCalls, endpoint: NewPrivateEndpoint, options: Follow): Promise<void> {
  const body = {
    location: endpoint.location,
    tags: { ...endpoint.tags },
    subnet: { id: endpoint.subnetId },
    ...(endpoint.networkInterfaceName !== undefined && {
      customNetworkInterfaceName: endpoint.networkInterfaceName,
    }),
    // A private link service has no members: group and member stay empty.
    ...(endpoint.staticIpAddress !== undefined && {
      ipConfigurations: [{ name: 'static', privateIPAddress: endpoint.staticIpAddress }],
    }),
    // An alias, or a service of another tenant, only allows manual connections, which its owner approves.
    manualPrivateLinkServiceConnections: [
      {
        name: endpoint.connectionName,
        privateLinkServiceId: endpoint.target,
        groupIds: [],
        requestMessage: endpoint.requestMessage,
      },
    ],
  };
  return put(arm, endpoint.id, body, options);
}

/** Sends back as read: security groups, the interface's name, fixed addresses, and the manual or automatic connection. */
async function repeatPrivateEndpoint(
  arm: ArmCalls,
  { id, tags }: { readonly id: string; readonly tags: Tags },
  { follow, mayName }: Parameters<Network['repeatPrivateEndpoint']>[2],
): Promise<void> {
  const { subscriptionId, resourceGroup, name } = named(id, parsePrivateEndpointId);
  const found = await arm.read(`reading private endpoint ${name}`, () =>
    arm.clients.network(subscriptionId).privateEndpoints.get(resourceGroup, name),
  );
  if (!found) {
    const failure = { code: 'endpoint-changed', message: `${id} does not exist any more` } as const;
    throw new ProvisioningError({ kind: 'transient', source: 'azure', ...failure });
  }
  const body = {
    ...found,
    tags: { ...tags },
    manualPrivateLinkServiceConnections: stateless(found.manualPrivateLinkServiceConnections),
    privateLinkServiceConnections: stateless(found.privateLinkServiceConnections),
  };
  const names = [found.subnet, ...(found.applicationSecurityGroups ?? [])].flatMap(
    (resource) => resource?.id ?? [],
  );
  mayName?.(names);
  await put(arm, id, body, { follow });
}

/** Drops the approval state: the owner of the service decides it, and it may have changed since it was read. */
function stateless(connections: readonly Connection[] = []): Connection[] {
  return connections.map((connection) => {
    const desired = { ...connection };
    delete desired.privateLinkServiceConnectionState;
    return desired;
  });
}

function put(arm: ArmCalls, id: string, body: SdkEndpoint, { follow }: Follow): Promise<void> {
  const { subscriptionId, resourceGroup, name } = named(id, parsePrivateEndpointId);
  return arm.submit(
    `creating private endpoint ${name} in ${resourceGroup}`,
    () => arm.clients.network(subscriptionId).privateEndpoints.createOrUpdate(resourceGroup, name, body),
    { follow, failedAs: follow ? 'endpoint-failed' : 'azure-refused' },
  );
}
