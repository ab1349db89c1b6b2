import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { ConnectionBody, Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { zoneName } from '../lifecycle/support.ts';
import { inGate, nightly } from '../../support/inGate.ts';

const { virtualNetworkId, resourceGroupId } = sample;
const [catalogue, search] = sample.clusterIds;

let rig: Rig | undefined;

afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

function phaseOf({ phases }: ConnectionBody, name: string) {
  return phases.find(({ phase }) => phase === name);
}

/** Another network; the machine that verifies connectivity is in it. */
function lookFromNextDoor({ sandbox }: Rig): string {
  const id = virtualNetworkId.replace('vnet-app', 'vnet-next-door');
  sandbox.azure.control.addVirtualNetwork({ id, addressPrefixes: ['10.40.0.0/16'], subnets: [] });
  sandbox.privateNetwork.control.lookFrom(id);
  return id;
}

interface Fault {
  readonly what: string;
  readonly arrange: (rig: Rig) => void;
  readonly code: string;
  readonly says: RegExp;
}

const faults: readonly Fault[] = [
  {
    what: 'a certificate for another name',
    arrange: ({ sandbox }) => sandbox.privateNetwork.control.showCertificateFor('intruder.example'),
    code: 'wrong-certificate',
    says: /the certificate is not for in01-.*intruder\.example/,
  },
  {
    what: 'a name that resolves to another address',
    arrange(running) {
      const { control } = running.sandbox.azure;
      const network = lookFromNextDoor(running);
      const group = resourceGroupId.replace('rg-app', 'rg-next-door');
      const zoneId = `${group}/providers/Microsoft.Network/privateDnsZones/${zoneName}`;
      control.addResourceGroup({ id: group });
      control.addZone({ id: zoneId });
      control.addLink({ id: `${zoneId}/virtualNetworkLinks/own`, virtualNetworkId: network });
      for (const clusterId of sample.clusterIds) {
        control.setRecord({ zoneId, name: `${clusterId}-privatelink`, addresses: ['10.9.9.9'] });
      }
    },
    code: 'name-resolves-elsewhere',
    says: /resolves to 10\.9\.9\.9, not to 10\.20\.1\./,
  },
  {
    what: 'a name that does not resolve',
    arrange: (running) => void lookFromNextDoor(running),
    code: 'name-resolves-elsewhere',
    says: /does not resolve: there is no such name/,
  },
];

describe('the proof distinguishes', () => {
  it.each(inGate(faults, 'a certificate for another name', 'a name that resolves to another address'))(
    '$what: $code',
    async ({ arrange, code, says }) => {
      rig = await startRig();
      arrange(rig);

      const view = await rig.connect();

      expect(view.status).toBe('failed');
      expect(view.problem?.type).toMatch(new RegExp(`${code}$`));
      expect(view.problem?.detail).toMatch(says);
      expect(phaseOf(view, 'verify')?.state).toBe('failed');
    },
  );

  it('a service that does not answer: port-unreachable', async () => {
    rig = await startRig();
    const running = rig;
    const id = await running.post(sampleRequest);
    await running.until(id, (seen) => phaseOf(seen, 'await-allocation')?.state === 'done');
    running.sandbox.zilliz.control.setClusterStatus(catalogue, 'CREATING');

    const view = await running.finish(id);

    expect(view.problem?.type).toMatch(/port-unreachable$/);
    expect(view.problem?.detail).toMatch(/10\.20\.1\.\d+, port 19530/);
  });

  it('what time cures: the name spreads within ten minutes', async () => {
    rig = await startRig();
    const running = rig;
    lookFromNextDoor(running);
    const id = await running.post(sampleRequest);
    const seen = await running.until(id, (view) => (phaseOf(view, 'verify')?.attempts ?? 0) > 1);
    expect(phaseOf(seen, 'verify')?.reason).toMatch(/does not resolve/);
    running.sandbox.privateNetwork.control.lookFrom(virtualNetworkId);

    expect(await running.finish(id)).toMatchObject({ status: 'connected' });
  });
});

describe('an app without a view into the network', () => {
  it('claims nothing: the connection is kept, and the proof is not verifiable from here', async () => {
    rig = await startRig({ settings: { VERIFY_DNS_SERVERS: '', VERIFY_CONNECT_PROXY: '' } });

    const view = await rig.connect();

    expect(view.status).toBe('connected');
    expect(phaseOf(view, 'verify')).toMatchObject({
      state: 'skipped',
      reason: expect.stringContaining('not verifiable from here') as string,
    });
    for (const { verification, publicAccess } of view.result?.clusters ?? []) {
      expect(verification?.outcome).toBe('not-verifiable-from-here');
      expect(publicAccess).toBe('not-verifiable-from-here');
    }
  });

  it('gives a command for each cluster that makes the proof from inside, and a manual step to run it', async () => {
    rig = await startRig({ settings: { VERIFY_DNS_SERVERS: '', VERIFY_CONNECT_PROXY: '' } });

    const { result } = await rig.connect();

    const hosts = sample.clusterIds.map((clusterId) => `${clusterId}-privatelink.${zoneName}`);
    expect(result?.clusters.map(({ probe }) => probe)).toEqual(
      hosts.map((host) => ({
        command: expect.stringMatching(new RegExp(`^curl .* https://${host}:19530/$`)) as string,
        expected: expect.stringMatching(/^10\.20\.1\.4 port 19530: HTTP 400/) as string,
      })),
    );
    expect(result?.manualSteps[0]).toContain('probe');
  });

  nightly('gives none where the app has made the proof', async () => {
    rig = await startRig();

    const { result } = await rig.connect();

    expect(result?.clusters.map(({ probe }) => probe)).toEqual([undefined, undefined]);
  });
});

describe('public access', () => {
  it('is open, or does not answer, where the public names resolve; a manual step says how to close both', async () => {
    rig = await startRig();
    rig.sandbox.zilliz.control.setPublicAccess(search, 'disabled');

    const view = await rig.connect({ ...sampleRequest, dns: { layout: 'per-cluster' } });

    expect(view.result?.clusters.map(({ publicAccess }) => publicAccess)).toEqual([
      'open',
      'no-answer-from-here',
    ]);
    const [first] = view.result?.manualSteps ?? [];
    expect(first).toContain(catalogue);
    expect(first).toContain(search);
  });

  nightly('says nothing from a network in which the zone hides the public names', async () => {
    rig = await startRig();

    const view = await rig.connect();

    expect(view.result?.clusters.map(({ publicAccess }) => publicAccess)).toEqual([
      'not-verifiable-from-here',
      'not-verifiable-from-here',
    ]);
  });
});
