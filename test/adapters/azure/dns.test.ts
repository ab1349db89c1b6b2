import { dnsAdapter } from '../../../src/adapters/azure/dns.ts';
import type { Dns } from '../../../src/ports.ts';
import { failureOf } from '../failureOf.ts';
import { recorded, startArmServer } from './armServer.ts';
import { readAs } from '../../../src/readAs.ts';
import type { ArmServer } from './armServer.ts';

const subscriptionId = '11111111-1111-4111-8111-111111111111';
const zoneId = `/subscriptions/${subscriptionId}/resourceGroups/rg-dns/providers/Microsoft.Network/privateDnsZones/az-eastus.vectordb.zillizcloud.com`;
const linkId = `${zoneId}/virtualNetworkLinks/link-vnet-1`;
const virtualNetworkId = `/subscriptions/${subscriptionId}/resourceGroups/rg-app/providers/Microsoft.Network/virtualNetworks/vnet-1`;

let server: ArmServer;
let dns: Dns;

beforeAll(async () => {
  server = await startArmServer();
  dns = dnsAdapter(server.arm);
});
afterAll(() => server.stop());
beforeEach(() => server.traffic.clear());

const notFound = { status: 404, body: { code: 'NotFound', message: 'The resource record does not exist.' } };
const accepted = () => ({
  status: 202,
  headers: {
    'azure-asyncoperation': `${server.baseUrl}/operations/1?api-version=2024-06-01&t=1&s=a-signature`,
    location: `${server.baseUrl}/operations/1`,
  },
  body: {},
});
const failedWith = (code: string, message: string) => ({
  status: 200,
  body: { status: 'Failed', error: { code, message } },
});

describe('zones', () => {
  it('are read as recorded', async () => {
    server.answer('zone.get', recorded('zone-create', 'GET', '/privateDnsZones/'));

    await expect(dns.zone(zoneId)).resolves.toMatchObject({
      name: 'clitest.privatedns.com000002',
      tags: { tagKey000003: 'tagVal000004' },
      provisioningState: 'Succeeded',
      registrationLinkCount: 0,
    });
  });

  it('are null where they are missing, as recorded', async () => {
    server.answer('zone.get', recorded('zone-missing', 'GET', '/privateDnsZones/', 404));

    await expect(dns.zone(zoneId)).resolves.toBeNull();
  });

  it('of a subscription come from all pages', async () => {
    const { body } = recorded('zone-create', 'GET', '/privateDnsZones/');
    const nextLink = `${server.baseUrl}/subscriptions/${subscriptionId}/providers/Microsoft.Network/privateDnsZones?api-version=2024-06-01&$skipToken=2`;
    server.answer(
      'zone.list',
      { status: 200, body: { value: [body], nextLink } },
      { status: 200, body: { value: [body] } },
    );

    await expect(dns.zones(subscriptionId)).resolves.toHaveLength(2);
  });

  it('name the action that is lacking on a later page, too', async () => {
    const nextLink = `${server.baseUrl}/subscriptions/${subscriptionId}/providers/Microsoft.Network/privateDnsZones?api-version=2024-06-01&$skipToken=2`;
    const message = `The client 'x' with object id 'x' does not have authorization to perform action 'a/read' over scope '/s' or the scope is invalid.`;
    server.answer(
      'zone.list',
      { status: 200, body: { value: [], nextLink } },
      { status: 403, body: { error: { code: 'AuthorizationFailed', message } } },
    );

    const failure = await failureOf(dns.zones(subscriptionId));

    expect(failure.code).toBe('azure-permission-denied');
    expect(failure.message).toContain('the identity lacks a/read at /s');
  });

  it('are created with If-None-Match, and not waited for', async () => {
    server.answer('zone.put', accepted());

    await dns.createZone({ id: zoneId, tags: { 'managed-by': 'us' } }, { follow: false });

    expect(server.traffic.all()).toHaveLength(1);
    expect(server.traffic.all()[0]?.request.headers['if-none-match']).toBe('*');
    expect(server.traffic.all()[0]?.request.body).toEqual({
      location: 'global',
      tags: { 'managed-by': 'us' },
    });
  });

  it('that exist already are reported when the creation is followed', async () => {
    server.answer('zone.put', accepted());
    server.answer('operation.get', failedWith('PreconditionFailed', 'The Zone exists already.'));

    const failure = await failureOf(dns.createZone({ id: zoneId, tags: {} }, { follow: true }));

    expect(failure).toMatchObject({ kind: 'transient', code: 'precondition-failed' });
  });

  it('that Azure cannot create are reported with its reason', async () => {
    server.answer('zone.put', accepted());
    server.answer('operation.get', failedWith('BadRequest', 'The zone name is reserved.'));

    const failure = await failureOf(dns.createZone({ id: zoneId, tags: {} }, { follow: true }));

    expect(failure).toMatchObject({ code: 'zone-failed', kind: 'rejected' });
    expect(failure.message).toContain('The zone name is reserved.');
  });

  it('are followed through responses that only say it goes on', async () => {
    server.answer('zone.put', accepted());
    server.answer(
      'operation.get',
      {
        ...accepted(),
        headers: { ...accepted().headers, 'retry-after': '0' },
        body: { status: 'InProgress' },
      },
      { status: 200, body: { status: 'Succeeded' } },
    );
    server.answer('zone.get', recorded('zone-create', 'GET', '/privateDnsZones/'));

    await dns.createZone({ id: zoneId, tags: {} }, { follow: true });

    expect(server.traffic.of('operation.get')).toHaveLength(2);
  });

  it.each([[{ status: 204 }], [recorded('zone-missing', 'GET', '/privateDnsZones/', 404)]])(
    'that are gone are deleted',
    async (reply) => {
      server.answer('zone.delete', reply);

      await expect(dns.deleteZone(zoneId)).resolves.toBeUndefined();
    },
  );

  it('with something left in them are deleted later', async () => {
    const message = 'Can not delete resource before nested resources are deleted.';
    server.answer('zone.delete', { status: 409, body: { error: { code: 'CannotDeleteResource', message } } });

    await expect(failureOf(dns.deleteZone(zoneId))).resolves.toMatchObject({ code: 'azure-busy' });
  });
});

