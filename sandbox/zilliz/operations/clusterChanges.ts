import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Operation, Reply } from '../../kernel/operation.ts';
import { clusterFault, openProject } from '../access.ts';
import { isListed } from '../clusterLife.ts';
import { addCluster } from '../control/clusters.ts';
import { refuse, success } from '../envelope.ts';
import type { Refusal } from '../envelope.ts';
import type { ClusterState, KeyState } from '../state.ts';
import { findRegion } from '../world.ts';
import type { World } from '../world.ts';
import { operation } from './context.ts';

type Kind = 'Dedicated' | 'Free' | 'Serverless';

const newClusterSchema = z.object({
  projectId: z.string(),
  regionId: z.string(),
  clusterName: z.string(),
  plan: z.string().optional(),
  cuType: z.string().optional(),
  cuSize: z.number().optional(),
});
const sizeSchema = z.object({ cuSize: z.number().int().positive() });

/** Serving clusters are made, scaled, suspended, resumed and dropped, by people and their pipelines. The app does none of it. */
export function clusterChangeOperations(world: World): Operation[] {
  return [
    creation(world, 'Dedicated'),
    creation(world, 'Free'),
    creation(world, 'Serverless'),
    change(world, 'dropCluster', 'DELETE', 'drop', (cluster) => {
      cluster.deletedAt = world.clock.now() + world.timings.clusterDeletion(cluster.clusterId);
      return success({ clusterId: cluster.clusterId, prompt: 'Deleted; in the recycle bin for 30 days.' });
    }),
    change(world, 'modifyCluster', 'POST', 'modify', (cluster, body) => {
      const size = sizeSchema.safeParse(body);
      if (!size.success) return refuse('badCuSize');
      cluster.cuSize = size.data.cuSize;
      return dedicatedChange(world, cluster, 'MODIFYING', 'RUNNING');
    }),
    change(world, 'suspendCluster', 'POST', 'suspend', (cluster) =>
      dedicatedChange(world, cluster, 'STOPPING', 'STOPPED'),
    ),
    change(world, 'resumeCluster', 'POST', 'resume', (cluster) =>
      dedicatedChange(world, cluster, 'RESUMING', 'RUNNING'),
    ),
  ];
}

function creation(world: World, kind: Kind): Operation {
  return operation(world, {
    name: `create${kind}Cluster`,
    method: 'POST',
    path: `/v2/clusters/create${kind}`,
    answer(call, key) {
      const body = newClusterSchema.safeParse(call.body);
      if (!body.success) return refuse('invalidParameter');
      const opened = openProject(world.state, key, body.data.projectId, 'manage');
      if ('refused' in opened) return opened.refused;
      const fault = newClusterFault(world, body.data);
      return fault ? refuse(fault) : create(world, kind, body.data);
    },
  });
}

function newClusterFault(
  { state, clock }: World,
  { regionId, clusterName, projectId, cuSize = 1 }: z.infer<typeof newClusterSchema>,
): Refusal | undefined {
  if (!findRegion(state, regionId)) return 'badRegion';
  if (!/^[0-9A-Za-z-]+$/.test(clusterName)) return 'badClusterName';
  if (!Number.isInteger(cuSize) || cuSize < 1) return 'badCuSize';
  const isTaken = state.clusters.some(
    (cluster) =>
      cluster.projectId === projectId &&
      cluster.clusterName === clusterName &&
      isListed(cluster, clock.now()),
  );
  return isTaken ? 'duplicateClusterName' : undefined;
}

function create(world: World, kind: Kind, given: z.infer<typeof newClusterSchema>): Reply {
  const { clusterName, projectId, regionId, plan, cuSize, cuType } = given;
  const isDedicated = kind === 'Dedicated';
  const clusterId = addCluster(
    world,
    {
      name: clusterName,
      projectId,
      regionId,
      deploymentOption: kind,
      status: 'CREATING',
      ...(isDedicated && { description: 'pre create instance' }),
      ...(isDedicated && plan !== undefined && { plan }),
      ...(cuSize !== undefined && { cuSize }),
      ...(cuType !== undefined && { cuType }),
    },
    world.timings.clusterCreation,
  );
  return success({
    clusterId,
    prompt: 'The cluster is being created.',
    username: isDedicated ? 'db_admin' : `db_${clusterId.slice(clusterId.indexOf('-') + 1)}`,
    password: randomBytes(12).toString('base64url'),
  });
}

function change(
  world: World,
  name: string,
  method: 'POST' | 'DELETE',
  verb: string,
  answer: (cluster: ClusterState, body: unknown) => Reply,
): Operation {
  return operation(world, {
    name,
    method,
    path: `/v2/clusters/{clusterId}/${verb}`,
    answer({ params, body }, key) {
      const found = openCluster(world, key, params.clusterId ?? '');
      return typeof found === 'string' ? refuse(found) : answer(found, body);
    },
  });
}

function openCluster({ state, clock }: World, key: KeyState, clusterId: string): ClusterState | Refusal {
  const cluster = state.clusters.find((candidate) => candidate.clusterId === clusterId);
  if (!cluster || !isListed(cluster, clock.now())) return 'noCluster';
  return clusterFault(state, key, cluster, 'manage') ?? cluster;
}

/** Only Dedicated clusters are scaled, suspended and resumed (documented). */
function dedicatedChange(
  { clock, timings }: World,
  cluster: ClusterState,
  status: string,
  statusAfter: 'RUNNING' | 'STOPPED',
): Reply {
  if (cluster.deploymentOption === 'Free') return refuse('freeUnsupported');
  if (cluster.deploymentOption !== 'Dedicated') return refuse('serverlessUnsupported');
  const statusUntil = clock.now() + timings.clusterChange(cluster.clusterId);
  const runningSince = statusAfter === 'RUNNING' ? statusUntil : null;
  Object.assign(cluster, { status, statusUntil, statusAfter, runningSince });
  return success({ clusterId: cluster.clusterId, prompt: 'Submitted.' });
}
