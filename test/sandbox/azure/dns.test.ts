import { isDeepStrictEqual } from 'node:util';
import { GROUP, MINUTE_MS, NETWORK, startTestBed, SUBSCRIPTION, ZONE, ZONE_NAME } from './support.ts';
import type { ArmAnswer, AzureTestBed } from './support.ts';

const RECORD = `${ZONE}/A/in01-abc-privatelink`;
const LINK = `${ZONE}/virtualNetworkLinks/link-app`;

let bed: AzureTestBed;
beforeEach(async () => {
  bed = await startTestBed();
});
afterEach(() => bed.stop());

const get = (path: string) => bed.arm('GET', path);
const putZone = (id = ZONE, headers = {}) => bed.arm('PUT', id, { location: 'global' }, headers);
const putLink = (id = LINK, properties: Record<string, unknown> = {}, headers = {}) =>
  bed.arm(
    'PUT',
    id,
    {
      location: 'global',
      properties: { virtualNetwork: { id: NETWORK }, registrationEnabled: false, ...properties },
    },
    headers,
  );
const putRecord = (address: string, headers = {}, path = RECORD) =>
  bed.arm('PUT', path, { properties: { ttl: 600, aRecords: [{ ipv4Address: address }] } }, headers);
/** What the status URL of a write says in the end. */
const outcome = async (answer: ArmAnswer): Promise<unknown> => {
  bed.pass(MINUTE_MS);
  return (await get(answer.headers['azure-asyncoperation'] ?? '')).body;
};

