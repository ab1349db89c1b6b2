import { seededRandom } from '../../../sandbox/azure/state/random.ts';
import { emptyAzureState } from '../../../sandbox/azure/state/schema.ts';
import { defaultTimings } from '../../../sandbox/azure/timings.ts';
import { deployRoles } from '../../../sandbox/deployedRoles.ts';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig, RigOptions } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { regionalAlias } from '../../../sandbox/zilliz/seed.ts';
import { usualTimeLimits } from '../../../src/wiring.ts';
import { changes, drift, reconcile, zoneId, zoneName } from '../lifecycle/support.ts';
import type { PlanBody } from '../lifecycle/support.ts';
import { hubAndSpoke, hubRequest, worldIn } from '../roles/world.ts';
import { recordsOf } from '../sync/support.ts';
import { inGate, nightly } from '../../support/inGate.ts';

const { projectId, regionId, resourceGroupId, virtualNetworkId, clusterIds } = sample;
const elsewhere = resourceGroupId.replace('rg-app', 'rg-elsewhere');

let rig: Rig | undefined;

afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

async function started(options?: RigOptions): Promise<Rig> {
  rig = await startRig(options);
  return rig;
}

/** The links, as `zone → network`, with what they register. */
function linksOf({ sandbox }: Rig): Readonly<Record<string, boolean>> {
  const { links } = sandbox.azure.control.snapshot().dns;
  return Object.fromEntries(
    Object.values(links).map(({ id, virtualNetworkId: network, registrationEnabled }) => [
      `${id.split('/').at(-3) ?? ''} → ${network.split('/').at(-1) ?? ''}`,
      registrationEnabled,
    ]),
  );
}

function zonesOf({ sandbox }: Rig): readonly string[] {
  return Object.values(sandbox.azure.control.snapshot().dns.zones).map(({ id }) => id);
}

const privateHost = (clusterId: string): string => `${clusterId}-privatelink.${zoneName}`;

