import { z } from 'zod';
import { modes, roles } from '../scenarios/roles/roleLists.ts';
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
    const builtIn = allResources(readTemplate('main')).filter(({ resource }) =>
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

  it('are used by a mode, each of them', () => {
    const used = new Set(Object.values(modes).flatMap((mode) => Object.values(mode)));

    expect([...roles.keys()].sort()).toEqual([...used].sort());
  });

  it('are deployed as they are written', () => {
    const deployed = ofType('hub-and-spoke', 'Microsoft.Authorization/roleDefinitions').map(
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
