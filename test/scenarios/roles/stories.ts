import { seededRandom } from '../../../sandbox/azure/state/random.ts';
import { emptyAzureState } from '../../../sandbox/azure/state/schema.ts';
import { defaultTimings } from '../../../sandbox/azure/timings.ts';
import { setRoles } from '../../../sandbox/deployedRoles.ts';
import { startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { disconnect, reconcile } from '../lifecycle/support.ts';
import { pass } from '../sync/support.ts';
import { assignmentsOf } from './roleLists.ts';
import type { Assignment } from './roleLists.ts';
import { hubAndSpoke, hubRequest, worldIn } from './world.ts';

export const failed = { code: 'InternalServerError', message: 'An error occurred.' };
export const perCluster = { ...hubRequest, dns: { ...hubRequest.dns, layout: 'per-cluster' } };
/** A deployment whose identity has the roles of a test. */
export interface RolesRig extends Rig {
  /** So many of the next questions whether a service is visible take their time, and are asked about again. */
  slowChecks: number;
}

export async function rigWithRoles(assignments: readonly Assignment[]): Promise<RolesRig> {
  const visibilityCheck = (): number => {
    if (rig.slowChecks === 0) return 0;
    rig.slowChecks -= 1;
    return 500;
  };
  const started = await startRig({
    world: worldIn(hubAndSpoke),
    settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' },
    timings: { azure: { ...defaultTimings(seededRandom(emptyAzureState())), visibilityCheck } },
  });
  const rig: RolesRig = Object.assign(started, { slowChecks: 0 });
  setRoles(started.sandbox.azure.control, assignments);
  return rig;
}

/** What following an operation to its end takes: the SDK asks in real time, so virtual time goes on by itself. */
export async function whileTimePasses<T>(rig: Rig, step: () => Promise<T>): Promise<T> {
  const ticking = setInterval(() => rig.clock.advanceTo(rig.clock.now() + 250), 5);
  try {
    return await step();
  } finally {
    clearInterval(ticking);
  }
}

/** What may be asked of a connection without changing anything. */
async function look(rig: Rig, id: string): Promise<void> {
  await expectOk(rig, 'POST', '/api/connections/plan', hubRequest);
  await expectOk(rig, 'POST', '/api/connections/plan', perCluster);
  await expectOk(rig, 'GET', '/api/connections');
  await expectOk(rig, 'GET', `/api/connections/${id}`);
  await expectOk(rig, 'POST', `/api/connections/${id}/plan`);
  await expectOk(rig, 'GET', `/api/connections/${id}/export`);
}

async function expectOk(rig: Rig, method: string, path: string, body?: object): Promise<void> {
  const answer = await rig.call(method, path, body);
  if (answer.status >= 300)
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
}

async function connectedBy(rig: Rig, request: object = hubRequest): Promise<string> {
  const view = await rig.connect(request);
  if (view.status !== 'connected') throw new Error(`${view.status}: ${JSON.stringify(view.problem)}`);
  return view.id;
}

/** Clusters come and go, by event and by route; a record is removed after its delay. */
async function follow(rig: Rig, id: string): Promise<void> {
  const { control } = rig.sandbox.zilliz;
  const { projectId, regionId } = hubRequest;
  const added = control.addCluster({ projectId, regionId });
  await sweep(rig);
  await expectOk(rig, 'DELETE', `/api/connections/${id}/clusters/${added}`);
  await sweep(rig);
  await expectOk(rig, 'PUT', `/api/connections/${id}/clusters/${added}`);
  await sweep(rig);
  control.deleteCluster(added);
  await sweep(rig);
  await pass(rig, 25 * 60);
  await sweep(rig);
}

async function sweep(rig: Rig): Promise<void> {
  await pass(rig, 10);
  await rig.host.runTimerTrigger('sweep');
  await pass(rig, 10);
}

async function expectGone(rig: Rig, id: string): Promise<void> {
  const { status, problem } = await disconnect(rig, id);
  if (status !== 'disconnected') throw new Error(`${status}: ${JSON.stringify(problem)}`);
}

/** Zilliz says no, and the run takes back what it has made. */
async function undone(rig: Rig): Promise<void> {
  rig.sandbox.zilliz.control.reviewEndpoints('reject');
  const view = await rig.connect({ ...hubRequest, onFailure: 'undo' });
  const { network, dns } = rig.sandbox.azure.control.snapshot();
  const left = [network.privateEndpoints, dns.zones].flatMap((all) => Object.keys(all));
  if (view.status !== 'failed' || left.length > 0)
    throw new Error(`${view.status}, left: ${left.join(', ')}`);
}

/** As after a hand that knows nothing of us: endpoint and links without our marks; the zone keeps its own. */
export function loseMarks({ sandbox }: Rig): void {
  const { control } = sandbox.azure;
  const { network, dns } = control.snapshot();
  for (const { id } of [...Object.values(network.privateEndpoints), ...Object.values(dns.links)]) {
    control.setTags(id, {});
  }
}

/** What was adopted stays after a disconnect, until its owner deletes it. */
function deleteByHand({ sandbox }: Rig): void {
  const { control } = sandbox.azure;
  const { network, dns } = control.snapshot();
  for (const { id } of [...Object.values(network.privateEndpoints), ...Object.values(dns.zones)])
    control.remove(id);
}

async function adopt(rig: Rig, id: string): Promise<void> {
  loseMarks(rig);
  await expectOk(rig, 'POST', '/api/connections/plan', hubRequest);
  const again = await rig.connect(hubRequest);
  if (again.id !== id || again.status !== 'connected') throw new Error(JSON.stringify(again.problem));
}

/** Everything that Azure can refuse at first: the writes are made again and followed to their end. */
async function connectOverFailures(rig: RolesRig): Promise<string> {
  const { control } = rig.sandbox.azure;
  rig.slowChecks = 1;
  control.failNext('privateEndpoints.put', failed);
  control.failNext('privateDnsZones.put', failed);
  control.failNext('virtualNetworkLinks.put', failed);
  return whileTimePasses(rig, () => connectedBy(rig));
}

/** What a deployment in a mode is asked for, by mode. */
export const stories: Readonly<Record<string, (rig: RolesRig) => Promise<void>>> = {
  /** Another deployment has connected; the app returns what it can read. */
  async plan(rig) {
    const { control } = rig.sandbox.azure;
    setRoles(control, assignmentsOf('connect'));
    const id = await connectedBy(rig);
    setRoles(control, assignmentsOf('plan'));
    rig.sandbox.traffic.clear();
    rig.slowChecks = 1;
    await whileTimePasses(rig, () => look(rig, id));
  },
  async connect(rig) {
    const id = await connectOverFailures(rig);
    await look(rig, id);
    await follow(rig, id);
    await adopt(rig, id);
    await reconcile(rig, id);
  },
  async disconnect(rig) {
    const id = await connectOverFailures(rig);
    await look(rig, id);
    await follow(rig, id);
    await adopt(rig, id);
    await expectGone(rig, id);
    deleteByHand(rig);
    const other = await connectedBy(rig, perCluster);
    await follow(rig, other);
    await expectGone(rig, other);
    await undone(rig);
  },
};