describe('a zone for each cluster', () => {
  it('has the full private name, one record at its top and a link, and hides no other name', async () => {
    const running = await started();

    const view = await running.connect({ ...sampleRequest, dns: { layout: 'per-cluster' } });

    expect(view.status).toBe('connected');
    expect(view.result?.clusters.map(({ verification }) => verification?.outcome)).toEqual([
      'verified',
      'verified',
    ]);
    expect(
      recordsOf(running)
        .map(({ zone, name }) => `${name} in ${zone}`)
        .toSorted(),
    ).toEqual(clusterIds.map((clusterId) => `@ in ${privateHost(clusterId)}`).toSorted());
    expect(linksOf(running)).toEqual(
      Object.fromEntries(clusterIds.map((clusterId) => [`${privateHost(clusterId)} → vnet-app`, false])),
    );
    expect(view.result?.warnings).toEqual([]);
  });

  nightly('is linked while Zilliz allocates: only its record is left when the address is there', async () => {
    const running = await started();
    const id = await running.post({ ...sampleRequest, dns: { layout: 'per-cluster' } });
    await running.host.runUntil(() => recordsOf(running).length === 2);
    const from = running.clock.now();

    expect(Object.keys(linksOf(running)).toSorted()).toEqual(
      clusterIds.map((clusterId) => `${privateHost(clusterId)} → vnet-app`).toSorted(),
    );
    expect((await running.finish(id)).status).toBe('connected');
    // Nothing is waited for any more: a link takes half a minute.
    expect(running.clock.now() - from).toBeLessThan(5000);
  });

  nightly.each(['keep', 'undo'])(
    'leaves neither zone nor link where the run ends before there is an address (onFailure: %s)',
    async (onFailure) => {
      const running = await started();
      const { azure, zilliz } = running.sandbox;
      for (const clusterId of clusterIds) zilliz.control.hidePrivateLinkAddress(clusterId);
      const request = { ...sampleRequest, dns: { layout: 'per-cluster' }, deadlineMinutes: 10, onFailure };
      const id = await running.post(request);
      await running.host.runUntil(() => Object.keys(linksOf(running)).length === 2);

      const view = await running.finish(id);

      expect(view.status).toBe('failed');
      expect(view.problem).toMatchObject({ code: 'not-approved-in-time' });
      expect(zonesOf(running)).toEqual([]);
      expect(linksOf(running)).toEqual({});
      const endpoints = Object.keys(azure.control.snapshot().network.privateEndpoints);
      expect(endpoints).toHaveLength(onFailure === 'keep' ? 1 : 0);
    },
  );

  nightly('a cluster without an address in time keeps nothing, and the other is connected', async () => {
    const [first, second] = clusterIds;
    const running = await started();
    running.sandbox.zilliz.control.hidePrivateLinkAddress(second);
    const request = { ...sampleRequest, dns: { layout: 'per-cluster' }, deadlineMinutes: 10 };

    const view = await running.connect(request);

    expect(view.result).toMatchObject({ outcome: 'degraded', problem: { code: 'address-overdue' } });
    expect(Object.keys(linksOf(running))).toEqual([`${privateHost(first)} → vnet-app`]);
    expect(zonesOf(running)).toHaveLength(1);
  });

  nightly(
    'is made for the name that the cluster gets, if that is another one than was expected',
    async () => {
      const [clusterId] = clusterIds;
      const running = await started();
      const { faults, zilliz } = running.sandbox;
      const listWith = (privateLinkAddress: string): void => {
        const connectAddress = `https://${clusterId}.${zoneName}:19530`;
        const cluster = {
          ...{
            clusterId,
            clusterName: clusterId,
            projectId,
            regionId,
            plan: 'Enterprise',
            status: 'RUNNING',
          },
          ...{ deploymentOption: 'Dedicated', privateLinkAddress, connectAddress },
        };
        const data = { count: 1, currentPage: 1, pageSize: 100, clusters: [cluster] };
        const fault = { kind: 'status', status: 200, body: { code: 0, data } } as const;
        faults.clear();
        faults.order({ call: 'zilliz.listClusters', fault, times: 'always' });
      };
      listWith('');
      const request = { ...sampleRequest, clusters: [clusterId], dns: { layout: 'per-cluster' } };
      const id = await running.post(request);
      await running.host.runUntil(() => Object.keys(linksOf(running)).length === 1);
      listWith(`https://other-name.${zoneName}:19530`);

      const view = await running.finish(id);

      expect(view.result?.clusters).toMatchObject([{ host: `other-name.${zoneName}`, state: 'connected' }]);
      expect(Object.keys(linksOf(running))).toEqual([`other-name.${zoneName} → vnet-app`]);
      expect(zonesOf(running)).toHaveLength(1);
      expect(zilliz.control.snapshot().endpoints).toHaveLength(1);
    },
  );
});

describe('a central zone in another subscription', () => {
  it('is made there and linked to both networks, and registers machines of the spoke only', async () => {
    const running = await started({ world: worldIn(hubAndSpoke) });

    const view = await running.connect(hubRequest);

    expect(view.status).toBe('connected');
    expect(zonesOf(running)).toEqual([
      `${hubAndSpoke.zoneResourceGroupId}/providers/Microsoft.Network/privateDnsZones/${zoneName}`,
    ]);
    expect(linksOf(running)).toEqual({
      [`${zoneName} → vnet-spoke`]: true,
      [`${zoneName} → vnet-hub`]: false,
    });
  });
});

