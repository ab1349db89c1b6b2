import { createServer } from 'node:https';
import { connect, createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { ConnectionStatus, DataPlane, VirtualNetworkView } from '../../../sandbox/kernel/contracts.ts';
import { startPrivateNetwork } from '../../../sandbox/privateNetwork/privateNetwork.ts';
import type { PrivateNetwork } from '../../../sandbox/privateNetwork/privateNetwork.ts';
import { networkProbe } from '../../../src/adapters/probe/probe.ts';
import type { Probe } from '../../../src/ports.ts';
import { trustedAuthority } from '../trust.ts';

const ZONE = 'az-eastus.vectordb.zillizcloud.com';
const HOST = `in01-aaa-privatelink.${ZONE}`;
const ADDRESS = '10.0.1.4';
const PORT = 19530;

const nowhere = { dnsServers: [], connectProxy: undefined, integrated: false, timeLimitMs: 300 };
const closers: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closers) await close();
});

/** A TCP port of this machine with the given behaviour. */
async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

describe('seen from inside a virtual network, by its resolver and a proxy', () => {
  let status: ConnectionStatus;
  let network: PrivateNetwork;
  let probe: Probe;

  const view: VirtualNetworkView = {
    resolve: (_, name) => (name === HOST ? { addresses: [ADDRESS], ttl: 600 } : 'nxdomain'),
    privateEndpointAt: (_, address) => (address === ADDRESS ? { endpointId: 'pe.guid', status } : undefined),
  };
  const dataPlane: DataPlane = {
    clusterAt: (host) =>
      host === HOST ? { clusterId: 'in01-aaa', access: 'private', open: true } : undefined,
    servedThrough: () => true,
  };

  beforeAll(async () => {
    network = await startPrivateNetwork({
      ca: await trustedAuthority(),
      view,
      dataPlane,
      virtualNetworkId: 'linked',
      silenceMs: 5000,
    });
    probe = networkProbe({
      ...nowhere,
      dnsServers: [network.dnsServer],
      connectProxy: network.proxyUrl,
      timeLimitMs: 1000,
    });
  });
  beforeEach(() => {
    status = 'Approved';
  });
  afterAll(() => network.stop());

  it('a private name has the address of its record', async () => {
    await expect(probe.resolve(HOST)).resolves.toEqual({ outcome: 'resolved', addresses: [ADDRESS] });
  });

  it('a name without record is not there', async () => {
    await expect(probe.resolve(`in01-zzz.${ZONE}`)).resolves.toEqual({
      outcome: 'no-such-name',
      detail: 'there is no such name',
    });
  });

  it('the service behind the endpoint returns 400 over TLS for its name', async () => {
    await expect(probe.connect({ host: HOST, address: ADDRESS, port: PORT })).resolves.toEqual({
      outcome: 'answered',
      status: 400,
    });
  });

  it('a certificate for another name is reported as such', async () => {
    network.control.showCertificateFor('somebody.else.example');
    const answer = await probe.connect({ host: HOST, address: ADDRESS, port: PORT });
    network.control.showCertificateFor(null);

    expect(answer.outcome).toBe('wrong-name');
    expect(answer).toHaveProperty('detail', expect.stringContaining(`the certificate is not for ${HOST}`));
  });

  it('an endpoint that is not approved lets nothing through', async () => {
    status = 'Pending';

    const answer = await probe.connect({ host: HOST, address: ADDRESS, port: PORT });

    expect(answer).toEqual({
      outcome: 'unreachable',
      detail: `${ADDRESS}, port ${PORT}: no answer within 1 s`,
    });
  });

  it('an address without a listener is unreachable', async () => {
    const answer = await probe.connect({ host: HOST, address: '10.0.1.9', port: PORT });

    expect(answer).toEqual({
      outcome: 'unreachable',
      detail: `10.0.1.9, port ${PORT}: the proxy answered 502`,
    });
  });

  it('a name for which the service does not answer TLS is unreachable', async () => {
    const answer = await probe.connect({ host: `in01-zzz.${ZONE}`, address: ADDRESS, port: PORT });

    expect(answer.outcome).toBe('unreachable');
  });
});

describe('seen straight from this machine', () => {
  it('a service is asked with TLS for its name and one GET', async () => {
    const asked: (string | undefined)[] = [];
    const certificate = await (await trustedAuthority()).issue(['service.example']);
    const server = createServer({ ...certificate }, (request, response) => {
      asked.push(request.method, request.url, request.headers.host);
      response.writeHead(404).end('a body that nobody reads');
    });
    const port = await listen(server);

    const answer = await networkProbe(nowhere).connect({
      host: 'service.example',
      address: '127.0.0.1',
      port,
    });

    expect(answer).toEqual({ outcome: 'answered', status: 404 });
    expect(asked).toEqual(['GET', '/', `service.example:${port}`]);
  });

  it.each([
    ['refuses the connection', async () => closedPort(), 'ECONNREFUSED'],
    ['says nothing', () => listen(createTcpServer()), 'no answer within 0.3 s'],
    ['hangs up', () => listen(createTcpServer((socket) => socket.destroy())), 'TLS'],
    ['speaks something else', () => listen(createTcpServer((socket) => socket.end('SSH-2.0-x\r\n'))), 'TLS'],
    ['accepts TLS, but sends no HTTP', () => silentTls(), 'no answer within 0.3 s'],
  ])('a port that %s is unreachable', async (_, open, words) => {
    const answer = await networkProbe(nowhere).connect({
      host: 'service.example',
      address: '127.0.0.1',
      port: await open(),
    });

    expect(answer.outcome).toBe('unreachable');
    expect(answer).toHaveProperty('detail', expect.stringContaining(words));
  });

  it('a resolver that gives no answer says nothing about the name', async () => {
    const probe = networkProbe({ ...nowhere, dnsServers: ['127.0.0.1:1'] });

    await expect(probe.resolve(HOST)).resolves.toMatchObject({ outcome: 'no-answer' });
  });

  it('names are asked of the system, as any application does', async () => {
    await expect(networkProbe(nowhere).resolve('localhost')).resolves.toEqual({
      outcome: 'resolved',
      addresses: ['127.0.0.1'],
    });
  });

  it('a proxy that does not exist is reported as such', async () => {
    const probe = networkProbe({ ...nowhere, connectProxy: `http://127.0.0.1:${await closedPort()}` });

    const answer = await probe.connect({ host: HOST, address: ADDRESS, port: PORT });

    expect(answer).toHaveProperty('detail', expect.stringContaining('the proxy does not answer'));
  });
});

it.each([
  [{}, false],
  [{ integrated: true }, true],
  [{ dnsServers: ['10.0.0.4'] }, true],
])('with %j the app has a view into a network: %p', (given, expected) => {
  expect(networkProbe({ ...nowhere, ...given }).insideNetwork).toBe(expected);
});

async function closedPort(): Promise<number> {
  const server = createTcpServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  await new Promise((resolve) => connect(port, '127.0.0.1').on('error', resolve));
  return port;
}

async function silentTls(): Promise<number> {
  const certificate = await (await trustedAuthority()).issue(['service.example']);
  return listen(createServer({ ...certificate }, () => undefined));
}
