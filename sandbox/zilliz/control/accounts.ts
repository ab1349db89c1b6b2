import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { keySchema, projectSchema, rateLimitSchema, regionSchema } from '../state.ts';
import type { World } from '../world.ts';

export interface NewProject {
  readonly projectId?: string;
  readonly name: string;
  /** Default `Enterprise`. */
  readonly plan?: string;
  readonly regionIds?: readonly string[];
  /** Another than the keys' to play a foreign project. */
  readonly organisation?: string;
}

export interface NewKey {
  readonly key?: string;
  /** Default: everything in the organisation. */
  readonly scope?: 'organisation' | { readonly projectIds: string[] } | { readonly clusterIds: string[] };
  /** Default `admin`; a viewer may not manage private endpoints. */
  readonly role?: 'admin' | 'viewer';
  readonly organisation?: string;
}

/** Organisation-wide things: regions, projects, keys, limits. */
export interface AccountControl {
  /** Adds a region, or replaces the one of the same ID. */
  addRegion(region: z.input<typeof regionSchema>): void;
  removeRegion(regionId: string): void;
  /** @returns the project ID. */
  addProject(project: NewProject): string;
  setPlan(projectId: string, plan: string): void;
  /** @returns the key. */
  addKey(key?: NewKey): string;
  revokeKey(key: string): void;
  /** Null switches the limit off. */
  setRateLimit(limit: z.input<typeof rateLimitSchema> | null): void;
  setRepeatedWhitelistEntry(answer: 'success' | 'failure'): void;
}

export function accountControl({ state, clock }: Pick<World, 'state' | 'clock'>): AccountControl {
  return {
    addRegion(region) {
      state.regions = [
        ...state.regions.filter(({ regionId }) => regionId !== region.regionId),
        regionSchema.parse(region),
      ];
    },
    removeRegion(regionId) {
      state.regions = state.regions.filter((region) => region.regionId !== regionId);
    },
    addProject({
      name,
      projectId = inventId('proj-', 22, name),
      plan = 'Enterprise',
      regionIds,
      organisation,
    }) {
      const created = { projectId, projectName: name, plan, createdAt: clock.now() };
      const regions = regionIds ?? state.regions.map(({ regionId }) => regionId);
      state.projects.push(
        projectSchema.parse({ ...created, regionIds: [...regions], ...(organisation && { organisation }) }),
      );
      return projectId;
    },
    setPlan(projectId, plan) {
      const project = state.projects.find((candidate) => candidate.projectId === projectId);
      if (!project) throw new Error(`There is no project ${projectId}.`);
      project.plan = plan;
    },
    addKey({
      key = inventId('', 40, `key ${state.keys.length}`),
      scope = 'organisation',
      role = 'admin',
      organisation,
    } = {}) {
      state.keys.push(keySchema.parse({ key, scope, role, ...(organisation && { organisation }) }));
      return key;
    },
    revokeKey(key) {
      state.keys = state.keys.filter((candidate) => candidate.key !== key);
    },
    setRateLimit(limit) {
      state.settings.rateLimit = limit && rateLimitSchema.parse(limit);
    },
    setRepeatedWhitelistEntry(answer) {
      state.settings.repeatedWhitelistEntry = answer;
    },
  };
}

/** An ID of the recorded form: a prefix and hex digits, the same for the same name. */
export function inventId(prefix: string, length: number, name: string): string {
  return prefix + createHash('sha256').update(name).digest('hex').slice(0, length);
}
