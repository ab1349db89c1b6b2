import * as z from 'zod';
import type { Policy } from '../../src/activities/activities.ts';
import { createActivities } from '../../src/activities/activities.ts';
import { boundedPorts, boundedWrites } from '../../src/boundedPorts.ts';
import type { AllowedScopes } from '../../src/domain/connection/bounds.ts';
import { connectionFrom, connectionRequestSchema } from '../../src/domain/connection/connection.ts';
import { wantedTags } from '../../src/domain/connection/endpointTags.ts';
import { entryMetadata, newSharedTags, recordMetadata } from '../../src/domain/connection/marks.ts';
import { networkHash } from '../../src/domain/connection/names.ts';
import { linkId, zoneId as zoneIdOf } from '../../src/domain/connection/resourceId.ts';
import { fail, succeeded } from '../../src/domain/failure/failure.ts';
import type { FailureCode } from '../../src/domain/failure/catalog.ts';
import type {
  ARecordSet,
  Cluster,
  OtherSet,
  PrivateDnsZone,
  PrivateEndpoint,
  RegisteredEndpoint,
  TxtRecordSet,
  VirtualNetworkLink,
} from '../../src/domain/resources/model.ts';
import { defaultZillizStatuses } from '../../src/domain/resources/registration.ts';
import { linkName } from '../../src/domain/resources/virtualNetworkLink.ts';
import { ENTRY_VALUE, entryName } from '../../src/domain/resources/zoneOwner.ts';
import type { Ports } from '../../src/ports.ts';

const subscriptionId = '0b1f6471-1bf0-4dda-aec3-111122223333';
export const group = `/subscriptions/${subscriptionId}/resourceGroups/rg`;
export const network = `${group}/providers/Microsoft.Network/virtualNetworks/vnet`;
export const clusterId = 'in01-0123456789abcde';
const host = `${clusterId}-privatelink.az-eastus.vectordb.zillizcloud.com`;
const service = 'zilliz.abc.eastus.azure.privatelinkservice';
export const address = '10.0.0.4';
export const regionalZone = zoneIdOf(subscriptionId, 'rg', 'az-eastus.vectordb.zillizcloud.com');
export const clusterZone = zoneIdOf(subscriptionId, 'rg', host);
const resourceGuid = '5f1d8c2a-7b3e-4d6f-9a10-2c4e6f8a0b1d';

export function connectionOf(change: object = {}) {
  return connectionFrom(
    connectionRequestSchema.parse({
      ...{ projectId: 'proj-0123456789abcdef', regionId: 'az-eastus', subnetId: `${network}/subnets/snet` },
      ...change,
    }),
  );
}

export const connection = connectionOf();
export const endpointId = `${connection.privateEndpoint.name}.${resourceGuid}`;

type TextInZone = TxtRecordSet & { readonly zoneId: string };

/** Azure and Zilliz of a finished connection, as the ports show them. A test changes what it needs. */
export interface MemoryWorld {
  endpoint: PrivateEndpoint | null;
  others: PrivateEndpoint[];
  service: string | null;
  registered: RegisteredEndpoint[];
  clusters: Cluster[];
  zones: PrivateDnsZone[];
  links: VirtualNetworkLink[];
  records: ARecordSet[];
  /** The entries of the owners of zones, and other TXT record sets. */
  texts: TextInZone[];
  zillizFails: FailureCode | null;
  allowed: AllowedScopes;
  /** Resource IDs of private endpoints that Azure does not show to the identity: 403. */
  unreadable: string[];
  /** Whether the identity may read all private endpoints of the subscription. */
  readsAll: boolean;
  freeAddresses: number;
  /** Record sets of other types. */
  otherSets: (OtherSet & { readonly zoneId: string })[];
  /** What reads return instead, by port and method; for the probe also what it is. */
  reads: Partial<Record<'zilliz' | 'network' | 'dns' | 'probe', object>>;
  /** Writes that Azure or Zilliz refuses. */
  refused: Readonly<Record<string, FailureCode>>;
}

