import { Resolver } from 'node:dns/promises';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect as connectTcp } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { streamDecode, streamEncode } from 'dns-packet';
import { openCertificateAuthority } from '../../../sandbox/kernel/certificates.ts';
import type { CertificateAuthority } from '../../../sandbox/kernel/certificates.ts';
import type { ConnectionStatus, DataPlane, VirtualNetworkView } from '../../../sandbox/kernel/contracts.ts';
import { startPrivateNetwork } from '../../../sandbox/privateNetwork/privateNetwork.ts';
import type { PrivateNetwork } from '../../../sandbox/privateNetwork/privateNetwork.ts';

// One virtual network that is connected to one cluster, and one that is not; another cluster that no network is connected to.

const ZONE = 'az-eastus.vectordb.zillizcloud.com';
const PRIVATE = `in01-aaa-privatelink.${ZONE}`;
const PUBLIC = `in01-aaa.${ZONE}`;
const OTHER_PUBLIC = `in01-bbb.${ZONE}`;
const ADDRESS = '10.0.1.4';
const PORT = 19530;

let status: ConnectionStatus;
let publicOpen: boolean;
let registered: boolean;
let authority: CertificateAuthority;
let network: PrivateNetwork;
const directory = mkdtempSync(join(tmpdir(), 'private-network-'));

const view: VirtualNetworkView = {
  resolve(virtualNetworkId, name) {
    if (virtualNetworkId !== 'linked' || !name.endsWith(ZONE)) return 'public';
    return name === PRIVATE ? { addresses: [ADDRESS], ttl: 600 } : 'nxdomain';
  },
  privateEndpointAt: (virtualNetworkId, address) =>
    virtualNetworkId === 'linked' && address === ADDRESS ? { endpointId: 'pe.guid', status } : undefined,
};
const dataPlane: DataPlane = {
  clusterAt(host) {
    if (host === PRIVATE) return { clusterId: 'in01-aaa', access: 'private', open: true };
    if (host === PUBLIC) return { clusterId: 'in01-aaa', access: 'public', open: publicOpen };
    if (host === OTHER_PUBLIC) return { clusterId: 'in01-bbb', access: 'public', open: true };
    return undefined;
  },
  servedThrough: (endpointId, clusterId) =>
    registered && endpointId === 'pe.guid' && clusterId === 'in01-aaa',
};

beforeAll(async () => {
  authority = await openCertificateAuthority(directory);
});
beforeEach(async () => {
  [status, publicOpen, registered] = ['Approved', true, true];
  network = await startPrivateNetwork({
    ca: authority,
    view,
    dataPlane,
    virtualNetworkId: 'linked',
    silenceMs: 50,
  });
});
afterEach(() => network.stop());
afterAll(() => {
  rmSync(directory, { recursive: true });
});

function resolver(): Resolver {
  const made = new Resolver({ timeout: 1000, tries: 1 });
  made.setServers([network.dnsServer]);
  return made;
}

/** The socket through the proxy, or the proxy's refusal. */
function tunnel(authority: string): Promise<Socket> {
  const { hostname, port } = new URL(network.proxyUrl);
  return new Promise((resolve, reject) => {
    request({ host: hostname, port, method: 'CONNECT', path: authority })
      .on('connect', ({ statusCode }, socket) => {
        if (statusCode === 200) resolve(socket);
        else reject(new Error(`HTTP ${String(statusCode)}`));
      })
      .on('error', reject)
      .end();
  });
}

/** One HTTPS GET for `host` to `authority`; returns its status. */
async function get(host: string, authorityToReach = `${ADDRESS}:${PORT}`): Promise<number | undefined> {
  const socket = await tunnel(authorityToReach);
  return new Promise((resolve, reject) => {
    const options = { host, ca: authority.cert };
    httpsRequest({
      ...options,
      createConnection: () => connectTls({ socket, servername: host, ca: authority.cert }),
    })
      .on('response', (response) => {
        response.resume();
        resolve(response.statusCode);
      })
      .on('error', reject)
      .end();
  });
}

