import { assignments, ofType, one, readSnapshot, snapshotNames } from './support/snapshot.ts';
import { allResources, readTemplate } from './support/template.ts';

describe('the storage of the host', () => {
  it.each(snapshotNames)('knows no anonymous access and no shared key (%s)', (name) => {
    for (const { properties } of ofType(name, 'Microsoft.Storage/storageAccounts')) {
      expect(properties).toMatchObject({
        allowBlobPublicAccess: false,
        allowSharedKeyAccess: false,
        minimumTlsVersion: 'TLS1_2',
        supportsHttpsTrafficOnly: true,
      });
    }
    for (const { properties } of ofType(name, 'Microsoft.Storage/storageAccounts/blobServices/containers')) {
      expect(properties).toEqual({ publicAccess: 'None' });
    }
  });

  it('is closed to the public network with VNet integration, and reached by private endpoints', () => {
    const account = one('hub-and-spoke', 'Microsoft.Storage/storageAccounts');
    const endpoints = ofType('hub-and-spoke', 'Microsoft.Network/privateEndpoints').map(({ name }) =>
      name.split('-').at(-1),
    );

    expect(account.properties).toMatchObject({
      publicNetworkAccess: 'Disabled',
      networkAcls: { bypass: 'AzureServices', defaultAction: 'Deny' },
    });
    expect(endpoints).toEqual(['blob', 'queue', 'table', 'vault']);
  });

  it('stays open to identities on the public network without VNet integration', () => {
    expect(one('no-network', 'Microsoft.Storage/storageAccounts').properties).toMatchObject({
      publicNetworkAccess: 'Enabled',
    });
  });
});

describe('the vault', () => {
  it.each(snapshotNames)('knows roles only, and cannot be purged before its time (%s)', (name) => {
    expect(one(name, 'Microsoft.KeyVault/vaults').properties).toMatchObject({
      enableRbacAuthorization: true,
      enablePurgeProtection: true,
      enabledForTemplateDeployment: false,
    });
  });

  it('is closed to the public network unless that is asked for, or the app is outside', () => {
    expect(one('hub-and-spoke', 'Microsoft.KeyVault/vaults').properties).toMatchObject({
      publicNetworkAccess: 'Disabled',
      networkAcls: { bypass: 'AzureServices', defaultAction: 'Deny' },
    });
  });

  it('gets a secret from the deploy form alone, as an expression that refers to it', () => {
    const secrets = snapshotNames.flatMap((name) => ofType(name, 'Microsoft.KeyVault/vaults/secrets'));

    expect(secrets.map(({ properties }) => properties.value)).toEqual(["[parameters('zillizApiKey')]"]);
  });
});

describe('the app', () => {
  it.each(snapshotNames)('accepts TLS 1.2 only, and no deployment with a password (%s)', (name) => {
    expect(one(name, 'Microsoft.Web/sites').properties).toMatchObject({
      httpsOnly: true,
      siteConfig: { minTlsVersion: '1.2', scmMinTlsVersion: '1.2', ftpsState: 'Disabled' },
    });
    const policies = ofType(name, 'Microsoft.Web/sites/basicPublishingCredentialsPolicies');
    expect(policies.map(({ properties }) => properties.allow)).toEqual([false, false]);
  });

  it('may be called by the browser from the portal only', () => {
    expect(one('own-zone', 'Microsoft.Web/sites').properties).toMatchObject({
      siteConfig: { cors: { allowedOrigins: ['[environment().portal]'] } },
    });
  });

  it('comes into the network through a subnet of its own, delegated to it', () => {
    const site = one('hub-and-spoke', 'Microsoft.Web/sites');
    const subnet = one('network', 'Microsoft.Network/virtualNetworks/subnets', 'private-link-app');

    expect(site.properties.virtualNetworkSubnetId).toBe(subnet.id);
    expect(subnet.properties).toMatchObject({
      delegations: [{ properties: { serviceName: 'Microsoft.App/environments' } }],
    });
  });
});

