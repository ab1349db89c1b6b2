import { boundedPorts } from '../src/boundedPorts.ts';
import { ProvisioningError } from '../src/domain/failure/failure.ts';
import type { NewPrivateEndpoint, Ports } from '../src/ports.ts';

const subscription = '/subscriptions/b1e2a7d0-5c1f-4c0e-9a51-6f0c2d3e4a5b';
const inside = `${subscription}/resourceGroups/rg-app`;
/** Another resource group whose name begins with the same letters. */
const outside = `${subscription}/resourceGroups/rg-app-of-others`;
const otherSubscription = '00000000-5c1f-4c0e-9a51-6f0c2d3e4a5b';

const network = (group: string, rest: string): string => `${group}/providers/Microsoft.Network/${rest}`;
const endpointIn = (group: string): string => network(group, 'privateEndpoints/pe-zilliz');
const subnetIn = (group: string): string => network(group, 'virtualNetworks/vnet/subnets/snet');
const zoneIn = (group: string): string =>
  network(group, 'privateDnsZones/az-eastus.vectordb.zillizcloud.com');
const linkIn = (group: string): string => `${zoneIn(group)}/virtualNetworkLinks/link`;

const project = { projectId: 'proj-ours', regionId: 'az-eastus' };
const foreign = { ...project, projectId: 'proj-of-others' };
const subscriptionId = subscription.split('/').at(-1) ?? '';
const at = { follow: false };

function newEndpoint(group: string, subnets: string): NewPrivateEndpoint {
  return {
    ...{ id: endpointIn(group), location: 'eastus', subnetId: subnetIn(subnets), target: 'alias' },
    ...{ connectionName: 'pe-zilliz', requestMessage: '', tags: {} },
  };
}

const record = (group: string) => ({
  ...{ zoneId: zoneIn(group), name: 'in01-1', ttlSeconds: 600, address: '10.0.0.4', metadata: {} },
});

const allowed = { projects: ['proj-ours'], scopes: [inside] };

/** Ports that only note each call. `repeatPrivateEndpoint` passes the given IDs to `mayName`. */
function notingPorts(namedByTheEndpoint: readonly string[] = []): { ports: Ports; calls: string[] } {
  const calls: string[] = [];
  const port = new Proxy(
    {},
    {
      get:
        (_, name) =>
        (...parameters: unknown[]): Promise<unknown> => {
          if (name === 'repeatPrivateEndpoint') {
            const options = parameters[2] as Parameters<Ports['network']['repeatPrivateEndpoint']>[2];
            options.mayName?.(namedByTheEndpoint);
          }
          calls.push(String(name));
          return Promise.resolve(null);
        },
    },
  );
  const ports = { zilliz: port, network: port, dns: port, probe: port, readiness: port } as unknown as Ports;
  return { ports, calls };
}

type Call = (ports: Ports) => Promise<unknown>;
interface Row {
  readonly write: string;
  readonly good: Call;
  /** Calls outside the allowed scopes or projects, by what is outside. */
  readonly bad: readonly (readonly [named: string, call: Call])[];
}

const zillizWrites: readonly Row[] = [
  {
    write: 'addWhitelistEntry',
    good: ({ zilliz }) => zilliz.addWhitelistEntry({ ...project, subscriptionId }),
    bad: [
      ['proj-of-others', ({ zilliz }) => zilliz.addWhitelistEntry({ ...foreign, subscriptionId })],
      [
        otherSubscription,
        ({ zilliz }) => zilliz.addWhitelistEntry({ ...project, subscriptionId: otherSubscription }),
      ],
    ],
  },
  {
    write: 'registerPrivateEndpoint',
    good: ({ zilliz }) => zilliz.registerPrivateEndpoint({ ...project, endpointId: 'pe.1' }),
    bad: [
      ['proj-of-others', ({ zilliz }) => zilliz.registerPrivateEndpoint({ ...foreign, endpointId: 'pe.1' })],
    ],
  },
  {
    write: 'deletePrivateEndpoint',
    good: ({ zilliz }) => zilliz.deletePrivateEndpoint({ ...project, endpointId: 'pe.1' }),
    bad: [
      ['proj-of-others', ({ zilliz }) => zilliz.deletePrivateEndpoint({ ...foreign, endpointId: 'pe.1' })],
    ],
  },
];

const networkWrites: readonly Row[] = [
  {
    write: 'createPrivateEndpoint',
    good: (ports) => ports.network.createPrivateEndpoint(newEndpoint(inside, inside), at),
    bad: [
      [endpointIn(outside), (ports) => ports.network.createPrivateEndpoint(newEndpoint(outside, inside), at)],
      [subnetIn(outside), (ports) => ports.network.createPrivateEndpoint(newEndpoint(inside, outside), at)],
    ],
  },
  row('repeatPrivateEndpoint', endpointIn, (ports, id) => ports.network.repeatPrivateEndpoint(id, {}, at)),
  row('deletePrivateEndpoint', endpointIn, (ports, id) => ports.network.deletePrivateEndpoint(id)),
  row('mergeTags', zoneIn, (ports, id) => ports.network.mergeTags(id, { a: 'b' })),
  row('removeTags', linkIn, (ports, id) => ports.network.removeTags(id, { a: 'b' })),
];

