import { z } from 'zod';
import { ALIAS, GROUP, MINUTE_MS, NETWORK, SUBNET, ZONE_NAME, startTestBed } from './support.ts';
import type { AzureTestBed } from './support.ts';

/** What the SDK's model drops. */
const withGuid = z.object({ properties: z.object({ resourceGuid: z.string() }) });

describe('the real Azure SDKs', () => {
  let bed: AzureTestBed;
  beforeEach(async () => {
    bed = await startTestBed();
  });
  afterEach(() => bed.stop());

  it('do the whole Azure half of the guide', async () => {
    const endpoints = bed.network.privateEndpoints;
    let resourceGuid = '';
    const creating = endpoints.createOrUpdate(
      'rg-app',
      'pe-zilliz',
      {
        location: 'eastus',
        tags: { 'managed-by': 'test' },
        subnet: { id: SUBNET },
        manualPrivateLinkServiceConnections: [
          { name: 'zilliz', privateLinkServiceId: ALIAS, groupIds: [], requestMessage: 'please' },
        ],
      },
      {
        updateIntervalInMs: 1,
        onResponse: (raw) => {
          resourceGuid = withGuid.parse(raw.parsedBody).properties.resourceGuid;
        },
      },
    );
    await creating.submitted();
    expect(resourceGuid).toMatch(/^[0-9a-f-]{36}$/);
    const early = await endpoints.get('rg-app', 'pe-zilliz');
    expect(early.provisioningState).toBe('Updating');

    bed.pass(2 * MINUTE_MS);
    const endpoint = await creating;
    expect(endpoint.provisioningState).toBe('Succeeded');
    const connection = endpoint.manualPrivateLinkServiceConnections?.[0];
    expect(connection?.privateLinkServiceConnectionState?.status).toBe('Pending');

    const interfaceName = endpoint.networkInterfaces?.[0]?.id?.split('/').at(-1) ?? '';
    const card = await bed.network.networkInterfaces.get('rg-app', interfaceName);
    expect(card.ipConfigurations?.[0]?.privateIPAddress).toBe('10.1.2.4');

    bed.azure.provider.setConnection(`pe-zilliz.${resourceGuid}`, 'Approved');
    const approved = await endpoints.get('rg-app', 'pe-zilliz');
    expect(approved.manualPrivateLinkServiceConnections?.[0]?.privateLinkServiceConnectionState?.status).toBe(
      'Approved',
    );

    const zone = bed.dns.privateZones.createOrUpdate(
      'rg-app',
      ZONE_NAME,
      { location: 'global' },
      { ifNoneMatch: '*', updateIntervalInMs: 1 },
    );
    await zone.submitted();
    bed.pass(MINUTE_MS);
    expect((await zone).provisioningState).toBe('Succeeded');

    const record = await bed.dns.recordSets.createOrUpdate(
      'rg-app',
      ZONE_NAME,
      'A',
      'in01-abc-privatelink',
      { ttl: 600, aRecords: [{ ipv4Address: '10.1.2.4' }], metadata: { connection: 'c1' } },
      { ifNoneMatch: '*' },
    );
    expect(record.fqdn).toBe(`in01-abc-privatelink.${ZONE_NAME}.`);

    const link = bed.dns.virtualNetworkLinks.createOrUpdate(
      'rg-app',
      ZONE_NAME,
      'link-vnet-app',
      { location: 'global', virtualNetwork: { id: NETWORK }, registrationEnabled: true },
      { ifNoneMatch: '*', updateIntervalInMs: 1 },
    );
    await link.submitted();
    const host = `in01-abc-privatelink.${ZONE_NAME}`;
    expect(bed.azure.view.resolve(NETWORK, host)).toBe('public');
    bed.pass(20_000);
    expect((await link).virtualNetworkLinkState).toBe('InProgress');
    expect(bed.azure.view.resolve(NETWORK, host)).toBe('public');
    bed.pass(MINUTE_MS);
    const done = await bed.dns.virtualNetworkLinks.get('rg-app', ZONE_NAME, 'link-vnet-app');
    expect(done.virtualNetworkLinkState).toBe('Completed');
    expect(bed.azure.view.resolve(NETWORK, host)).toEqual({ addresses: ['10.1.2.4'], ttl: 600 });
    expect(bed.azure.view.privateEndpointAt(NETWORK, '10.1.2.4')).toEqual({
      endpointId: `pe-zilliz.${resourceGuid}`,
      status: 'Approved',
    });
  });

  it('take it all down again, links before the zone', async () => {
    const { control } = bed.azure;
    control.addZone({ id: `${GROUP}/providers/Microsoft.Network/privateDnsZones/${ZONE_NAME}` });
    control.addLink({
      id: `${GROUP}/providers/Microsoft.Network/privateDnsZones/${ZONE_NAME}/virtualNetworkLinks/l`,
      virtualNetworkId: NETWORK,
    });
    await expect(bed.dns.privateZones.delete('rg-app', ZONE_NAME)).rejects.toMatchObject({
      statusCode: 409,
      code: 'CannotDeleteResource',
    });
    const unlinking = bed.dns.virtualNetworkLinks.delete('rg-app', ZONE_NAME, 'l', { updateIntervalInMs: 1 });
    await unlinking.submitted();
    bed.pass(MINUTE_MS);
    await unlinking;
    const deleting = bed.dns.privateZones.delete('rg-app', ZONE_NAME, { updateIntervalInMs: 1 });
    await deleting.submitted();
    bed.pass(MINUTE_MS);
    await deleting;
    await expect(bed.dns.privateZones.get('rg-app', ZONE_NAME)).rejects.toMatchObject({ statusCode: 404 });
  });

  it('learn of a failure that comes only while polling as a plain error that holds the code', async () => {
    const creating = bed.network.privateEndpoints.createOrUpdate(
      'rg-app',
      'pe-zilliz',
      {
        location: 'eastus',
        subnet: { id: SUBNET },
        manualPrivateLinkServiceConnections: [
          {
            name: 'zilliz',
            privateLinkServiceId: ALIAS.replace('2222', '3333'),
            requestMessage: 'please',
          },
        ],
      },
      { updateIntervalInMs: 1 },
    );
    await creating.submitted();
    bed.pass(2 * MINUTE_MS);
    await expect(creating).rejects.toThrow(/long-running operation has failed.*InvalidPrivateLinkServiceId/s);
    const left = await bed.network.privateEndpoints.get('rg-app', 'pe-zilliz');
    expect(left.provisioningState).toBe('Failed');
  });
});
