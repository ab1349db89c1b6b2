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

const hub: Layout = {
  virtualNetworkId,
  endpointResourceGroupId: group(1, 'rg-endpoints'),
  zoneResourceGroupId: group(2, 'rg-hub-dns'),
  linkedNetworkIds: [network(group(2, 'rg-hub'), 'vnet-hub')],
};

/** What the parameter file of a snapshot says of the layout; where two subscriptions are concerned, the deployments in both. */
const layouts: readonly (readonly [
  string,
  readonly (SnapshotName | AccessSnapshotName)[],
  string,
  Layout,
])[] = [
  ['all in one group', ['access-own-zone'], 'connect', { virtualNetworkId }],
  ['hub and spoke', ['access-hub-and-spoke', 'access-hub'], 'disconnect', hub],
  ['hub and spoke, searched by group', ['access-groups'], 'disconnect', { ...hub, discovery: 'groups' }],
  [
    'the network apart',
    ['access-network-apart'],
    'disconnect',
    { virtualNetworkId, endpointResourceGroupId: group(1, 'rg-endpoints') },
  ],
  [
    'the zone apart',
    ['access-zone-apart'],
    'disconnect',
    { virtualNetworkId, zoneResourceGroupId: group(1, 'rg-dns') },
  ],
  [
    'the hub in the zone group',
    ['access-hub-in-zone-group'],
    'disconnect',
    {
      virtualNetworkId,
      zoneResourceGroupId: group(1, 'rg-hub'),
      linkedNetworkIds: [network(group(1, 'rg-hub'), 'vnet-hub')],
    },
  ],
  [
    'the deploy form',
    ['portal'],
    'disconnect',
    { virtualNetworkId: network(group(1, 'rg-zilliz-private-link'), 'vnet-new') },
  ],
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
    return definition === undefined ? [] : `${definition.replace(/ \([\w-]+\)$/, '')} on ${scope}`;
  });
}

describe.each(layouts)('what the sandbox gives its identity: %s', (_, snapshots, mode, layout) => {
  it(`is what the compiled templates assign in mode ${mode}`, () => {
    const subscriptions = snapshots.map((name) => (name === 'access-hub' ? 2 : 1));
    const inThose = ({ scope }: { readonly scope: string }) =>
      subscriptions.some((n) => scope.startsWith(`/subscriptions/00000000-0000-4000-8000-00000000000${n}`));
    const given = deployedRoles(layout, mode)
      .filter(inThose)
      .map(({ role, scope }) => `${roleOf(role).name} on ${scope}`);

    expect(given.length).toBeGreaterThan(3);
    expect(given.toSorted()).toEqual(snapshots.flatMap(compiledRoles).toSorted());
  });
});
