import {
  ALIAS,
  endpointBody,
  endpointPath,
  GROUP,
  MINUTE_MS,
  NETWORK,
  startTestBed,
  SUBNET,
  SUBSCRIPTION,
} from './support.ts';
import type { ArmAnswer, AzureTestBed } from './support.ts';

const PATH = endpointPath('pe-zilliz');
const STATE = 'properties.manualPrivateLinkServiceConnections.0.properties.privateLinkServiceConnectionState';
const OTHER_SUBNET = `${NETWORK}/subnets/snet-other`;

describe('a private endpoint of the Azure simulator', () => {
  let bed: AzureTestBed;
  beforeEach(async () => {
    bed = await startTestBed();
  });
  afterEach(() => bed.stop());

  const put = (body: unknown = endpointBody(), path = PATH) => bed.arm('PUT', path, body);
  const connect = (connection: Record<string, unknown>, collection = 'manualPrivateLinkServiceConnections') =>
    put(
      endpointBody({
        properties: { subnet: { id: SUBNET }, [collection]: [{ name: 'zilliz', properties: connection }] },
      }),
    );
  const get = (path = PATH) => bed.arm('GET', path);
  const created = async (): Promise<ArmAnswer> => {
    await put();
    bed.pass(2 * MINUTE_MS);
    return get();
  };

  it('is there from its PUT on: Updating, Pending, with GUID and network interface', async () => {
    const answer = await put();
    expect(answer.status).toBe(201);
    expect(answer.headers['azure-asyncnotification']).toBe('Enabled');
    expect(answer.headers.location).toBeUndefined();
    expect(answer.headers['retry-after']).toBeUndefined();
    expect(answer.at('properties.provisioningState')).toBe('Updating');
    expect(answer.at('properties.resourceGuid')).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.at('properties.networkInterfaces.0.id')).toMatch(
      new RegExp(`^${GROUP}/providers/Microsoft.Network/networkInterfaces/pe-zilliz\\.nic\\.[0-9a-f-]{36}$`),
    );
    expect(answer.at('properties.networkInterfaces.0.id')).not.toContain(
      answer.at('properties.resourceGuid'),
    );
    expect(answer.at('properties.manualPrivateLinkServiceConnections.0')).toMatchObject({
      type: 'Microsoft.Network/privateEndpoints/manualPrivateLinkServiceConnections',
      properties: {
        privateLinkServiceId: ALIAS,
        groupIds: [],
        requestMessage: 'please',
        privateLinkServiceConnectionState: { status: 'Pending', description: 'Awaiting approval' },
      },
    });
  });

  it('is polled at a signed URL of about 3,000 characters that returns 200 throughout', async () => {
    const url = (await put()).headers['azure-asyncoperation'] ?? '';
    expect(url.length).toBeGreaterThan(2900);
    expect(url).toContain(
      `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Network/locations/eastus/operations/`,
    );
    expect(await get(url)).toMatchObject({ status: 200, body: { status: 'InProgress' } });
    bed.pass(2 * MINUTE_MS);
    expect(await get(url)).toMatchObject({ status: 200, body: { status: 'Succeeded' } });
    const endpoint = await get();
    expect(endpoint.at('properties.provisioningState')).toBe('Succeeded');
    expect(endpoint.at(STATE)).toMatchObject({ status: 'Pending' });
  });

  it('has Retry-After and Location on its PUT on request', async () => {
    bed.azure.control.setPolling({ retryAfterSeconds: 10, locationOnPut: true });
    const { headers } = await put();
    expect(headers['retry-after']).toBe('10');
    expect(headers.location).toContain('/operationResults/');
    const poll = await bed.arm('GET', headers['azure-asyncoperation'] ?? '');
    expect(poll.headers['retry-after']).toBe('10');
  });

  it('gets the lowest free address of its subnet, from .4 on, and gives it back', async () => {
    const addressOf = async (name: string): Promise<unknown> => {
      const endpoint = await get(endpointPath(name));
      const card = await bed.arm('GET', endpoint.textAt('properties.networkInterfaces.0.id'));
      return card.at('properties.ipConfigurations.0.properties.privateIPAddress');
    };
    for (const name of ['one', 'two', 'three']) await put(endpointBody(), endpointPath(name));
    expect(await addressOf('one')).toBe('10.1.2.4');
    expect(await addressOf('three')).toBe('10.1.2.6');
    bed.pass(2 * MINUTE_MS);
    await bed.arm('DELETE', endpointPath('two'));
    bed.pass(MINUTE_MS);
    await put(endpointBody(), endpointPath('four'));
    expect(await addressOf('four')).toBe('10.1.2.5');
    const usages = await bed.arm('GET', `${NETWORK}/usages`);
    expect(usages.at('value.0')).toMatchObject({ currentValue: 3, limit: 251, id: SUBNET });
  });

  it('keeps GUID and connection through a second PUT, which replaces the tags', async () => {
    const before = await created();
    bed.azure.control.setConnection(PATH, 'Approved', { description: 'welcome' });
    const again = await put(endpointBody({ tags: { owner: 'me' } }));
    expect(again.status).toBe(200);
    expect(again.at('etag')).not.toBe(before.at('etag'));
    expect(again.at('tags')).toEqual({ owner: 'me' });
    expect(again.at('properties.resourceGuid')).toBe(before.at('properties.resourceGuid'));
    expect(again.at(STATE)).toEqual({ status: 'Approved', description: 'welcome', actionsRequired: 'None' });
  });

  it('never changes subnet or connection', async () => {
    await created();
    bed.azure.control.addPrivateLinkService({ alias: ALIAS.replace('zilliz', 'other') });
    const answer = await connect({ privateLinkServiceId: ALIAS.replace('zilliz', 'other') });
    expect(answer.status).toBe(400);
  });

  it('refuses a PUT while it is being written, without saying when to come back', async () => {
    await put();
    const answer = await put();
    expect(answer.status).toBe(429);
    expect(answer.headers['retry-after']).toBeUndefined();
    expect(answer.at('error')).toMatchObject({
      code: 'RetryableError',
      details: [{ code: 'ReferencedResourceNotProvisioned' }],
    });
  });

  it('is deleted by 202 with two URLs, then 204; a missing one is 204 at once', async () => {
    await created();
    const answer = await bed.arm('DELETE', PATH);
    expect(answer).toMatchObject({ status: 202, body: null });
    const { location = '', 'azure-asyncoperation': status = '' } = answer.headers;
    expect((await get(location)).status).toBe(202);
    expect((await get()).at('properties.provisioningState')).toBe('Deleting');
    bed.pass(MINUTE_MS);
    expect((await get(status)).body).toEqual({ status: 'Succeeded' });
    expect((await get(location)).status).toBe(204);
    expect((await get()).status).toBe(404);
    expect((await bed.arm('DELETE', PATH)).status).toBe(204);
  });

  it('loses the operation that a delete overtakes', async () => {
    const url = (await put()).headers['azure-asyncoperation'] ?? '';
    await bed.arm('DELETE', PATH);
    bed.pass(2 * MINUTE_MS);
    expect((await get(url)).body).toMatchObject({
      status: 'Failed',
      error: { code: 'CanceledAndSupersededDueToAnotherOperation' },
    });
  });

  it('has a new GUID when it is made again', async () => {
    const before = await created();
    await bed.arm('DELETE', PATH);
    bed.pass(MINUTE_MS);
    const after = await created();
    expect(after.at('properties.resourceGuid')).not.toBe(before.at('properties.resourceGuid'));
  });

  it('may not have the name of one just deleted, for a while', async () => {
    bed.azure.control.reserveEndpointName(PATH, 20 * MINUTE_MS);
    expect(await put()).toMatchObject({
      status: 409,
      body: { error: { code: 'PrivateEndpointAlreadyExists' } },
    });
    bed.pass(21 * MINUTE_MS);
    expect((await put()).status).toBe(201);
  });

  it('is found by its ID in any case, which is echoed as it was first given', async () => {
    await put(endpointBody(), PATH.replace('resourceGroups', 'resourcegroups').replace('pe-', 'PE-'));
    const answer = await bed.arm('GET', PATH.toUpperCase());
    expect(answer.status).toBe(200);
    expect(answer.at('id')).toBe(PATH.replace('resourceGroups', 'resourcegroups').replace('pe-', 'PE-'));
    expect(answer.at('name')).toBe('PE-zilliz');
  });

  it('is listed by resource group and by subscription, page by page', async () => {
    bed.azure.control.setPageSize(2);
    for (const name of ['one', 'two', 'three']) await put(endpointBody(), endpointPath(name));
    const first = await bed.arm('GET', `${GROUP}/providers/Microsoft.Network/privateEndpoints`);
    expect(first.at('value')).toHaveLength(2);
    const rest = await bed.arm('GET', first.textAt('nextLink'));
    expect(rest.at('value')).toMatchObject([{ name: 'three' }]);
    expect(rest.at('nextLink')).toBeUndefined();
    const names: (string | undefined)[] = [];
    for await (const endpoint of bed.network.privateEndpoints.listBySubscription()) names.push(endpoint.name);
    expect(names).toEqual(['one', 'two', 'three']);
  });

  it('may stand in a subnet of another subscription, with its network interface beside itself', async () => {
    const hub = '99999999-9999-4999-8999-999999999999';
    const network = NETWORK.replace(SUBSCRIPTION, hub);
    bed.azure.control.addSubscription({ subscriptionId: hub });
    bed.azure.control.addResourceGroup({ id: GROUP.replace(SUBSCRIPTION, hub) });
    bed.azure.control.addVirtualNetwork({
      id: network,
      subnets: [{ name: 'hub', addressPrefix: '10.8.0.0/28' }],
    });
    const { properties } = endpointBody();
    const answer = await put(
      endpointBody({ properties: { ...(properties as object), subnet: { id: `${network}/subnets/hub` } } }),
    );
    expect(answer.status).toBe(201);
    expect(answer.textAt('properties.networkInterfaces.0.id')).toContain(`${GROUP}/`);
  });

  it('is reached from its own network and from those peered with it', async () => {
    const endpoint = await created();
    const spoke = `${NETWORK}-spoke`;
    bed.azure.control.addVirtualNetwork({ id: spoke, subnets: [] });
    const at = (network: string) => bed.azure.view.privateEndpointAt(network, '10.1.2.4');
    const endpointId = `pe-zilliz.${endpoint.textAt('properties.resourceGuid')}`;
    expect(at(NETWORK)).toEqual({ endpointId, status: 'Pending' });
    expect(at(spoke)).toBeUndefined();
    bed.azure.control.changeVirtualNetwork(spoke, { peerings: [NETWORK] });
    expect(at(spoke)).toEqual({ endpointId, status: 'Pending' });
  });

  it('is auto-approved when it names a service that the caller may approve for', async () => {
    const service = `${GROUP}/providers/Microsoft.Network/privateLinkServices/own`;
    const alias = `own.${SUBSCRIPTION}.eastus.azure.privatelinkservice`;
    bed.azure.control.addPrivateLinkService({ alias, resourceId: service });
    const answer = await connect({ privateLinkServiceId: service }, 'privateLinkServiceConnections');
    expect(answer.at('properties.manualPrivateLinkServiceConnections')).toEqual([]);
    expect(
      answer.at(
        'properties.privateLinkServiceConnections.0.properties.privateLinkServiceConnectionState.status',
      ),
    ).toBe('Approved');
  });

  describe('is refused', () => {
    const refusals: readonly (readonly [string, () => Promise<unknown>, number, string])[] = [
      [
        'in a delegated subnet',
        () => {
          bed.azure.control.changeSubnet(SUBNET, { delegations: ['Microsoft.Web/serverFarms'] });
          return put();
        },
        400,
        'PrivateEndpointCreationNotAllowedAsSubnetIsDelegated',
      ],
      [
        'in a full subnet',
        () => {
          bed.azure.control.changeSubnet(SUBNET, { addressesTakenByOthers: 251 });
          return put();
        },
        400,
        'SubnetIsFull',
      ],
      [
        'in a subnet with network policies where the cloud does not allow that',
        () => {
          bed.azure.control.refusePolicyBoundSubnets(true);
          bed.azure.control.changeSubnet(SUBNET, { privateEndpointNetworkPolicies: 'Enabled' });
          return put();
        },
        400,
        'PrivateEndpointCannotBeCreatedInSubnetThatHasNetworkPoliciesEnabled',
      ],
      [
        'in another region than its network',
        () => put(endpointBody({ location: 'westus' })),
        400,
        'InvalidResourceReference',
      ],
      [
        'in a subnet that is not there',
        () => {
          const properties = { ...(endpointBody().properties as object), subnet: { id: OTHER_SUBNET } };
          return put(endpointBody({ properties }));
        },
        400,
        'InvalidResourceReference',
      ],
      ['without a location', () => put(endpointBody({ location: undefined })), 400, 'LocationRequired'],
      [
        'with a request message of 141 characters',
        () => connect({ privateLinkServiceId: ALIAS, requestMessage: 'x'.repeat(141) }),
        400,
        'InvalidRequestFormat',
      ],
      [
        'with something that is no alias',
        () => connect({ privateLinkServiceId: 'zilliz.example.com' }),
        400,
        'InvalidPrivateLinkServiceId',
      ],
      [
        'with an alias outside the manual connections',
        () => connect({ privateLinkServiceId: ALIAS }, 'privateLinkServiceConnections'),
        400,
        'InvalidPrivateLinkServiceId',
      ],
      [
        'with a name that Azure does not allow',
        () => put(endpointBody(), endpointPath('pe-zilliz.')),
        400,
        'InvalidResourceName',
      ],
      [
        'with more than 50 tags',
        () => {
          const tags = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`t${index}`, '']));
          return put(endpointBody({ tags }));
        },
        400,
        'TooManyTags',
      ],
    ];
    it.each(refusals)('%s', async (_, ask, status, code) => {
      expect(await ask()).toMatchObject({ status, body: { error: { code } } });
      expect((await get()).status).toBe(404);
    });
  });

  it('fails while polled when its alias is not visible, stays as Failed, and heals by the same PUT', async () => {
    bed.azure.control.changePrivateLinkService(ALIAS, { requiresVisibility: true });
    const url = (await put()).headers['azure-asyncoperation'] ?? '';
    bed.pass(2 * MINUTE_MS);
    expect(await get(url)).toMatchObject({
      status: 200,
      body: { status: 'Failed', error: { code: 'InvalidPrivateLinkServiceId', details: [] } },
    });
    const failed = await get();
    expect(failed.at('properties.provisioningState')).toBe('Failed');
    expect(
      bed.azure.provider.connection(`pe-zilliz.${failed.textAt('properties.resourceGuid')}`),
    ).toBeUndefined();

    bed.azure.provider.allowSubscription(ALIAS, SUBSCRIPTION.toUpperCase());
    const healed = await created();
    expect(healed.at('properties.provisioningState')).toBe('Succeeded');
    expect(bed.azure.provider.connection(`PE-zilliz.${healed.textAt('properties.resourceGuid')}`)).toEqual({
      alias: ALIAS,
      subscriptionId: SUBSCRIPTION,
      status: 'Pending',
    });
  });

  it('fails as ordered', async () => {
    bed.azure.control.failNext('privateEndpoints.put', {
      code: 'InternalServerError',
      message: 'An error occurred.',
    });
    const url = (await put()).headers['azure-asyncoperation'] ?? '';
    bed.pass(2 * MINUTE_MS);
    expect((await get(url)).at('error.code')).toBe('InternalServerError');
    expect((await created()).at('properties.provisioningState')).toBe('Succeeded');
  });

  it('shows what its provider decides, and is not revived once its connection was removed', async () => {
    const endpoint = await created();
    const id = `pe-zilliz.${endpoint.textAt('properties.resourceGuid')}`;
    const state = async () => (await get()).at(STATE);
    bed.azure.provider.setConnection(id, 'Rejected', 'not you');
    expect(await state()).toMatchObject({ status: 'Rejected', description: 'not you' });
    bed.azure.provider.setConnection(id, 'Disconnected');
    bed.azure.provider.setConnection(id, 'Approved');
    expect(await state()).toMatchObject({ status: 'Disconnected' });
  });

  it('can be broken: no GUID, no address', async () => {
    const endpoint = await created();
    bed.azure.control.breakEndpoint(PATH, { resourceGuid: true, address: true });
    const broken = await get();
    expect(broken.at('properties.resourceGuid')).toBeUndefined();
    const card = await bed.arm('GET', endpoint.textAt('properties.networkInterfaces.0.id'));
    expect(card.at('properties.ipConfigurations.0.properties.privateIPAddress')).toBeUndefined();
  });
});

describe('the visibility of a private link service', () => {
  let bed: AzureTestBed;
  beforeEach(async () => {
    bed = await startTestBed();
  });
  afterEach(() => bed.stop());

  it.each(['subscription', 'resource group'])('is asked of a %s', async (form) => {
    const services = bed.network.privateLinkServices;
    const ask = (privateLinkServiceAlias: string) =>
      form === 'subscription'
        ? services.checkPrivateLinkServiceVisibility('eastus', { privateLinkServiceAlias })
        : services.checkPrivateLinkServiceVisibilityByResourceGroup('rg-app', 'eastus', {
            privateLinkServiceAlias,
          });
    expect(await ask(ALIAS)).toMatchObject({ visible: true });
    bed.azure.control.changePrivateLinkService(ALIAS, { requiresVisibility: true });
    expect(await ask(ALIAS)).toMatchObject({ visible: false });
    bed.azure.provider.allowSubscription(ALIAS, SUBSCRIPTION);
    expect(await ask(ALIAS)).toMatchObject({ visible: true });
    expect(await ask(ALIAS.replace('zilliz', 'nobody'))).toMatchObject({ visible: false });
  });
});