const dnsWrites: readonly Row[] = [
  row('createZone', zoneIn, ({ dns }, id) => dns.createZone({ id, tags: {} }, at)),
  row('deleteZone', zoneIn, ({ dns }, id) => dns.deleteZone(id)),
  {
    write: 'createLink',
    good: (ports) => createLink(ports, inside, inside),
    bad: [
      [linkIn(outside), (ports) => createLink(ports, outside, inside)],
      [network(outside, 'virtualNetworks/vnet'), (ports) => createLink(ports, inside, outside)],
    ],
  },
  {
    write: 'changeLink',
    good: (ports) => changeLink(ports, inside, inside),
    bad: [
      [linkIn(outside), (ports) => changeLink(ports, outside, inside)],
      [network(outside, 'virtualNetworks/vnet'), (ports) => changeLink(ports, inside, outside)],
    ],
  },
  row('deleteLink', linkIn, ({ dns }, id) => dns.deleteLink(id)),
  row('putRecord', zoneIn, ({ dns }, zoneId) => dns.putRecord({ ...record(inside), zoneId }, null)),
  row('deleteRecord', zoneIn, ({ dns }, zoneId) => dns.deleteRecord(zoneId, 'in01-1', 'etag')),
];

function row(
  write: string,
  idIn: (group: string) => string,
  call: (ports: Ports, id: string) => Promise<unknown>,
): Row {
  return {
    write,
    good: (ports) => call(ports, idIn(inside)),
    bad: [[idIn(outside), (ports) => call(ports, idIn(outside))]],
  };
}

function createLink({ dns }: Ports, group: string, networks: string): Promise<void> {
  const virtualNetworkId = network(networks, 'virtualNetworks/vnet');
  return dns.createLink({ id: linkIn(group), virtualNetworkId, registrationEnabled: false, tags: {} }, at);
}

function changeLink({ dns }: Ports, group: string, networks: string): Promise<void> {
  const virtualNetworkId = network(networks, 'virtualNetworks/vnet');
  return dns.changeLink({ id: linkIn(group), virtualNetworkId, registrationEnabled: true }, at);
}

const rows = [...zillizWrites, ...networkWrites, ...dnsWrites];

describe.each(rows)('$write', ({ write, good, bad }) => {
  it('is done within the allowed scopes', async () => {
    const { ports, calls } = notingPorts([subnetIn(inside)]);

    await good(boundedPorts(ports, allowed));

    expect(calls).toEqual([write]);
  });

  it.each(bad)('is refused for %s with a lasting failure, and nothing is sent', async (named, call) => {
    const { ports, calls } = notingPorts();

    const refusal: unknown = await call(boundedPorts(ports, allowed)).catch((error: unknown) => error);

    expect(refusal).toBeInstanceOf(ProvisioningError);
    expect((refusal as ProvisioningError).failure).toMatchObject({
      kind: 'rejected',
      code: named === 'proj-of-others' ? 'project-not-allowed' : 'scope-not-allowed',
      message: expect.stringContaining(named) as string,
    });
    expect(calls).toEqual([]);
  });

  it('is done everywhere if the settings are *', async () => {
    const { ports, calls } = notingPorts([subnetIn(outside)]);
    const unbounded = boundedPorts(ports, { projects: null, scopes: null });

    for (const [, call] of bad) await call(unbounded);

    expect(calls).toEqual(bad.map(() => write));
  });
});

it('an endpoint with a security group outside is not put again', async () => {
  const group = network(outside, 'applicationSecurityGroups/asg');
  const { ports, calls } = notingPorts([subnetIn(inside), group]);

  const repeated = boundedPorts(ports, allowed).network.repeatPrivateEndpoint(endpointIn(inside), {}, at);

  await expect(repeated).rejects.toThrow(`outside the scopes of this app: ${group}`);
  expect(calls).toEqual([]);
});

it('a read is not limited', async () => {
  const { ports, calls } = notingPorts();
  const { dns, network: reader, zilliz } = boundedPorts(ports, allowed);

  await dns.zone(zoneIn(outside));
  await reader.privateEndpoint(endpointIn(outside));
  await zilliz.privateEndpoints('proj-of-others');

  expect(calls).toEqual(['zone', 'privateEndpoint', 'privateEndpoints']);
});

it('an ID that leaves its scope by dots is outside', async () => {
  const { ports, calls } = notingPorts();
  const id = `${inside}/../rg-app-of-others/providers/Microsoft.Network/privateDnsZones/zone`;

  await expect(boundedPorts(ports, allowed).network.mergeTags(id, {})).rejects.toThrow('outside the scopes');
  expect(calls).toEqual([]);
});

test('a subscription is authorized if any of the allowed scopes is in it', async () => {
  const { ports, calls } = notingPorts();
  const scopes = [`/subscriptions/${otherSubscription}`, inside];

  await boundedPorts(ports, { projects: null, scopes }).zilliz.addWhitelistEntry({
    ...project,
    subscriptionId,
  });

  expect(calls).toEqual(['addWhitelistEntry']);
});
