import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { disconnect, zoneId } from '../lifecycle/support.ts';
import { clusterEvent, deliver, pass, recordName, syncEnds, syncRun } from '../sync/support.ts';

const unavailable = { kind: 'status', status: 503 } as const;
const locked = {
  kind: 'status',
  status: 409,
  body: { error: { code: 'ScopeLocked', message: 'The scope is locked.' } },
} as const;
const forbidden = {
  kind: 'status',
  status: 403,
  body: { error: { code: 'AuthorizationFailed', message: 'The client may not.' } },
} as const;

/** What happens in the life of a deployment that its operators want to see, one after the other. */
export async function everythingThatIsTold(): Promise<Rig> {
  const rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *', CONNECTIONS: '[{}]' } });
  const { faults, azure, zilliz, keyVault } = rig.sandbox;

  // Refused for good, and taken back.
  faults.order({ call: 'virtualNetworkLinks.put', fault: locked, times: 'always' });
  await rig.connect({ ...sampleRequest, onFailure: 'undo' });
  faults.clear();

  // Stopped by a person, and posted again, with a passing failure of Azure.
  const id = await rig.post(sampleRequest);
  await rig.until(id, ({ phases }) => phases[3]?.state === 'running' || phases[2]?.state === 'running');
  await rig.call('POST', `/api/connections/${id}/cancel`);
  await rig.finish(id);
  await pass(rig, 1);
  faults.order({ call: 'virtualNetworkLinks.put', fault: unavailable });
  await rig.connect();

  // An event of this app, one of another publisher, a link that a user has deleted, and a record of another owner.
  await deliver(rig, [clusterEvent(zilliz.control.addCluster(sample))]);
  await deliver(rig, [{ id: 'other', type: 'Somebody.Else' }]);
  await pass(rig, 30);
  const [link] = Object.values(azure.control.snapshot().dns.links);
  azure.control.remove(link?.id ?? zoneId);
  const name = recordName(zilliz.control.addCluster(sample));
  azure.control.setRecord({ zoneId, name, addresses: ['10.9.9.9'] });
  await rig.host.runTimerTrigger('sweep');
  await syncEnds(rig);
  azure.control.remove(`${zoneId}/A/${name}`);
  await rig.call('POST', `/api/connections/${id}/reconcile`);
  await rig.finish(id);
  await pass(rig, 15);
  await rig.host.runTimerTrigger('sweep');
  await syncEnds(rig);

  // The key is revoked, and the subscription closed to the app.
  zilliz.control.revokeKey(sample.apiKey);
  await pass(rig, 10);
  await rig.host.runTimerTrigger('sweep');
  await rig.host.runUntil(() => syncRun(rig).runtimeStatus === 'Failed');
  await rig.call('PUT', `/api/connections/${id}/clusters/${sample.clusterIds[0]}`);
  faults.order({ call: 'resources.list', fault: forbidden });
  await rig.host.runTimerTrigger('sweep');
  const again = zilliz.control.addKey({ scope: { projectIds: [sample.projectId] } });
  keyVault.control.setSecret('zilliz-api-key', again);
  await pass(rig, 10);

  await disconnect(rig, id);
  return rig;
}
