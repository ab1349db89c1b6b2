import type { Reply, UnmatchedCall } from '../kernel/operation.ts';
import { refuse } from './envelope.ts';
import type { Refusal } from './envelope.ts';
import type { KeyState, ProjectState, ZillizState } from './state.ts';

/** The API key of a call, or the answer to a call without a good one. */
export function authenticate(
  state: ZillizState,
  call: UnmatchedCall,
): { key: KeyState } | { refused: Reply } {
  const bearer = /^Bearer (.+)$/.exec(call.headers.authorization ?? '')?.[1];
  if (bearer === undefined) return { refused: refuse('notAuthenticated') };
  const key = state.keys.find((candidate) => candidate.key === bearer);
  return key ? { key } : { refused: refuse('badKey') };
}

/** Projects the key sees. One that is limited sees less, without any error. */
export function visibleProjects(state: ZillizState, key: KeyState): ProjectState[] {
  return state.projects.filter((project) => seesProject(state, key, project));
}

/** Whether the key sees a cluster, by the clusters of a list. */
export function clustersSeenBy(
  state: ZillizState,
  { organisation, scope }: KeyState,
): (cluster: { readonly projectId: string; readonly clusterId: string }) => boolean {
  const own = state.projects.filter((project) => project.organisation === organisation);
  const projects = new Set(own.map(({ projectId }) => projectId));
  return ({ projectId, clusterId }) => {
    if (!projects.has(projectId)) return false;
    if (scope === 'organisation') return true;
    return 'projectIds' in scope
      ? scope.projectIds.includes(projectId)
      : scope.clusterIds.includes(clusterId);
  };
}

/** Why the key may not see this cluster, or may not change it; undefined when it may. */
export function clusterFault(
  state: ZillizState,
  key: KeyState,
  cluster: { readonly projectId: string; readonly clusterId: string },
  purpose: 'read' | 'manage',
): Refusal | undefined {
  const project = state.projects.find(({ projectId }) => projectId === cluster.projectId);
  if (project?.organisation !== key.organisation) return 'clusterOfOtherOrganisation';
  if (!clustersSeenBy(state, key)(cluster)) return 'clusterNotScoped';
  return purpose === 'manage' && key.role !== 'admin' ? 'notClusterOwner' : undefined;
}

/** The project with this ID, or why the key may not use it; `manage` asks for its private endpoints. */
export function openProject(
  state: ZillizState,
  key: KeyState,
  projectId: string,
  purpose: 'read' | 'manage',
): { project: ProjectState } | { refused: Reply } {
  const project = state.projects.find((candidate) => candidate.projectId === projectId);
  if (!project) return { refused: refuse('badProject') };
  if (project.organisation !== key.organisation) return { refused: refuse('otherOrganisation') };
  if (!seesProject(state, key, project)) return { refused: refuse('keyNotScoped') };
  if (purpose === 'manage' && key.role !== 'admin') return { refused: refuse('notOwner') };
  return { project };
}

function seesProject(state: ZillizState, key: KeyState, project: ProjectState): boolean {
  if (project.organisation !== key.organisation) return false;
  if (key.scope === 'organisation') return true;
  if ('projectIds' in key.scope) return key.scope.projectIds.includes(project.projectId);
  const { clusterIds } = key.scope;
  return state.clusters.some(
    (cluster) => cluster.projectId === project.projectId && clusterIds.includes(cluster.clusterId),
  );
}
