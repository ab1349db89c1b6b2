import { z } from 'zod';
import { CLOUD_NAME } from './environment.ts';
import type { Walk } from './walk.ts';

/** What a run of the app has made in Azure. */
export interface Made {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly virtualNetwork: string;
  readonly privateEndpoint: { readonly id: string; readonly name: string; readonly address: string };
  /** `<name>.<resourceGuid>`, as Zilliz knows the endpoint. */
  readonly endpointId: string;
  readonly zone: string;
  readonly records: readonly string[];
  readonly connectionId: string;
}

const nothing = z.unknown();

export async function signIn(walk: Walk, azureUrl: string, { subscriptionId }: Made): Promise<void> {
  const register = ['cloud', 'register', '--name', CLOUD_NAME, '--endpoint-resource-manager', azureUrl];
  await walk.expect('learns of the sandbox as a cloud', register, nothing);
  await walk.expect(
    'makes it the one in use',
    ['cloud', 'set', '--name', CLOUD_NAME, '--only-show-errors'],
    nothing,
  );
  const account = z.object({ id: z.literal(subscriptionId), state: z.literal('Enabled') });
  await walk.expect('signs in with the managed identity', ['login', '--identity'], z.tuple([account]));
  await walk.expect('knows who it is', ['account', 'show'], account);
  const token = z.object({ accessToken: z.string().regex(/^[\w-]+\.[\w-]+\.[\w-]+$/) });
  await walk.expect('gets a token in JWT form', ['account', 'get-access-token'], token);
  const regions = z.array(z.object({ name: z.string(), displayName: z.string() })).min(1);
  await walk.expect('lists regions', ['account', 'list-locations'], regions);
}

/** Lists and shows what the app made. */
export async function lookAround(walk: Walk, made: Made): Promise<void> {
  const { resourceGroup: group, privateEndpoint, zone } = made;
  const inGroup = ['--resource-group', group];
  const inZone = [...inGroup, '--zone-name', zone];
  const named = (name: string) => z.object({ name: z.literal(name) });

  await walk.expect('lists resource groups', ['group', 'list'], z.tuple([named(group)]));
  await walk.expect(
    'lists what is in the group',
    ['resource', 'list', ...inGroup, '--query', '[].name'],
    containing(made.virtualNetwork, privateEndpoint.name, zone),
  );
  await walk.expect(
    'finds the endpoint by its mark',
    ['resource', 'list', '--tag', 'managed-by=private-link-for-zilliz-cloud', '--query', '[].name'],
    containing(privateEndpoint.name, zone),
  );
  await showEndpoint(walk, made);
  await walk.expect(
    'shows the network',
    ['network', 'vnet', 'show', ...inGroup, '--name', made.virtualNetwork],
    named(made.virtualNetwork),
  );
  // The SOA record set of each zone, and the entry of the connection among its owners.
  const recordSets = made.records.length + 2;
  await walk.expect(
    'lists zones with their counters',
    ['network', 'private-dns', 'zone', 'list'],
    z.tuple([z.object({ name: z.literal(zone), numberOfRecordSets: z.literal(recordSets) })]),
  );
  await walk.expect(
    'lists the records',
    ['network', 'private-dns', 'record-set', 'a', 'list', ...inZone],
    z.array(z.object({ name: z.enum(made.records), aRecords: addresses(privateEndpoint.address) })).length(2),
  );
  await walk.expect(
    'lists the link, which registers names',
    ['network', 'private-dns', 'link', 'vnet', 'list', ...inZone],
    z.tuple([
      z.object({ registrationEnabled: z.literal(true), virtualNetworkLinkState: z.literal('Completed') }),
    ]),
  );
  await walk.expect('finds no locks', ['lock', 'list', ...inGroup], z.tuple([]));
}

async function showEndpoint(walk: Walk, { privateEndpoint, resourceGroup, ...made }: Made): Promise<void> {
  const { id, name, address } = privateEndpoint;
  const approved = z.object({
    name: z.literal(name),
    provisioningState: z.literal('Succeeded'),
    manualPrivateLinkServiceConnections: z.tuple([
      z.object({ privateLinkServiceConnectionState: z.object({ status: z.literal('Approved') }) }),
    ]),
    tags: z.looseObject({ 'managed-by': z.literal('private-link-for-zilliz-cloud') }),
  });
  const show = ['network', 'private-endpoint', 'show', '--resource-group', resourceGroup, '--name', name];
  await walk.expect('shows the endpoint, approved and marked', show, approved);
  const guid = made.endpointId.slice(name.length + 1);
  const generic = z.object({ properties: z.object({ resourceGuid: z.literal(guid) }) });
  await walk.expect('shows its GUID, as a resource', ['resource', 'show', '--ids', id], generic);
  await walk.expect(
    'shows its GUID, by a plain request',
    ['rest', '--method', 'get', '--url', `${id}?api-version=2024-05-01`],
    generic,
  );
  await walk.expect(
    'finds its address at the network interface',
    ['network', 'nic', 'list', '--query', '[].ipConfigurations[].privateIpAddress'],
    containing(address),
  );
  const tags = z.object({ properties: z.object({ tags: z.record(z.string(), z.string()) }) });
  await walk.expect('lists its tags', ['tag', 'list', '--resource-id', id], tags);
}

export function addresses(...expected: readonly string[]) {
  return z
    .array(z.object({ ipv4Address: z.string() }))
    .refine((records) => records.map((record) => record.ipv4Address).join() === expected.join(), {
      error: `not ${expected.join()}`,
    });
}

function containing(...expected: readonly string[]) {
  return z.array(z.string()).refine((names) => expected.every((name) => names.includes(name)), {
    error: `not all of ${expected.join(', ')}`,
  });
}
