import type { Subnet } from '../../../src/domain/resources/model.ts';
import { networkAdapter } from '../../../src/adapters/azure/network.ts';
import { succeeded } from '../../../src/domain/failure/failure.ts';
import type { Network } from '../../../src/ports.ts';
import { failureOf } from '../failureOf.ts';
import { recorded, startArmServer } from './armServer.ts';
import type { ArmServer } from './armServer.ts';

const subscriptionId = '11111111-1111-4111-8111-111111111111';
const groupId = `/subscriptions/${subscriptionId}/resourceGroups/rg-app`;
const network = `${groupId}/providers/Microsoft.Network`;
const endpointId = `${network}/privateEndpoints/pe-1`;
const subnetId = `${network}/virtualNetworks/vnet-1/subnets/snet-1`;
const guid = '4c76690f-02f1-44d4-b0fe-2c1ec7e439dc';
const alias = 'zilliz.6a90fc24-16c3-40c1-a94c-648987ac7422.eastus.azure.privatelinkservice';
const status = 'https://localhost/never-asked';

let server: ArmServer;
let adapter: Network;

beforeAll(async () => {
  server = await startArmServer({ requestTimeoutMs: 1000 });
  adapter = networkAdapter(server.arm);
});
afterAll(() => server.stop());
beforeEach(() => {
  server.traffic.clear();
  server.faults.clear();
});

const notFound = {
  status: 404,
  body: { error: { code: 'ResourceNotFound', message: 'The Resource was not found.' } },
};

function wireEndpoint(properties: object = {}, tags: Readonly<Record<string, string>> = {}) {
  return {
    id: endpointId,
    name: 'pe-1',
    location: 'westeurope',
    tags,
    properties: {
      provisioningState: 'Succeeded',
      resourceGuid: guid,
      subnet: { id: subnetId },
      networkInterfaces: [{ id: `${network}/networkInterfaces/nic-1` }],
      manualPrivateLinkServiceConnections: [
        {
          name: 'pe-1',
          properties: {
            privateLinkServiceId: alias,
            privateLinkServiceConnectionState: {
              status: 'pending',
              description: 'Awaiting approval',
              actionsRequired: 'None',
            },
          },
        },
      ],
      privateLinkServiceConnections: [],
      ...properties,
    },
  };
}

describe('reading a private endpoint', () => {
  it('takes the resource GUID from the wire, where the SDK drops it', async () => {
    server.answer('endpoint.get', recorded('private-endpoint', 'GET', '/privateEndpoints/pe-000005'));

    await expect(adapter.privateEndpoint(endpointId)).resolves.toMatchObject({
      name: 'pe-000005',
      resourceGuid: guid,
      provisioningState: 'Succeeded',
      manual: false,
      connectionName: 'connection-000006',
      connectionState: { status: 'Approved', text: 'Approved', description: 'Auto-Approved' },
    });
  });

  it('sees a manual connection that waits for approval, in any case that Azure writes it', async () => {
    server.answer('endpoint.get', { status: 200, body: wireEndpoint({}, { a: '1' }) });

    await expect(adapter.privateEndpoint(endpointId)).resolves.toEqual({
      id: endpointId,
      name: 'pe-1',
      location: 'westeurope',
      tags: { a: '1' },
      subnetId,
      provisioningState: 'Succeeded',
      resourceGuid: guid,
      networkInterfaceId: `${network}/networkInterfaces/nic-1`,
      target: alias,
      connectionName: 'pe-1',
      manual: true,
      connectionState: { status: 'Pending', text: 'pending', description: 'Awaiting approval' },
    });
  });

  it('asks an older version of the API for a GUID that the newest does not show', async () => {
    const without = { status: 200, body: wireEndpoint({ resourceGuid: undefined }) };
    server.answer('endpoint.get', without, { status: 200, body: wireEndpoint() });

    await expect(adapter.privateEndpoint(endpointId)).resolves.toMatchObject({ resourceGuid: guid });

    const versions = server.traffic
      .of('endpoint.get')
      .map(({ request }) => request.url.split('api-version=')[1]);
    expect(versions).toEqual(['2026-01-01', '2022-01-01']);
  });

  it.each([['nonsense'], [undefined]])('has no GUID when Azure shows %p', async (resourceGuid) => {
    server.answer('endpoint.get', { status: 200, body: wireEndpoint({ resourceGuid }) });

    await expect(adapter.privateEndpoint(endpointId)).resolves.toMatchObject({ resourceGuid: null });
  });

  it.each([
    ['Removed', 'Disconnected'],
    ['Disconnected', 'Disconnected'],
    ['Rejected', 'Rejected'],
    ['Pondering', 'Other'],
  ])('reads the connection state %s as %s', async (word, expected) => {
    const state = { status: word, description: '' };
    const connections = [{ name: 'c', properties: { privateLinkServiceConnectionState: state } }];
    server.answer('endpoint.get', {
      status: 200,
      body: wireEndpoint({ manualPrivateLinkServiceConnections: connections }),
    });

    await expect(adapter.privateEndpoint(endpointId)).resolves.toMatchObject({
      connectionState: { status: expected, text: word },
    });
  });

  it('is null when ARM says that there is none', async () => {
    server.answer('endpoint.get', notFound);

    await expect(adapter.privateEndpoint(endpointId)).resolves.toBeNull();
  });

  it('is no null when the 404 is not of ARM: something on the way answered', async () => {
    server.answer('endpoint.get', { status: 404, text: '<html>Not Found</html>' });

    await expect(failureOf(adapter.privateEndpoint(endpointId))).resolves.toMatchObject({
      code: 'azure-unavailable',
    });
  });

  it('fails for an unknown subscription, where everything would be missing', async () => {
    server.answer('endpoint.get', { status: 404, body: { error: { code: 'SubscriptionNotFound' } } });

    await expect(failureOf(adapter.privateEndpoint(endpointId))).resolves.toMatchObject({
      code: 'subscription-not-found',
    });
  });
});

