import {
  endpointBody,
  endpointPath,
  GROUP,
  MINUTE_MS,
  NETWORK,
  startTestBed,
  SUBNET,
  SUBSCRIPTION,
} from './support.ts';
import { ZONE } from './support.ts';
import type { AzureTestBed } from './support.ts';

const ENDPOINT = endpointPath('pe-zilliz');
const LINK = `${ZONE}/virtualNetworkLinks/link-app`;
const SUBSCRIPTION_ID = `/subscriptions/${SUBSCRIPTION}`;

let bed: AzureTestBed;
beforeEach(async () => {
  bed = await startTestBed();
});
afterEach(() => bed.stop());

const get = (path: string) => bed.arm('GET', path);

describe('the tags API of the Azure simulator', () => {
  const tagsOf = (id: string) => `${id}/providers/Microsoft.Resources/tags/default`;
  const patch = (id: string, operation: string, tags: Record<string, string>) =>
    bed.arm('PATCH', tagsOf(id), { operation, properties: { tags } });

  beforeEach(async () => {
    await bed.arm('PUT', ENDPOINT, endpointBody({ tags: { owner: 'me', team: 'data' } }));
    bed.azure.control.addZone({ id: ZONE });
    bed.azure.control.addLink({ id: LINK, virtualNetworkId: NETWORK });
  });

  it.each([
    ['a private endpoint', ENDPOINT],
    ['a zone', ZONE],
    ['a link', LINK],
    ['a resource group', GROUP],
  ])('merges tags of %s', async (_, id) => {
    const answer = await patch(id, 'Merge', { 'managed-by': 'app' });
    expect(answer.status).toBe(200);
    expect(answer.at('id')).toBe(tagsOf(id));
    expect((await get(id)).at('tags')).toMatchObject({ 'managed-by': 'app' });
  });

  it('merges without regard to the case of names, and touches nothing else', async () => {
    const before = await get(ENDPOINT);
    expect((await patch(ENDPOINT, 'Merge', { OWNER: 'you' })).at('properties.tags')).toEqual({
      OWNER: 'you',
      team: 'data',
    });
    const after = await get(ENDPOINT);
    expect(after.at('etag')).not.toBe(before.at('etag'));
    expect(after.at('properties.resourceGuid')).toBe(before.at('properties.resourceGuid'));
  });

  it('replaces them, and deletes only those whose value fits', async () => {
    await patch(ENDPOINT, 'Delete', { owner: 'somebody else', team: 'data' });
    expect((await get(tagsOf(ENDPOINT))).at('properties.tags')).toEqual({ owner: 'me' });
    await patch(ENDPOINT, 'Replace', { a: 'b' });
    expect((await get(tagsOf(ENDPOINT))).at('properties.tags')).toEqual({ a: 'b' });
    await bed.arm('PUT', tagsOf(ENDPOINT), { properties: { tags: { c: 'd' } } });
    expect((await get(ENDPOINT)).at('tags')).toEqual({ c: 'd' });
  });

  it('refuses a value of 257 characters, and the tags of what is not there', async () => {
    expect((await patch(ENDPOINT, 'Merge', { long: 'x'.repeat(257) })).status).toBe(400);
    expect(await patch(endpointPath('nobody'), 'Merge', { a: 'b' })).toMatchObject({
      status: 404,
      body: { error: { code: 'ResourceNotFound' } },
    });
  });
});

describe('lists of resources of the Azure simulator', () => {
  const list = (filter: string, scope = SUBSCRIPTION_ID) =>
    get(`${scope}/resources?api-version=2021-04-01&$filter=${encodeURIComponent(filter)}`);

  beforeEach(async () => {
    await bed.arm('PUT', ENDPOINT, endpointBody({ tags: { 'managed-by': 'app' } }));
    bed.azure.control.addZone({ id: ZONE, tags: { 'managed-by': 'app' } });
  });

  it('finds by tag, and leaves the tags out', async () => {
    const found = await list("tagName eq 'Managed-By' and tagValue eq 'app'");
    expect(found.body).toEqual({
      value: [
        { id: ENDPOINT, name: 'pe-zilliz', type: 'Microsoft.Network/privateEndpoints', location: 'eastus' },
        expect.objectContaining({ id: ZONE, location: 'global' }),
      ],
    });
    expect((await list("tagName eq 'managed-by' and tagValue eq 'App'")).body).toEqual({ value: [] });
  });

  it('finds by type, with the tags', async () => {
    const found = await list("resourceType eq 'microsoft.network/privateendpoints'", GROUP);
    expect(found.body).toMatchObject({ value: [{ id: ENDPOINT, tags: { 'managed-by': 'app' } }] });
  });

  it('does not combine tags with other properties', async () => {
    expect(
      await list(
        "tagName eq 'managed-by' and tagValue eq 'app' and resourceType eq 'Microsoft.Network/privateEndpoints'",
      ),
    ).toMatchObject({ status: 400, body: { error: { code: 'InvalidFilterInQueryString' } } });
  });

  it('returns 404 for a resource of a type that it does not simulate', async () => {
    const missing = `${GROUP}/providers/Microsoft.Network/loadBalancers/lb`;
    expect((await get(missing)).at('error.message')).toBe(
      "The Resource 'Microsoft.Network/loadBalancers/lb' under resource group 'rg-app' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
    );
  });
});

