import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { AzureControl } from './azure/control/control.ts';

const ROLES = join(import.meta.dirname, '..', 'infra', 'roles');

const roleSchema = z.object({ name: z.string(), description: z.string(), actions: z.array(z.string()) });
const slotsSchema = z.object({
  subscription: z.string(),
  discovery: z.string(),
  endpointGroup: z.string(),
  network: z.string(),
  zoneGroup: z.string(),
});
const modesSchema = z.record(z.string(), slotsSchema);

/** Where a deployment puts things: the parameters of infra/main.bicep that roles follow from, with its defaults. */
export interface Layout {
  readonly virtualNetworkId: string;
  /** Default: the network's group. */
  readonly endpointResourceGroupId?: string;
  /** Default: the endpoint's group. */
  readonly zoneResourceGroupId?: string;
  /** Further networks that the zone is linked to. */
  readonly linkedNetworkIds?: readonly string[];
  /** Where the app may search: default the subscriptions. */
  readonly discovery?: 'subscription' | 'groups';
}

/** One role on one scope. */
export interface RoleAssignment {
  /** The name of its file in infra/roles. */
  readonly role: string;
  readonly scope: string;
  readonly actions: readonly string[];
}

/** The role of each scope, by mode. */
export const modes = modesSchema.parse(readJson('modes'));

/** A role as it is deployed. */
export function roleOf(name: string): z.output<typeof roleSchema> {
  return roleSchema.parse(readJson(name));
}

/** What infra/access.bicep assigns to the app's identity, over all subscriptions: a test holds it to the compiled templates, layout by layout. */
export function deployedRoles(layout: Layout, mode = 'disconnect'): readonly RoleAssignment[] {
  const slots = modes[mode];
  if (!slots) throw new Error(`There is no mode ${mode}.`);
  const { virtualNetworkId, linkedNetworkIds = [], discovery = 'subscription' } = layout;
  const { endpointResourceGroupId = groupOf(virtualNetworkId) } = layout;
  const { zoneResourceGroupId = endpointResourceGroupId } = layout;
  const networks = [...new Set([virtualNetworkId, ...linkedNetworkIds])];
  const all = [endpointResourceGroupId, zoneResourceGroupId, ...networks];
  const on = (role: string, scopes: readonly string[]): readonly RoleAssignment[] =>
    scopes.map((scope) => ({ role, scope, actions: roleOf(role).actions }));
  const subscriptions = [...new Set(all.map(subscriptionOf))];
  return [
    ...on(slots.subscription, subscriptions),
    ...on(slots.discovery, discovery === 'subscription' ? subscriptions : [...new Set(all.map(groupOf))]),
    ...on(slots.endpointGroup, [endpointResourceGroupId]),
    ...on(slots.network, networks),
    ...on(slots.zoneGroup, [zoneResourceGroupId]),
  ];
}

/** Gives the app's identity these roles and no others. */
export function setRoles(control: AzureControl, assignments: readonly RoleAssignment[]): void {
  control.removeRoles();
  for (const { scope, actions } of assignments) control.assignRole({ scope, actions });
}

/** Gives the app's identity the roles of one or more deployments' layouts, and no others. */
export function deployRoles(control: AzureControl, ...layouts: readonly Layout[]): void {
  setRoles(
    control,
    layouts.flatMap((layout) => deployedRoles(layout)),
  );
}

function subscriptionOf(id: string): string {
  return id.split('/').slice(0, 3).join('/');
}

function groupOf(id: string): string {
  return id.split('/').slice(0, 5).join('/');
}

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(join(ROLES, `${name}.json`), 'utf8'));
}
