import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { createActivities } from '../../../src/activities/activities.ts';
import type { Activities } from '../../../src/activities/activities.ts';
import { appOf } from '../../../src/app.ts';
import { readSettings } from '../../../src/config.ts';
import { connectionFrom, connectionRequestSchema } from '../../../src/domain/connection/connection.ts';
import { failureOf } from '../../adapters/failureOf.ts';
import { disconnect, footprint, zoneId } from '../lifecycle/support.ts';

// The host goes on with what a cancelled run has asked for, and after a crash it does so five minutes later. By then
// DELETE may have come to its end.

const connection = connectionFrom(connectionRequestSchema.parse(sampleRequest));

let rig: Rig;
let activities: Activities;

beforeEach(async () => {
  rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
  const app = appOf(readSettings(rig.sandbox.environment));
  activities = createActivities(app.ports, app.policy);
});

afterEach(() => rig.stop());

describe('a step of a cancelled run that is run when DELETE is done', () => {
  let endpointId: string;

  beforeEach(async () => {
    rig.sandbox.azure.control.addZone({ id: zoneId, tags: { owner: 'network team' } });
    const { id, result } = await rig.connect();
    endpointId = result?.privateEndpoint.endpointId ?? '';
    expect(await disconnect(rig, id)).toMatchObject({ status: 'disconnected' });
    rig.sandbox.traffic.clear();
  });

  const link = {
    ...{ zoneId, virtualNetworkId: sample.virtualNetworkId, follow: false },
    autoRegistration: 'on',
  } as const;
  const record = { clusterId: sample.clusterIds[0], record: `${sample.clusterIds[0]}-privatelink` };

  it.each<readonly [string, () => Promise<unknown>]>([
    ['links no zone', () => activities.ensureLink({ connection, ...link })],
    ['registers no endpoint', () => activities.registerEndpoint({ connection, endpointId })],
    [
      'writes no record',
      () => activities.ensureRecords({ connection, zoneId, address: '10.20.1.4', records: [record] }),
    ],
  ])('%s', async (_, step) => {
    const before = footprint(rig);

    const failure = await failureOf(step());

    expect(failure).toMatchObject({ kind: 'transient', code: 'endpoint-changed' });
    expect(rig.sandbox.traffic.writes()).toEqual([]);
    expect(footprint(rig)).toEqual(before);
  });
});

it('a link is not touched for an endpoint that carries our marks no more', async () => {
  await rig.connect();
  const [endpoint] = Object.values(rig.sandbox.azure.control.snapshot().network.privateEndpoints);
  rig.sandbox.azure.control.setTags(endpoint?.id ?? '', {});
  rig.sandbox.traffic.clear();

  const failure = await failureOf(
    activities.ensureLink({
      ...{ connection, zoneId, virtualNetworkId: sample.virtualNetworkId },
      ...{ autoRegistration: 'off', follow: false },
    }),
  );

  expect(failure).toMatchObject({ kind: 'conflict', code: 'endpoint-changed' });
  expect(rig.sandbox.traffic.writes()).toEqual([]);
});
