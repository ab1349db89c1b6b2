import type { Exchange } from '../../sandbox/kernel/traffic.ts';
import { sampleRequest, startRig } from '../../sandbox/rig/rig.ts';
import type { Rig } from '../../sandbox/rig/rig.ts';
import { sample } from '../../sandbox/sampleWorld.ts';

const { projectId, regionId, resourceGroupId, subnetId } = sample;
const rulesId = `${resourceGroupId}/providers/Microsoft.Network/networkSecurityGroups/nsg-app`;
const perCluster = {
  ...sampleRequest,
  privateEndpoint: { name: 'pe-second' },
  dns: { layout: 'per-cluster' },
};

/**
 * What the app and the simulators say to each other while connections are made, used, changed, broken, repaired and taken
 * down, with refusals on the way.
 */
export async function wholeLife(): Promise<readonly Exchange[]> {
  const rig = await startRig();
  try {
    const { control } = rig.sandbox.azure;
    control.addNetworkSecurityGroup({ id: rulesId, rules: [] });
    control.changeSubnet(subnetId, { networkSecurityGroupId: rulesId });

    await call(rig, 'GET', '/api/health/ready');
    await call(rig, 'POST', '/api/connections/plan', sampleRequest);
    const id = await connectAgainstResistance(rig);
    await call(rig, 'POST', '/api/connections', sampleRequest);
    await settle(rig);
    await followClusters(rig, id);
    await breakAndRepair(rig, id);
    const second = await cancelAndGoOn(rig);
    await call(rig, 'GET', '/api/connections');
    await disconnectAgainstResistance(rig, [second, id]);
    return rig.sandbox.traffic.all();
  } finally {
    await rig.stop();
  }
}

/** A policy forbids links at first, in a management group, where the app cannot ask for it. */
async function connectAgainstResistance(rig: Rig): Promise<string> {
  const { control } = rig.sandbox.azure;
  const resourceType = 'Microsoft.Network/privateDnsZones/virtualNetworkLinks';
  control.addPolicy({
    name: 'no-links',
    scope: '/providers/Microsoft.Management/managementGroups/landing-zones',
    resourceType,
  });
  const { id } = await call(rig, 'POST', '/api/connections', sampleRequest);
  await settle(rig);
  control.removePolicy('no-links');
  await call(rig, 'POST', '/api/connections', sampleRequest);
  await settle(rig);
  return id;
}

/** A cluster comes, and the sweep finds what no event reported; one is excluded, loses its record to a user, and is included again. */
async function followClusters(rig: Rig, id: string): Promise<void> {
  const [first] = sample.clusterIds;
  const { azure, faults, traffic, zilliz } = rig.sandbox;
  zilliz.control.addCluster({ projectId, regionId });
  await rig.host.runTimerTrigger('sweep');
  await settle(rig);
  const busy = { error: { code: 'ServiceUnavailable', message: 'Try again.' } };
  faults.order({ call: 'recordSets.get', fault: { kind: 'status', status: 503, body: busy } });
  await call(rig, 'DELETE', `/api/connections/${id}/clusters/${first}`);
  await rig.runUntil(() => traffic.of('recordSets.get').some(({ response }) => response.status === 503));
  const { recordSets } = azure.control.snapshot().dns;
  const record = Object.values(recordSets).find(({ name }) => name.includes(first));
  if (record) azure.control.remove(record.id);
  await settle(rig);
  await call(rig, 'PUT', `/api/connections/${id}/clusters/${first}`);
  await settle(rig);
}

async function breakAndRepair(rig: Rig, id: string): Promise<void> {
  const { control } = rig.sandbox.azure;
  const { links, recordSets } = control.snapshot().dns;
  const records = Object.values(recordSets).filter(({ type }) => type === 'A');
  for (const lost of [...Object.values(links), ...records.slice(0, 1)]) control.remove(lost.id);
  await call(rig, 'POST', `/api/connections/${id}/plan`);
  await call(rig, 'POST', `/api/connections/${id}/reconcile`);
  await settle(rig);
}

/** A second connection, whose run is stopped while it waits. */
async function cancelAndGoOn(rig: Rig): Promise<string> {
  const { traffic } = rig.sandbox;
  const before = traffic.of('privateEndpoints.put').length;
  const { id } = await call(rig, 'POST', '/api/connections', perCluster);
  await rig.runUntil(() => traffic.of('privateEndpoints.put').length > before);
  await call(rig, 'POST', `/api/connections/${id}/cancel`);
  await settle(rig);
  await call(rig, 'POST', '/api/connections', perCluster);
  await settle(rig);
  return id;
}

/** A lock keeps the last one at first: the app asks for locks, and removes nothing; where it may not ask, Azure refuses. */
async function disconnectAgainstResistance(rig: Rig, ids: readonly string[]): Promise<void> {
  const { control } = rig.sandbox.azure;
  const disconnect = async (id: string): Promise<void> => {
    await call(rig, 'DELETE', `/api/connections/${id}`);
    await settle(rig);
  };
  for (const [index, id] of ids.entries()) {
    if (index === ids.length - 1) {
      control.lock({ scope: resourceGroupId, name: 'keep', level: 'CanNotDelete' });
      await disconnect(id);
      control.deny({ scope: resourceGroupId, actions: ['Microsoft.Authorization/locks/read'] });
      await disconnect(id);
      control.allow();
      control.unlock(resourceGroupId, 'keep');
    }
    await disconnect(id);
  }
}

async function call(
  rig: Rig,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ readonly id: string }> {
  const answer = await rig.call(method, path, body);
  if (answer.status >= 500)
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body as { readonly id: string };
}

/** Advances time until no run is active. */
function settle(rig: Rig): Promise<void> {
  const isActive = (status: string): boolean => status === 'Pending' || status === 'Running';
  return rig.runUntil(() => !rig.host.instances().some(({ runtimeStatus }) => isActive(runtimeStatus)));
}
