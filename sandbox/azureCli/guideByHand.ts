import { z } from 'zod';
import { addresses } from './lookAround.ts';
import type { Walk } from './walk.ts';

/** The Azure half of the guide, as a user does it by hand with the CLI in a separate group. */
export interface ByHand {
  readonly location: string;
  /** The private link service of the region, as Zilliz shows it. */
  readonly alias: string;
  readonly zone: string;
  /** What a user does at Zilliz with the endpoint ID; afterwards the connection is approved. */
  readonly approve: (endpointId: string) => void;
}

const GROUP = 'rg-by-hand';
const NETWORK = 'vnet-by-hand';
const ENDPOINT = 'pe-by-hand';
const RECORD = 'in01-0123456789abcde-privatelink';
const ADDRESS = '10.30.1.4';

const inGroup = ['--resource-group', GROUP];
const nothing = z.unknown();
const succeeded = z.object({ provisioningState: z.literal('Succeeded') });
const statusOf = (status: string) =>
  z.object({
    manualPrivateLinkServiceConnections: z.tuple([
      z.object({ privateLinkServiceConnectionState: z.object({ status: z.literal(status) }) }),
    ]),
  });

export async function setUpByHand(walk: Walk, byHand: ByHand): Promise<void> {
  const { location, alias, zone, approve } = byHand;
  await walk.expect(
    'makes a resource group',
    ['group', 'create', '--name', GROUP, '--location', location],
    z.object({ name: z.literal(GROUP) }),
  );
  await walk.expect(
    'makes a network with a subnet',
    [
      ...['network', 'vnet', 'create', ...inGroup, '--name', NETWORK, '--address-prefixes', '10.30.0.0/16'],
      ...['--subnet-name', 'snet', '--subnet-prefixes', '10.30.1.0/24'],
    ],
    z.object({ newVNet: succeeded }),
  );
  const createEndpoint = [
    ...['network', 'private-endpoint', 'create', ...inGroup, '--name', ENDPOINT, '--vnet-name', NETWORK],
    ...['--subnet', 'snet', '--private-connection-resource-id', alias, '--connection-name', 'zilliz'],
    ...['--manual-request', 'true', '--request-message', 'by hand', '--tags', 'owner=me'],
  ];
  await Promise.all([
    walk.expect('makes an endpoint by manual request', createEndpoint, succeeded.and(statusOf('Pending'))),
    walk.expect(
      'makes a zone',
      ['network', 'private-dns', 'zone', 'create', ...inGroup, '--name', zone],
      succeeded,
    ),
  ]);
  const endpointId = await idOfEndpoint(walk);
  const guid = await walk.expect(
    'reads the GUID that Zilliz wants to know',
    ['resource', 'show', '--ids', endpointId, '--query', 'properties.resourceGuid'],
    z.guid(),
  );
  if (guid !== null) approve(`${ENDPOINT}.${guid}`);
  await walk.expect(
    'sees the connection approved',
    ['network', 'private-endpoint', 'show', ...inGroup, '--name', ENDPOINT],
    statusOf('Approved'),
  );
  await walk.expect(
    'changes tags by merging',
    ['tag', 'update', '--resource-id', endpointId, '--operation', 'merge', '--tags', 'team=data'],
    z.object({
      properties: z.object({ tags: z.object({ owner: z.literal('me'), team: z.literal('data') }) }),
    }),
  );
  await nameByHand(walk, zone);
}

async function idOfEndpoint(walk: Walk): Promise<string> {
  const found = await walk.expect(
    'lists the endpoints of the group',
    ['network', 'private-endpoint', 'list', ...inGroup],
    z.tuple([z.object({ id: z.string(), name: z.literal(ENDPOINT) })]),
  );
  return found?.[0].id ?? 'unknown';
}

async function nameByHand(walk: Walk, zone: string): Promise<void> {
  const inZone = [...inGroup, '--zone-name', zone];
  const record = ['--record-set-name', RECORD, '--ipv4-address', ADDRESS];
  const set = z.object({ aRecords: addresses(ADDRESS) });
  await walk.expect(
    'makes a record set',
    [...['network', 'private-dns', 'record-set', 'a', 'create', ...inZone], '--name', RECORD, '--ttl', '600'],
    z.object({ ttl: z.literal(600) }),
  );
  await walk.expect(
    'adds the address to it',
    ['network', 'private-dns', 'record-set', 'a', 'add-record', ...inZone, ...record],
    set,
  );
  const link = ['network', 'private-dns', 'link', 'vnet', 'create', ...inZone, '--name', 'link-by-hand'];
  await walk.expect(
    'links the zone to the network',
    [...link, '--virtual-network', NETWORK, '--registration-enabled', 'true'],
    succeeded,
  );
}

export async function takeDownByHand(walk: Walk, zone: string): Promise<void> {
  const inZone = [...inGroup, '--zone-name', zone];
  await walk.expectRefusal(
    'is refused to delete a zone that is linked',
    ['network', 'private-dns', 'zone', 'delete', ...inGroup, '--name', zone, '--yes'],
    /CannotDeleteResource.*virtualNetworkLinks\/link-by-hand/,
  );
  await walk.expect(
    'deletes the link',
    ['network', 'private-dns', 'link', 'vnet', 'delete', ...inZone, '--name', 'link-by-hand', '--yes'],
    nothing,
  );
  await walk.expect(
    'deletes the record set',
    ['network', 'private-dns', 'record-set', 'a', 'delete', ...inZone, '--name', RECORD, '--yes'],
    nothing,
  );
  await Promise.all([
    walk.expect(
      'deletes the zone',
      ['network', 'private-dns', 'zone', 'delete', ...inGroup, '--name', zone, '--yes'],
      nothing,
    ),
    walk.expect(
      'deletes the endpoint',
      ['network', 'private-endpoint', 'delete', ...inGroup, '--name', ENDPOINT],
      nothing,
    ),
  ]);
  await walk.expectRefusal(
    'finds the endpoint gone',
    ['network', 'private-endpoint', 'show', ...inGroup, '--name', ENDPOINT],
    /ResourceNotFound/,
  );
  await walk.expect('deletes the group', ['group', 'delete', '--name', GROUP, '--yes'], nothing);
  await walk.expect('finds the group gone', ['group', 'exists', '--name', GROUP], z.literal(false));
}
