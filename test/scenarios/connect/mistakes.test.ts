import { roleOf } from '../../../sandbox/deployedRoles.ts';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { ConnectionBody, Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import type { FailureCode } from '../../../src/domain/failure/catalog.ts';
import type { Problem } from '../../../src/domain/failure/problem.ts';
import { inGate } from '../../support/inGate.ts';
import { disconnect } from '../lifecycle/support.ts';
import { whileTimePasses } from '../roles/stories.ts';

// What people do wrong when they set up a connection. Each is made, and then only what the words say is done: nothing else may be
// needed.

const { projectId, regionId, subnetId, virtualNetworkId, resourceGroupId, subscriptionId } = sample;
const [catalogue] = sample.clusterIds;
const apps = { subnetId: `${virtualNetworkId}/subnets/snet-apps` };
const zoneName = 'az-eastus.vectordb.zillizcloud.com';
const hub = `/subscriptions/${subscriptionId}/resourceGroups/rg-hub`;
const hubZones = `${hub}/providers/Microsoft.Network/privateDnsZones`;
const ownZones = `${resourceGroupId}/providers/Microsoft.Network/privateDnsZones`;
const viewerKey = 'v'.repeat(44);
const otherHub = '/subscriptions/0f0e0d0c-5c1f-4c0e-9a51-6f0c2d3e4a5b';
const otherClient = '7d1c3f5a-2b4e-4a6c-8d0f-1e3a5c7b9d2f';

interface Mistake {
  readonly name: string;
  readonly settings?: Readonly<Record<string, string>>;
  readonly make?: (rig: Rig) => void;
  readonly request?: object;
  readonly code: FailureCode;
  readonly pointer: string;
  /** The decisive words: the detail, an arrow and the remedy. */
  readonly shown: RegExp;
  /** What is done outside the app, as the words say. */
  readonly done?: (rig: Rig, words: string, id: string) => void | Promise<void>;
  /** What the words have changed in the request. */
  readonly corrected?: object;
}

const mistakes: readonly Mistake[] = [
  {
    name: 'wrong key',
    make: ({ sandbox }) => void sandbox.keyVault.control.setSecret('zilliz-api-key', '0'.repeat(44)),
    ...{ code: 'zilliz-key-rejected', pointer: '/projectId' },
    shown: /as a new version of the secret zilliz-api-key .*`az keyvault secret set --vault-name \S+ --name/,
    done: ({ sandbox }) => void sandbox.keyVault.control.setSecret('zilliz-api-key', sample.apiKey),
  },
  {
    name: 'wrong project',
    request: { projectId: projectId.replace(/e$/, 'f') },
    ...{ code: 'project-not-found', pointer: '/projectId' },
    shown: new RegExp(`the key of the app sees ${projectId} \\(Sample\\) → Use one of the project IDs`),
    corrected: { projectId },
  },
  {
    name: 'plan too low',
    make: ({ sandbox }) => sandbox.zilliz.control.setPlan(projectId, 'Standard'),
    ...{ code: 'plan-too-low', pointer: '/projectId' },
    shown: /is Standard, .* → Upgrade the project to the plan Enterprise or Business Critical/,
    done: ({ sandbox }) => sandbox.zilliz.control.setPlan(projectId, 'Enterprise'),
  },
  {
    name: 'full subnet',
    make: ({ sandbox }) => sandbox.azure.control.changeSubnet(subnetId, { addressesTakenByOthers: 251 }),
    ...{ code: 'subnet-full', pointer: '/subnetId' },
    shown: /no free address → Use another subnet of the network: snet-apps has free addresses/,
    corrected: apps,
  },
  {
    name: 'missing role at the group',
    make: ({ sandbox }) => sandbox.azure.control.takeActions(['Microsoft.Network/privateEndpoints/write']),
    ...{ code: 'azure-permission-denied', pointer: '' },
    shown: /lacks Microsoft.Network\/privateEndpoints\/write at .* → .*`az role assignment create/,
    done: assignRole,
  },
  {
    name: 'missing role at the network',
    make: ({ sandbox }) =>
      sandbox.azure.control.takeActions(roleOf('network-connect').actions.filter(isOfNetwork)),
    ...{ code: 'azure-permission-denied', pointer: '/subnetId' },
    shown:
      /lacks Microsoft.Network\/virtualNetworks\/read at .* → .*network-connect.json.*`az role assignment create/,
    done: assignRole,
  },
  {
    name: 'taken zone',
    make: ({ sandbox: { azure } }) => {
      azure.control.addResourceGroup({ id: hub });
      azure.control.addZone({ id: `${hubZones}/${zoneName}` });
      const link = `${hubZones}/${zoneName}/virtualNetworkLinks/hub`;
      azure.control.addLink({ id: link, virtualNetworkId });
    },
    ...{ code: 'zone-not-writable', pointer: '' },
    shown:
      /rg-hub → .*zone-group-connect.json.* Ask the owners of \S+rg-hub: `az role assignment list .*dns.manage: false/,
    done: assignRole,
  },
  {
    name: 'rejected endpoint',
    make: ({ sandbox }) => sandbox.zilliz.control.reviewEndpoints('reject'),
    ...{ code: 'connection-rejected', pointer: '' },
    shown:
      /pe-zilliz-az-eastus-\w{8}\.[0-9a-f-]{36}: Rejected.* → Ask the support of Zilliz Cloud .*endpoint ID in the detail.*DELETE the connection, then POST/,
    async done(rig, _, id) {
      rig.sandbox.zilliz.control.reviewEndpoints('accept');
      expect((await disconnect(rig, id)).status).toBe('disconnected');
    },
  },
  {
    name: 'unknown cluster',
    request: { clusters: ['in01-000000000000000'] },
    ...{ code: 'cluster-not-found', pointer: '/clusters/0' },
    shown: new RegExp(
      `az-eastus are ${catalogue} \\(catalogue\\).* → Use one of the cluster IDs in the detail`,
    ),
    corrected: { clusters: [catalogue] },
  },
  {
    name: 'wrong region',
    request: { regionId: 'eastus' },
    ...{ code: 'invalid-request', pointer: '/regionId' },
    shown: /did you mean az-eastus\?/,
    corrected: { regionId },
  },
  {
    name: 'second registration zone',
    make: ({ sandbox: { azure } }) => {
      azure.control.addResourceGroup({ id: hub });
      azure.control.addZone({ id: `${hubZones}/corp.example.com` });
      const link = `${hubZones}/corp.example.com/virtualNetworkLinks/corp`;
      azure.control.addLink({ id: link, virtualNetworkId, registrationEnabled: true });
    },
    request: { dns: { autoRegistration: true } },
    ...{ code: 'auto-registration-taken', pointer: '/dns/autoRegistration' },
    shown: /registers its machines in \S+corp.example.com already.* → Leave out `dns.autoRegistration`/,
    corrected: { dns: {} },
  },
  {
    name: 'delegated subnet',
    make: ({ sandbox }) =>
      sandbox.azure.control.changeSubnet(subnetId, { delegations: ['Microsoft.Web/serverFarms'] }),
    ...{ code: 'subnet-delegated', pointer: '/subnetId' },
    shown: /delegated to Microsoft.Web\/serverFarms → Use another subnet of the network: snet-apps has/,
    corrected: apps,
  },
  {
    name: 'eleventh endpoint',
    make({ sandbox }) {
      for (let index = 0; index < 10; index++) {
        const endpointId = `pe-team-${index}.00000000-0000-4000-8000-00000000000${index}`;
        sandbox.zilliz.control.addEndpoint({ projectId, regionId, endpointId });
      }
    },
    ...{ code: 'endpoint-quota', pointer: '/projectId' },
    shown: /has 10 private endpoints: pe-team-0, .* → Delete a private endpoint that is no longer needed/,
    done: ({ sandbox }) =>
      sandbox.zilliz.control.forgetEndpoint('pe-team-0.00000000-0000-4000-8000-000000000000'),
  },
  {
    name: 'vault without a role for the app',
    make: ({ sandbox }) => sandbox.keyVault.control.deny('rbac'),
    ...{ code: 'key-vault-denied', pointer: '/projectId' },
    shown:
      /secret zilliz-api-key: .* → Assign the role Key Vault Secrets User: `az role assignment create --assignee-object-id [0-9a-f-]{36} /,
    done: ({ sandbox }) => sandbox.keyVault.control.deny(null),
  },
  {
    name: 'tag that a policy demands',
    make: ({ sandbox }) =>
      sandbox.azure.control.addPolicy({
        ...{ name: 'need-cost-center', scope: resourceGroupId, unlessTag: 'CostCenter' },
        resourceType: 'Microsoft.Network/privateEndpoints',
      }),
    ...{ code: 'policy-demands-tag', pointer: '/tags' },
    shown:
      /need-cost-center denies it.* → Add CostCenter to `tags` in the request, .* Then POST the corrected request/,
    corrected: { tags: { CostCenter: '4711' } },
  },
  {
    name: 'cluster by its name',
    request: { clusters: ['catalogue'] },
    ...{ code: 'invalid-request', pointer: '/clusters/0' },
    shown: /must be the ID of a cluster, like in01-0123456789abcde, not its name/,
    corrected: { clusters: [catalogue] },
  },
  {
    name: 'zone in a subscription that the app does not see',
    make: ({ sandbox: { azure } }) => {
      azure.control.addSubscription({ subscriptionId: otherHub.slice(15), displayName: 'Hub' });
      azure.control.addResourceGroup({ id: `${otherHub}/resourceGroups/rg-dns` });
      const id = `${otherHub}/resourceGroups/rg-dns/providers/Microsoft.Network/privateDnsZones/${zoneName}`;
      azure.control.addZone({ id });
      azure.control.addLink({ id: `${id}/virtualNetworkLinks/app`, virtualNetworkId });
    },
    ...{ code: 'overlapping-zone', pointer: '' },
    shown:
      /overlapping namespaces.* → Name the group of that zone .*`dns.manage: false`.*az network private-dns zone list/,
    done: ({ sandbox }) =>
      sandbox.azure.control.remove(
        `${otherHub}/resourceGroups/rg-dns/providers/Microsoft.Network/privateDnsZones/${zoneName}`,
      ),
  },
  {
    name: 'object ID in place of the client ID of the identity',
    settings: { AZURE_CLIENT_ID: otherClient },
    ...{ code: 'azure-credential', pointer: '/projectId' },
    shown:
      /No managed identity found.* → .*AZURE_CLIENT_ID to the client ID \(not the object ID\).*az functionapp identity show/,
    done: ({ sandbox }) =>
      sandbox.identity.control.assign({
        principalId: sandbox.azure.control.snapshot().access.assignments[0]?.principalId ?? '',
        clientId: otherClient,
      }),
  },
  {
    name: 'resource provider that the subscription of the hub has not registered',
    make: ({ sandbox: { azure } }) => {
      azure.control.addSubscription({ subscriptionId: otherHub.slice(15), displayName: 'Hub' });
      azure.control.addResourceGroup({ id: `${otherHub}/resourceGroups/rg-dns` });
      azure.control.assignRole({ scope: otherHub, actions: ['*'] });
      azure.control.setRegistration(otherHub.slice(15), 'Microsoft.Network', false);
    },
    request: { dns: { zoneResourceGroupId: `${otherHub}/resourceGroups/rg-dns` } },
    ...{ code: 'provider-not-registered', pointer: '/dns/zoneResourceGroupId' },
    shown: /Microsoft\.Network is NotRegistered in .* → Register .*`az provider register --namespace/,
    done({ sandbox }, words) {
      const [, namespace = '', id = ''] = /--namespace (\S+) --subscription (\S+) --wait/.exec(words) ?? [];
      sandbox.azure.control.setRegistration(id, namespace, true);
    },
  },
  {
    name: 'subscription that its unpaid invoice has disabled',
    make: ({ sandbox }) => sandbox.azure.control.setSubscriptionState(subscriptionId, 'Disabled'),
    ...{ code: 'subscription-disabled', pointer: '/subnetId' },
    shown:
      /is Disabled: Azure refuses every write in it → Have the account administrator .* reactivate it .*`az rest --method get --url/,
    done: ({ sandbox }) => sandbox.azure.control.setSubscriptionState(subscriptionId, 'Enabled'),
  },
  {
    name: 'subnet copied from the address bar of the portal',
    request: { subnetId: `https://portal.azure.com/#@corp.example.com/resource${subnetId}` },
    ...{ code: 'invalid-request', pointer: '/subnetId' },
    shown: new RegExp(`did you mean ${subnetId}\\?`),
    corrected: { subnetId },
  },
  {
    name: 'typing error in the subscription ID',
    request: { subnetId: subnetId.replace(subscriptionId, subscriptionId.replace('b1', 'b2')) },
    ...{ code: 'subscription-not-found', pointer: '/subnetId' },
    shown: /b2e2a7d0-\S+ could not be found.* → Correct the subscription ID .*`az account list --all/,
    corrected: { subnetId },
  },
  {
    name: 'record that an earlier try by hand has left',
    make: ({ sandbox: { azure } }) => {
      azure.control.addZone({ id: `${ownZones}/${zoneName}` });
      const zoneId = `${ownZones}/${zoneName}`;
      azure.control.setRecord({ zoneId, name: `${catalogue}-privatelink`, addresses: ['10.20.1.77'] });
    },
    request: { clusters: [catalogue] },
    ...{ code: 'record-conflict', pointer: '/clusters/0' },
    shown: /it contains 10\.20\.1\.77 and is not ours → .*`az network private-dns record-set a delete --sub/,
    done: ({ sandbox, clock }, words) => {
      const [, group = '', zone = '', name = ''] = /-g (\S+) -z (\S+) -n ([^\s`]+)/.exec(words) ?? [];
      const zoneId = `/subscriptions/${subscriptionId}/resourceGroups/${group}/providers/Microsoft.Network/privateDnsZones/${zone}`;
      sandbox.azure.control.remove(`${zoneId}/A/${name}`);
      // Runs of one process share what they read of private DNS for five seconds.
      clock.advanceTo(clock.now() + 5001);
    },
  },
  {
    name: 'custom DNS servers that do not forward',
    make: ({ sandbox }) =>
      sandbox.azure.control.changeVirtualNetwork(virtualNetworkId, { dnsServers: ['10.20.0.4'] }),
    ...{ code: 'name-resolves-elsewhere', pointer: '' },
    shown:
      /does not resolve.* → .*uses the DNS servers 10\.20\.0\.4.* forward az-eastus\.vectordb\.zillizcloud\.com to 168\.63\.129\.16.*nslookup/,
    // Names then lead to where they would by a server that forwards.
    done: ({ sandbox }) =>
      sandbox.azure.control.changeVirtualNetwork(virtualNetworkId, { dnsServers: ['168.63.129.16'] }),
  },
  {
    name: 'key that was stored with its quotes',
    make: ({ sandbox }) => void sandbox.keyVault.control.setSecret('zilliz-api-key', `"${sample.apiKey}"`),
    ...{ code: 'api-key-missing', pointer: '/projectId' },
    shown: /holds the key in quotes: store it without them.* → .*`az keyvault secret set --vault-name/,
    done: ({ sandbox }) => void sandbox.keyVault.control.setSecret('zilliz-api-key', sample.apiKey),
  },
  {
    name: 'key of a viewer',
    make({ sandbox }) {
      sandbox.zilliz.control.addKey({ key: viewerKey, role: 'viewer' });
      sandbox.keyVault.control.setSecret('zilliz-api-key', viewerKey);
    },
    ...{ code: 'zilliz-permission-denied', pointer: '/projectId' },
    shown:
      /requires the organization owner or project owner.* → The role of the key must be Project Admin of/,
    done: ({ sandbox }) => void sandbox.keyVault.control.setSecret('zilliz-api-key', sample.apiKey),
  },
];

let rig: Rig;

afterEach(() => rig.stop());

const gated = [
  ...(['wrong project', 'rejected endpoint'] as const),
  ...(['custom DNS servers that do not forward'] as const),
];

test.each(inGate(mistakes, ...gated))(
  'the words lead from the mistake to the cure: $name',
  async ({ settings, make, request, code, pointer, shown, done, corrected }) => {
    rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *', ...settings } });
    make?.(rig);

    const made = { ...sampleRequest, ...request };
    const { id, problem } = await whileTimePasses(rig, () => problemOf(made));
    const fault = problem.errors.find((error) => error.code === code) ?? { ...problem, pointer: '' };
    const words = `${fault.detail} → ${fault.remedy}`;

    expect(problem.type.split('/').at(-1)).toBe(code);
    expect(fault.pointer).toBe(pointer);
    expect(words).toMatch(shown);
    await done?.(rig, words, id);
    expect((await rig.connect({ ...made, ...corrected })).status).toBe('connected');
  },
);

test('custom DNS servers are no fault: the warning says what they must forward', async () => {
  rig = await startRig();
  rig.sandbox.azure.control.changeVirtualNetwork(virtualNetworkId, { dnsServers: ['10.20.0.4'] });

  const { body } = await rig.call('POST', '/api/connections/plan', sampleRequest);

  expect((body as { warnings: unknown }).warnings).toContainEqual({
    code: 'custom-dns-servers',
    detail: expect.stringMatching(
      /10\.20\.0\.4, .*forward az-eastus\.vectordb\.zillizcloud\.com to 168\.63\.129\.16/,
    ) as string,
  });
});

/** Posts the request, and returns what is shown of it: at once, or when its run has ended. */
async function problemOf(request: object): Promise<{ readonly id: string; readonly problem: ShownProblem }> {
  const { status, body } = await rig.call('POST', '/api/connections', request);
  if (status !== 202) return { id: '', problem: body as Problem };
  const { id } = body as { id: string };
  const { problem } = await rig.finish(id);
  if (!problem) throw new Error('The mistake was not noticed.');
  return { id, problem };
}

type ShownProblem = NonNullable<ConnectionBody['problem']>;

function isOfNetwork(action: string): boolean {
  return action.startsWith('Microsoft.Network/virtualNetworks/');
}

/** Does what the command in the words does. */
function assignRole({ sandbox }: Rig, words: string): void {
  const [, file, scope] = /infra\/roles\/(\S+)\.json .*?--scope "([^"]+)"/.exec(words) ?? [];
  if (file === undefined || scope === undefined) throw new Error(`The words name no role: ${words}`);
  sandbox.azure.control.assignRole({ scope, actions: roleOf(file).actions });
}