describe('subscriptions and resource groups of the Azure simulator', () => {
  it('are listed as far as the caller has a role there', async () => {
    const other = '99999999-9999-4999-8999-999999999999';
    bed.azure.control.addSubscription({ subscriptionId: other, displayName: 'Hub' });
    expect((await get('/subscriptions')).at('value')).toHaveLength(2);
    bed.azure.control.removeRoles();
    bed.azure.control.assignRole({ scope: GROUP, actions: ['*/read'] });
    const list = await get('/subscriptions');
    expect(list.body).toMatchObject({ value: [{ subscriptionId: SUBSCRIPTION, state: 'Enabled' }] });
    expect((await get('/tenants')).at('value')).toHaveLength(1);
  });

  it('are created, read, asked for by HEAD and deleted with all they hold', async () => {
    const group = `${SUBSCRIPTION_ID}/resourceGroups/rg-new`;
    expect((await bed.arm('HEAD', group)).status).toBe(404);
    expect((await bed.arm('PUT', group, { location: 'West US' })).status).toBe(201);
    expect((await bed.arm('PUT', group, { location: 'westus', tags: { a: 'b' } })).status).toBe(200);
    expect(await get(group)).toMatchObject({
      status: 200,
      body: {
        id: group,
        location: 'westus',
        tags: { a: 'b' },
        properties: { provisioningState: 'Succeeded' },
      },
    });
    expect((await bed.arm('HEAD', group)).status).toBe(204);
    const zone = ZONE.replace('rg-app', 'rg-new');
    bed.azure.control.addZone({ id: zone });
    const { status, headers } = await bed.arm('DELETE', group);
    expect(status).toBe(202);
    expect((await get(group)).at('properties.provisioningState')).toBe('Deleting');
    expect((await get(headers.location ?? '')).status).toBe(202);
    bed.pass(2 * MINUTE_MS);
    expect((await get(headers.location ?? '')).status).toBe(200);
    expect((await get(group)).at('error.message')).toBe("Resource group 'rg-new' could not be found.");
    expect((await get(zone)).at('error.code')).toBe('ResourceGroupNotFound');
  });

  it('of which one is unknown answer with its name', async () => {
    const id = '99999999-9999-4999-8999-999999999999';
    expect(await get(`/subscriptions/${id}/resourceGroups/rg`)).toMatchObject({
      status: 404,
      body: {
        error: { code: 'SubscriptionNotFound', message: `The subscription '${id}' could not be found.` },
      },
    });
  });
});