describe('virtual network links', () => {
  const link = { id: linkId, virtualNetworkId, registrationEnabled: true, tags: { 'managed-by': 'us' } };

  it('are read as recorded', async () => {
    server.answer('link.get', recorded('link-create', 'GET', '/virtualNetworkLinks/'));

    await expect(dns.link(linkId)).resolves.toMatchObject({
      name: 'clitestprivatednslink000004',
      registrationEnabled: true,
      tags: {},
    });
  });

  it.each([
    ['InProgress', false],
    ['Completed', true],
  ])('in the state %s are completed: %p', async (virtualNetworkLinkState, completed) => {
    const properties = {
      provisioningState: 'Succeeded',
      virtualNetworkLinkState,
      virtualNetwork: { id: 'x' },
    };
    server.answer('link.list', { status: 200, body: { value: [{ id: linkId, name: 'l', properties }] } });

    await expect(dns.links(zoneId)).resolves.toMatchObject([{ zoneId, completed }]);
  });

  it('are created with If-None-Match, and not waited for', async () => {
    server.answer('link.put', accepted());

    await dns.createLink(link, { follow: false });

    expect(server.traffic.all()).toHaveLength(1);
    expect(server.traffic.all()[0]?.request.headers['if-none-match']).toBe('*');
    expect(server.traffic.all()[0]?.request.body).toEqual({
      location: 'global',
      tags: { 'managed-by': 'us' },
      properties: { virtualNetwork: { id: virtualNetworkId }, registrationEnabled: true },
    });
  });

  it.each([
    [
      'Conflict',
      "A virtual network can only be linked to 1 Private DNS zone(s) with auto-registration enabled; conflicting Private DNS zone is '/z'.",
      'link-conflict',
    ],
    [
      'BadRequest',
      "A virtual network cannot be linked to multiple zones with overlapping namespaces. You tried to link virtual network with 'z' and 'z' zones.",
      'overlapping-zone',
    ],
    ['BadRequest', 'Something else.', 'link-failed'],
  ])('are refused with %s, %s: %s', async (code, message, expected) => {
    server.answer('link.put', accepted());
    server.answer('operation.get', failedWith(code, message));

    await expect(failureOf(dns.createLink(link, { follow: true }))).resolves.toMatchObject({
      code: expected,
    });
  });

  it('keep all but what is changed', async () => {
    server.answer('link.patch', accepted());

    const link = { id: linkId, virtualNetworkId: '/unused', registrationEnabled: false };
    await dns.changeLink(link, { follow: false });

    expect(server.traffic.all()[0]?.request.body).toEqual({ properties: { registrationEnabled: false } });
  });

  it('are none in a zone that is not there', async () => {
    server.answer('link.list', recorded('zone-missing', 'GET', '/privateDnsZones/', 404));

    await expect(dns.links(zoneId)).resolves.toEqual([]);
  });

  it('are deleted when ARM has accepted it', async () => {
    server.answer('link.delete', { ...accepted(), body: undefined });

    await dns.deleteLink(linkId);

    expect(server.traffic.all()).toHaveLength(1);
  });
});

