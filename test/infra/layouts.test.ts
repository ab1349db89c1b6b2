import { z } from 'zod';
import { deployedRoles, roleOf } from '../../sandbox/deployedRoles.ts';
import type { Layout } from '../../sandbox/deployedRoles.ts';
import { assignments, ofType } from './support/snapshot.ts';
import type { AccessSnapshotName, SnapshotName } from './support/snapshot.ts';

const group = (subscription: number, name: string): string =>
  `/subscriptions/00000000-0000-4000-8000-00000000000${String(subscription)}/resourceGroups/${name}`;
const network = (groupId: string, name: string): string =>
  `${groupId}/providers/Microsoft.Network/virtualNetworks/${name}`;

const virtualNetworkId = network(group(1, 'rg-network'), 'vnet-applications');

/** What the parameter file of a snapshot says of the layout. */
const layouts: readonly (readonly [SnapshotName | AccessSnapshotName, string, Layout])[] = [
  ['own-zone', 'connect', { virtualNetworkId }],
  [
    'hub-and-spoke',
    'disconnect',
    {
      virtualNetworkId,
      endpointResourceGroupId: group(1, 'rg-endpoints'),
      zoneResourceGroupId: group(2, 'rg-hub-dns'),
      linkedNetworkIds: [network(group(2, 'rg-hub'), 'vnet-hub')],
    },
  ],
  [
    'access-network-apart',
    'disconnect',
    { virtualNetworkId, endpointResourceGroupId: group(1, 'rg-endpoints') },
  ],
  ['access-zone-apart', 'disconnect', { virtualNetworkId, zoneResourceGroupId: group(1, 'rg-dns') }],
  [
    'access-hub-in-zone-group',
    'disconnect',
    {
      virtualNetworkId,
      zoneResourceGroupId: group(1, 'rg-hub'),
      linkedNetworkIds: [network(group(1, 'rg-hub'), 'vnet-hub')],
    },
  ],
  ['portal', 'disconnect', { virtualNetworkId: network(group(1, 'rg-zilliz-private-link'), 'vnet-new') }],
];

/** The custom roles on their scopes, as the compiler works them out of the templates. */
function compiledRoles(name: SnapshotName | AccessSnapshotName): readonly string[] {
  const definitions = new Map(
    ofType(name, 'Microsoft.Authorization/roleDefinitions').map((definition) => [
      definition.name,
      z.string().parse(definition.properties.roleName),
    ]),
  );
  return assignments(name).flatMap(({ role, scope }) => {
    const definition = definitions.get(role);
    return definition === undefined ? [] : `${definition.replace(/ \(\w+\)$/, '')} on ${scope}`;
  });
}

describe.each(layouts)('what the sandbox gives its identity in the layout of %s', (name, mode, layout) => {
  it(`is what the compiled templates assign in mode ${mode}`, () => {
    const given = deployedRoles(layout, mode).map(({ role, scope }) => `${roleOf(role).name} on ${scope}`);

    expect(given.length).toBeGreaterThan(3);
    expect(given.toSorted()).toEqual(compiledRoles(name).toSorted());
  });
});
