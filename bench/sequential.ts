import { appOf } from '../src/app.ts';
import { readSettings } from '../src/config.ts';
import { endpointTags, newSharedTags, recordMetadata } from '../src/domain/connection/marks.ts';
import { linkName } from '../src/domain/resources/virtualNetworkLink.ts';
import { regionalZoneName } from '../src/domain/connection/names.ts';
import { endpointId } from '../src/domain/connection/names.ts';
import { parseConnectionRequest } from '../src/domain/connection/request.ts';
import type { Connection } from '../src/domain/connection/connection.ts';
import { linkId, zoneId } from '../src/domain/connection/resourceId.ts';
import type { Ports } from '../src/ports.ts';
import { sampleRequest, startRig } from '../sandbox/rig/rig.ts';
import type { Rig } from '../sandbox/rig/rig.ts';
import { timingsOf } from './draws.ts';
import type { Waits } from './draws.ts';
import { worldWithClusters } from './worlds.ts';

const LOOK_EVERY_MS = 10_000;

/** What a careful script does: the guide's steps one after the other, polling every ten seconds. Returns the seconds it takes. */
export async function connectInSequence(waits: Waits): Promise<number> {
  const rig = await startRig({ world: (at) => worldWithClusters(at, 1), timings: timingsOf(waits) });
  try {
    const from = rig.clock.now();
    await steps(rig, appOf(readSettings(rig.sandbox.environment)).ports);
    return (rig.clock.now() - from) / 1000;
  } finally {
    await rig.stop();
  }
}

async function steps(rig: Rig, { zilliz, network, dns }: Ports): Promise<void> {
  const connection = sampleConnection();
  const { projectId, regionId, subscriptionId, subnetId, virtualNetworkId } = connection;
  const { id, name } = connection.privateEndpoint;
  const location = 'eastus';

  await zilliz.addWhitelistEntry({ projectId, regionId, subscriptionId });
  const alias = await until(rig, async () => {
    const service = (await zilliz.endpointService(connection))?.service ?? null;
    if (service === null) return null;
    const where = { subscriptionId, resourceGroup: connection.privateEndpoint.resourceGroup, location };
    const visible = await network.isPrivateLinkServiceVisible({ ...where, alias: service });
    return visible ? service : null;
  });

  const marks = {
    connectionId: connection.id,
    projectId,
    regionId,
    whitelistedAt: null,
    spec: connection.spec,
  };
  await network.createPrivateEndpoint(
    {
      ...{ id, location, subnetId, target: alias, connectionName: name, requestMessage: 'bench' },
      tags: endpointTags(marks),
    },
    { follow: false },
  );
  const endpoint = await until(rig, async () => {
    const found = await network.privateEndpoint(id);
    return found?.provisioningState === 'Succeeded' ? found : null;
  });
  const address = await until(rig, () => network.privateIpAddress(endpoint.networkInterfaceId ?? ''));
  const registered = endpointId(name, endpoint.resourceGuid ?? '') ?? '';
  await zilliz.registerPrivateEndpoint({ projectId, regionId, endpointId: registered });
  const cluster = await until(rig, async () => {
    const [found, endpoints, clusters] = [
      await network.privateEndpoint(id),
      await zilliz.privateEndpoints(projectId),
      await zilliz.clusters(connection),
    ];
    const ready =
      found?.connectionState.status === 'Approved' && endpoints.some(({ status }) => status === 'AVAILABLE');
    const reachable = clusters.find(({ privateLinkAddress }) => privateLinkAddress !== null);
    return ready && reachable ? reachable : null;
  });

  const zoneName = regionalZoneName(regionId);
  const zone = zoneId(subscriptionId, connection.privateEndpoint.resourceGroup, zoneName);
  await dns.createZone({ id: zone, tags: newSharedTags(0) }, { follow: false });
  await until(rig, () => dns.zone(zone));
  const record = {
    ...{ zoneId: zone, name: `${cluster.clusterId}-privatelink`, ttlSeconds: 600, address },
    metadata: recordMetadata(connection.id, cluster.clusterId),
  };
  await dns.putRecord(record, null);
  const link = linkId(zone, linkName(virtualNetworkId));
  const wanted = { id: link, virtualNetworkId, registrationEnabled: true, tags: newSharedTags(0) };
  await dns.createLink(wanted, { follow: false });
  await until(rig, async () => ((await dns.link(link))?.completed === true ? true : null));
}

/** Polls every ten seconds until there is a result. */
async function until<T>(rig: Rig, look: () => Promise<T | null>): Promise<T> {
  for (;;) {
    const seen = await look();
    if (seen !== null) return seen;
    rig.clock.advanceTo(rig.clock.now() + LOOK_EVERY_MS);
  }
}

function sampleConnection(): Connection {
  const parsed = parseConnectionRequest(sampleRequest);
  if (!parsed.ok) throw new Error('The sample request is good.');
  return parsed.value;
}