describe('creating a private endpoint', () => {
  const endpoint = {
    id: endpointId,
    location: 'westeurope',
    subnetId,
    target: alias,
    connectionName: 'pe-1',
    requestMessage: 'please',
    tags: { 'managed-by': 'us' },
  };

  it('asks the owner of the alias with one PUT, and does not wait', async () => {
    server.answer('endpoint.put', {
      status: 201,
      headers: { 'azure-asyncoperation': status },
      body: wireEndpoint({ provisioningState: 'Updating' }),
    });

    await adapter.createPrivateEndpoint(endpoint, { follow: false });

    expect(server.traffic.all()).toHaveLength(1);
    expect(server.traffic.all()[0]?.request.body).toEqual({
      location: 'westeurope',
      tags: { 'managed-by': 'us' },
      properties: {
        subnet: { id: subnetId },
        manualPrivateLinkServiceConnections: [
          {
            name: 'pe-1',
            properties: { privateLinkServiceId: alias, groupIds: [], requestMessage: 'please' },
          },
        ],
      },
    });
  });

  it('follows the operation on request, and says why it failed', async () => {
    server.answer('endpoint.put', {
      status: 201,
      headers: { 'azure-asyncoperation': `${server.baseUrl}/operations/1` },
      body: wireEndpoint({ provisioningState: 'Updating' }),
    });
    server.answer('operation.get', {
      status: 200,
      body: { status: 'Failed', error: { code: 'SomethingNew', message: 'No such luck.', details: [] } },
    });

    await expect(failureOf(adapter.createPrivateEndpoint(endpoint, { follow: true }))).resolves.toMatchObject(
      {
        code: 'endpoint-failed',
        message: 'creating private endpoint pe-1 in rg-app: SomethingNew: No such luck.',
      },
    );
  });

  it('is refused with what ARM says in the details', async () => {
    server.answer('endpoint.put', {
      status: 429,
      body: {
        error: {
          code: 'RetryableError',
          message: 'A retryable error occurred.',
          details: [{ code: 'ReferencedResourceNotProvisioned', message: 'snet-1 is Updating' }],
        },
      },
    });

    const failure = await failureOf(adapter.createPrivateEndpoint(endpoint, { follow: false }));

    expect(failure).toMatchObject({ kind: 'transient', code: 'azure-busy' });
    expect(failure.message).toContain('snet-1 is Updating');
    expect(server.traffic.all()).toHaveLength(1);
  });

  it('is worth waiting for while Azure has not released the name', async () => {
    server.answer('endpoint.put', {
      status: 409,
      body: { error: { code: 'PrivateEndpointAlreadyExists', message: 'Try later.' } },
    });

    await expect(
      failureOf(adapter.createPrivateEndpoint(endpoint, { follow: false })),
    ).resolves.toMatchObject({
      kind: 'transient',
      code: 'endpoint-name-not-released',
    });
  });
});

