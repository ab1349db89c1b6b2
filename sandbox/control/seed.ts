import { z } from 'zod';
import type { Controlled } from './action.ts';
import {
  newCluster,
  newKey,
  newLink,
  newOnDemandCluster,
  newPrivateLinkService,
  newProject,
  newRecord,
  newRegion,
  newResourceGroup,
  newSecret,
  newSubscription,
  newVirtualNetwork,
  newZone,
} from './inputs.ts';

const many = <Item extends z.ZodType>(item: Item) => z.array(item).default([]);

/** What is to be there besides what is there already. */
export const seedSchema = z.strictObject({
  azure: z
    .strictObject({
      subscriptions: many(newSubscription),
      resourceGroups: many(newResourceGroup),
      virtualNetworks: many(newVirtualNetwork),
      privateLinkServices: many(newPrivateLinkService),
      zones: many(newZone),
      links: many(newLink),
      records: many(newRecord),
    })
    .prefault({}),
  zilliz: z
    .strictObject({
      regions: many(newRegion),
      projects: many(newProject),
      keys: many(newKey),
      clusters: many(newCluster),
      onDemandClusters: many(newOnDemandCluster),
    })
    .prefault({}),
  keyVault: z.strictObject({ secrets: many(newSecret) }).prefault({}),
});

/** Adds it in the order in which one thing needs another. */
export function plant(
  { azure, zilliz, keyVault }: Controlled,
  seed: z.output<typeof seedSchema>,
): { readonly added: number } {
  const steps = [
    ...seed.azure.subscriptions.map((given) => () => azure.control.addSubscription(given)),
    ...seed.azure.resourceGroups.map((given) => () => azure.control.addResourceGroup(given)),
    ...seed.azure.virtualNetworks.map((given) => () => azure.control.addVirtualNetwork(given)),
    ...seed.azure.privateLinkServices.map((given) => () => azure.control.addPrivateLinkService(given)),
    ...seed.azure.zones.map((given) => () => azure.control.addZone(given)),
    ...seed.azure.links.map((given) => () => azure.control.addLink(given)),
    ...seed.azure.records.map((given) => () => azure.control.setRecord(given)),
    ...seed.zilliz.regions.map((given) => () => zilliz.control.addRegion(given)),
    ...seed.zilliz.projects.map((given) => () => zilliz.control.addProject(given)),
    ...seed.zilliz.keys.map((given) => () => zilliz.control.addKey(given)),
    ...seed.zilliz.clusters.map((given) => () => zilliz.control.addCluster(given)),
    ...seed.zilliz.onDemandClusters.map((given) => () => zilliz.control.addOnDemandCluster(given)),
    ...seed.keyVault.secrets.map(
      ({ name, value, ...more }) =>
        () =>
          keyVault.control.setSecret(name, value, more),
    ),
  ];
  for (const step of steps) step();
  return { added: steps.length };
}