describe('A records', () => {
  const record = {
    zoneId,
    name: 'in01-1-privatelink',
    ttlSeconds: 600,
    address: '10.0.0.4',
    metadata: { owner: 'c-1' },
  };

  it('are read as recorded, with their ETag', async () => {
    server.answer('record.get', recorded('record-set-a', 'GET', '/A/'));

    await expect(dns.record(zoneId, record.name)).resolves.toEqual({
      zoneId,
      name: 'clitestprivatednsrecordset000003',
      ttlSeconds: 3600,
      addresses: [],
      metadata: {},
      autoRegistered: false,
      etag: 'a710bbd9-8c7d-459f-8dad-cc4f534a9f80',
    });
  });

  it('are null where they are missing, in the plain words of Private DNS', async () => {
    server.answer('record.get', notFound);

    await expect(dns.record(zoneId, record.name)).resolves.toBeNull();
  });

  it.each([
    [null, { 'if-none-match': '*' }],
    ['etag-1', { 'if-match': 'etag-1' }],
  ])('with the ETag %p are written under the condition %j', async (etag, condition) => {
    server.answer('record.put', recorded('record-set-a', 'PUT', '/A/', 201));

    await dns.putRecord(record, etag);

    expect(server.traffic.all()[0]?.request.headers).toMatchObject(condition);
    expect(server.traffic.all()[0]?.request.body).toEqual({
      properties: { ttl: 600, metadata: { owner: 'c-1' }, aRecords: [{ ipv4Address: '10.0.0.4' }] },
    });
  });

  it('that came into being meanwhile are not overwritten, as recorded', async () => {
    server.answer('record.put', recorded('record-set-precondition', 'PUT', '/A/', 412));

    await expect(failureOf(dns.putRecord(record, null))).resolves.toMatchObject({
      kind: 'transient',
      code: 'precondition-failed',
    });
  });

  it('are deleted as they were read, and only so', async () => {
    server.answer('record.delete', { status: 200 });
    await dns.deleteRecord(zoneId, '@', 'etag-1');
    expect(server.traffic.all()[0]?.request.headers['if-match']).toBe('etag-1');
    expect(server.traffic.all()[0]?.request.url).toContain('/A/@?');

    server.answer('record.delete', { status: 412, body: { code: 'PreconditionFailed', message: 'changed' } });
    await expect(failureOf(dns.deleteRecord(zoneId, '@', 'etag-1'))).resolves.toMatchObject({
      code: 'precondition-failed',
    });
  });

  it.each([[{ status: 204 }], [notFound]])('that are gone are deleted', async (reply) => {
    server.answer('record.delete', reply);

    await expect(dns.deleteRecord(zoneId, '@', 'etag-1')).resolves.toBeUndefined();
  });

  it('are listed all at once, without what Azure keeps itself', async () => {
    const of = (type: string, more: object = {}) => ({
      id: 'x',
      name: 'n',
      type: `Microsoft.Network/privateDnsZones/${type}`,
      etag: 'e',
      properties: { ttl: 1, ...more },
    });
    const texts = { txtRecords: [{ value: ['v', '1'] }], metadata: { o: 'c' } };
    const value = [of('SOA'), of('A', { isAutoRegistered: true }), of('A'), of('TXT', texts), of('CNAME')];
    server.answer('record.listAll', { status: 200, body: { value } });

    await expect(dns.recordSets(zoneId)).resolves.toMatchObject({
      records: [{ autoRegistered: true }, { autoRegistered: false }],
      texts: [{ name: 'n', values: ['v1'], metadata: { o: 'c' }, etag: 'e' }],
      others: [{ type: 'CNAME', name: 'n' }],
    });
  });
});

