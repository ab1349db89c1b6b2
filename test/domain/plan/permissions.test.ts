import { readdirSync, readFileSync } from 'node:fs';
import { connectionFrom, connectionRequestSchema } from '../../../src/domain/connection/connection.ts';
import { ProvisioningError, failed, succeeded } from '../../../src/domain/failure/failure.ts';
import {
  permissionFaults,
  roleFor,
  permissionRows,
  permissionWarnings,
} from '../../../src/domain/plan/permissions.ts';
import type { ReadPermissions } from '../../../src/domain/plan/permissions.ts';
import type { PlanRow } from '../../../src/domain/plan/rows.ts';

const group = '/subscriptions/0c6f2f4e-1111-4a5b-8c7d-9e0f1a2b3c4d/resourceGroups/rg-app';
const network = `${group}/providers/Microsoft.Network/virtualNetworks/vnet-app`;
const write = 'Microsoft.Network/privateEndpoints/write';
const join = 'Microsoft.Network/virtualNetworks/subnets/join/action';
const visibility = 'Microsoft.Network/locations/checkPrivateLinkServiceVisibility/action';
const interfaces = 'Microsoft.Network/networkInterfaces/read';
const inGroup = [write, visibility, interfaces];

const connection = connectionFrom(
  connectionRequestSchema.parse({
    projectId: 'proj-8f3a6c1d2e4b5a7f9c0d1e',
    regionId: 'az-eastus',
    subnetId: `${network}/subnets/snet`,
  }),
);

const endpointRow: PlanRow = {
  phase: 'create-endpoint',
  guideStep: 'Step 3',
  resource: 'private endpoint',
  id: connection.privateEndpoint.id,
  action: 'create',
  reason: 'there is none',
};

const refused = failed(
  new ProvisioningError({
    kind: 'permission',
    code: 'azure-permission-denied',
    message: 'the identity lacks Microsoft.Authorization/permissions/read',
    source: 'azure',
  }).failure,
);

type Reading = ReadPermissions['permissions'][number];

const reading = (scope: string, ...sets: readonly (readonly [string[], string[]?])[]): Reading => ({
  scope,
  permissions: succeeded(sets.map(([actions, notActions = []]) => ({ actions, notActions }))),
});

function granted(...permissions: readonly Reading[]): Readonly<Record<string, boolean | null>> {
  const rows = permissionRows(connection, [endpointRow], { permissions });
  return Object.fromEntries(rows.map((row) => [row.action, row.granted]));
}

describe('a permission that a run needs', () => {
  it('is granted when the network itself shows it and its group does not', () => {
    expect(granted(reading(group, [inGroup]), reading(network, [[join]]))).toEqual({
      ...{ [write]: true, [visibility]: true, [interfaces]: true },
      [join]: true,
    });
  });

  it('is granted when the group shows it and the network itself does not', () => {
    expect(granted(reading(group, [[...inGroup, join]]), reading(network))[join]).toBe(true);
  });

  it('is found without regard to the order of the readings and the case of names', () => {
    const shouted = reading(network.toUpperCase(), [[join.toUpperCase()]]);

    expect(granted(shouted, reading(group, [inGroup]))[join]).toBe(true);
    expect(granted(reading(group, [inGroup]), shouted)[join]).toBe(true);
  });

  it('stays granted when another role excludes it', () => {
    const excepting: [string[], string[]] = [['Microsoft.Network/*'], [join]];

    expect(granted(reading(group, excepting), reading(network, [[join]]))[join]).toBe(true);
    expect(granted(reading(group, excepting), reading(network, excepting))[join]).toBe(false);
  });

  it('is missing when everything was read and nothing grants it', () => {
    const readings = [reading(group, [inGroup]), reading(network)];
    const rows = permissionRows(connection, [endpointRow], { permissions: readings });

    expect(permissionFaults(connection, rows, 'a1b2c3d4-0000-4000-8000-000000000001')).toMatchObject([
      {
        ...{ code: 'azure-permission-denied', detail: `the identity of the app lacks ${join} at ${network}` },
        cure: expect.stringMatching(
          new RegExp(
            `infra/roles/network-connect.json.*--assignee-object-id a1b2c3d4-0000-4000-8000-000000000001 .*--scope "${network}"`,
          ),
        ) as string,
      },
    ]);
    expect(permissionWarnings(rows, { permissions: readings })).toEqual([]);
  });

  it('and that one role brings is one fault, with the reads without which the run would fail later', () => {
    const rows = permissionRows(connection, [endpointRow], {
      permissions: [reading(group), reading(network, [[join]])],
    });

    expect(permissionFaults(connection, rows, null).map(({ detail }) => detail)).toEqual([
      `the identity of the app lacks ${write}, ${interfaces} at ${group}`,
      `the identity of the app lacks ${visibility} at ${group}`,
    ]);
  });

  it.each([
    ['the network', [reading(group, [inGroup]), { scope: network, permissions: refused }]],
    ['its group', [{ scope: group, permissions: refused }, reading(network)]],
  ])('is not known, and no fault, when the rights at %s could not be read', (_, permissions) => {
    const rows = permissionRows(connection, [endpointRow], { permissions });

    expect(rows.find(({ action }) => action === join)?.granted).toBeNull();
    expect(permissionFaults(connection, rows, 'a1b2c3d4-0000-4000-8000-000000000001')).toEqual([]);
    expect(permissionWarnings(rows, { permissions })).toEqual([
      {
        code: 'permission-not-read',
        detail: expect.stringMatching(
          new RegExp(`${join} at ${network}.*Microsoft.Authorization/permissions/read`),
        ) as string,
      },
    ]);
  });

  it('is not known when only the group was read: a role on the network would not show in it', () => {
    expect(granted(reading(group, [inGroup]))[join]).toBeNull();
  });
});

it.each(readdirSync('infra/roles').filter((file) => file !== 'modes.json'))(
  'a missing action of infra/roles/%s leads to a role that has it',
  (file) => {
    for (const action of rolesOf(file).actions) {
      const { file: named, role } = roleFor(action, network);
      const { name, actions } = rolesOf(`${named}.json`);

      expect({ action, has: actions.includes(action) }).toEqual({ action, has: true });
      expect(name.startsWith(role)).toBe(true);
    }
  },
);

function rolesOf(file: string): { readonly name: string; readonly actions: readonly string[] } {
  return JSON.parse(readFileSync(`infra/roles/${file}`, 'utf8')) as never;
}