describe('with DNS managed by another owner', () => {
  it('says what they must create, and writes nothing there', async () => {
    const running = await started();
    // A day before, they made the zone: their records come after the address is known.
    running.sandbox.azure.control.addZone({ id: zoneId });

    const view = await running.connect({ ...sampleRequest, dns: { manage: false } });

    const address = view.result?.privateEndpoint.address;
    expect(view.result?.recordsToCreate).toEqual(
      clusterIds.map((clusterId) => ({ name: privateHost(clusterId), address, ttlSeconds: 600 })),
    );
    expect(view.result?.zonesToCreate).toEqual([{ name: zoneName, linkedNetworks: [virtualNetworkId] }]);
    expect(view.result?.manualSteps[0]).toContain('zonesToCreate');
    expect(view.result?.clusters[0]?.probe).toEqual({
      command: expect.stringContaining(`https://${privateHost(clusterIds[0])}:19530/`) as string,
      expected: expect.stringContaining(`${address ?? ''} port 19530: HTTP 400`) as string,
    });
    expect(view.status).toBe('waiting-for-dns-owner');
    expect(view.problem?.type).toMatch(/names-not-resolving$/);
    const operations = running.sandbox.traffic.writes().map(({ operation }) => operation);
    expect(operations.filter((operation) => /dns|link|record/i.test(operation))).toEqual([]);
  });

  nightly('asks for a zone of its own for each private name in the per-cluster layout', async () => {
    const running = await started();
    const dns = { manage: false, layout: 'per-cluster', autoRegistration: false };

    const { result } = await running.connect({ ...sampleRequest, dns });

    expect(result?.zonesToCreate.map(({ name }) => name)).toEqual(clusterIds.map(privateHost));
  });

  nightly('shows its clusters as left to others, and never as without their record', async () => {
    const running = await started();

    const { id } = await running.connect({ ...sampleRequest, dns: { manage: false } });

    const { body } = await running.call('GET', `/api/connections/${id}`);
    const reason = expect.stringContaining('must lead to 10.20.1.4') as string;
    expect(body).toMatchObject({
      live: {
        clusters: [
          { state: 'left-to-others', reason },
          { state: 'left-to-others', reason },
        ],
      },
    });
  });

  nightly(
    'plans for a person what a person makes, zone first and link last, and calls none of it drift',
    async () => {
      const running = await started();
      const request = { ...sampleRequest, dns: { manage: false } };
      const before = (await running.call('POST', '/api/connections/plan', request)).body as PlanBody;
      const { id } = await running.connect(request);

      const after = await running.call('POST', `/api/connections/${id}/plan`);

      const [first = '', second = ''] = clusterIds.map(privateHost);
      const byPeople = before.rows.filter(({ action }) => action === 'manual');
      expect(byPeople.map(({ resource, id: name }) => `${resource} ${name}`)).toEqual([
        `private DNS zone ${zoneName}`,
        `A record set ${first}`,
        `A record set ${second}`,
        `virtual network link ${zoneName}`,
      ]);
      expect(before.permissions.filter(({ action }) => action.includes('privateDns'))).toEqual([]);
      expect(after).toMatchObject({ status: 200, body: { changes: false } });
    },
  );
});

