import { createHash } from 'node:crypto';
import type { Instant } from '../kernel/clock.ts';
import { accountControl } from './control/accounts.ts';
import type { NewKey, NewProject } from './control/accounts.ts';
import { addCluster, addOnDemandCluster } from './control/clusters.ts';
import type { NewCluster, NewOnDemandCluster } from './control/clusters.ts';
import { emptyZillizState } from './state.ts';
import type { ZillizState } from './state.ts';

/** Zilliz's Azure regions (documented). */
export const AZURE_REGION_IDS = [
  'az-eastus',
  'az-eastus2',
  'az-centralus',
  'az-germanywestcentral',
  'az-northeurope',
  'az-centralindia',
] as const;

export interface ZillizSeed {
  /** Sandbox time at which everything in it was made. */
  readonly at: Instant;
  /** Default: all Azure regions, each with a private link service under {@link regionalAlias}. */
  readonly regionIds?: readonly string[];
  readonly projects: readonly NewProject[];
  readonly keys?: readonly NewKey[];
  readonly clusters?: readonly NewCluster[];
  readonly onDemandClusters?: readonly NewOnDemandCluster[];
}

/** A Zilliz Cloud with projects, keys and clusters, for a store that is empty yet. */
export function seededZillizState(seed: ZillizSeed): ZillizState {
  const state = emptyZillizState();
  const world = { state, clock: { now: () => seed.at, schedule: () => () => undefined } };
  const accounts = accountControl(world);
  for (const regionId of seed.regionIds ?? AZURE_REGION_IDS) {
    accounts.addRegion({ regionId, endpointService: regionalAlias(regionId) });
  }
  for (const project of seed.projects) accounts.addProject(project);
  for (const key of seed.keys ?? []) accounts.addKey(key);
  for (const cluster of seed.clusters ?? []) addCluster(world, cluster);
  for (const cluster of seed.onDemandClusters ?? []) addOnDemandCluster(world, cluster);
  return state;
}

/** An alias of the documented form, `<name>.<guid>.<location>.azure.privatelinkservice`, the same on each run. */
export function regionalAlias(regionId: string): string {
  const hex = createHash('sha256').update(`private link service ${regionId}`).digest('hex');
  const guid = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`];
  return `zilliz-prod-infra-privatelink.${guid.join('-')}-${hex.slice(20, 32)}.${regionId.replace(/^az-/, '')}.azure.privatelinkservice`;
}
