import type { Connection } from './connection.ts';
import type { Failure } from './failure.ts';
import type { Cluster } from './model.ts';
import type { Observation } from './observation.ts';
import type { Outcome } from './outcome.ts';
import type { Fault } from './runStatus.ts';
import { isDedicated } from './wantedClusters.ts';

const PLANS_WITH_PRIVATE_LINK = ['enterprise', 'businesscritical'];

/** What on Zilliz's side stands in the way of a connection, all of it. */
export function zillizFaults(connection: Connection, observed: Observation): readonly Fault[] {
  const unreadable = [
    observed.project,
    observed.regions,
    observed.endpointService,
    observed.registrations,
    observed.clusters,
  ];
  const faults: Fault[] = [];
  if (observed.project.ok && observed.project.value === null) {
    faults.push({
      pointer: '/projectId',
      code: 'project-not-found',
      detail: `project ${connection.projectId} is not known`,
    });
  }
  if (observed.project.ok && observed.project.value && !hasPrivateLink(observed.project.value.plan)) {
    faults.push({
      pointer: '/projectId',
      code: 'plan-too-low',
      detail: `the plan is ${observed.project.value.plan}`,
    });
  }
  if (
    observed.regions.ok &&
    !observed.regions.value.some(({ regionId }) => regionId === connection.regionId)
  ) {
    const offered = observed.regions.value.map(({ regionId }) => regionId).join(', ');
    faults.push({
      pointer: '/regionId',
      code: 'region-not-offered',
      detail: `${connection.regionId} is not one of ${offered}`,
    });
  }
  // What Zilliz says of an unknown project or region to every other question, has been said.
  const others = failuresOf(unreadable, '/projectId').filter(
    ({ code }) => !faults.some((fault) => fault.code === code),
  );
  faults.push(...others);
  if (observed.clusters.ok)
    faults.push(...clusterFaults(connection, [...observed.clusters.value, ...observed.clustersElsewhere]));
  return faults;
}

function hasPrivateLink(plan: string): boolean {
  return PLANS_WITH_PRIVATE_LINK.includes(plan.toLowerCase().replace(/[^a-z]/g, ''));
}

/** What is wrong with the clusters that a connection names. */
export function clusterFaults(connection: Connection, clusters: readonly Cluster[]): readonly Fault[] {
  const wanted = connection.spec.clusters;
  if (wanted === 'all') return [];
  return wanted.flatMap((clusterId, index): readonly Fault[] => {
    const pointer = `/clusters/${index}`;
    const cluster = clusters.find((candidate) => candidate.clusterId === clusterId);
    if (!cluster)
      return [{ pointer, code: 'cluster-not-found', detail: `cluster ${clusterId} is not listed` }];
    if (cluster.projectId !== connection.projectId || cluster.regionId !== connection.regionId) {
      return [
        {
          pointer,
          code: 'cluster-elsewhere',
          detail: `${clusterId} is in ${cluster.projectId}, ${cluster.regionId}`,
        },
      ];
    }
    if (isDedicated(cluster)) return [];
    const kind = cluster.deploymentOption ?? cluster.plan;
    return [{ pointer, code: 'cluster-not-dedicated', detail: `${clusterId} is ${kind}` }];
  });
}

/** One fault for each different failure: the same rejected key behind five reads is one thing to mend. */
export function failuresOf(outcomes: readonly Outcome<unknown>[], pointer: string): readonly Fault[] {
  const failures = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.failure]));
  const first = new Map<string, Failure>();
  for (const failure of failures) {
    const key =
      failure.code === 'azure-permission-denied' || failure.code === 'azure-deny-assignment'
        ? `${failure.code} ${failure.message}`
        : failure.code;
    if (!first.has(key)) first.set(key, failure);
  }
  return [...first.values()].map(({ code, message }) => ({ pointer, code, detail: message }));
}
