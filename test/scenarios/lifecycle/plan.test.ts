import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { changes, writes } from './support.ts';
import type { PlanBody } from './support.ts';

let rig: Rig;

beforeEach(async () => {
  rig = await startRig();
});

afterEach(() => rig.stop());

async function plan(body: object = sampleRequest): Promise<PlanBody> {
  return (await rig.call('POST', '/api/connections/plan', body)).body as PlanBody;
}

describe('the plan of something new', () => {
  it('lists every write over both control planes, and makes none', async () => {
    expect(changes(await plan())).toEqual([
      'create whitelist entry',
      'create private endpoint',
      'create registration',
      'create private DNS zone',
      'create owner entry',
      'create virtual network link',
      'create A record set',
      'create A record set',
    ]);
    expect(writes(rig)).toEqual({});
  });

  it('marks the rows that rest on what cannot be known yet', async () => {
    const { rows } = await plan();

    const predicted = rows.filter((row) => row.predicted).map(({ resource }) => resource);

    expect(predicted).toEqual(['registration', 'A record set', 'A record set']);
  });

  it('says what it costs in a month, and how long it takes', async () => {
    const { cost, expectedSeconds } = await plan();

    expect(cost.perMonth).toBe(7.8);
    expect(expectedSeconds).toBeGreaterThan(300);
    expect(expectedSeconds).toBeLessThan(900);
  });

  it('names the rights it will use, each with its scope, and that the identity has them', async () => {
    const { permissions } = await plan();

    const used = permissions.map(({ action }) => action.replace('Microsoft.Network/', ''));
    expect(used).toEqual([
      'privateEndpoints/write',
      'locations/checkPrivateLinkServiceVisibility/action',
      'networkInterfaces/read',
      'virtualNetworks/subnets/join/action',
      'privateDnsZones/write',
      'privateDnsZones/TXT/write',
      'privateDnsZones/virtualNetworkLinks/write',
      'privateDnsZones/virtualNetworkLinks/read',
      'virtualNetworks/join/action',
      'privateDnsZones/A/write',
      'privateDnsZones/A/read',
    ]);
    expect(permissions.every(({ granted }) => granted === true)).toBe(true);
  });
});

describe('a right that is missing', () => {
  beforeEach(() => {
    rig.sandbox.azure.control.takeActions(['Microsoft.Network/privateDnsZones/virtualNetworkLinks/write']);
  });

  it('is named by the plan', async () => {
    const { permissions, problems } = await plan();

    expect(permissions.filter(({ granted }) => granted === false)).toEqual([
      {
        action: 'Microsoft.Network/privateDnsZones/virtualNetworkLinks/write',
        scope: sample.resourceGroupId,
        granted: false,
      },
    ]);
    expect(problems).toMatchObject([
      { code: 'zone-not-writable', remedy: expect.stringContaining('dns.manage: false') as string },
    ]);
  });

  it('ends a run before its first write', async () => {
    const { status, problem } = await rig.connect();

    expect(status).toBe('failed');
    expect(problem?.detail).toMatch('virtualNetworkLinks/write');
    expect(writes(rig)).toEqual({});
  });
});

test('rights that cannot be read are not taken for missing, and plan and result warn of them', async () => {
  rig.sandbox.azure.control.takeActions(['Microsoft.Authorization/permissions/read']);

  const { permissions, problems, warnings } = await plan();
  const { status, result } = await rig.connect();

  expect(new Set(permissions.map(({ granted }) => granted))).toEqual(new Set([null]));
  expect(problems).toEqual([]);
  const told = warnings.filter(({ code }) => code === 'permission-not-read').map(({ detail }) => detail);
  for (const { action, scope } of permissions) expect(told.join('\n')).toContain(`${action} at ${scope}`);
  expect(status).toBe('connected');
  expect(result?.warnings.map(({ code }) => code)).toContain('permission-not-read');
});

test('a deny assignment does not show in the plan, and the problem of the run contains its name', async () => {
  rig.sandbox.azure.control.deny({
    name: 'stack-network',
    scope: sample.resourceGroupId,
    actions: ['Microsoft.Network/privateEndpoints/write'],
  });

  const { permissions, problems } = await plan();
  const { status, problem } = await rig.connect();

  expect(permissions.every(({ granted }) => granted === true)).toBe(true);
  expect(problems).toEqual([]);
  expect(status).toBe('failed');
  expect(problem?.type).toMatch(/azure-deny-assignment$/);
  expect(problem?.detail).toContain('stack-network');
  // No role outweighs it.
  expect(problem?.remedy).toContain('Have its owner except the identity');
  expect(problem?.remedy).not.toMatch(/role assignment create|infra\/roles/);
});