describe('the budget of reads that Private DNS grants', () => {
  let strict: ArmServer;
  let refusing: ArmServer;

  beforeAll(async () => {
    strict = await startArmServer();
    refusing = await startArmServer();
  });
  afterAll(() => Promise.all([strict.stop(), refusing.stop()]));

  it('is not used up: beyond its share the app sends no read, but writes', async () => {
    const limited = dnsAdapter(strict.arm);
    // As recorded: Azure's figure does not fall.
    const headers = { 'x-ms-ratelimit-remaining-subscription-resource-requests': '499' };
    strict.answer('record.get', { ...notFound, headers });
    strict.answer('zone.put', { status: 202, headers: { location: `${strict.baseUrl}/operations/1` } });

    for (let read = 0; read < 100; read++) await limited.record(zoneId, 'x');
    const failure = await failureOf(limited.record(zoneId, 'x'));

    expect(failure).toMatchObject({ kind: 'transient', code: 'azure-throttled', source: 'app' });
    expect(failure.message).toMatch(
      /the app keeps to its share of reads of the 500 that Azure allows, and goes on in \d+ s/,
    );
    expect(failure.retryAfterSeconds).toBeGreaterThan(240);
    expect(strict.traffic.all()).toHaveLength(100);
    await limited.createZone({ id: zoneId, tags: {} }, { follow: false });
    expect(strict.traffic.of('zone.put')).toHaveLength(1);
  });

  it('is left alone after a refusal, also when other responses arrive meanwhile', async () => {
    const limited = dnsAdapter(refusing.arm);
    refusing.answer('record.get', {
      status: 429,
      body: { code: 'TooManyRequests', message: 'Please retry.' },
    });
    refusing.answer('zone.get', notFound);

    await Promise.all([failureOf(limited.record(zoneId, 'x')), limited.zone(zoneId)]);
    const failure = await failureOf(limited.zone(zoneId));

    expect(failure).toMatchObject({ kind: 'transient', code: 'azure-throttled', source: 'app' });
    expect(failure.retryAfterSeconds).toBeGreaterThanOrEqual(14);
    expect(refusing.traffic.all()).toHaveLength(2);
  });

  it('is 20 reads for one request, whose next attempt goes on; a list that has begun ends', async () => {
    const limited = dnsAdapter(refusing.arm);
    const other = zoneId.replace(/[0-9a-f]{8}(?=-)/, '99999999');
    refusing.answer(
      'record.listAll',
      {
        status: 200,
        body: { value: [], nextLink: `${refusing.baseUrl}${other}/ALL?api-version=2024-06-01&$skiptoken=1` },
      },
      { status: 200, body: { value: [] } },
    );

    const request = readAs({ reader: 'people', most: 1 }, async () => {
      await limited.recordSets(other);
      return failureOf(limited.zone(other));
    });

    await expect(request).resolves.toMatchObject({ code: 'azure-throttled', retryAfterSeconds: 1 });
    expect(refusing.traffic.of('record.listAll')).toHaveLength(2);
  });
});