describe('a service that Zilliz names by its resource ID', () => {
  it('is connected to as well', async () => {
    const running = await started();
    const { azure, zilliz } = running.sandbox;
    const alias = regionalAlias(regionId);
    const services = Object.values(azure.control.snapshot().network.privateLinkServices);
    const endpointService = services.find((service) => service.alias === alias)?.resourceId ?? '';
    zilliz.control.addRegion({ regionId, endpointService, alias });

    const view = await running.connect();

    expect(endpointService).toMatch(/^\/subscriptions\//);
    expect(view).toMatchObject({
      status: 'connected',
      result: { privateEndpoint: { target: endpointService } },
    });
  });
});

describe('a network in another region than the clusters', () => {
  nightly('gets the endpoint in its own region', async () => {
    const running = await started();
    const { azure, privateNetwork } = running.sandbox;
    const id = virtualNetworkId.replace('vnet-app', 'vnet-europe');
    azure.control.addVirtualNetwork({
      id,
      location: 'westeurope',
      addressPrefixes: ['10.30.0.0/16'],
      subnets: [{ name: 'snet', addressPrefix: '10.30.1.0/24' }],
    });
    deployRoles(azure.control, { virtualNetworkId: id });
    privateNetwork.control.lookFrom(id);

    const view = await running.connect({ projectId, regionId, subnetId: `${id}/subnets/snet` });

    expect(view.status).toBe('connected');
    const endpoints = Object.values(azure.control.snapshot().network.privateEndpoints);
    expect(endpoints.map(({ location }) => location)).toEqual(['westeurope']);
  });
});

describe('a network that registers its machines in another zone', () => {
  nightly('is linked without that, and the result says so', async () => {
    const running = await started();
    const { control } = running.sandbox.azure;
    const corporate = zoneId.replace(zoneName, 'corp.example');
    control.addZone({ id: corporate });
    const id = `${corporate}/virtualNetworkLinks/machines`;
    control.addLink({ id, virtualNetworkId, registrationEnabled: true });

    const view = await running.connect();

    expect(view.status).toBe('connected');
    expect(linksOf(running)).toEqual({
      'corp.example → vnet-app': true,
      [`${zoneName} → vnet-app`]: false,
    });
    expect(view.result?.warnings).toContainEqual({
      code: 'registered-elsewhere',
      detail: expect.stringContaining('corp.example') as string,
    });
  });
});

describe('a zone of the name that is linked to the network already', () => {
  it('takes the records, wherever it lies, and no second one is made', async () => {
    const running = await started();
    const { control } = running.sandbox.azure;
    control.addResourceGroup({ id: elsewhere });
    deployRoles(control, { virtualNetworkId, zoneResourceGroupId: elsewhere });
    const id = zoneId.replace(resourceGroupId, elsewhere);
    control.addZone({ id });
    control.addLink({ id: `${id}/virtualNetworkLinks/of-old`, virtualNetworkId });

    const view = await running.connect();

    expect(view.status).toBe('connected');
    expect(zonesOf(running)).toEqual([id]);
    expect(Object.keys(linksOf(running))).toHaveLength(1);
    expect(recordsOf(running)).toHaveLength(2);
    expect(running.sandbox.traffic.of('privateDnsZones.put')).toEqual([]);
  });
});

describe('what is set at the creation of the private endpoint', () => {
  const form = { staticIpAddress: '10.20.1.77', networkInterfaceName: 'nic-zilliz' };
  const request = { ...sampleRequest, privateEndpoint: form };
  const plan = async (running: Rig, body: object): Promise<PlanBody> =>
    (await running.call('POST', '/api/connections/plan', body)).body as PlanBody;

  it('is in the plan, in Azure, in the record, in both exports and in what replaces the endpoint', async () => {
    const running = await started();
    expect(
      (await plan(running, request)).rows.find(({ resource }) => resource === 'private endpoint')?.reason,
    ).toMatch(/with the address 10\.20\.1\.77, with the network interface nic-zilliz/);

    const view = await running.connect(request);

    expect(view.status).toBe('connected');
    expect(view.result?.privateEndpoint.address).toBe('10.20.1.77');
    expect(recordsOf(running).map(({ addresses }) => addresses)).toEqual([['10.20.1.77'], ['10.20.1.77']]);
    const endpointOf = () =>
      Object.values(running.sandbox.azure.control.snapshot().network.privateEndpoints)[0];
    expect(endpointOf()?.networkInterfaceId).toMatch(/\/nic-zilliz$/);
    expect(changes(await drift(running, view.id))).toEqual([]);
    const terraform = (await running.call('GET', `/api/connections/${view.id}/export`)).body;
    expect(terraform).toMatch(/custom_network_interface_name = "nic-zilliz"/);
    expect(terraform).toMatch(
      /ip_configuration \{\n\s+name\s+= "static"\n\s+private_ip_address = "10\.20\.1\.77"/,
    );
    const bicep = (await running.call('GET', `/api/connections/${view.id}/export?format=bicep`)).body;
    expect(bicep).toMatch(/static address 10\.20\.1\.77[^]*nic-zilliz/);

    const first = endpointOf()?.resourceGuid;
    running.sandbox.azure.control.setConnection(endpointOf()?.id ?? '', 'Disconnected');
    expect((await reconcile(running, view.id, { allowReplace: true })).status).toBe('connected');
    expect(endpointOf()).toMatchObject({ address: '10.20.1.77', customNetworkInterfaceName: 'nic-zilliz' });
    expect(endpointOf()?.resourceGuid).not.toBe(first);
  });

  it('cannot be changed by a later request, and one without it, or with the address that it has, changes nothing', async () => {
    const running = await started();
    const { id } = await running.connect();
    const address = '10.20.1.4';

    const other = await plan(running, request);
    expect(other.problems.map(({ code }) => code)).toEqual(['endpoint-name-taken']);
    expect(other.problems[0]?.detail).toMatch(
      /its address is 10\.20\.1\.4, and 10\.20\.1\.77 is requested.*leave it out/,
    );
    const same = { ...sampleRequest, privateEndpoint: { staticIpAddress: address } };
    expect(changes(await plan(running, same))).toEqual([]);
    expect((await running.connect(same)).id).toBe(id);
  });

  it.each(['10.20.1.3', '10.20.1.255', '10.20.0.9'])(
    '%s is refused before anything is written',
    async (staticIpAddress) => {
      const running = await started();
      const { problems } = await plan(running, { ...sampleRequest, privateEndpoint: { staticIpAddress } });
      expect(problems).toMatchObject([
        { code: 'address-not-usable', pointer: '/privateEndpoint/staticIpAddress' },
      ]);
    },
  );

  it('says which address is in use when only Azure knows', async () => {
    const running = await started();
    await running.connect();
    const taken = { name: 'pe-second', staticIpAddress: '10.20.1.4' };
    const view = await running.connect({
      ...sampleRequest,
      privateEndpoint: taken,
      dns: { manage: false },
    });
    expect(view.problem?.type).toMatch(/address-not-usable$/);
  });
});

describe('what the documents leave open', () => {
  it('an endpoint that is Approved before it is registered is registered like any other', async () => {
    const running = await started();
    const id = await running.post(sampleRequest);
    const endpoints = () => Object.values(running.sandbox.azure.control.snapshot().network.privateEndpoints);
    await running.runUntil(() => endpoints().length > 0);
    running.sandbox.azure.control.setConnection(endpoints()[0]?.id ?? '', 'Approved');

    const view = await running.finish(id);

    expect(view.status).toBe('connected');
    expect(running.sandbox.zilliz.control.snapshot().endpoints).toHaveLength(1);
  });

  it.each(inGate(['regional', 'per-cluster'], 'regional'))(
    'a private name that equals the public one gets its record in the %s layout, and is not hidden',
    async (layout) => {
      const running = await started();
      for (const clusterId of clusterIds) {
        running.sandbox.zilliz.control.setNames(clusterId, { privateName: 'as-public' });
      }

      const view = await running.connect({ ...sampleRequest, dns: { layout } });

      expect(view.status).toBe('connected');
      expect(view.result?.clusters.map(({ verification }) => verification?.outcome)).toEqual([
        'verified',
        'verified',
      ]);
      // The name leads to the private endpoint here, so nothing shows whether it is open to the internet.
      expect(view.result?.clusters.map(({ publicAccess }) => publicAccess)).toEqual([
        'not-verifiable-from-here',
        'not-verifiable-from-here',
      ]);
      expect(view.result?.manualSteps.join()).toMatch(/choose Disable/);
      expect((await plan(running)).warnings).toEqual([]);
    },
  );

  const answers = [
    ['accepted', 202],
    ['conflict', 409],
    ['retryable', 429],
  ] as const;

  nightly.each(answers)(
    'two connections that create one zone at once both stand, when the second PUT is %s',
    async (answer, refused) => {
      const azure = { ...defaultTimings(seededRandom(emptyAzureState())), zone: () => 240_000 };
      // The clock stands still while an operation is followed beside the wait.
      const timeLimits = { ...usualTimeLimits, besideWaitMs: 500 };
      const running = await started({ timings: { azure }, timeLimits });
      running.sandbox.azure.control.setSecondZonePut(answer);
      const [first, second] = clusterIds;
      const ids = [
        await running.post({ ...sampleRequest, clusters: [first] }),
        await running.post({ ...sampleRequest, clusters: [second], privateEndpoint: { name: 'pe-second' } }),
      ];

      for (const id of ids) expect((await running.finish(id)).status).toBe('connected');

      const puts = running.sandbox.traffic.of('privateDnsZones.put').map(({ response }) => response.status);
      expect(puts.slice(0, 2)).toEqual([202, refused]);
      expect(zonesOf(running)).toHaveLength(1);
      expect(Object.keys(linksOf(running))).toHaveLength(1);
    },
  );

  nightly('a public address that takes the private form is probed by its last public name', async () => {
    const running = await started();
    for (const clusterId of clusterIds) {
      running.sandbox.zilliz.control.setNames(clusterId, { switchesPublicAddress: true });
    }

    const view = await running.connect({ ...sampleRequest, dns: { layout: 'per-cluster' } });

    expect(view.status).toBe('connected');
    expect((await plan(running)).warnings).toEqual([]);
    // The public name is not hidden in this layout, and responds.
    expect(view.result?.clusters.map(({ publicAccess }) => publicAccess)).toEqual(['open', 'open']);
  });

  async function plan(running: Rig): Promise<PlanBody> {
    return (await running.call('POST', '/api/connections/plan', sampleRequest)).body as PlanBody;
  }
});

describe('on-demand clusters', () => {
  const onDemand = async (running: Rig): Promise<unknown> =>
    ((await running.call('POST', '/api/connections/plan', sampleRequest)).body as { onDemand: unknown })
      .onDemand;

  it('are reported with the project endpoint and the record of the AWS guide, and nothing is written for them', async () => {
    const running = await started();
    expect(await onDemand(running)).toMatchObject({ status: 'disabled', clusters: [], record: null });
    running.sandbox.zilliz.control.addOnDemandCluster({ projectId, regionId, name: 'nightly' });
    const zone = `${projectId}.${regionId}.api.zillizcloud.com`;
    const record = { zone, name: '@', type: 'A', ttlSeconds: 600 };
    expect(await onDemand(running)).toMatchObject({
      status: 'enabled',
      endpoint: zone,
      clusters: [{ name: 'nightly', status: 'RUNNING' }],
      record: { ...record, address: null },
    });

    const view = await running.connect();

    expect(zonesOf(running)).toHaveLength(1);
    const { live } = (await running.call('GET', `/api/connections/${view.id}`)).body as {
      live: { onDemand: unknown; clusters: readonly { clusterId: string }[] };
    };
    expect(live.onDemand).toMatchObject({ status: 'enabled', record: { ...record, address: '10.20.1.4' } });
    expect(live.clusters).toHaveLength(2);
  });

  it('that cannot be read change no status', async () => {
    const running = await started();
    const { id } = await running.connect();
    running.sandbox.faults.order({
      call: 'zilliz.describeOnDemandCompute',
      fault: { kind: 'status', status: 403 },
      times: 'always',
    });
    running.clock.advanceTo(running.clock.now() + 120_000);
    const { status, live } = (await running.call('GET', `/api/connections/${id}`)).body as {
      status: string;
      live: { onDemand: { status: string | null; unread: string } };
    };
    expect(status).toBe('connected');
    expect(live.onDemand.status).toBeNull();
    expect(live.onDemand.unread).toMatch(/on-demand/);
  });
});