describe('a private DNS zone of the Azure simulator', () => {
  it('is accepted with 202 and {}, polled by 202 and then 200, and there only at the end', async () => {
    const answer = await putZone();
    expect(answer).toMatchObject({ status: 202, body: {} });
    const url = answer.headers['azure-asyncoperation'] ?? '';
    expect(url).toContain(`${GROUP}/providers/Microsoft.Network/privateDnsOperationStatuses/`);
    expect(answer.headers.location).toContain('/privateDnsOperationResults/');
    const early = await get(url);
    expect(early).toMatchObject({ status: 202, body: { status: 'InProgress' } });
    expect(early.headers['azure-asyncoperation']).toContain('/privateDnsOperationStatuses/');
    expect((await get(ZONE)).status).toBe(404);
    bed.pass(MINUTE_MS);
    expect(await get(url)).toMatchObject({ status: 200, body: { status: 'Succeeded' } });
    expect(await get(ZONE)).toMatchObject({
      status: 200,
      body: {
        id: ZONE,
        name: ZONE_NAME,
        location: 'global',
        properties: { numberOfRecordSets: 1, numberOfVirtualNetworkLinks: 0, provisioningState: 'Succeeded' },
      },
    });
  });

  it('renews the signatures of its polling URL', async () => {
    const first = (await putZone()).headers['azure-asyncoperation'] ?? '';
    bed.pass(1000);
    const second = (await get(first)).headers['azure-asyncoperation'] ?? '';
    expect(second.split('?')[0]).toBe(first.split('?')[0]);
    expect(second).not.toBe(first);
  });

  it('reports only while polling that If-None-Match found an existing one', async () => {
    await outcome(await putZone());
    const answer = await putZone(ZONE, { 'if-none-match': '*' });
    expect(answer.status).toBe(202);
    expect(await outcome(answer)).toEqual({
      status: 'Failed',
      error: {
        code: 'PreconditionFailed',
        message: `The Zone ${ZONE_NAME} exists already and hence cannot be created again.`,
      },
    });
  });

  it('counts its record sets and links', async () => {
    await outcome(await putZone());
    await putRecord('10.1.2.4');
    await outcome(await putLink(LINK, { registrationEnabled: true }));
    expect((await get(ZONE)).at('properties')).toMatchObject({
      numberOfRecordSets: 2,
      numberOfVirtualNetworkLinks: 1,
      numberOfVirtualNetworkLinksWithRegistration: 1,
      maxNumberOfRecordSets: 25_000,
    });
  });

  it('does not go while a network is linked to it', async () => {
    await outcome(await putZone());
    await outcome(await putLink());
    expect(await bed.arm('DELETE', ZONE)).toMatchObject({
      status: 409,
      body: { error: { code: 'CannotDeleteResource' } },
    });
    await outcome(await bed.arm('DELETE', LINK));
    const answer = await bed.arm('DELETE', ZONE);
    expect(answer).toMatchObject({ status: 202, body: null });
    expect(await outcome(answer)).toEqual({ status: 'Succeeded' });
    expect((await bed.arm('DELETE', ZONE)).status).toBe(204);
  });

  it('is listed by resource group and by subscription', async () => {
    bed.azure.control.addZone({ id: ZONE });
    for (const scope of [GROUP, `/subscriptions/${SUBSCRIPTION}`]) {
      const list = await get(`${scope}/providers/Microsoft.Network/privateDnsZones`);
      expect(list.body).toMatchObject({ value: [{ name: ZONE_NAME }] });
    }
  });

  it.each(['com', 'azure.com', `${'x'.repeat(64)}.com`, 'a..b'])('may not be called %s', async (name) => {
    const answer = await putZone(`${GROUP}/providers/Microsoft.Network/privateDnsZones/${name}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'BadRequest' } });
  });
});

describe('a virtual network link of the Azure simulator', () => {
  beforeEach(() => bed.azure.control.addZone({ id: ZONE }));

  it('that registers names is InProgress for a while after its operation has ended', async () => {
    await putLink(LINK, { registrationEnabled: true });
    while ((await get(LINK)).status === 404) bed.pass(1000);
    expect((await get(LINK)).at('properties')).toMatchObject({
      provisioningState: 'Succeeded',
      virtualNetworkLinkState: 'InProgress',
    });
    bed.pass(MINUTE_MS);
    expect((await get(LINK)).at('properties.virtualNetworkLinkState')).toBe('Completed');
  });

  it('does not become the second registration link of its network', async () => {
    const other = `${GROUP}/providers/Microsoft.Network/privateDnsZones/other.example`;
    bed.azure.control.addZone({ id: other });
    const id = `${other}/virtualNetworkLinks/first`;
    bed.azure.control.addLink({ id, virtualNetworkId: NETWORK, registrationEnabled: true });
    const answer = await putLink(LINK, { registrationEnabled: true });
    expect(answer.status).toBe(202);
    expect(await outcome(answer)).toMatchObject({
      status: 'Failed',
      error: {
        code: 'Conflict',
        message: `A virtual network can only be linked to 1 Private DNS zone(s) with auto-registration enabled; conflicting Private DNS zone is '${other}'.`,
      },
    });
    expect(await outcome(await putLink())).toEqual({ status: 'Succeeded' });
  });

  it('does not link a network to a second zone of the same name', async () => {
    bed.azure.control.addResourceGroup({ id: GROUP.replace('rg-app', 'rg-hub') });
    const twin = ZONE.replace('rg-app', 'rg-hub');
    bed.azure.control.addZone({ id: twin });
    bed.azure.control.addLink({
      id: `${twin}/virtualNetworkLinks/hub`,
      virtualNetworkId: NETWORK.toUpperCase(),
    });
    expect(await outcome(await putLink())).toMatchObject({
      error: {
        code: 'BadRequest',
        message: `A virtual network cannot be linked to multiple zones with overlapping namespaces. You tried to link virtual network with '${ZONE_NAME}' and '${ZONE_NAME}' zones.`,
      },
    });
  });

  it('does not link a zone and a network twice', async () => {
    await outcome(await putLink());
    expect(await outcome(await putLink(`${ZONE}/virtualNetworkLinks/second`))).toMatchObject({
      error: {
        code: 'Conflict',
        message: `Private zone '${ZONE_NAME}' is already linked to the virtual network '${NETWORK}'.`,
      },
    });
  });

  it('reports only while polling that If-None-Match found an existing one', async () => {
    await outcome(await putLink());
    const answer = await putLink(LINK, {}, { 'if-none-match': '*' });
    expect(await outcome(answer)).toMatchObject({
      error: {
        code: 'PreconditionFailed',
        message: `The Virtual Network link link-app for the Private DNS zone ${ZONE_NAME} exists already and hence cannot be created again.`,
      },
    });
  });

  it('does not reach networks of another tenant, nor any that are not there', async () => {
    const foreign = '99999999-9999-4999-8999-999999999999';
    bed.azure.control.addSubscription({ subscriptionId: foreign, tenantId: foreign });
    const id = NETWORK.replace(SUBSCRIPTION, foreign);
    bed.azure.control.addResourceGroup({ id: GROUP.replace(SUBSCRIPTION, foreign) });
    bed.azure.control.addVirtualNetwork({ id, subnets: [] });
    for (const target of [id, `${NETWORK}-gone`]) {
      const answer = await putLink(LINK, { virtualNetwork: { id: target } });
      expect(await outcome(answer)).toMatchObject({ status: 'Failed', error: { code: 'BadRequest' } });
    }
  });

  it('takes the names with it that it had registered', async () => {
    await outcome(await putLink(LINK, { registrationEnabled: true }));
    bed.azure.control.registerMachine(ZONE, 'vm-1', '10.1.2.77');
    expect((await get(`${ZONE}/A/vm-1`)).at('properties.isAutoRegistered')).toBe(true);
    await outcome(await bed.arm('DELETE', LINK));
    expect((await get(`${ZONE}/A/vm-1`)).status).toBe(404);
  });

  it('fails as ordered, and leaves nothing', async () => {
    bed.azure.control.failNext('virtualNetworkLinks.put', { code: 'InternalError', message: 'Sorry.' });
    expect(await outcome(await putLink())).toEqual({
      error: { code: 'InternalError', message: 'Sorry.' },
      status: 'Failed',
    });
    expect((await get(LINK)).status).toBe(404);
  });
});

describe('a record set of the Azure simulator', () => {
  beforeEach(() => bed.azure.control.addZone({ id: ZONE }));

  it('is written at once: 201, then 200 with another ETag, with its type in any case', async () => {
    const first = await putRecord('10.1.2.4', {}, RECORD.replace('/A/', '/a/'));
    expect(first.status).toBe(201);
    expect(first.at('id')).toBe(RECORD);
    expect(first.headers.etag).toBe(first.at('etag'));
    expect(first.headers.etag).toMatch(/^[0-9a-f-]{36}$/);
    const second = await putRecord('10.1.2.5');
    expect(second.status).toBe(200);
    expect(second.headers.etag).not.toBe(first.headers.etag);
    expect(second.at('properties')).toMatchObject({
      fqdn: `in01-abc-privatelink.${ZONE_NAME}.`,
      ttl: 600,
      aRecords: [{ ipv4Address: '10.1.2.5' }],
      isAutoRegistered: false,
    });
  });

  it('refuses a failed precondition at once, with an error without an envelope', async () => {
    await putRecord('10.1.2.4');
    expect(await putRecord('10.1.2.4', { 'if-none-match': '*' })).toMatchObject({
      status: 412,
      body: {
        code: 'PreconditionFailed',
        message: 'The Record set in01-abc-privatelink exists already and hence cannot be created again.',
      },
    });
    expect((await putRecord('10.1.2.4', { 'if-match': 'another' })).status).toBe(412);
    expect((await bed.arm('DELETE', RECORD, undefined, { 'if-match': 'another' })).status).toBe(412);
    const { etag = '' } = (await get(RECORD)).headers;
    expect((await putRecord('10.1.2.6', { 'if-match': etag })).status).toBe(200);
  });

  it('is deleted by 200, and by 204 when it is not there', async () => {
    await putRecord('10.1.2.4');
    expect((await bed.arm('DELETE', RECORD)).status).toBe(200);
    expect((await bed.arm('DELETE', RECORD)).status).toBe(204);
    expect(await get(RECORD)).toMatchObject({ status: 404, body: { code: 'NotFound' } });
  });

  it('needs its zone', async () => {
    const path = RECORD.replace(ZONE_NAME, 'no.example');
    expect(await putRecord('10.1.2.4', {}, path)).toMatchObject({
      status: 404,
      body: { error: { code: 'ParentResourceNotFound' } },
    });
  });

  it('carries metadata, and is listed by type and among all', async () => {
    const wanted = { ttl: 600, aRecords: [{ ipv4Address: '10.1.2.4' }], metadata: { connection: 'c1' } };
    await bed.dns.recordSets.createOrUpdate('rg-app', ZONE_NAME, 'A', '@', wanted);
    const ofTypeA = [];
    for await (const record of bed.dns.recordSets.listByType('rg-app', ZONE_NAME, 'A')) ofTypeA.push(record);
    expect(ofTypeA).toMatchObject([{ name: '@', fqdn: `${ZONE_NAME}.`, metadata: { connection: 'c1' } }]);
    const types = [];
    for await (const { type } of bed.dns.recordSets.list('rg-app', ZONE_NAME))
      types.push(type?.split('/').at(-1));
    expect(types.sort()).toEqual(['A', 'SOA']);
    expect((await get(`${ZONE}/AAAA`)).body).toEqual({ value: [] });
  });

  it.each([
    ['an address that is none', { ttl: 600, aRecords: [{ ipv4Address: '10.1.2' }] }],
    ['no TTL', { aRecords: [{ ipv4Address: '10.1.2.4' }] }],
    [
      'more than 20 addresses',
      { ttl: 600, aRecords: Array.from({ length: 21 }, (_, n) => ({ ipv4Address: `10.0.0.${n}` })) },
    ],
  ])('is refused with %s', async (_, properties) => {
    expect(await bed.arm('PUT', RECORD, { properties })).toMatchObject({
      status: 400,
      body: { code: 'BadRequest' },
    });
  });

  it('of a zone is its SOA from the start, which cannot be deleted', async () => {
    expect((await get(`${ZONE}/SOA/@`)).at('properties.soaRecord.host')).toBe('azureprivatedns.net');
    expect((await bed.arm('DELETE', `${ZONE}/SOA/@`)).status).toBe(400);
  });
});

describe('what a machine in a virtual network resolves', () => {
  const host = `in01-abc-privatelink.${ZONE_NAME}`;
  const resolve = (name = host, network = NETWORK) => bed.azure.view.resolve(network, name);
  beforeEach(() => {
    bed.azure.control.addZone({ id: ZONE });
    bed.azure.control.setRecord({
      zoneId: ZONE,
      name: 'in01-abc-privatelink',
      addresses: ['10.1.2.4'],
      ttl: 600,
    });
  });

  it('is public while no zone covers the name', () => {
    expect(resolve()).toBe('public');
  });

  it('is the record of a linked zone, and nothing else of its namespace', () => {
    bed.azure.control.addLink({ id: LINK, virtualNetworkId: NETWORK });
    expect(resolve(`${host.toUpperCase()}.`)).toEqual({ addresses: ['10.1.2.4'], ttl: 600 });
    expect(resolve(`in01-abc.${ZONE_NAME}`)).toBe('nxdomain');
    expect(resolve('example.com')).toBe('public');
    expect(resolve(host, `${NETWORK}-other`)).toBe('public');
  });

  it('comes from the most specific zone', () => {
    const narrow = `${GROUP}/providers/Microsoft.Network/privateDnsZones/${host}`;
    bed.azure.control.addZone({ id: narrow });
    bed.azure.control.setRecord({ zoneId: narrow, name: '@', addresses: ['10.9.9.9'], ttl: 60 });
    bed.azure.control.addLink({ id: LINK, virtualNetworkId: NETWORK });
    bed.azure.control.addLink({ id: `${narrow}/virtualNetworkLinks/l`, virtualNetworkId: NETWORK });
    expect(resolve()).toEqual({ addresses: ['10.9.9.9'], ttl: 60 });
  });

  it('does not come from linked zones where the network has DNS servers of its own', () => {
    bed.azure.control.addLink({ id: LINK, virtualNetworkId: NETWORK });
    bed.azure.control.changeVirtualNetwork(NETWORK, { dnsServers: ['10.1.0.53'] });
    expect(resolve()).toBe('public');
  });

  it('follows wildcards and aliases', () => {
    bed.azure.control.addLink({ id: LINK, virtualNetworkId: NETWORK });
    bed.azure.control.setRecord({ zoneId: ZONE, name: '*.wild', addresses: ['10.1.2.9'], ttl: 5 });
    bed.azure.control.setRecordOfType({
      zoneId: ZONE,
      name: 'alias',
      type: 'CNAME',
      values: { cname: host },
    });
    expect(resolve(`any.wild.${ZONE_NAME}`)).toEqual({ addresses: ['10.1.2.9'], ttl: 5 });
    expect(resolve(`alias.${ZONE_NAME}`)).toEqual({ addresses: ['10.1.2.4'], ttl: 600 });
  });
});

describe('as seen of the real Azure', () => {
  it('a link that is not there is a 404 that names the link, also when its zone is not there', async () => {
    await outcome(await putZone());
    expect((await get(LINK)).at('error.code')).toBe('ResourceNotFound');
    expect((await get(LINK.replace(ZONE_NAME, 'no.example'))).at('error.code')).toBe('ResourceNotFound');
  });

  it('an A record beside a CNAME of its name is a 409 Conflict', async () => {
    await outcome(await putZone());
    const cname = await bed.arm('PUT', `${ZONE}/CNAME/in01-abc-privatelink`, {
      properties: { ttl: 60, cnameRecord: { cname: 'elsewhere.example' } },
    });
    expect(cname.status).toBe(201);
    expect(await putRecord('10.1.2.4')).toMatchObject({ status: 409, body: { code: 'Conflict' } });
  });

  it('a TTL of 0 is taken', async () => {
    await outcome(await putZone());
    const body = { properties: { ttl: 0, aRecords: [{ ipv4Address: '10.1.2.4' }] } };
    expect(await bed.arm('PUT', RECORD, body)).toMatchObject({
      status: 201,
      body: { properties: { ttl: 0 } },
    });
  });

  it.each(['Default', 'NxDomainRedirect'])(
    'the resolution policy %s is refused here',
    async (resolutionPolicy) => {
      await outcome(await putZone());
      expect(await outcome(await putLink(LINK, { resolutionPolicy }))).toMatchObject({
        status: 'Failed',
        error: { code: 'BadRequest' },
      });
    },
  );

  it.each([
    ['accepted', 202, {}],
    ['conflict', 409, { code: 'Conflict' }],
    ['retryable', 429, { error: { code: 'RetryableErrorDueToAnotherOperation' } }],
  ] as const)('a second PUT of a zone is %s', async (answer, status, body) => {
    bed.azure.control.setSecondZonePut(answer);
    const first = await putZone(ZONE, { 'if-none-match': '*' });
    const second = await putZone(ZONE, { 'if-none-match': '*' });

    expect(second).toMatchObject({ status, body });
    const ends = [await outcome(first), ...(status === 202 ? [await outcome(second)] : [])];
    // The one that Azure ends first creates it.
    expect(ends).toContainEqual({ status: 'Succeeded' });
    const failed = { status: 'Failed', error: { code: 'PreconditionFailed' } };
    expect(ends.filter((end) => !isDeepStrictEqual(end, { status: 'Succeeded' }))).toMatchObject(
      status === 202 ? [failed] : [],
    );
  });

  it('a network shows DHCP options from when they are named, and keeps the policies of its subnets', async () => {
    const subnet = {
      name: 'snet-private',
      properties: { addressPrefix: '10.1.2.0/24', privateLinkServiceNetworkPolicies: 'Disabled' },
    };
    const addressSpace = { addressPrefixes: ['10.1.0.0/16'] };
    const network = await bed.arm('PUT', NETWORK, {
      location: 'eastus',
      properties: { addressSpace, dhcpOptions: {}, subnets: [subnet] },
    });
    expect(network.status).toBe(200);
    expect(network.at('properties.dhcpOptions')).toEqual({ dnsServers: [] });
    bed.pass(MINUTE_MS);
    const path = `${NETWORK}/subnets/snet-private`;
    const { privateLinkServiceNetworkPolicies: policies, ...rest } = subnet.properties;
    expect((await get(path)).at('properties.privateLinkServiceNetworkPolicies')).toBe(policies);
    const changed = await bed.arm('PUT', path, { properties: { ...rest } });
    expect(changed.at('properties.provisioningState')).toBe('Updating');
    expect((await get(changed.headers['azure-asyncoperation'] ?? '')).body).toEqual({ status: 'InProgress' });
    bed.pass(MINUTE_MS);
    expect((await get(path)).at('properties.privateLinkServiceNetworkPolicies')).toBe('Enabled');
  });
});
