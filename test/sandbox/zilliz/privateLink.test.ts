import { regionalAlias } from '../../../sandbox/zilliz/seed.ts';
import { ENDPOINT, PROJECT, REGION, startStage, SUBSCRIPTION } from './support.ts';
import type { Stage } from './support.ts';

// The guide's Zilliz half, asked for by the app's own adapter.

const where = { projectId: PROJECT, regionId: REGION };
let stage: Stage;

beforeEach(async () => {
  stage = await startStage();
});
afterEach(() => stage.zilliz.stop());

describe('authorizing a subscription', () => {
  it('lists the alias only after the subscription is on the whitelist', async () => {
    expect(await stage.app.endpointService(where)).toBeNull();

    await stage.app.addWhitelistEntry({ ...where, subscriptionId: SUBSCRIPTION });
    expect(await stage.app.endpointService(where)).toBeNull();
    stage.pass(60);

    const service = { regionId: REGION, service: regionalAlias(REGION), whitelistRequired: true };
    expect(await stage.app.endpointService(where)).toEqual(service);
    expect(stage.azure.allowed).toEqual([`${regionalAlias(REGION)} ${SUBSCRIPTION}`]);
  });

  it('informs Azure in time even when no call reaches Zilliz', async () => {
    await stage.app.addWhitelistEntry({ ...where, subscriptionId: SUBSCRIPTION });
    stage.pass(60);

    expect(stage.azure.allowed).toHaveLength(1);
  });

  it('accepts the same entry again, or refuses it on request', async () => {
    await stage.app.addWhitelistEntry({ ...where, subscriptionId: SUBSCRIPTION });
    await stage.app.addWhitelistEntry({ ...where, subscriptionId: SUBSCRIPTION.toUpperCase() });
    expect(stage.zilliz.control.snapshot().whitelist).toHaveLength(1);

    stage.zilliz.control.setRepeatedWhitelistEntry('failure');
    const body = { regionId: REGION, outerUserId: SUBSCRIPTION };
    const again = await stage.call(`/v2/projects/${PROJECT}/privateEndpointWhitelist`, {
      method: 'POST',
      body,
    });
    expect(again).toMatchObject({ status: 200, body: { message: 'The whitelist entry already exists.' } });
  });
});

