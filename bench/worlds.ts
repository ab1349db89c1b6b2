import { sample, sampleWorld } from '../sandbox/sampleWorld.ts';
import type { SampleWorld } from '../sandbox/sandbox.ts';
import { accountControl } from '../sandbox/zilliz/control/accounts.ts';
import { addCluster } from '../sandbox/zilliz/control/clusters.ts';

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
