import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Answer, Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { zoneId } from '../lifecycle/support.ts';
import { clusterEvent, connected, deliver, pass, recordName, recordNames, syncEnds } from './support.ts';
import { nightly } from '../../support/inGate.ts';

const { projectId, regionId } = sample;
const [catalogue, search] = sample.clusterIds;
let rig: Rig;

beforeEach(async () => {
  rig = await startRig({
    settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' },
    host: { replayTwice: true },
  });
});

afterEach(() => rig.stop());

function ask(method: 'PUT' | 'DELETE', connectionId: string, clusterId: string): Promise<Answer> {
  return rig.call(method, `/api/connections/${connectionId}/clusters/${clusterId}`);
}

describe('DELETE of a cluster', () => {
  it('takes its record away, and neither events nor sweeps bring it back', async () => {
    const id = await connected(rig);

    const answer = await ask('DELETE', id, catalogue);
    await syncEnds(rig);
    await deliver(rig, [clusterEvent(catalogue)]);
    await syncEnds(rig);
    await rig.host.runTimerTrigger('sweep');
    await syncEnds(rig);

    expect(answer).toMatchObject({
      status: 202,
      body: { id, clusterId: catalogue, wanted: false, changed: true },
    });
    expect(answer.headers.get('location')).toBe(
      `${rig.host.baseUrl}/api/connections/${id}/clusters/${catalogue}`,
    );
    expect(recordNames(rig)).toEqual([recordName(search)]);
  });

  it('shows in GET as excluded', async () => {
    const id = await connected(rig);
    await ask('DELETE', id, catalogue);
    await syncEnds(rig);
    await pass(rig, 1);

    const { body } = await rig.call('GET', `/api/connections/${id}`);

    expect(body).toMatchObject({
      live: {
        clusters: expect.arrayContaining([
          expect.objectContaining({ clusterId: catalogue, state: 'excluded' }),
        ]) as unknown,
      },
    });
  });

  it('still holds after the same request is posted again', async () => {
    const id = await connected(rig);
    await ask('DELETE', id, catalogue);
    await syncEnds(rig);

    await connected(rig);
    await rig.host.runTimerTrigger('sweep');
    await syncEnds(rig);

    expect(recordNames(rig)).toEqual([recordName(search)]);
    expect((await ask('DELETE', id, catalogue)).body).toMatchObject({ changed: false });
  });

  nightly('twice changes nothing the second time', async () => {
    const id = await connected(rig);
    await ask('DELETE', id, catalogue);
    await syncEnds(rig);
    rig.sandbox.traffic.clear();

    const answer = await ask('DELETE', id, catalogue);
    await syncEnds(rig);

    expect(answer).toMatchObject({ status: 202, body: { changed: false } });
    expect(rig.sandbox.traffic.writes()).toEqual([]);
  });
});

describe('PUT of a cluster', () => {
  it('brings back one that was taken out', async () => {
    const id = await connected(rig);
    await ask('DELETE', id, catalogue);
    await syncEnds(rig);

    const answer = await ask('PUT', id, catalogue);
    await syncEnds(rig);

    expect(answer).toMatchObject({ status: 202, body: { wanted: true, changed: true } });
    expect(recordNames(rig)).toEqual([catalogue, search].map(recordName));
  });

  it('adds to the clusters that the request names; events and sweeps keep to those', async () => {
    const id = await connected(rig, { ...sampleRequest, clusters: [catalogue] });
    await deliver(rig, [clusterEvent(search)]);
    await syncEnds(rig);
    expect(recordNames(rig)).toEqual([recordName(catalogue)]);

    await ask('PUT', id, search);
    await syncEnds(rig);

    expect(recordNames(rig)).toEqual([catalogue, search].map(recordName));
  });
});

describe('GET of a cluster, for callers that wait,', () => {
  it('goes on until sync has taken the record away, and until it has brought it back', async () => {
    const id = await connected(rig);
    const states: unknown[] = [];
    for (const method of ['DELETE', 'PUT'] as const) {
      const location = new URL((await ask(method, id, catalogue)).headers.get('location') ?? '').pathname;
      const during = await rig.call('GET', location);
      await syncEnds(rig);
      const after = await rig.call('GET', location);
      states.push([during, after].map(({ status, body }) => [status, (body as { state: string }).state]));
      expect(Number(during.headers.get('retry-after'))).toBeGreaterThan(0);
    }

    expect(states).toEqual([
      [
        [202, 'excluded'],
        [200, 'excluded'],
      ],
      [
        [202, 'record-missing'],
        [200, 'connected'],
      ],
    ]);
  });

  nightly('ends with the reason when another owner has the name', async () => {
    const id = await connected(rig);
    await ask('DELETE', id, catalogue);
    await syncEnds(rig);
    rig.sandbox.azure.control.setRecord({
      ...{ zoneId, name: `${catalogue}-privatelink`, addresses: ['10.9.9.9'], ttl: 600 },
    });
    await ask('PUT', id, catalogue);
    await syncEnds(rig);

    const { status, body } = await rig.call('GET', `/api/connections/${id}/clusters/${catalogue}`);

    expect(status).toBe(200);
    expect(body).toMatchObject({
      state: 'record-differs',
      reason: expect.stringContaining('10.9.9.9') as string,
    });
  });

  it('says of a cluster that Zilliz does not list that it is gone', async () => {
    const id = await connected(rig);

    expect(await rig.call('GET', `/api/connections/${id}/clusters/in01-999999999999999`)).toMatchObject({
      status: 200,
      body: { state: 'gone', reason: 'Zilliz does not list it' },
    });
  });
});

describe('the cluster routes refuse', () => {
  it('an unknown connection', async () => {
    expect(await ask('PUT', 'az-eastus-0123456789ab', catalogue)).toMatchObject({
      status: 404,
      body: { type: expect.stringContaining('connection-not-found') as unknown },
    });
  });

  it('what is no cluster ID', async () => {
    const id = await connected(rig);
    expect(await ask('PUT', id, 'catalogue')).toMatchObject({ status: 400 });
  });

  it('a cluster that does not exist, is elsewhere or is not Dedicated', async () => {
    const id = await connected(rig);
    const { control } = rig.sandbox.zilliz;
    const elsewhere = control.addCluster({ projectId, regionId: 'az-northeurope' });
    const serverless = control.addCluster({ projectId, regionId, deploymentOption: 'Serverless' });

    const answers = [
      await ask('PUT', id, 'in01-999999999999999'),
      await ask('PUT', id, elsewhere),
      await ask('PUT', id, serverless),
    ];

    expect(
      answers.map(({ status, body }) => [status, (body as { type: string }).type.split('/').at(-1)]),
    ).toEqual([
      [422, 'cluster-not-found'],
      [422, 'cluster-elsewhere'],
      [422, 'cluster-not-dedicated'],
    ]);
  });

  it('while a run of the connection is under way', async () => {
    const { body } = await rig.call('POST', '/api/connections', sampleRequest);
    const { id } = body as { id: string };

    expect(await ask('DELETE', id, catalogue)).toMatchObject({
      status: 409,
      body: { type: expect.stringContaining('different-request-running') as unknown },
    });
    await rig.finish(id);
  });
});
