import { sample, sampleWorld } from '../sandbox/sampleWorld.ts';
import type { SampleWorld } from '../sandbox/sandbox.ts';
import { accountControl } from '../sandbox/zilliz/control/accounts.ts';
import { addCluster } from '../sandbox/zilliz/control/clusters.ts';
import { sampleRequest, startRig } from '../sandbox/rig/rig.ts';
import { connectionFrom, connectionRequestSchema } from '../src/domain/connection/connection.ts';
import { wantedTags } from '../src/domain/connection/endpointTags.ts';

/** The sample world with so many clusters, all running. */
export function worldWithClusters(at: number, clusters: number): SampleWorld {
  const world = sampleWorld(at);
  const { projectId, regionId } = sample;
  world.zilliz.clusters = [];
  const zilliz = { state: world.zilliz, clock: { now: () => at, schedule: () => () => undefined } };
  for (let index = 0; index < clusters; index++) addCluster(zilliz, { projectId, regionId });
  return world;
}

/** So many projects with a cluster each, for as many connections: one record belongs to one connection only. */
export function worldOfProjects(at: number, projects: number): SampleWorld {
  const world = sampleWorld(at);
  const { regionId, apiKey } = sample;
  const clock = { now: () => at, schedule: () => () => undefined };
  const zilliz = { state: world.zilliz, clock };
  world.zilliz.clusters = [];
  world.zilliz.keys = [];
  const accounts = accountControl(zilliz);
  accounts.addKey({ key: apiKey });
  for (let index = 0; index < projects; index++) {
    accounts.addProject({ projectId: projectIdOf(index), name: `Project ${index}` });
    addCluster(zilliz, { projectId: projectIdOf(index), regionId });
  }
  return world;
}

export function requestsOfProjects(projects: number): readonly object[] {
  const { regionId, subnetId } = sample;
  return Array.from({ length: projects }, (_, index) => ({
    projectId: projectIdOf(index),
    regionId,
    subnetId,
  }));
}

function projectIdOf(index: number): string {
  return `proj-bench-${String(index).padStart(3, '0')}`;
}

type Layout = 'regional' | 'per-cluster';

/** A project with one cluster that is not connected. */
export const newcomer = 'proj-scale-newcomer';

/** A connection with one cluster in the sample world, as its run leaves it. */
export async function connectedWorld(layout: Layout): Promise<SampleWorld> {
  const [clusterId] = sample.clusterIds;
  const small = (at: number): SampleWorld => {
    const world = sampleWorld(at);
    world.zilliz.clusters = world.zilliz.clusters.filter((cluster) => cluster.clusterId === clusterId);
    for (const network of Object.values(world.azure.network.virtualNetworks)) {
      network.addressPrefixes = ['10.0.0.0/8'];
      for (const [index, subnet] of network.subnets.entries())
        subnet.addressPrefix = `10.${20 + index}.0.0/16`;
    }
    return world;
  };
  const rig = await startRig({ world: small, host: { replayTwice: false } });
  try {
    const { status } = await rig.connect({ ...sampleRequest, dns: { layout } });
    if (status !== 'connected') throw new Error(`The first connection is ${status}.`);
    const { azure, zilliz, keyVault } = rig.sandbox;
    const world = { ...small(rig.clock.now()), azure: structuredClone(azure.control.snapshot()) };
    world.zilliz = structuredClone(zilliz.control.snapshot());
    world.keyVault = structuredClone(keyVault.control.snapshot());
    const [project] = world.zilliz.projects;
    if (project) world.zilliz.projects.push({ ...project, projectId: newcomer });
    for (const key of world.zilliz.keys) key.scope = 'organisation';
    return world;
  } finally {
    await rig.stop();
  }
}