export function finishedWorld(): MemoryWorld {
  const { id, name } = connection.privateEndpoint;
  const publicUrl = `https://${clusterId}.az-eastus.vectordb.zillizcloud.com:19530`;
  return {
    endpoint: {
      ...{ id, name, resourceGuid, location: 'eastus', subnetId: connection.subnetId, target: service },
      ...{ tags: wantedTags(connection, null), networkInterfaceId: `${group}/nic`, connectionName: name },
      ...{ manual: true, provisioningState: 'Succeeded' },
      connectionState: { status: 'Approved', text: 'Approved', description: '' },
    },
    others: [],
    service,
    registered: [{ endpointId, regionId: 'az-eastus', status: 'AVAILABLE' }],
    clusters: [
      {
        ...{ clusterId, name: 'one', projectId: connection.projectId, regionId: 'az-eastus' },
        ...{ plan: 'Enterprise', deploymentOption: 'Dedicated', status: 'RUNNING' },
        ...{ connectAddress: publicUrl, createdAt: null, privateLinkAddress: `https://${host}:19530` },
      },
    ],
    zones: [zoneOf(regionalZone)],
    links: [linkOf(regionalZone, network)],
    records: [recordOf(regionalZone, `${clusterId}-privatelink`)],
    texts: [entryOf(regionalZone)],
    zillizFails: null,
    allowed: { projects: null, scopes: null },
    unreadable: [],
    readsAll: true,
    freeAddresses: 200,
    otherSets: [],
    reads: {},
    refused: {},
  };
}

/** A read that fails. */
export const failing = (code: FailureCode) => () => {
  throw fail(code, code);
};

export function zoneOf(id: string, tags = newSharedTags(0)): PrivateDnsZone {
  const name = id.slice(id.lastIndexOf('/') + 1);
  return { id, name, tags, provisioningState: 'Succeeded', registrationLinkCount: 0 };
}

export function linkOf(
  zoneId: string,
  virtualNetworkId: string,
  tags = newSharedTags(0),
): VirtualNetworkLink {
  const name = linkName(virtualNetworkId);
  const id = linkId(zoneId, name);
  return { id, name, zoneId, virtualNetworkId, tags, registrationEnabled: false, completed: true };
}

export function recordOf(zoneId: string, name: string, change: Partial<ARecordSet> = {}): ARecordSet {
  const privateEndpointId = connection.privateEndpoint.id;
  const owner = { projectId: connection.projectId, endpointId, privateEndpointId };
  return {
    ...{ zoneId, name, ttlSeconds: 600, addresses: [address], autoRegistered: false, etag: '1' },
    metadata: recordMetadata(connection.id, clusterId, owner),
    ...change,
  };
}

/** The entry of a connection among the owners of a zone. */
export function entryOf(zoneId: string, of = connection, change: Partial<TxtRecordSet> = {}): TextInZone {
  const metadata = entryMetadata(
    of,
    of.linkedNetworks.map((id) => ({ hash: networkHash(id), created: true })),
  );
  return { zoneId, name: entryName(of.id), values: [ENTRY_VALUE], metadata, etag: '1', ...change };
}

/** The names of all writes of the ports, e.g. `dns.putRecord`. */
export function allWrites(): readonly string[] {
  const { ports } = portsOf(finishedWorld());
  return Object.entries(boundedWrites(ports, { projects: null, scopes: null })).flatMap(([port, methods]) =>
    Object.keys(methods).map((method) => `${port}.${method}`),
  );
}

/** A write with its parameters. */
export interface Sent {
  readonly write: string;
  readonly given: readonly unknown[];
}

/** The activities over a world, the writes that they send, and what they read. Nothing that is sent changes the world. */
export function activitiesOf(world: MemoryWorld) {
  const { ports, sent, asked } = portsOf(world);
  const policy: Policy = {
    briefly: (work) => work(),
    ...{ zillizStatuses: defaultZillizStatuses, allowed: world.allowed, recordRemovalDelayHours: 24 },
  };
  const bounded = boundedPorts(ports, world.allowed);
  return { ports: bounded, policy, activities: createActivities(bounded, policy), sent, asked };
}

