import { clusterSchema, onDemandClusterSchema } from '../state.ts';
import type { ClusterState, OnDemandClusterState } from '../state.ts';
import type { World } from '../world.ts';
import { inventId } from './accounts.ts';

export interface NewCluster {
  readonly clusterId?: string;
  readonly name?: string;
  readonly projectId: string;
  readonly regionId: string;
  /** Default: the project's, or Serverless, which a Free cluster is said to have as well (recorded). */
  readonly plan?: string;
  /** Default `Dedicated`. */
  readonly deploymentOption?: string;
  /** Default `RUNNING`. Any other word stays until it is changed. */
  readonly status?: string;
  readonly description?: string;
  readonly cuSize?: number;
  readonly cuType?: string;
}

export interface NewOnDemandCluster {
  readonly clusterId?: string;
  readonly name?: string;
  readonly projectId: string;
  readonly regionId: string;
  readonly status?: string;
  readonly privateLink?: string;
}

/** What people do with clusters in the console. */
export interface ClusterControl {
  /** Adds a cluster that is there already. @returns the cluster ID. */
  addCluster(cluster: NewCluster): string;
  /** Adds a cluster that is CREATING for some minutes first. @returns the cluster ID. */
  createClusterSlowly(cluster: NewCluster): string;
  /** @returns the cluster ID. */
  addOnDemandCluster(cluster: NewOnDemandCluster): string;
  /** `enabling`, `abnormal` or another word of Zilliz. */
  setOnDemandCompute(where: { readonly projectId: string; readonly regionId: string }, status: string): void;
  /** `forMilliseconds`: afterwards it is RUNNING; without, the status stays. */
  setClusterStatus(clusterId: string, status: string, forMilliseconds?: number): void;
  suspend(clusterId: string): void;
  resume(clusterId: string): void;
  /** DELETING for a while, then in the recycle bin for 30 days. `answer`: what describing it says there. */
  deleteCluster(clusterId: string, options?: { readonly answer?: 'deleted' | 'not-found' }): void;
  /** Out of the recycle bin; it runs at once and gets a private link address anew. */
  restoreCluster(clusterId: string): void;
  setPublicAccess(clusterId: string, access: ClusterState['publicAccess']): void;
  /** The forms that its two addresses take. */
  setNames(
    clusterId: string,
    names: Partial<Pick<ClusterState, 'privateName' | 'switchesPublicAddress'>>,
  ): void;
  /** Leaves the address out of the responses, or shows it again. */
  hidePrivateLinkAddress(clusterId: string, hidden?: boolean): void;
}

export function clusterControl(world: World): ClusterControl {
  const { state, clock, timings } = world;
  const find = (clusterId: string): ClusterState => {
    const cluster = state.clusters.find((candidate) => candidate.clusterId === clusterId);
    if (!cluster) throw new Error(`There is no cluster ${clusterId}.`);
    return cluster;
  };
  const setStatus = (clusterId: string, status: string, forMilliseconds?: number): void => {
    const until = forMilliseconds === undefined ? null : clock.now() + forMilliseconds;
    Object.assign(find(clusterId), {
      status,
      statusUntil: until,
      statusAfter: 'RUNNING',
      runningSince: runningSince(world, status, until),
    });
  };
  return {
    addCluster: (cluster) => addCluster(world, cluster),
    createClusterSlowly: (cluster) =>
      addCluster(world, { ...cluster, status: 'CREATING' }, timings.clusterCreation),
    addOnDemandCluster: (cluster) => addOnDemandCluster(world, cluster),
    setOnDemandCompute({ projectId, regionId }, status) {
      state.onDemandCompute[`${projectId} ${regionId}`] = status;
    },
    setClusterStatus: setStatus,
    suspend: (clusterId) => setStatus(clusterId, 'STOPPED'),
    resume: (clusterId) => setStatus(clusterId, 'RUNNING'),
    deleteCluster(clusterId, { answer = 'deleted' } = {}) {
      const deletedAt = clock.now() + timings.clusterDeletion(clusterId);
      Object.assign(find(clusterId), { deletedAt, deletedAnswer: answer });
    },
    restoreCluster(clusterId) {
      Object.assign(find(clusterId), { deletedAt: null, privateLinkAt: null });
      setStatus(clusterId, 'RUNNING');
    },
    setPublicAccess(clusterId, access) {
      find(clusterId).publicAccess = access;
    },
    setNames(clusterId, names) {
      Object.assign(find(clusterId), names);
    },
    hidePrivateLinkAddress(clusterId, hidden = true) {
      find(clusterId).privateLinkHidden = hidden;
    },
  };
}

/** Adds a cluster; `creation`: how long its present status lasts. @returns the cluster ID. */
export function addCluster(
  world: Pick<World, 'state' | 'clock'>,
  cluster: NewCluster,
  creation?: (clusterId: string) => number,
): string {
  const { state, clock } = world;
  const { projectId, regionId, deploymentOption = 'Dedicated', status = 'RUNNING' } = cluster;
  const clusterId =
    cluster.clusterId ?? inventId(prefixOf(deploymentOption), 15, `cluster ${state.clusters.length}`);
  const createdAt = clock.now();
  const statusUntil = creation ? createdAt + creation(clusterId) : null;
  const project = state.projects.find((candidate) => candidate.projectId === projectId);
  state.clusters.push(
    clusterSchema.parse({
      clusterId,
      clusterName: cluster.name ?? clusterId,
      ...(cluster.description !== undefined && { description: cluster.description }),
      ...sizeOf(cluster, deploymentOption),
      projectId,
      regionId,
      plan:
        cluster.plan ?? (deploymentOption === 'Dedicated' ? (project?.plan ?? 'Enterprise') : 'Serverless'),
      deploymentOption,
      createdAt,
      status,
      statusUntil,
      runningSince: runningSince(world, status, statusUntil),
    }),
  );
  return clusterId;
}

/** @returns the cluster ID. */
export function addOnDemandCluster(
  { state, clock }: Pick<World, 'state' | 'clock'>,
  cluster: NewOnDemandCluster,
): string {
  const clusterId = cluster.clusterId ?? inventId('in07-', 15, `on demand ${state.onDemandClusters.length}`);
  const { name = clusterId, ...given } = cluster;
  const made: OnDemandClusterState = onDemandClusterSchema.parse({
    ...given,
    clusterId,
    clusterName: name,
    createdAt: clock.now(),
  });
  state.onDemandClusters.push(made);
  return clusterId;
}

/** Free and Serverless clusters have no compute units (recorded). */
function sizeOf(
  { cuSize, cuType }: NewCluster,
  deploymentOption: string,
): { readonly cuSize?: number; readonly cuType?: string } {
  if (deploymentOption !== 'Dedicated') return { cuSize: 0, cuType: '' };
  return { ...(cuSize !== undefined && { cuSize }), ...(cuType !== undefined && { cuType }) };
}

function runningSince({ clock }: Pick<World, 'clock'>, status: string, until: number | null): number | null {
  return status === 'RUNNING' ? clock.now() : until;
}

/** Recorded: the ID shows the kind of cluster. */
function prefixOf(deploymentOption: string): string {
  return { Dedicated: 'in01-', Free: 'in03-', Serverless: 'in05-' }[deploymentOption] ?? 'in01-';
}
