import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { armSchemas, schemaReference } from './support/armSchemas.ts';
import { assignments, ofType, one, readSnapshot, snapshotNames } from './support/snapshot.ts';
import type { SnapshotResource } from './support/snapshot.ts';
import { allResources, readTemplate } from './support/template.ts';

const subscription = (n: number) => `/subscriptions/00000000-0000-4000-8000-00000000000${String(n)}`;
const group = `${subscription(1)}/resourceGroups/rg-zilliz-private-link-test`;
const network = `${subscription(1)}/resourceGroups/rg-network/providers/Microsoft.Network/virtualNetworks/vnet-applications`;
const hubNetwork = `${subscription(2)}/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/vnet-hub`;

const schemas = armSchemas();

/** The identity's object ID is known to Azure only. */
const app = expect.stringMatching(
  /userAssignedIdentities\/id-zilliz-private-link-\w+'.*principalId/,
) as string;

/** Names in infra/modules/roleIds.bicep by GUID. */
const roleNames = new Map(
  [...readFileSync('infra/modules/roleIds.bicep', 'utf8').matchAll(/var (\w+) = '([0-9a-f-]{36})'/g)].map(
    ([, name = '', id = '']) => [id, name],
  ),
);

/** Custom roles by the GUID that the snapshot gives them. */
function customRoles(name: 'hub-and-spoke' | 'own-zone' | 'portal'): ReadonlyMap<string, string> {
  return new Map(
    ofType(name, 'Microsoft.Authorization/roleDefinitions').map(({ name: id, properties }) => [
      id,
      z.string().parse(properties.roleName),
    ]),
  );
}

/**
 * Two things that Azure takes and the published schemas do not know: `null` for "none", and the full name of a secret, which
 * they describe as a child of its vault only.
 */
function asPublished(resource: SnapshotResource): unknown {
  const name = resource.type.endsWith('/secrets') ? resource.name.split('/').at(-1) : resource.name;
  return JSON.parse(JSON.stringify({ ...resource, name }), (_, value: unknown) => value ?? undefined);
}

describe('what a deployment makes', () => {
  it.each(snapshotNames)('%s is worked out by the compiler without a complaint', (name) => {
    expect(readSnapshot(name).diagnostics).toEqual([]);
  });

  it('shows each resource of each template in one snapshot at least', () => {
    const shown = new Set(
      snapshotNames.flatMap((name) => readSnapshot(name).predictedResources.map(({ type }) => type)),
    );
    const written = new Set(
      (['main', 'events', 'portal'] as const)
        .flatMap((name) => allResources(readTemplate(name)))
        .map(({ resource }) => resource.type)
        .filter((type) => type !== 'Microsoft.Resources/deployments'),
    );

    expect([...shown].sort()).toEqual([...written].sort());
  });

  it.each(snapshotNames)('%s has each resource as the schema of its type says', (name) => {
    const faults = readSnapshot(name).predictedResources.flatMap((resource) => {
      const validate = schemas.validator(schemaReference(resource.type, resource.apiVersion));
      return !validate || validate(asPublished(resource))
        ? []
        : [`${resource.id}: ${JSON.stringify(validate.errors)}`];
    });

    expect(faults).toEqual([]);
  });

  it('keeps to the rules that Azure has for names', () => {
    const [storage, vault] = [
      one('hub-and-spoke', 'Microsoft.Storage/storageAccounts').name,
      one('hub-and-spoke', 'Microsoft.KeyVault/vaults').name,
    ];

    expect(storage).toMatch(/^[a-z0-9]{3,24}$/);
    expect(vault).toMatch(/^[a-zA-Z][a-zA-Z0-9-]{1,22}[a-zA-Z0-9]$/);
    expect(one('hub-and-spoke', 'Microsoft.Web/sites').name).toMatch(/^[a-z][a-z0-9-]{1,58}[a-z0-9]$/);
  });

  it('puts everything into its own group but subnets, roles and their assignments', () => {
    const elsewhere = readSnapshot('hub-and-spoke')
      .predictedResources.filter(({ id }) => !id.includes(group) || id.startsWith('['))
      .map(({ type }) => type);

    expect([...new Set(elsewhere)].sort()).toEqual([
      'Microsoft.Authorization/roleAssignments',
      'Microsoft.Authorization/roleDefinitions',
      'Microsoft.Network/virtualNetworks/subnets',
    ]);
  });

  it('tags every resource that can be tagged', () => {
    const untagged = readSnapshot('hub-and-spoke')
      .predictedResources.filter(({ location, tags }) => location !== undefined && !tags?.application)
      .map(({ id }) => id);

    expect(untagged).toEqual([]);
  });
});

describe('the network of the applications', () => {
  const subnets = 'Microsoft.Network/virtualNetworks/subnets';
  const network = 'Microsoft.Network/virtualNetworks';

  it('gets the two subnets whose ranges are named', () => {
    expect(ofType('hub-and-spoke', subnets).map(({ name }) => name)).toEqual([
      'vnet-applications/snet-zilliz-private-link-app',
      'vnet-applications/snet-zilliz-private-link-storage',
    ]);
  });

  it.each(['own-zone', 'portal-existing'] as const)(
    'is left alone, with its subnets, where they exist (%s)',
    (name) => {
      expect(ofType(name, subnets)).toEqual([]);
      expect(ofType(name, network)).toEqual([]);
    },
  );

  it('is made by the deploy form with its three subnets when it is new, and the subnets not once more', () => {
    const { properties } = one('portal', network);
    const made = z.array(z.looseObject({ name: z.string() })).parse(properties.subnets);

    expect(made.map(({ name }) => name)).toEqual(['snet-zilliz', 'snet-storage', 'snet-app']);
    expect(ofType('portal', subnets)).toEqual([]);
  });
});

