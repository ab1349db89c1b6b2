import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { assignments, ofType } from './support/snapshot.ts';
import type { AccessSnapshotName } from './support/snapshot.ts';

const subscription = (n: number) => `/subscriptions/00000000-0000-4000-8000-00000000000${String(n)}`;
const group = `${subscription(1)}/resourceGroups/rg-zilliz-private-link-test`;
const network = `${subscription(1)}/resourceGroups/rg-network/providers/Microsoft.Network/virtualNetworks/vnet-applications`;
const hubNetwork = `${subscription(2)}/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/vnet-hub`;

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
function customRoles(name: AccessSnapshotName): ReadonlyMap<string, string> {
  return new Map(
    ofType(name, 'Microsoft.Authorization/roleDefinitions').map(({ name: id, properties }) => [
      id,
      z.string().parse(properties.roleName),
    ]),
  );
}

describe('the roles of a hub-and-spoke deployment', () => {
  const inOwnGroup = assignments('hub-and-spoke');
  const outside = ['access-hub-and-spoke', 'access-hub'] as const;
  const custom = new Map(outside.flatMap((name) => [...customRoles(name)]));
  const named = [...inOwnGroup, ...outside.flatMap((name) => assignments(name))].map(
    ({ scope, role, principal }) => ({
      scope: scope.replace(group, '…').replace(/^(…\/.*(?:stzpl|-))[a-z0-9]{13}(?=\/|$)/, '$1*'),
      role: roleNames.get(role) ?? custom.get(role)?.replace(/ \(.*/, '') ?? role,
      principal,
    }),
  );

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

  it('gives the app one custom role on each scope outside, and what it searches with on the subscription', () => {
    const product = 'Private Link for Zilliz Cloud';
    const principal = '00000000-0000-4000-8000-00000000000c';

    expect(named.filter(({ scope }) => !scope.startsWith('…'))).toEqual([
      { scope: subscription(1), role: `${product}: subscription`, principal },
      { scope: subscription(1), role: `${product}: discovery`, principal },
      {
        scope: `${subscription(1)}/resourceGroups/rg-endpoints`,
        role: `${product}: endpoint group, connect and disconnect`,
        principal,
      },
      { scope: network, role: `${product}: network, connect`, principal },
      { scope: subscription(2), role: `${product}: subscription`, principal },
      { scope: subscription(2), role: `${product}: discovery`, principal },
      {
        scope: `${subscription(2)}/resourceGroups/rg-hub-dns`,
        role: `${product}: zone group, connect and disconnect`,
        principal,
      },
      { scope: hubNetwork, role: `${product}: network, connect`, principal },
    ]);
  });

  it.each(outside)('can assign its roles in its own subscription and nowhere else (%s)', (name) => {
    const scopes = ofType(name, 'Microsoft.Authorization/roleDefinitions').map(
      ({ properties }) => properties.assignableScopes,
    );

    expect(new Set(scopes.flat())).toEqual(new Set([subscription(name === 'access-hub' ? 2 : 1)]));
  });

  it('names its roles after deployment and subscription, because names are unique in a tenant', () => {
    const names = outside.flatMap((name) => [...customRoles(name).values()]);

    expect(new Set(names).size).toBe(names.length);
  });

  it('leaves on the subscription what Azure offers there only, where the rest is searched by group', () => {
    const roles = customRoles('access-groups');
    const on = (scope: string) =>
      assignments('access-groups')
        .filter((assignment) => assignment.scope === scope)
        .map(({ role }) => roles.get(role)?.replace(/^.*: | \(.*/g, ''));

    expect(on(subscription(1))).toEqual(['subscription']);
    expect(on(`${subscription(1)}/resourceGroups/rg-network`)).toEqual(['discovery']);
    expect(on(`${subscription(1)}/resourceGroups/rg-endpoints`)).toEqual([
      'discovery',
      'endpoint group, connect and disconnect',
    ]);
  });

  it('defines no role where those of Azure are asked for', () => {
    expect(ofType('access-built-in', 'Microsoft.Authorization/roleDefinitions')).toEqual([]);
    expect(
      assignments('access-built-in').map(({ scope, role }) => [scope.split('/').at(-1), roleNames.get(role)]),
    ).toEqual([
      ['rg-endpoints', 'reader'],
      ['rg-endpoints', 'networkContributor'],
      ['rg-endpoints', 'tagContributor'],
      ['rg-network', 'reader'],
      ['vnet-applications', 'networkContributor'],
    ]);
  });

  it('gives the roles of endpoint and zone on one group where they share it', () => {
    const group = `${subscription(1)}/resourceGroups/rg-network`;
    const custom = customRoles('access-own-zone');
    const there = assignments('access-own-zone')
      .filter(({ scope }) => scope === group)
      .map(({ role }) => custom.get(role)?.replace(/^.*: | \(.*/g, ''));

    expect(there).toEqual(['endpoint group, connect', 'zone group, connect']);
  });
});