function portsOf(world: MemoryWorld): { ports: Ports; sent: Sent[]; asked: string[] } {
  const sent: Sent[] = [];
  const asked: string[] = [];
  const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
  const inZone = <T extends { readonly zoneId: string }>(all: readonly T[], zoneId: string): readonly T[] =>
    all.filter((one) => same(one.zoneId, zoneId));
  const endpoints = (): readonly PrivateEndpoint[] => [
    ...(world.endpoint ? [world.endpoint] : []),
    ...world.others,
  ];
  const fromZilliz = <T>(value: T): T => {
    if (world.zillizFails !== null) throw fail(world.zillizFails, world.zillizFails);
    return value;
  };
  const zilliz = {
    endpointService: () =>
      fromZilliz({ regionId: 'az-eastus', service: world.service, whitelistRequired: false }),
    privateEndpoints: () => fromZilliz(world.registered),
    project: (projectId: string) =>
      fromZilliz({ projectId, name: 'project', plan: 'Enterprise', regionIds: [] }),
    projects: () => fromZilliz([]),
    clusters: () => fromZilliz(world.clusters),
    regions: () => fromZilliz([{ regionId: 'az-eastus' }]),
    onDemandCompute: () => fromZilliz('disabled'),
    onDemandClusters: () => fromZilliz([]),
    cluster: (_: string, id: string) =>
      fromZilliz(world.clusters.find((one) => one.clusterId === id) ?? 'gone'),
  };
  const networkReads = {
    subscriptions: () => [subscriptionId],
    privateEndpoint: (id: string) => {
      if (world.unreadable.some((one) => same(one, id))) throw fail('azure-permission-denied', `${id}: 403`);
      return endpoints().find((one) => same(one.id, id)) ?? null;
    },
    privateEndpointsIn: endpoints,
    privateEndpointsByTag: (_: string, tag: string, value: string | null) => ({
      endpoints: endpoints().filter(({ tags }) => (value === null ? tag in tags : tags[tag] === value)),
      failures: [],
    }),
    privateIpAddress: () => address,
    resourceGroup: (id: string) => ({ id }),
    virtualNetwork: (id: string) => ({ id, location: 'eastus', dnsServers: [], subnets: [] }),
    subnet: (id: string) => ({
      ...{ id, addressPrefixes: ['10.0.0.0/24'], delegations: [], networkSecurityGroupId: null },
      ...{ routeTableId: null, networkPolicies: { securityGroup: false, routeTable: false } },
      freeAddresses: succeeded(world.freeAddresses),
      withRoom: [],
    }),
    blockedPorts: () => [],
    principalId: () => null,
    isPrivateLinkServiceVisible: ({ alias }: { readonly alias: string }) => alias === service,
    permissions: () => [{ actions: world.readsAll ? ['*'] : [], notActions: [] }],
    locks: () => [],
    policyFindings: () => [],
    subscriptionState: () => 'Enabled',
    networkRegistration: () => 'Registered',
  };
  const dns = {
    zone: (id: string) => world.zones.find((one) => same(one.id, id)) ?? null,
    zones: () => world.zones,
    links: (zoneId: string) => inZone(world.links, zoneId),
    link: (id: string) => world.links.find((one) => same(one.id, id)) ?? null,
    record: (zoneId: string, name: string) =>
      inZone(world.records, zoneId).find((one) => one.name === name) ?? null,
    recordSets: (zoneId: string) => ({
      ...{ records: inZone(world.records, zoneId), texts: inZone(world.texts, zoneId) },
      others: inZone(world.otherSets, zoneId),
    }),
  };
  /** Azure takes an entry only into a zone that exists and stays. */
  const refusalWithoutZone = (write: string, given: unknown): FailureCode | undefined => {
    if (write !== 'dns.putText') return undefined;
    const { zoneId } = z.object({ zoneId: z.string() }).parse(given);
    const zone = dns.zone(zoneId);
    return zone === null || zone.provisioningState === 'Deleting' ? 'azure-refused' : undefined;
  };
  /** Every method that is no read here is a write. */
  const port = (name: keyof MemoryWorld['reads'] | 'readiness', reads: object): object =>
    new Proxy(name === 'readiness' ? reads : { ...reads, ...world.reads[name] }, {
      get: (target, method) => {
        const read: unknown = Reflect.get(target, method);
        if (typeof read === 'boolean') return read;
        return (given: unknown, ...more: unknown[]) =>
          Promise.resolve().then(() => {
            if (typeof read === 'function') {
              asked.push(`${name}.${String(method)}`);
              return Reflect.apply(read, null, [given, ...more]) as unknown;
            }
            const write = `${name}.${String(method)}`;
            sent.push({ write, given: [given, ...more] });
            const code = world.refused[write] ?? refusalWithoutZone(write, given);
            if (code !== undefined) throw fail(code, `${write}: ${code}`);
            return null;
          });
      },
    });
  const ports = {
    ...{ zilliz: port('zilliz', zilliz), network: port('network', networkReads), dns: port('dns', dns) },
    ...{ probe: port('probe', {}), readiness: port('readiness', {}) },
  };
  return { ports: ports as unknown as Ports, sent, asked };
}