describe('the roles of a hub-and-spoke deployment', () => {
  const all = assignments('hub-and-spoke');
  const custom = customRoles('hub-and-spoke');
  const named = all.map(({ scope, role, principal }) => ({
    scope: scope.replace(group, '…').replace(/^(…\/.*(?:stzpl|-))[a-z0-9]{13}(?=\/|$)/, '$1*'),
    role: roleNames.get(role) ?? custom.get(role)?.replace(/ \(.*/, '') ?? role,
    principal,
  }));

  it('gives the app what the host, the vault and the telemetry need, and nothing else in its group', () => {
    expect(named.filter(({ scope }) => scope.startsWith('…'))).toEqual([
      {
        scope: '…/providers/Microsoft.Storage/storageAccounts/stzpl*',
        role: 'storageBlobDataOwner',
        principal: app,
      },
      {
        scope: '…/providers/Microsoft.Storage/storageAccounts/stzpl*',
        role: 'storageQueueDataContributor',
        principal: app,
      },
      {
        scope: '…/providers/Microsoft.Storage/storageAccounts/stzpl*',
        role: 'storageTableDataContributor',
        principal: app,
      },
      {
        scope: '…/providers/Microsoft.KeyVault/vaults/kv-zpl-*',
        role: 'keyVaultSecretsUser',
        principal: app,
      },
      {
        scope: '…/providers/Microsoft.Insights/components/appi-zilliz-private-link-*',
        role: 'monitoringMetricsPublisher',
        principal: app,
      },
      {
        scope: '…/providers/Microsoft.KeyVault/vaults/kv-zpl-*',
        role: 'keyVaultSecretsOfficer',
        principal: '00000000-0000-4000-8000-00000000000a',
      },
      {
        scope:
          '…/providers/Microsoft.Storage/storageAccounts/stzpl*/blobServices/default/containers/event-dead-letters',
        role: 'storageBlobDataContributor',
        principal: expect.stringMatching(
          /topics\/evgt-zilliz-clusters-\w+'.*identity\.principalId/,
        ) as string,
      },
      {
        scope: '…/providers/Microsoft.EventGrid/topics/evgt-zilliz-clusters-*',
        role: 'eventGridDataSender',
        principal: '00000000-0000-4000-8000-00000000000b',
      },
    ]);
  });

  it('gives the app one custom role on each scope outside', () => {
    const product = 'Private Link for Zilliz Cloud';

    expect(named.filter(({ scope }) => !scope.startsWith('…'))).toEqual([
      { scope: subscription(1), role: `${product}: subscription reader`, principal: app },
      { scope: subscription(2), role: `${product}: subscription reader`, principal: app },
      {
        scope: `${subscription(1)}/resourceGroups/rg-endpoints`,
        role: `${product}: endpoint group, connect and disconnect`,
        principal: app,
      },
      {
        scope: `${subscription(2)}/resourceGroups/rg-hub-dns`,
        role: `${product}: zone group, connect and disconnect`,
        principal: app,
      },
      { scope: network, role: `${product}: network, connect`, principal: app },
      { scope: hubNetwork, role: `${product}: network, connect`, principal: app },
    ]);
  });

  it('can assign its roles in the subscriptions concerned and nowhere else', () => {
    for (const { properties } of ofType('hub-and-spoke', 'Microsoft.Authorization/roleDefinitions')) {
      expect(properties.assignableScopes).toEqual([subscription(1), subscription(2)]);
    }
  });

  it('names its roles after the deployment, because names are unique in a tenant', () => {
    const names = [...customRoles('hub-and-spoke').values(), ...customRoles('own-zone').values()];

    expect(new Set(names).size).toBe(names.length);
  });
});

describe('other deployments', () => {
  it('put endpoint and zone into the group of the network when nothing else is said', () => {
    const group = `${subscription(1)}/resourceGroups/rg-network`;
    const custom = customRoles('own-zone');
    const there = assignments('own-zone')
      .filter(({ scope }) => scope === group)
      .map(({ role }) => custom.get(role)?.replace(/^.*: | \(.*/g, ''));

    expect(there).toEqual(['endpoint group, connect', 'zone group, connect']);
  });

  it('assign no role outside their group when roles are left to others', () => {
    const outside = assignments('no-network').filter(
      ({ scope }) => !scope.includes('/resourceGroups/rg-zilliz-private-link-small/'),
    );

    expect(outside).toEqual([]);
    expect(ofType('no-network', 'Microsoft.Authorization/roleDefinitions')).toEqual([]);
  });

  it('make no topic, no always-ready instance and nothing in a network when these are declined', () => {
    const types = readSnapshot('no-network').predictedResources.map(({ type }) => type);
    const { functionAppConfig } = z
      .looseObject({ functionAppConfig: z.looseObject({ scaleAndConcurrency: z.looseObject({}) }) })
      .parse(one('no-network', 'Microsoft.Web/sites').properties);

    expect(types.filter((type) => /EventGrid|Microsoft\.Network/.test(type))).toEqual([]);
    expect(functionAppConfig.scaleAndConcurrency).toMatchObject({ alwaysReady: [] });
  });
});
