import { setRoles } from '../../../sandbox/deployedRoles.ts';
import { startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { disconnect, reconcile } from '../lifecycle/support.ts';
import type { PlanBody } from '../lifecycle/support.ts';
import { inGate } from '../../support/inGate.ts';
import { builtInAssignments } from './roleLists.ts';
import { hubAndSpoke, layouts, requestIn, worldIn } from './world.ts';

/** The whole life of a connection over HTTP, with exactly the roles that a deployment in the layout assigns. */
describe.each(
  inGate(
    [
      ...Object.entries(layouts).map(([name, layout]) => [name, layout, 'custom'] as const),
      ["Azure's own roles", hubAndSpoke, 'built-in'] as const,
    ],
    "the hub's network in the zone's group",
    "Azure's own roles",
  ),
)('a deployment with %s', (_, layout, roles) => {
  const request = requestIn(layout);
  let rig: Rig;

  beforeEach(async () => {
    rig = await startRig({ world: worldIn(layout), settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
    if (roles === 'built-in') setRoles(rig.sandbox.azure.control, builtInAssignments(layout));
  });

  afterEach(() => rig.stop());

  it('plans without a problem and finds each right that it needs', async () => {
    const { status, body } = await rig.call('POST', '/api/connections/plan', request);

    const { problems, warnings, permissions } = body as PlanBody;
    expect(status).toBe(200);
    expect(problems).toEqual([]);
    expect(warnings.filter(({ code }) => code !== 'names-hidden')).toEqual([]);
    expect(permissions.length).toBeGreaterThan(0);
    expect(permissions.filter(({ granted }) => granted !== true)).toEqual([]);
  });

  it('connects, finds nothing to do again, and takes everything down', async () => {
    const { id, status, problem } = await rig.connect(request);
    expect(problem ?? null).toBeNull();
    expect(status).toBe('connected');
    expect((await reconcile(rig, id)).status).toBe('connected');

    expect((await disconnect(rig, id)).status).toBe('disconnected');
    const { network, dns } = rig.sandbox.azure.control.snapshot();
    expect([network.privateEndpoints, dns.zones, dns.links].flatMap(Object.keys)).toEqual([]);
    const refused = rig.sandbox.traffic.all().filter(({ response }) => response.status === 403);
    expect(refused.map(({ response }) => response.body)).toEqual([]);
  });
});