describe('putting a private endpoint once more', () => {
  const tags = { owner: 'team-search', 'managed-by': 'us' };

  it('sends back all that was read but the connection state, which is not ours to say', async () => {
    const properties = {
      subnet: { id: subnetId },
      customNetworkInterfaceName: 'nic-1',
      applicationSecurityGroups: [{ id: '/asg' }],
      ipConfigurations: [{ name: 'fixed', properties: { privateIPAddress: '10.0.0.9' } }],
      privateLinkServiceConnections: [
        {
          name: 'by-hand',
          properties: {
            privateLinkServiceId: '/pls',
            groupIds: [],
            requestMessage: 'please',
          },
        },
      ],
      manualPrivateLinkServiceConnections: [],
    };
    const [connection] = properties.privateLinkServiceConnections;
    const state = { status: 'Pending', description: 'Awaiting approval', actionsRequired: 'None' };
    const read = {
      ...{
        id: endpointId,
        name: 'pe-1',
        location: 'westeurope',
        etag: 'W/"1"',
        tags: { owner: 'team-search' },
      },
      properties: {
        ...properties,
        provisioningState: 'Failed',
        privateLinkServiceConnections: [
          {
            ...connection,
            properties: { ...connection?.properties, privateLinkServiceConnectionState: state },
          },
        ],
      },
    };
    server.answer('endpoint.get', { status: 200, body: read });
    server.answer('endpoint.put', {
      status: 200,
      headers: { 'azure-asyncoperation': status },
      body: read,
    });

    await adapter.repeatPrivateEndpoint(endpointId, tags, { follow: false });

    const put = server.traffic.of('endpoint.put').map(({ request }) => request.body);
    expect(put).toEqual([{ id: endpointId, location: 'westeurope', tags, properties }]);
  });

  it('says which subnet and security groups it would name, and sends nothing when that is refused', async () => {
    const asg = `${network}/applicationSecurityGroups/asg-1`;
    const body = {
      ...{ id: endpointId, name: 'pe-1', location: 'westeurope' },
      properties: { subnet: { id: subnetId }, applicationSecurityGroups: [{ id: asg }] },
    };
    server.answer('endpoint.get', { status: 200, body });
    const named: string[] = [];
    const mayName = (ids: readonly string[]): void => {
      named.push(...ids);
      throw new Error('not this one');
    };

    const repeated = adapter.repeatPrivateEndpoint(endpointId, tags, { follow: false, mayName });

    await expect(repeated).rejects.toThrow('not this one');
    expect(named).toEqual([subnetId, asg]);
    expect(server.traffic.of('endpoint.put')).toEqual([]);
  });

  it('makes none where there is none any more', async () => {
    server.answer('endpoint.get', notFound);

    const failure = await failureOf(adapter.repeatPrivateEndpoint(endpointId, tags, { follow: false }));

    expect(failure).toMatchObject({ kind: 'transient', code: 'endpoint-changed' });
    expect(server.traffic.of('endpoint.put')).toEqual([]);
  });
});

describe('deleting a private endpoint', () => {
  it('returns when ARM has accepted it', async () => {
    const headers = { 'azure-asyncoperation': status, location: status };
    server.answer('endpoint.delete', { status: 202, headers });

    await adapter.deletePrivateEndpoint(endpointId);

    expect(server.traffic.all()).toHaveLength(1);
  });

  it.each([[{ status: 204 }], [notFound]])('is done when there is none', async (reply) => {
    server.answer('endpoint.delete', reply);

    await expect(adapter.deletePrivateEndpoint(endpointId)).resolves.toBeUndefined();
  });
});

