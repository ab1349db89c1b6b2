import { deployRoles } from '../../../sandbox/deployedRoles.ts';
import type { Deployment } from '../../../sandbox/rig/deployment.ts';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { ConnectionBody, Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { newSharedTags } from '../../../src/domain/connection/marks.ts';
import { parseConnectionRequest } from '../../../src/domain/connection/request.ts';
import { subjectOf } from '../../../src/domain/plan/removalSubject.ts';
import { startInstance } from '../../sandbox/host/support.ts';
import { footprint, userAtConsoles, zoneId, zoneName } from '../lifecycle/support.ts';
import type { PlanBody, RemovalBody } from '../lifecycle/support.ts';
import { SYNC_ID, recordsOf } from '../sync/support.ts';
import { nightly } from '../../support/inGate.ts';

const ours = sample.resourceGroupId;
const theirs = `${ours}-of-the-hub`;
const theirZone = zoneId.replace(ours, theirs);
const theirLink = `${theirZone}/virtualNetworkLinks/of-the-hub`;
const bounded = { ALLOWED_SCOPES: ours };
const settings = { SWEEP_SCHEDULE: '0 0 0 1 1 *' };
const outside = expect.stringContaining('outside the scopes of this app') as string;

let rig: Rig;

beforeEach(async () => {
  rig = await startRig({ settings });
  const { control } = rig.sandbox.azure;
  const { virtualNetworkId } = sample;
  control.addResourceGroup({ id: theirs });
  // Azure would let the app write there: only the bounds stand in the way.
  deployRoles(control, { virtualNetworkId }, { virtualNetworkId, zoneResourceGroupId: theirs });
});

afterEach(() => rig.stop());

/** The zone of the region in another group, linked to our network; with our marks where an app of wider bounds made it. */
function zoneElsewhere(tags: Readonly<Record<string, string>>): void {
  const { control } = rig.sandbox.azure;
  control.addZone({ id: theirZone, tags });
  control.addLink({ id: theirLink, virtualNetworkId: sample.virtualNetworkId, tags });
}

/** A deployment that may act in our group only. */
function narrow(): Promise<Deployment> {
  rig.sandbox.traffic.clear();
  return rig.deployAnother({ settings: { ...settings, ...bounded } });
}

async function ended(deployment: Deployment, id: string): Promise<ConnectionBody> {
  await rig.runUntil(() =>
    deployment.host
      .instances()
      .some(
        ({ instanceId, runtimeStatus }) =>
          instanceId === id && !['Pending', 'Running'].includes(runtimeStatus),
      ),
  );
  return (await deployment.call('GET', `/api/connections/${id}`)).body as ConnectionBody;
}

/** What the requests that wrote went to, of the group that is not ours. */
function writtenElsewhere(): readonly string[] {
  return rig.sandbox.traffic
    .writes()
    .map(({ request }) => decodeURIComponent(new URL(request.url, 'https://localhost').pathname))
    .filter((path) => path.toLowerCase().startsWith(theirs.toLowerCase()));
}

/** Zone, link and records of the group that is not ours. */
function elsewhere() {
  const { zones, links, records } = footprint(rig);
  const of = (all: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(Object.entries(all).filter(([id]) => id.startsWith(`${theirs.toLowerCase()}/`)));
  return { zones: of(zones), links: of(links), records: of(records) };
}

describe('a zone of the region that is linked to the network and lies outside ALLOWED_SCOPES', () => {
  it.each([
    ['made by hand', {}],
    ['with our marks', newSharedTags(0)],
  ])('%s: the plan says so, and nothing is written', async (_, tags) => {
    zoneElsewhere(tags);
    const app = await narrow();

    const { status, body } = await app.call('POST', '/api/connections/plan', sampleRequest);

    const { rows, problems } = body as PlanBody;
    expect(status).toBe(200);
    expect(problems).toMatchObject([
      { code: 'scope-not-allowed', pointer: '/dns', detail: expect.stringContaining(theirZone) as string },
    ]);
    expect(rows).toContainEqual(
      expect.objectContaining({ resource: 'private DNS zone', id: theirZone, action: 'conflict' }),
    );
    expect(rig.sandbox.traffic.writes()).toEqual([]);
  });

  it('stops a connect before it has written anything anywhere', async () => {
    zoneElsewhere({});
    const app = await narrow();

    const view = await ended(app, await app.post(sampleRequest));

    expect(view).toMatchObject({
      status: 'failed',
      problem: { type: expect.stringMatching(/scope-not-allowed$/) as string },
    });
    expect(rig.sandbox.traffic.writes()).toEqual([]);
  });

  it.each([
    ['a zone for each cluster', { layout: 'per-cluster' }],
    ['records managed by another owner', { manage: false }],
  ])('is none of the business of a connection with %s', async (_, dns) => {
    zoneElsewhere({});
    const before = elsewhere();
    const app = await narrow();

    const { body } = await app.call('POST', '/api/connections/plan', { ...sampleRequest, dns });

    expect((body as PlanBody).problems).toEqual([]);
    expect(elsewhere()).toEqual(before);
  });
});

describe('a connection whose zone lies outside, since the bounds were narrowed', () => {
  let id: string;

  beforeEach(async () => {
    zoneElsewhere(newSharedTags(0));
    ({ id } = await rig.connect());
    expect(recordsOf(rig)).toHaveLength(2);
  });

  it('is taken down but for link, records and zone there, which are kept with the reason', async () => {
    const before = elsewhere();
    const app = await narrow();

    expect((await app.call('DELETE', `/api/connections/${id}`)).status).toBe(202);
    const view = await ended(app, id);

    const { kept, removed } = (view as unknown as { removal: RemovalBody }).removal;
    expect(view.status).toBe('disconnected');
    expect(kept.map(({ resource, reason }) => ({ resource, reason })).toSorted(byResource)).toEqual([
      { resource: 'A record set', reason: outside },
      { resource: 'A record set', reason: outside },
      { resource: 'owner entry', reason: outside },
      { resource: 'private DNS zone', reason: outside },
      { resource: 'virtual network link', reason: outside },
    ]);
    expect(removed.map(({ resource }) => resource)).toEqual(['registration', 'private endpoint']);
    expect(elsewhere()).toEqual(before);
    expect(footprint(rig)).toMatchObject({ endpoints: {}, registrations: [] });
  });

  nightly(
    'gets no record for a new cluster, the sweep says why, and another connection gets its own',
    async () => {
      const second = await connectSecond();
      const before = elsewhere();
      const clusterId = rig.sandbox.zilliz.control.addCluster(sampleRequest);
      const app = await narrow();

      await app.host.runTimerTrigger('sweep');
      await rig.runUntil(() =>
        app.host.instances().every(({ runtimeStatus }) => runtimeStatus === 'Completed'),
      );

      const sync = app.host.instances().find(({ instanceId }) => instanceId === SYNC_ID);
      expect(sync?.output).toMatchObject({
        connections: expect.arrayContaining([
          expect.objectContaining({
            connectionId: id,
            written: 0,
            kept: 2,
            faults: [expect.stringContaining(`${clusterId}: outside the scopes of this app`)],
          }),
          expect.objectContaining({ connectionId: second, written: 1, faults: [] }),
        ]) as unknown,
      });
      expect(elsewhere()).toEqual(before);
    },
  );

  it('keeps the record there of a cluster that was taken out, and the sweep says why', async () => {
    const [clusterId] = sample.clusterIds;
    const before = elsewhere();
    const app = await narrow();

    const taken = await app.call('DELETE', `/api/connections/${id}/clusters/${clusterId}`);
    await rig.runUntil(() =>
      app.host.instances().every(({ runtimeStatus }) => runtimeStatus === 'Completed'),
    );
    await app.host.runTimerTrigger('sweep');
    await rig.runUntil(() =>
      app.host.instances().every(({ runtimeStatus }) => runtimeStatus === 'Completed'),
    );

    expect(taken.status).toBeLessThan(300);
    const sync = app.host.instances().find(({ instanceId }) => instanceId === SYNC_ID);
    expect(JSON.stringify(sync?.output)).toMatch(
      new RegExp(`${clusterId}: kept, outside the scopes of this app`),
    );
    expect(elsewhere()).toEqual(before);
  });

  it('can change to zones of its own, and what is left there stays, as the plan says', async () => {
    const before = elsewhere();
    const app = await narrow();
    const request = { ...sampleRequest, dns: { layout: 'per-cluster' } };

    const plan = (await app.call('POST', '/api/connections/plan', request)).body as PlanBody;
    const view = await ended(app, await app.post(request));

    const left = plan.rows.filter((row) => row.id.startsWith(theirZone) && row.action !== 'keep');
    expect(left.map(({ action, resource }) => `${action} ${resource}`).toSorted()).toEqual([
      'manual A record set',
      'manual A record set',
      'manual owner entry',
      'manual private DNS zone',
      'manual virtual network link',
    ]);
    expect(left.map(({ reason }) => reason)).toEqual(left.map((): unknown => outside));
    expect(view.status).toBe('connected');
    expect(elsewhere()).toEqual(before);
    expect(writtenElsewhere()).toEqual([]);
  });
});

describe('a run in whose midst the bounds are narrowed', () => {
  const made = `${ours}/providers/Microsoft.Network/privateEndpoints/pe-by-hand`;
  const request = {
    ...sampleRequest,
    ...{ privateEndpoint: { name: 'pe-by-hand' }, onFailure: 'undo', deadlineMinutes: 10 },
  };

  /** Waits for an approval that does not come, with all of it in our group; then nothing there may be touched any more. */
  async function narrowInTheMidst(): Promise<{ readonly view: ConnectionBody; readonly before: unknown }> {
    rig.sandbox.zilliz.control.reviewEndpoints('ignore');
    const id = await rig.post(request);
    const isWaiting = ({ phases }: ConnectionBody): boolean =>
      phases.some(({ phase, state }) => phase === 'await-allocation' && state === 'running');
    await rig.until(id, (view) => isWaiting(view) && Object.keys(footprint(rig).zones).length > 0);
    const before = footprint(rig);
    rig.sandbox.traffic.clear();
    await rig.restartHost({}, { ALLOWED_SCOPES: theirs });
    await rig.host.runUntil(() =>
      rig.host.instances().every(({ runtimeStatus }) => runtimeStatus !== 'Running'),
    );
    const [instance] = rig.host.instances();
    return { view: instance?.customStatus as ConnectionBody, before };
  }

  it('undoes nothing outside, and says what is still there', async () => {
    const { view, before } = await narrowInTheMidst();

    expect(view).toMatchObject({
      undo: {
        removed: 0,
        failed: expect.arrayContaining([
          expect.objectContaining({ id: made, reason: outside }),
          expect.objectContaining({ resource: 'registration', reason: outside }),
        ]) as unknown,
      },
    });
    expect(footprint(rig)).toEqual(before);
    expect(rig.sandbox.traffic.writes()).toEqual([]);
  });

  nightly('gives back nothing that it adopted outside, and says so', async () => {
    const byHand = userAtConsoles(rig);
    await byHand.authorizeSubscription();
    await byHand.putEndpoint(made);

    const { view, before } = await narrowInTheMidst();

    expect(view).toMatchObject({
      undo: {
        failed: expect.arrayContaining([expect.objectContaining({ id: made, reason: outside })]) as unknown,
      },
    });
    expect(footprint(rig)).toEqual(before);
    expect(rig.sandbox.traffic.writes()).toEqual([]);
  });
});

describe('a run that is started past the routes, by the key of the host', () => {
  const parsed = parseConnectionRequest(sampleRequest);
  if (!parsed.ok) throw new Error('The sample request is good.');
  const connection = parsed.value;

  it('connects nothing outside', async () => {
    const app = await rig.deployAnother({ settings: { ...settings, ALLOWED_SCOPES: theirs } });
    rig.sandbox.traffic.clear();

    await startInstance(app.host, 'connect', connection.id, { connection, startedBy: 'a host key' });
    await ended(app, connection.id);

    const [instance] = app.host.instances();
    expect(JSON.stringify(instance?.customStatus)).toContain('scope-not-allowed');
    expect(rig.sandbox.traffic.writes()).toEqual([]);
  });

  it.each([
    ['outside ALLOWED_SCOPES', { ALLOWED_SCOPES: theirs }],
    ['of a project outside ALLOWED_PROJECTS', { ALLOWED_PROJECTS: 'proj-of-others' }],
  ])('takes nothing down %s', async (_, bounds) => {
    const { id } = await rig.connect();
    const before = footprint(rig);
    const app = await rig.deployAnother({ settings: { ...settings, ...bounds } });
    rig.sandbox.traffic.clear();

    await startInstance(app.host, 'disconnect', id, {
      subject: subjectOf(connection),
      startedBy: 'a host key',
    });
    await ended(app, id);

    expect(id).toBe(connection.id);
    expect(app.host.instances()).toMatchObject([{ runtimeStatus: 'Completed' }]);
    expect(footprint(rig)).toEqual(before);
    expect(rig.sandbox.traffic.writes()).toEqual([]);
  });
});

/** From another network, with the zone of the region in our own group. */
async function connectSecond(): Promise<string> {
  const { control } = rig.sandbox.azure;
  const network = sample.virtualNetworkId.replace('vnet-app', 'vnet-second');
  control.addVirtualNetwork({
    id: network,
    addressPrefixes: ['10.30.0.0/16'],
    subnets: [{ name: 'snet', addressPrefix: '10.30.1.0/24' }],
  });
  const { virtualNetworkId } = sample;
  const zoneResourceGroupId = theirs;
  deployRoles(control, { virtualNetworkId, zoneResourceGroupId }, { virtualNetworkId: network });
  const { id } = await rig.connect({ ...sampleRequest, subnetId: `${network}/subnets/snet` });
  const { zones } = footprint(rig);
  expect(Object.keys(zones)).toContain(
    `${ours}/providers/microsoft.network/privatednszones/${zoneName}`.toLowerCase(),
  );
  return id;
}

function byResource(a: { readonly resource: string }, b: { readonly resource: string }): number {
  return a.resource.localeCompare(b.resource);
}