/** The world with so many clusters of the connection, each with its zone, record and link as the first one has. */
export function withZones(world: SampleWorld, zones: number): SampleWorld {
  const [first] = sample.clusterIds;
  const copies = Array.from({ length: zones - 1 }, (_, index) => `in01-${String(index).padStart(15, '0')}`);
  const { dns } = world.azure;
  const clusters = world.zilliz.clusters;
  const copyOf = <T>(all: Readonly<Record<string, T>>): Record<string, T> => {
    const entries = Object.entries(all);
    const text = JSON.stringify(Object.fromEntries(entries.filter(([key]) => key.includes(first))));
    const more = copies.map((id) => JSON.parse(text.replaceAll(first, id)) as Record<string, T>);
    return Object.assign({}, all, ...more) as Record<string, T>;
  };
  return {
    ...world,
    azure: {
      ...world.azure,
      dns: {
        ...dns,
        ...{ zones: copyOf(dns.zones), links: copyOf(dns.links), recordSets: copyOf(dns.recordSets) },
      },
    },
    zilliz: {
      ...world.zilliz,
      clusters: clusters.flatMap((cluster) => [
        cluster,
        ...copies.map((clusterId) => ({ ...cluster, clusterId })),
      ]),
    },
  };
}

/** The world with so many connections, each of a project of its own with one cluster, all in the zone of the region. */
export function withConnections(world: SampleWorld, connections: number): SampleWorld {
  const azure = structuredClone(world.azure);
  const zilliz = structuredClone(world.zilliz);
  const [clusterId] = sample.clusterIds;
  const [endpointKey = ''] = Object.keys(azure.network.privateEndpoints);
  const endpoint = azure.network.privateEndpoints[endpointKey];
  const [recordKey = ''] = Object.keys(azure.dns.recordSets).filter((key) => key.includes(clusterId));
  const [registration] = zilliz.endpoints;
  const [project] = zilliz.projects;
  const [cluster] = zilliz.clusters;
  if (!endpoint || !registration || !project || !cluster) throw new Error('The world has no connection.');
  const firstId = idOf(sample.projectId);
  const [entryKey = ''] = Object.keys(azure.dns.recordSets).filter((key) => key.includes(`_zpl-${firstId}`));
  for (let index = 1; index < connections; index++) {
    const projectId = `proj-scale-${String(index).padStart(5, '0')}`;
    const connection = connectionFrom(connectionRequestSchema.parse({ ...sampleRequest, projectId }));
    const { id, name } = connection.privateEndpoint;
    const other = `in01-${String(index).padStart(15, '0')}`;
    const address = `10.21.${8 + Math.floor(index / 250)}.${(index % 250) + 4}`;
    const guid = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
    const renamed = JSON.parse(
      JSON.stringify(endpoint)
        .replaceAll(endpoint.name, name)
        .replaceAll(endpoint.resourceGuid, guid)
        .replaceAll(endpoint.address, address),
    ) as typeof endpoint;
    azure.network.privateEndpoints[id.toLowerCase()] = {
      ...renamed,
      tags: { ...wantedTags(connection, new Date(0).toISOString()) },
    };
    const renamedText = (text: string): string =>
      text
        .replaceAll(clusterId, other)
        .replaceAll(firstId, connection.id)
        .replaceAll(endpoint.name, name)
        .replaceAll(endpoint.resourceGuid, guid)
        .replaceAll(sample.projectId, projectId)
        .replaceAll(endpoint.address, address);
    // Its record, and its entry among the owners of the zone.
    for (const key of [recordKey, entryKey]) {
      azure.dns.recordSets[renamedText(key)] = JSON.parse(
        renamedText(JSON.stringify(azure.dns.recordSets[key])),
      ) as (typeof azure.dns.recordSets)[string];
    }
    zilliz.projects.push({ ...project, projectId });
    zilliz.clusters.push({ ...cluster, clusterId: other, projectId });
    zilliz.endpoints.push(
      JSON.parse(
        JSON.stringify(registration)
          .replaceAll(endpoint.name, name)
          .replaceAll(endpoint.resourceGuid, guid)
          .replaceAll(sample.projectId, projectId),
      ) as typeof registration,
    );
  }
  return { ...world, azure, zilliz };
}

/** A copy of the world, with the cluster of the newcomer. */
export function withNewcomer(world: SampleWorld, at: number): SampleWorld {
  const next = structuredClone(world);
  const clock = { now: () => at, schedule: () => () => undefined };
  addCluster({ state: next.zilliz, clock }, { projectId: newcomer, regionId: sample.regionId });
  return next;
}

function idOf(projectId: string): string {
  return connectionFrom(connectionRequestSchema.parse({ ...sampleRequest, projectId })).id;
}