describe('listing private endpoints', () => {
  it('of a group goes through all pages and keeps the GUIDs', async () => {
    const nextLink = `${server.baseUrl}${network}/privateEndpoints?api-version=2022-01-01&$skiptoken=2`;
    server.answer(
      'endpoint.list',
      { status: 200, body: { value: [wireEndpoint()], nextLink } },
      { status: 200, body: { value: [wireEndpoint({ provisioningState: 'Failed' })] } },
    );

    const found = await adapter.privateEndpointsIn(groupId);

    expect(found.map((endpoint) => [endpoint.resourceGuid, endpoint.provisioningState])).toEqual([
      [guid, 'Succeeded'],
      [guid, 'Failed'],
    ]);
  });

  it('by tag asks the index of tags, and believes only what it then reads', async () => {
    const other = `${network}/privateEndpoints/pe-2`;
    server.answer('resources.list', {
      status: 200,
      body: { value: [{ id: endpointId }, { id: other }, { id: `${network}/virtualNetworks/vnet-1` }] },
    });
    server.answer(
      'endpoint.get',
      { status: 200, body: wireEndpoint({}, { owner: "o'neil" }) },
      { status: 200, body: { ...wireEndpoint({}, { owner: 'since changed' }), id: other } },
    );

    const { endpoints: found } = await adapter.privateEndpointsByTag(subscriptionId, 'owner', "o'neil");

    expect(found).toHaveLength(1);
    expect(server.traffic.of('endpoint.get')).toHaveLength(2);
    const { url } = server.traffic.of('resources.list')[0]!.request;
    expect(new URL(url, server.baseUrl).searchParams.get('$filter')).toBe(
      "tagName eq 'owner' and tagValue eq 'o''neil'",
    );
  });

  it('is empty for a group that is not there', async () => {
    server.answer('endpoint.list', { status: 404, body: { error: { code: 'ResourceGroupNotFound' } } });

    await expect(adapter.privateEndpointsIn(groupId)).resolves.toEqual([]);
  });
});

describe('the private address', () => {
  it.each([
    ['the primary one', [{ privateIPAddress: '10.0.0.9' }, { privateIPAddress: '10.0.0.4', primary: true }]],
    ['IPv4 only', [{ privateIPAddress: 'fd00::4', primary: true }, { privateIPAddress: '10.0.0.4' }]],
  ])('is %s', async (_, configurations) => {
    const ipConfigurations = configurations.map((properties) => ({ name: 'x', properties }));
    server.answer('interface.get', { status: 200, body: { id: 'x', properties: { ipConfigurations } } });

    await expect(adapter.privateIpAddress(`${network}/networkInterfaces/nic-1`)).resolves.toBe('10.0.0.4');
  });

  it.each([
    [{ status: 200, body: { id: 'x', properties: { ipConfigurations: [{ properties: {} }] } } }],
    [notFound],
  ])('is null while there is none', async (reply) => {
    server.answer('interface.get', reply);

    await expect(adapter.privateIpAddress(`${network}/networkInterfaces/nic-1`)).resolves.toBeNull();
  });
});

describe('the subnet', () => {
  const answerSubnet = (properties: object): void =>
    server.answer('subnet.get', { status: 200, body: { id: subnetId, name: 'snet-1', properties } });

  beforeEach(() => {
    server.answer('network.usages', {
      status: 200,
      body: { value: [{ id: subnetId.toUpperCase(), currentValue: 3, limit: 251 }] },
    });
  });

  it.each([
    [{ addressPrefix: '10.0.1.0/24' }],
    [{ addressPrefixes: ['10.0.1.0/24'] }],
    [{ addressPrefix: '10.0.1.0/24', addressPrefixes: ['10.0.1.0/24'] }],
  ])('has its prefixes however the API version writes them: %j', async (properties) => {
    answerSubnet(properties);

    await expect(adapter.subnet(subnetId)).resolves.toMatchObject({ addressPrefixes: ['10.0.1.0/24'] });
  });

  it('is read with delegations, rules and free addresses', async () => {
    answerSubnet({
      addressPrefixes: ['10.0.1.0/24'],
      delegations: [{ name: 'd', properties: { serviceName: 'Microsoft.App/environments' } }],
      networkSecurityGroup: { id: `${network}/networkSecurityGroups/nsg-1` },
      routeTable: { id: `${network}/routeTables/rt-1` },
      privateEndpointNetworkPolicies: 'NetworkSecurityGroupEnabled',
    });

    await expect(adapter.subnet(subnetId)).resolves.toEqual({
      id: subnetId,
      addressPrefixes: ['10.0.1.0/24'],
      delegations: ['Microsoft.App/environments'],
      networkSecurityGroupId: `${network}/networkSecurityGroups/nsg-1`,
      routeTableId: `${network}/routeTables/rt-1`,
      networkPolicies: { securityGroup: true, routeTable: false },
      freeAddresses: succeeded(248),
      withRoom: expect.any(Array) as unknown,
    });
  });

  it('as recorded is understood', async () => {
    server.answer('subnet.get', recorded('private-endpoint', 'GET', '/subnets/subnet-000004'));

    await expect(adapter.subnet(subnetId)).resolves.toMatchObject({
      addressPrefixes: ['10.0.0.0/24'],
      delegations: [],
      networkSecurityGroupId: null,
    });
  });

  it('says why the number of free addresses is not known where the identity may not read it', async () => {
    answerSubnet({ addressPrefix: '10.0.1.0/24' });
    server.answer('network.usages', { status: 403, body: { error: { code: 'AuthorizationFailed' } } });

    await expect(adapter.subnet(subnetId)).resolves.toMatchObject({
      freeAddresses: { ok: false, failure: { code: 'azure-permission-denied' } },
    });
  });

  it('is null where there is none', async () => {
    server.answer('subnet.get', notFound);

    await expect(adapter.subnet(subnetId)).resolves.toBeNull();
  });
});