describe('names', () => {
  it('resolves what a linked zone holds, with its TTL', async () => {
    expect(await resolver().resolve4(PRIVATE, { ttl: true })).toEqual([{ address: ADDRESS, ttl: 600 }]);
  });

  it('hides the public names that a linked zone covers', async () => {
    await expect(resolver().resolve4(PUBLIC)).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('gives public names made-up addresses, the same each time, where no zone covers them', async () => {
    network.control.lookFrom('unlinked');
    const [first, other, again] = [
      await resolver().resolve4(PUBLIC),
      await resolver().resolve4(OTHER_PUBLIC),
      await resolver().resolve4(PUBLIC),
    ];
    expect(first).toEqual(['203.0.113.1']);
    expect(other).toEqual(['203.0.113.2']);
    expect(again).toEqual(first);
  });

  it.each([[PRIVATE], ['example.com']])('knows no %s outside the linked networks', async (name) => {
    network.control.lookFrom('unlinked');
    await expect(resolver().resolve4(name)).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('has no IPv6 address for a name, without denying the name', async () => {
    await expect(resolver().resolve6(PRIVATE)).rejects.toMatchObject({ code: 'ENODATA' });
  });

  it('responds over TCP as well', async () => {
    const [host, port] = network.dnsServer.split(':');
    const socket = connectTcp(Number(port), host);
    socket.write(streamEncode({ type: 'query', id: 7, questions: [{ type: 'A', name: PRIVATE }] }));
    const answer = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
    socket.destroy();

    expect(streamDecode(answer)).toMatchObject({ id: 7, answers: [{ type: 'A', data: ADDRESS }] });
  });
});

describe('ports', () => {
  it('returns HTTP 400 over TLS for the private name, at the endpoint', async () => {
    expect(await get(PRIVATE)).toBe(400);
  });

  it('reaches a name directly, as a client that leaves resolving to the proxy', async () => {
    expect(await get(PRIVATE, `${PRIVATE}:${PORT}`)).toBe(400);
  });

  it.each(['Pending', 'Rejected', 'Disconnected'] as const)('gets no answer while %s', async (word) => {
    status = word;
    await expect(tunnel(`${ADDRESS}:${PORT}`)).rejects.toThrow(/hang up|ECONNRESET/);
  });

  it('gets no answer on another port', async () => {
    await expect(tunnel(`${ADDRESS}:443`)).rejects.toThrow(/hang up|ECONNRESET/);
  });

  it.each([['10.0.1.9'], ['203.0.113.77'], ['unknown.example.com']])('is refused at %s', async (host) => {
    await expect(tunnel(`${host}:${PORT}`)).rejects.toThrow('HTTP 502');
  });

  it.each([[PUBLIC], [OTHER_PUBLIC], ['example.com']])('gets no TLS for %s at the endpoint', async (host) => {
    await expect(get(host)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('gets no TLS when Zilliz does not serve the cluster through the endpoint', async () => {
    registered = false;
    await expect(get(PRIVATE)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('shows a certificate for another name on request', async () => {
    network.control.showCertificateFor('somebody.else.example');
    await expect(get(PRIVATE)).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    network.control.showCertificateFor(null);
    expect(await get(PRIVATE)).toBe(400);
  });

  it('reaches the public data plane while public access is open', async () => {
    network.control.lookFrom('unlinked');
    const [address] = await resolver().resolve4(PUBLIC);
    expect(await get(PUBLIC, `${address!}:${PORT}`)).toBe(400);

    publicOpen = false;
    await expect(get(PUBLIC, `${address!}:${PORT}`)).rejects.toThrow('HTTP 502');
  });

  it('is refused at the endpoint from another network', async () => {
    network.control.lookFrom('unlinked');
    await expect(tunnel(`${ADDRESS}:${PORT}`)).rejects.toThrow('HTTP 502');
  });

  it('is a proxy for CONNECT only', async () => {
    expect((await fetch(network.proxyUrl)).status).toBe(405);
  });
});
