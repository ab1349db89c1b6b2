import { readdirSync } from 'node:fs';
import { z } from 'zod';
import { linkedActions, operationActions } from '../../sandbox/azure/access/actions.ts';
import { ofType } from './support/snapshot.ts';
import { allResources, readJson, readTemplate } from './support/template.ts';

const roleSchema = z.object({ name: z.string(), description: z.string(), actions: z.array(z.string()) });
const modeSchema = z.record(
  z.string(),
  z.object({
    subscription: z.string(),
    endpointGroup: z.string(),
    network: z.string(),
    zoneGroup: z.string(),
  }),
);
const modes = modeSchema.parse(readJson('infra/roles/modes.json'));
const roleFiles = readdirSync('infra/roles').filter((file) => file !== 'modes.json');
const roles = new Map(
  roleFiles.map((file) => [file.replace('.json', ''), roleSchema.parse(readJson(`infra/roles/${file}`))]),
);

const actionsOf = (role: string) => roles.get(role)?.actions ?? [];
const ofMode = (mode: string) => new Set(Object.values(modes[mode] ?? {}).flatMap((role) => actionsOf(role)));

/** Operations that the simulator plays and the app does not call: a role with their actions would be too wide. */
const neverCalled = [
  'locations.list',
  'providers.list',
  'providers.get',
  'resourceGroups.put',
  'resourceGroups.delete',
  'tags.get',
  'locks.list',
  'locks.get',
  'locks.put',
  'locks.delete',
  'virtualNetworks.put',
  'subnets.put',
];
/** Other record types than A are counted, never written. */
const recordTypes = (action: string) => action.replace('{recordType}', 'A');

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

  it('together allow what the app calls, and nothing else', () => {
    const called = new Set<string>(Object.values(linkedActions));
    for (const [operation, action] of Object.entries(operationActions)) {
      if (neverCalled.includes(operation) || action === null || action.startsWith('{')) continue;
      called.add(recordTypes(action));
    }

    expect([...ofMode('disconnect')].sort()).toEqual([...called].sort());
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