describe('ports that are plainly blocked', () => {
  const subnet: Subnet = {
    id: subnetId,
    addressPrefixes: ['10.0.1.0/24'],
    delegations: [],
    networkSecurityGroupId: `${network}/networkSecurityGroups/nsg-1`,
    routeTableId: `${network}/routeTables/rt-1`,
    networkPolicies: { securityGroup: true, routeTable: true },
    freeAddresses: succeeded(10),
    withRoom: [],
  };
  const deny = {
    direction: 'Inbound',
    access: 'Deny',
    priority: 100,
    protocol: '*',
    sourceAddressPrefix: '*',
    sourcePortRange: '*',
    destinationAddressPrefix: '*',
    destinationPortRange: '*',
  };
  const answerRules = (rules: readonly object[], routes: readonly object[] = []): void => {
    const securityRules = rules.map((properties) => ({ name: 'r', properties }));
    server.answer('securityGroup.get', { status: 200, body: { id: 'x', properties: { securityRules } } });
    server.answer('routeTable.get', {
      status: 200,
      body: { id: 'x', properties: { routes: routes.map((properties) => ({ name: 'r', properties })) } },
    });
    server.answer('network.get', {
      status: 200,
      body: { id: 'x', properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } } },
    });
  };

  it('are found in the rules of the security group', async () => {
    answerRules([deny]);

    await expect(adapter.blockedPorts(subnet, [19530])).resolves.toEqual([19530]);
  });

  it('are found in a route to nowhere', async () => {
    answerRules([], [{ addressPrefix: '10.0.0.0/16', nextHopType: 'None' }]);

    await expect(adapter.blockedPorts(subnet, [19530])).resolves.toEqual([19530]);
  });

  it('are none where network policies leave private endpoints alone', async () => {
    answerRules([deny], [{ addressPrefix: '10.0.0.0/16', nextHopType: 'None' }]);
    const networkPolicies = { securityGroup: false, routeTable: false };

    await expect(adapter.blockedPorts({ ...subnet, networkPolicies }, [19530])).resolves.toEqual([]);
  });

  it('are none without group and table, and nothing is read', async () => {
    const bare = { ...subnet, networkSecurityGroupId: null, routeTableId: null };

    await expect(adapter.blockedPorts(bare, [19530])).resolves.toEqual([]);
    expect(server.traffic.all()).toHaveLength(0);
  });
});

describe('the visibility of a private link service', () => {
  it.each([[true], [false]])('is answered %p', async (visible) => {
    server.answer('visibility.post', { status: 200, body: { visible } });

    await expect(
      adapter.isPrivateLinkServiceVisible({
        subscriptionId,
        resourceGroup: 'rg',
        location: 'westeurope',
        alias,
      }),
    ).resolves.toBe(visible);
    expect(server.traffic.all()[0]?.request.body).toEqual({ privateLinkServiceAlias: alias });
  });

  it('is waited for where Azure responds later', async () => {
    server.answer('visibility.post', {
      status: 202,
      headers: { location: `${server.baseUrl}/operations/1` },
    });
    server.answer('operation.get', { status: 200, body: { visible: true } });

    await expect(
      adapter.isPrivateLinkServiceVisible({
        subscriptionId,
        resourceGroup: 'rg',
        location: 'westeurope',
        alias,
      }),
    ).resolves.toBe(true);
  });
});