describe('telemetry and events', () => {
  it.each(snapshotNames)('accept identities only (%s)', (name) => {
    expect(one(name, 'Microsoft.Insights/components').properties).toMatchObject({ DisableLocalAuth: true });
    expect(one(name, 'Microsoft.OperationalInsights/workspaces').properties).toMatchObject({
      features: { disableLocalAuth: true },
    });
    for (const { properties } of ofType(name, 'Microsoft.EventGrid/topics')) {
      expect(properties).toMatchObject({ disableLocalAuth: true, minimumTlsVersionAllowed: '1.2' });
    }
  });

  it('keep what could not be delivered, written by the identity of the topic', () => {
    expect(one('portal', 'Microsoft.EventGrid/topics/eventSubscriptions').properties).toMatchObject({
      destination: { endpointType: 'AzureFunction' },
      deadLetterWithResourceIdentity: {
        identity: { type: 'SystemAssigned' },
        deadLetterDestination: { properties: { blobContainerName: 'event-dead-letters' } },
      },
    });
  });

  it('come once: no log category brings the lines of Application Insights again', () => {
    for (const { properties } of ofType('own-zone', 'Microsoft.Insights/diagnosticSettings')) {
      expect(JSON.stringify(properties)).not.toContain('FunctionAppLogs');
    }
  });

  it('watch site, blobs, vault and topic', () => {
    const watched = ofType('hub-and-spoke', 'Microsoft.Insights/diagnosticSettings').map(
      ({ id }) => /providers\/(Microsoft\.\w+)\/[^/]+\/[^/]+/.exec(id)?.[1],
    );

    expect(watched.sort()).toEqual([
      'Microsoft.EventGrid',
      'Microsoft.KeyVault',
      'Microsoft.Storage',
      'Microsoft.Web',
    ]);
  });
});

describe('a private deployment', () => {
  it.each(['private', 'private-own-zones', 'portal-existing'] as const)(
    'closes app, topic, vault and storage to the public network, and gives each a private endpoint (%s)',
    (name) => {
      for (const type of [
        'Microsoft.Web/sites',
        'Microsoft.EventGrid/topics',
        'Microsoft.KeyVault/vaults',
        'Microsoft.Storage/storageAccounts',
      ]) {
        expect(one(name, type).properties).toMatchObject({ publicNetworkAccess: 'Disabled' });
      }
      const endpoints = ofType(name, 'Microsoft.Network/privateEndpoints').map((endpoint) =>
        endpoint.name.split('-').at(-1),
      );
      expect(endpoints.toSorted()).toEqual(['blob', 'queue', 'sites', 'table', 'topic', 'vault']);
    },
  );

  it('leaves the records to a policy, or makes zones of its own', () => {
    const zones = (name: 'private' | 'private-own-zones') =>
      ofType(name, 'Microsoft.Network/privateDnsZones').map((zone) => zone.name);

    expect(zones('private')).toEqual([]);
    expect(ofType('private', 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups')).toEqual([]);
    expect(
      ofType('private-own-zones', 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups'),
    ).toHaveLength(6);
    expect(zones('private-own-zones').every((zone) => zone.includes('privatelink.'))).toBe(true);
    expect(zones('private-own-zones')).toHaveLength(6);
  });

  it('has its events put into a queue by the identity of the topic', () => {
    const [subscription] = ofType('events-queue', 'Microsoft.EventGrid/topics/eventSubscriptions');

    expect(subscription?.properties).toMatchObject({
      deliveryWithResourceIdentity: {
        identity: { type: 'SystemAssigned' },
        destination: { endpointType: 'StorageQueue', properties: { queueName: 'cluster-events' } },
      },
    });
    expect(one('private', 'Microsoft.Storage/storageAccounts/queueServices/queues').name).toMatch(
      /\/cluster-events$/,
    );
    expect(assignments('private').find(({ scope }) => scope.endsWith('/queues/cluster-events'))?.role).toBe(
      'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a',
    );
    expect(one('private', 'Microsoft.Web/sites/config', 'appsettings').properties.EVENT_QUEUE).toBe(
      'cluster-events',
    );
  });

  it('spreads plan and storage over zones where that is asked for', () => {
    expect(one('private', 'Microsoft.Web/serverfarms').properties).toMatchObject({ zoneRedundant: true });
    expect(one('private', 'Microsoft.Storage/storageAccounts').sku).toEqual({ name: 'Standard_ZRS' });
  });
});

describe('the order of a deployment', () => {
  const dependencies = (name: 'main' | 'portal', path: string) =>
    allResources(readTemplate(name)).find((found) => found.path === path)?.resource.dependsOn ?? [];

  it('has roles and private endpoints before the app, which reads its storage at once', () => {
    expect(dependencies('main', '/workflow/site')).toEqual(
      expect.arrayContaining(['appRoles', 'privateAccess']),
    );
  });

  it('has roles after what they are assigned on', () => {
    expect(dependencies('main', '/workflow/appRoles')).toEqual(
      expect.arrayContaining(['identity', 'logs', 'secrets', 'storage']),
    );
  });

  it('has the event subscription after the code, or not at all', () => {
    expect(dependencies('portal', '/events')).toEqual(expect.arrayContaining(['code']));
    expect(readSnapshot('own-zone').predictedResources.map(({ type }) => type)).not.toContain(
      'Microsoft.EventGrid/topics/eventSubscriptions',
    );
  });

  it('changes a network one subnet at a time', () => {
    const subnets = allResources(readTemplate('network')).find(({ path }) => path === '/newSubnets');

    expect(subnets?.resource.copy).toMatchObject({ mode: 'serial', batchSize: 1 });
  });
});