describe('networks of the Azure simulator', () => {
  it('show what they were seeded with', async () => {
    const nsg = `${GROUP}/providers/Microsoft.Network/networkSecurityGroups/nsg`;
    const routes = `${GROUP}/providers/Microsoft.Network/routeTables/routes`;
    const { control } = bed.azure;
    control.addNetworkSecurityGroup({ id: nsg, rules: [{ name: 'deny', properties: { access: 'Deny' } }] });
    control.addRouteTable({ id: routes, rules: [] });
    control.changeSubnet(SUBNET, {
      networkSecurityGroupId: nsg,
      routeTableId: routes,
      delegations: ['Microsoft.Web/serverFarms'],
    });
    control.changeVirtualNetwork(NETWORK, { dnsServers: ['10.1.0.53'], peerings: [`${NETWORK}-hub`] });
    expect((await get(SUBNET)).at('properties')).toMatchObject({
      addressPrefix: '10.1.2.0/24',
      networkSecurityGroup: { id: nsg },
      routeTable: { id: routes },
      delegations: [{ properties: { serviceName: 'Microsoft.Web/serverFarms' } }],
    });
    expect((await get(NETWORK)).at('properties')).toMatchObject({
      dhcpOptions: { dnsServers: ['10.1.0.53'] },
      virtualNetworkPeerings: [{ properties: { remoteVirtualNetwork: { id: `${NETWORK}-hub` } } }],
    });
    expect((await get(nsg)).at('properties.securityRules.0.name')).toBe('deny');
    expect((await get(routes)).at('properties.routes')).toEqual([]);
    const subnets = [];
    for await (const { name } of bed.network.subnets.list('rg-app', 'vnet-app')) subnets.push(name);
    expect(subnets).toEqual(['snet-private']);
  });

  it('can be created, with their subnets, and are Updating for some seconds', async () => {
    const id = `${NETWORK}-new`;
    const subnets = [{ name: 'snet', properties: { addressPrefix: '10.7.1.0/24' } }];
    const body = {
      location: 'East US',
      properties: { addressSpace: { addressPrefixes: ['10.7.0.0/16'] }, subnets },
    };
    const answer = await bed.arm('PUT', id, body);
    expect(answer.status).toBe(201);
    expect(answer.at('properties.provisioningState')).toBe('Updating');
    const properties = { ...(endpointBody().properties as object), subnet: { id: `${id}/subnets/snet` } };
    const connect = () => bed.arm('PUT', ENDPOINT, endpointBody({ properties }));
    expect(await connect()).toMatchObject({
      status: 429,
      body: { error: { code: 'RetryableError', details: [{ code: 'ReferencedResourceNotProvisioned' }] } },
    });
    bed.pass(MINUTE_MS);
    expect((await get(id)).at('properties.provisioningState')).toBe('Succeeded');
    expect((await connect()).status).toBe(201);
  });

  it('refuse private endpoints while another caller writes them', async () => {
    bed.azure.control.occupyVirtualNetwork(NETWORK, MINUTE_MS);
    expect((await bed.arm('PUT', ENDPOINT, endpointBody())).status).toBe(429);
    bed.pass(MINUTE_MS);
    expect((await bed.arm('PUT', ENDPOINT, endpointBody())).status).toBe(201);
  });

  it('do not take subnets outside their range', async () => {
    const answer = await bed.arm('PUT', `${NETWORK}/subnets/far`, {
      properties: { addressPrefix: '10.9.0.0/24' },
    });
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'NetcfgSubnetRangeOutsideVnet' } } });
  });

  it('say which resource is missing', async () => {
    expect((await get(`${NETWORK}-gone`)).at('error.code')).toBe('ResourceNotFound');
    expect((await get(`${NETWORK}/subnets/gone`)).at('error.code')).toBe('NotFound');
  });
});

describe('resource providers of the Azure simulator', () => {
  it('name the types they have, with API versions to choose from, and whether they are registered', async () => {
    const path = `${SUBSCRIPTION_ID}/providers/microsoft.network`;
    const answer = await get(path);
    expect(answer.body).toMatchObject({ namespace: 'Microsoft.Network', registrationState: 'Registered' });
    expect(answer.at('resourceTypes')).toContainEqual(
      expect.objectContaining({
        resourceType: 'privateDnsZones',
        apiVersions: ['2024-06-01', '2020-06-01', '2018-09-01'],
      }),
    );
    bed.azure.control.setRegistration(SUBSCRIPTION, 'Microsoft.Network', false);
    expect((await get(path)).at('registrationState')).toBe('NotRegistered');
    expect((await get(`${SUBSCRIPTION_ID}/providers`)).at('value')).toHaveLength(3);
    expect((await get(`${SUBSCRIPTION_ID}/providers/Microsoft.Nothing`)).status).toBe(404);
  });
});

describe('what a client asks before it signs in', () => {
  it.each([
    ['2015-01-01', 'authentication.loginEndpoint'],
    ['2019-05-01', '0.authentication.loginEndpoint'],
    ['2022-09-01', 'authentication.loginEndpoint'],
  ])('is answered without a token in version %s', async (version, path) => {
    const answer = await bed.arm('GET', `/metadata/endpoints?api-version=${version}`, undefined, {
      authorization: '',
    });
    expect(answer.textAt(path)).toMatch(/^https:/);
  });
});

describe('what the Azure CLI asks beside resources', () => {
  it('knows the locations of a subscription', async () => {
    const { status, body } = await get(`${SUBSCRIPTION_ID}/locations`);

    expect(status).toBe(200);
    expect((body as { value: { name: string }[] }).value.map(({ name }) => name)).toContain('eastus');
  });

  it('finds the ID of a new resource group in the usual case, however it was written', async () => {
    const { body } = await bed.arm('PUT', `${SUBSCRIPTION_ID}/resourcegroups/rg-new`, { location: 'eastus' });

    expect(body).toMatchObject({ id: `${SUBSCRIPTION_ID}/resourceGroups/rg-new` });
  });
});
