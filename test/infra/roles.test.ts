import { z } from 'zod';
import { builtInActions, modes, roles } from '../scenarios/roles/roleLists.ts';
import { ofType } from './support/snapshot.ts';
import { allResources, readTemplate } from './support/template.ts';

const actionsOf = (role: string) => roles.get(role)?.actions ?? [];
const ofMode = (mode: string) => new Set(Object.values(modes[mode] ?? {}).flatMap((role) => actionsOf(role)));

// That they hold what the app calls, and nothing else, is shown by its calls: test/scenarios/roles.
describe('the custom roles', () => {
  it('name each action, and give none by a wildcard', () => {
    const wild = [...roles].flatMap(([role, { actions }]) =>
      actions.filter((action) => action.includes('*')).map((action) => `${role}: ${action}`),
    );
    const builtIn = allResources(readTemplate('access')).filter(({ resource }) =>
      JSON.stringify(resource).includes('"*"'),
    );

    expect(wild).toEqual([]);
    expect(builtIn).toEqual([]);
  });

  it('widen from plan to connect to disconnect', () => {
    const [plan, connect, disconnect] = [ofMode('plan'), ofMode('connect'), ofMode('disconnect')];

    expect([...plan].filter((action) => !connect.has(action))).toEqual([]);
    expect([...connect].filter((action) => !disconnect.has(action))).toEqual([]);
  });

  it('change nothing in mode plan', () => {
    const question = 'Microsoft.Network/locations/checkPrivateLinkServiceVisibility/action';

    expect([...ofMode('plan')].filter((action) => !action.endsWith('/read'))).toEqual([question]);
  });

  it('delete nothing but records in mode connect', () => {
    expect([...ofMode('connect')].filter((action) => action.endsWith('/delete'))).toEqual([
      'Microsoft.Network/privateDnsZones/A/delete',
    ]);
  });

  it('grant no right on the service of the other side, on access itself or on data', () => {
    const forbidden =
      /privateLinkServices\/|Microsoft\.Authorization\/.*(write|delete)|subnets\/write|virtualNetworks\/write/;

    expect(
      [...roles.values()].flatMap(({ actions }) => actions.filter((action) => forbidden.test(action))),
    ).toEqual([]);
  });

  it('hold on a subscription what Azure keeps there, and what one searches with, which only reads', () => {
    const read = [...actionsOf('discovery')].filter((action) => !action.endsWith('/read'));

    expect(read).toEqual([]);
    expect(actionsOf('subscription')).toEqual([
      'Microsoft.Network/locations/checkPrivateLinkServiceVisibility/action',
      'Microsoft.Network/locations/operationResults/read',
      'Microsoft.Network/locations/operations/read',
      'Microsoft.Resources/subscriptions/providers/read',
      'Microsoft.Resources/subscriptions/read',
    ]);
  });

  it('are covered by the built-in roles that replace them, scope by scope', () => {
    const covers = (pattern: string, action: string) =>
      new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`).test(action);
    // Reader, in place of the role discovery, acts at or above the groups.
    const of = (...slots: readonly string[]) => slots.flatMap((slot) => builtInActions.get(slot) ?? []);
    const uncovered = Object.entries(modes.disconnect ?? {}).flatMap(([slot, role]) =>
      actionsOf(role).filter(
        (action) =>
          !of(slot, slot === 'subscription' ? slot : 'discovery').some((pattern) => covers(pattern, action)),
      ),
    );

    // Reader and Network Contributor hold the first three as well: on the subscription, or on the endpoint's group, where it is asked.
    expect(uncovered).toEqual(actionsOf('subscription'));
  });

  it('are used by a mode, each of them', () => {
    const used = new Set(Object.values(modes).flatMap((mode) => Object.values(mode)));

    expect([...roles.keys()].sort()).toEqual([...used].sort());
  });

  it('are deployed as they are written', () => {
    const deployed = ofType('access-hub-in-zone-group', 'Microsoft.Authorization/roleDefinitions').map(
      ({ properties }) => {
        const { permissions, description } = z
          .looseObject({
            description: z.string(),
            permissions: z.array(z.looseObject({ actions: z.array(z.string()) })),
          })
          .parse(properties);
        return { description, actions: permissions[0]?.actions };
      },
    );

    expect(deployed).toEqual(
      Object.values(modes.disconnect ?? {}).map((role) => ({
        description: roles.get(role)?.description,
        actions: roles.get(role)?.actions,
      })),
    );
  });
});