describe("ARM's own", () => {
  it.each([
    ['mergeTags', 'Merge'],
    ['removeTags', 'Delete'],
  ] as const)('%s leaves all other tags alone', async (method, operation) => {
    server.answer('tags.patch', { status: 200, body: { properties: { tags: {} } } });

    await adapter[method](endpointId, { a: '1' });

    expect(server.traffic.all()[0]?.request.body).toEqual({ operation, properties: { tags: { a: '1' } } });
  });

  it('permissions come with what they leave out', async () => {
    server.answer('permissions.list', {
      status: 200,
      body: { value: [{ actions: ['*'], notActions: ['*/delete'] }, { actions: ['a/read'] }] },
    });

    await expect(adapter.permissions(groupId)).resolves.toEqual([
      { actions: ['*'], notActions: ['*/delete'] },
      { actions: ['a/read'], notActions: [] },
    ]);
  });

  it('subscriptions are those that can be read', async () => {
    const value = [
      { subscriptionId, state: 'Enabled' },
      { subscriptionId: subscriptionId.replace('1', '2'), state: 'Deleted' },
    ];
    server.answer('subscriptions.list', { status: 200, body: { value } });

    await expect(adapter.subscriptions()).resolves.toEqual([subscriptionId]);
  });

  it('a resource group is there or not', async () => {
    server.answer('group.get', { status: 200, body: { id: groupId, location: 'westeurope' } });
    await expect(adapter.resourceGroup(groupId)).resolves.toEqual({ id: groupId, location: 'westeurope' });

    server.answer('group.get', { status: 404, body: { error: { code: 'ResourceGroupNotFound' } } });
    await expect(adapter.resourceGroup(groupId)).resolves.toBeNull();
  });
});

describe('an unreliable network', () => {
  const read = () => adapter.virtualNetwork(`${network}/virtualNetworks/vnet-1`);

  beforeEach(() => {
    server.answer('network.get', { status: 200, body: { id: 'x', location: 'westeurope', properties: {} } });
  });

  it.each([
    [{ kind: 'hang' }],
    [{ kind: 'slowBody', milliseconds: 1500 }],
    [{ kind: 'garbage' }],
    [{ kind: 'truncated' }],
    [{ kind: 'status', status: 500 }],
  ] as const)('is a transient failure within the time limit: %j', async (fault) => {
    server.faults.order({ call: 'network.get', fault });

    await expect(failureOf(read())).resolves.toMatchObject({ kind: 'transient', code: 'azure-unavailable' });
    expect(server.traffic.all()).toHaveLength(1);
  });

  it('is not noticed when a connection is cut once: the read is asked again', async () => {
    server.faults.order({ call: 'network.get', fault: { kind: 'reset' } });

    await expect(read()).resolves.toMatchObject({ location: 'westeurope' });
  });

  it('is a transient failure when connections are cut again and again', async () => {
    server.faults.order({ call: 'network.get', fault: { kind: 'reset' }, times: 'always' });

    await expect(failureOf(read())).resolves.toMatchObject({ kind: 'transient', code: 'azure-unavailable' });
    expect(server.traffic.all()).toHaveLength(2);
  });

  it('never makes a write twice', async () => {
    server.faults.order({ call: 'endpoint.delete', fault: { kind: 'answerLost' } });
    server.answer('endpoint.delete', { status: 202 });

    await failureOf(adapter.deletePrivateEndpoint(endpointId));

    expect(server.traffic.of('endpoint.delete')).toHaveLength(1);
  });

  it('never shows the token', async () => {
    server.faults.order({ call: 'network.get', fault: { kind: 'status', status: 403 } });

    expect(JSON.stringify(await failureOf(read()))).not.toContain('a-token');
    expect(server.traffic.all()[0]?.request.headers.authorization).toBe('Bearer a-token');
  });

  it('receives the name of this app', async () => {
    await read();

    expect(server.traffic.all()[0]?.request.headers['user-agent']).toMatch(/^private-link-for-zilliz-cloud /);
  });
});