describe('registering an endpoint', () => {
  beforeEach(async () => {
    await stage.app.addWhitelistEntry({ ...where, subscriptionId: SUBSCRIPTION });
    stage.pass(60);
    stage.azure.connect(ENDPOINT);
  });

  const register = (): Promise<void> => stage.app.registerPrivateEndpoint({ ...where, endpointId: ENDPOINT });
  const status = async (): Promise<string | undefined> =>
    (await stage.app.privateEndpoints(PROJECT)).find(({ endpointId }) => endpointId === ENDPOINT)?.status;

  it('approves the connection at Azure, then becomes available after about five minutes', async () => {
    await register();
    expect(await status()).toBe('PENDING');
    expect(stage.azure.statusOf(ENDPOINT)).toBe('Pending');

    stage.pass(60);
    expect(stage.azure.statusOf(ENDPOINT)).toBe('Approved');
    expect(await status()).toBe('PENDING');

    stage.pass(300);
    expect(await status()).toBe('AVAILABLE');
  });

  it('gives each Dedicated cluster its private link address after that, a new one too', async () => {
    const { control } = stage.zilliz;
    const old = control.addCluster(where);
    await register();
    stage.pass(400);
    const late = control.createClusterSlowly(where);

    const addressOf = async (id: string): Promise<string | null> => {
      const cluster = await stage.app.cluster(PROJECT, id);
      return cluster === 'gone' ? 'gone' : cluster.privateLinkAddress;
    };
    expect(await addressOf(old)).toBe(`https://${old}-privatelink.${REGION}.vectordb.zillizcloud.com:19530`);
    expect(await addressOf(late)).toBeNull();
    stage.pass(480);
    expect(await addressOf(late)).toContain(`${late}-privatelink.`);
  });

  it('refuses an endpoint twice, in any case, and one that Azure does not know', async () => {
    await register();
    const body = { regionId: REGION, endpointId: ENDPOINT.toUpperCase() };
    const path = `/v2/projects/${PROJECT}/privateEndpoints`;
    const again = await stage.call(path, { method: 'POST', body });
    expect(again).toMatchObject({
      status: 200,
      body: { message: expect.stringContaining('already exists') as unknown },
    });

    const unknown = await stage.call(path, {
      method: 'POST',
      body: { regionId: REGION, endpointId: 'pe-nowhere.00000000-0000-4000-8000-000000000000' },
    });
    expect(unknown).toMatchObject({
      status: 200,
      body: { message: expect.stringContaining('not found') as unknown },
    });
  });

  it('refuses the eleventh endpoint of a project', async () => {
    const ids = Array.from({ length: 11 }, (_, index) => `pe-${index}.0000-${index}`);
    for (const endpointId of ids) stage.azure.connect(endpointId);
    for (const endpointId of ids.slice(0, 10)) {
      await stage.app.registerPrivateEndpoint({ ...where, endpointId });
    }

    await expect(stage.app.registerPrivateEndpoint({ ...where, endpointId: ids[10]! })).rejects.toThrow(
      /limit of 10/,
    );
  });

  it('refuses an endpoint of a subscription that is not on the whitelist', async () => {
    stage.azure.connect('pe-foreign.1', regionalAlias(REGION), '22222222-2222-4222-8222-222222222222');

    await expect(stage.app.registerPrivateEndpoint({ ...where, endpointId: 'pe-foreign.1' })).rejects.toThrow(
      /whitelist/,
    );
  });

  it('disconnects at Azure when it is removed, and takes the private link addresses away', async () => {
    const clusterId = stage.zilliz.control.addCluster(where);
    await register();
    stage.pass(400);
    await stage.app.deletePrivateEndpoint({ ...where, endpointId: ENDPOINT.toUpperCase() });

    expect(stage.azure.statusOf(ENDPOINT)).toBe('Disconnected');
    expect(await stage.app.privateEndpoints(PROJECT)).toEqual([]);
    expect(await stage.app.cluster(PROJECT, clusterId)).toMatchObject({ privateLinkAddress: null });
    const path = `/v2/projects/${PROJECT}/privateEndpoints/${ENDPOINT}?regionId=${REGION}`;
    expect(await stage.call(path, { method: 'DELETE' })).toMatchObject({
      status: 200,
      body: { message: 'The private endpoint does not exist.' },
    });
  });

  it('needs the region to remove an endpoint', async () => {
    await register();
    const path = `/v2/projects/${PROJECT}/privateEndpoints/${encodeURIComponent(ENDPOINT)}`;

    expect(await stage.call(path, { method: 'DELETE' })).toMatchObject({
      status: 200,
      body: { code: 96001 },
    });
    expect(await stage.call(`${path}?regionId=${REGION}`, { method: 'DELETE' })).toMatchObject({
      body: { code: 0, data: { endpointId: ENDPOINT } },
    });
  });

  it.each([
    ['rejectEndpoint', 'REJECTED', 'Rejected'],
    ['failEndpoint', 'FAILED', 'Pending'],
    ['forgetEndpoint', undefined, 'Disconnected'],
  ] as const)('shows what %s does on both sides', async (action, word, atAzure) => {
    await register();
    stage.pass(10);
    stage.zilliz.control[action](ENDPOINT);

    expect(await status()).toBe(word);
    expect(stage.azure.statusOf(ENDPOINT)).toBe(atAzure);
  });

  it('stays pending for ever without a decision', async () => {
    stage.zilliz.control.reviewEndpoints('ignore');
    await register();
    stage.pass(24 * 3600);

    expect(await status()).toBe('PENDING');
    expect(stage.azure.statusOf(ENDPOINT)).toBe('Pending');
  });

  it('fails to register until Azure has delivered the connection, when that takes time', async () => {
    const slow = await startStage({ timings: { connectionDelivery: () => 30_000 } });
    await slow.app.addWhitelistEntry({ ...where, subscriptionId: SUBSCRIPTION });
    slow.pass(60);
    slow.azure.connect(ENDPOINT);
    const registerSlowly = (): Promise<void> =>
      slow.app.registerPrivateEndpoint({ ...where, endpointId: ENDPOINT });

    await expect(registerSlowly()).rejects.toThrow(/not found/);
    slow.pass(30);
    await expect(registerSlowly()).resolves.toBeUndefined();
    await slow.zilliz.stop();
  });
});
