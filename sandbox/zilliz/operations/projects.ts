import { z } from 'zod';
import type { Operation } from '../../kernel/operation.ts';
import { visibleProjects } from '../access.ts';
import { isListed } from '../clusterLife.ts';
import { accountControl } from '../control/accounts.ts';
import { refuse, success, timestamp } from '../envelope.ts';
import type { ProjectState } from '../state.ts';
import type { World } from '../world.ts';
import { operation, projectOperation } from './context.ts';

/** Lowest first. */
const PLANS = ['Standard', 'Enterprise', 'BusinessCritical'] as const;
const planSchema = z.object({ plan: z.enum(PLANS) });
const newProjectSchema = z.object({ projectName: z.string().min(1), plan: z.enum(PLANS) });

/** Projects. Their list is not paged. */
export function projectOperations(world: World): Operation[] {
  const { state } = world;
  return [
    operation(world, {
      name: 'listProjects',
      method: 'GET',
      path: '/v2/projects',
      answer: (_call, key) => success(visibleProjects(state, key).map((project) => fields(world, project))),
    }),
    operation(world, {
      name: 'createProject',
      method: 'POST',
      path: '/v2/projects',
      answer({ body }, key) {
        if (key.role !== 'admin' || key.scope !== 'organisation') return refuse('notOwner');
        const given = newProjectSchema.safeParse(body);
        if (!given.success) return refuse('invalidParameter');
        const { projectName: name, plan } = given.data;
        return success(accountControl(world).addProject({ name, plan, organisation: key.organisation }));
      },
    }),
    projectOperation(world, {
      name: 'getProject',
      method: 'GET',
      path: '/v2/projects/{projectId}',
      purpose: 'read',
      answer: (_call, project) => success(fields(world, project)),
    }),
    projectOperation(world, {
      name: 'upgradePlan',
      method: 'PATCH',
      path: '/v2/projects/{projectId}/plan',
      purpose: 'manage',
      answer({ body }, project) {
        const given = planSchema.safeParse(body);
        if (!given.success) return refuse('badPlan');
        if (rank(given.data.plan) < rank(project.plan)) return refuse('planDowngrade');
        project.plan = given.data.plan;
        return success('Project plan updated successfully');
      },
    }),
  ];
}

function rank(plan: string): number {
  return PLANS.findIndex((known) => known === plan);
}

function fields({ state, clock }: World, project: ProjectState): Record<string, unknown> {
  const { projectName, projectId, description, plan, regionIds, orgType, createdAt } = project;
  const instanceCount = state.clusters.filter(
    (cluster) => cluster.projectId === projectId && isListed(cluster, clock.now()),
  ).length;
  return {
    projectName,
    projectId,
    description,
    instanceCount,
    createTime: timestamp(createdAt),
    plan,
    regionIds,
    orgType,
  };
}
