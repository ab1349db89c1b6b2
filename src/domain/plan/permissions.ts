import * as z from 'zod';
import type { Connection } from '../connection/connection.ts';
import { isWithinScope, parseResourceId, resourceGroupId, sameResource } from '../connection/resourceId.ts';
import type { FailureCode } from '../failure/catalog.ts';
import type { Outcome } from '../failure/failure.ts';
import type { Permission } from '../resources/model.ts';
import type { Fault } from '../run/status.ts';
import type { PlanRow } from './rows.ts';
import type { Warning } from './warnings.ts';

export const permissionRowSchema = z.object({
  action: z.string(),
  scope: z.string(),
  granted: z.boolean().nullable().meta({ description: 'null: it could not be found out' }),
});

export type PermissionRow = Readonly<z.infer<typeof permissionRowSchema>>;

/** The identity's permissions by scope, or why they could not be read. */
export interface ReadPermissions {
  readonly permissions: readonly {
    readonly scope: string;
    readonly permissions: Outcome<readonly Permission[]>;
  }[];
}

interface Need {
  readonly action: string;
  readonly scope: string;
}

const NETWORK = 'Microsoft.Network';
const TAGS = 'Microsoft.Resources/tags/write';

/** The types of resources in Azure; registrations and whitelist entries are at Zilliz. */
export const resourceTypes: Partial<Record<PlanRow['resource'], string>> = {
  'private endpoint': `${NETWORK}/privateEndpoints`,
  'private DNS zone': `${NETWORK}/privateDnsZones`,
  'owner entry': `${NETWORK}/privateDnsZones/TXT`,
  'virtual network link': `${NETWORK}/privateDnsZones/virtualNetworkLinks`,
  'A record set': `${NETWORK}/privateDnsZones/A`,
};

/**
 * Returns what the rows of a plan need in Azure: the writes, and the reads without which a run would fail after its first write. Each
 * with its scope, and whether the identity may do it.
 */
export function permissionRows(
  connection: Connection,
  rows: readonly PlanRow[],
  observed: ReadPermissions,
): readonly PermissionRow[] {
  const needs = rows.flatMap((row) => needsOf(connection, row));
  const once = needs.filter(
    (need, index) =>
      needs.findIndex(({ action, scope }) => action === need.action && sameResource(scope, need.scope)) ===
      index,
  );
  return once.map(({ action, scope }) => ({ action, scope, granted: granted(action, scope, observed) }));
}

/**
 * A missing permission would fail the run halfway, so it prevents the start of the run. What one role brings to one scope is one
 * fault.
 */
export function permissionFaults(
  { privateEndpoint }: Connection,
  rows: readonly PermissionRow[],
  principalId: string | null,
): readonly Fault[] {
  const lacking = rows.filter(({ granted: may }) => may === false);
  const faultOf = ({ action, scope }: PermissionRow): string =>
    [codeOfDenied(action), roleFor(action, scope).file, scope.toLowerCase()].join(' ');
  const first = lacking.filter((row, at) => lacking.findIndex((one) => faultOf(one) === faultOf(row)) === at);
  return first.map((row) => {
    const { action, scope } = row;
    const actions = lacking.filter((one) => faultOf(one) === faultOf(row)).map((one) => one.action);
    const isOthers = !sameResource(groupOf(scope), privateEndpoint.resourceGroupId);
    const whom = isOthers ? ` ${ownersOf(scope)}` : '';
    return {
      pointer: '',
      code: codeOfDenied(action),
      detail: `the identity of the app lacks ${actions.join(', ')} at ${scope}`,
      cure: `${grant({ action, scope, principalId })}${whom}`,
    };
  });
}

/** Files of infra/roles with the beginning of their names, and the built-in role that contains them; the first that fits. */
const roles: readonly (readonly [RegExp, string, string, string])[] = [
  [/^microsoft\.network\/virtualnetworks\//i, 'network-connect', 'network, connect', 'Network Contributor'],
  [
    /^microsoft\.network\/privatednszones\/.*delete$/i,
    ...([
      'zone-group-disconnect',
      'zone group, connect and disconnect',
      'Private DNS Zone Contributor',
    ] as const),
  ],
  [
    /^microsoft\.network\/privatedns/i,
    'zone-group-connect',
    'zone group, connect',
    'Private DNS Zone Contributor',
  ],
  [
    /^microsoft\.network\/privateendpoints\/delete$/i,
    ...([
      'endpoint-group-disconnect',
      'endpoint group, connect and disconnect',
      'Network Contributor',
    ] as const),
  ],
  [
    /^microsoft\.(network\/(privateendpoints|networkinterfaces)|resources\/tags)\//i,
    ...(['endpoint-group-connect', 'endpoint group, connect', 'Network Contributor'] as const),
  ],
  [
    /^microsoft\.(network\/locations\/|resources\/subscriptions\/(providers\/)?read$)/i,
    ...(['subscription', 'subscription', 'Reader'] as const),
  ],
  [
    /^microsoft\.(authorization\/locks|policyinsights)\//i,
    ...(['endpoint-group-plan', 'endpoint group, plan', 'Reader'] as const),
  ],
  [/./, 'discovery', 'discovery', 'Reader'],
];

/** The role that has an action, and the place where it is assigned. */
export function roleFor(
  action: string,
  scope: string,
): { file: string; role: string; builtIn: string; at: string } {
  const [, file = '', role = '', builtIn = ''] = roles.find(([pattern]) => pattern.test(action)) ?? [];
  const network = /^.*\/virtualNetworks\/[^/]+/i.exec(scope)?.[0];
  const subscription = /^\/subscriptions\/[^/]+/i.exec(scope)?.[0];
  const at = file === 'network-connect' ? network : file === 'subscription' ? subscription : undefined;
  return { file, role: `Private Link for Zilliz Cloud: ${role}`, builtIn, at: at ?? groupOf(scope) };
}

/** What to do about a missing permission, with a command that is ready to paste into bash. */
export function grant(missing: {
  readonly action: string;
  readonly scope: string;
  readonly principalId: string | null;
}): string {
  const { file, role, builtIn, at } = roleFor(missing.action, missing.scope);
  const definition = `az role definition list --scope "${at}" --custom-role-only --query "[?starts_with(roleName, '${role}')].id | [0]" -o tsv`;
  const principal = missing.principalId ?? '<principal ID of the app>';
  const command = `az role assignment create --assignee-object-id ${principal} --assignee-principal-type ServicePrincipal --scope "${at}" --role "$(${definition})"`;
  return `Assign the role of infra/roles/${file}.json (the built-in ${builtIn} contains it): \`${command}\`; it acts within ten minutes.`;
}

/** A hub, or the group of another team: its owners assign. */
function ownersOf(scope: string): string {
  const at = groupOf(scope);
  const query = `[?roleDefinitionName=='Owner' || roleDefinitionName=='User Access Administrator'].principalName`;
  return `Ask the owners of ${at}: \`az role assignment list --scope "${at}" --include-inherited --query "${query}" -o tsv\` names them.`;
}

/** A permission that could not be read may be missing: the run continues, with a warning. */
export function permissionWarnings(
  rows: readonly PermissionRow[],
  { permissions }: ReadPermissions,
): readonly Warning[] {
  const unknown = rows.filter(({ granted: may }) => may === null);
  return permissions.flatMap(({ scope: at, permissions: read }) => {
    const concerned = unknown.filter(({ scope }) => isWithinScope(scope, at));
    if (read.ok || concerned.length === 0) return [];
    const needs = concerned.map(({ action, scope }) => `${action} at ${scope}`).join(', ');
    const detail = `whether the identity of the app has ${needs} is not known: ${read.failure.message}`;
    return [{ code: 'permission-not-read', detail }];
  });
}

/** A zone that the app cannot write has a code of its own, since its remedy need not be the permission. */
export function codeOfDenied(action: string): FailureCode {
  const writesDns = /^microsoft\.network\/privatednszones\/(.+\/)?write$/i.test(action);
  return writesDns ? 'zone-not-writable' : 'azure-permission-denied';
}

function needsOf(connection: Connection, row: PlanRow): readonly Need[] {
  const type = resourceTypes[row.resource];
  if (type === undefined) return [];
  const scope = groupOf(row.id);
  if (row.action === 'delete') return [{ action: `${type}/delete`, scope }];
  if (row.action === 'adopt' && row.resource !== 'A record set') return [{ action: TAGS, scope }];
  if (row.action === 'tag') return [{ action: TAGS, scope }];
  if (!['create', 'update', 'adopt'].includes(row.action)) return [];
  const reads = row.action === 'create' ? (readsAfter[row.resource] ?? []) : [];
  return [...[`${type}/write`, ...reads].map((action) => ({ action, scope })), ...joins(connection, row)];
}

/** What a run reads once the resource is created. Azure asks for the visibility of the service in the group of the endpoint. */
const readsAfter: Partial<Record<PlanRow['resource'], readonly string[]>> = {
  'private endpoint': [
    `${NETWORK}/locations/checkPrivateLinkServiceVisibility/action`,
    `${NETWORK}/networkInterfaces/read`,
  ],
  'virtual network link': [`${NETWORK}/privateDnsZones/virtualNetworkLinks/read`],
  'A record set': [`${NETWORK}/privateDnsZones/A/read`],
};

/** An endpoint in a network and a link to a network need a permission on the network too. */
function joins(connection: Connection, { resource, id, networkId }: PlanRow): readonly Need[] {
  if (resource === 'private endpoint') {
    const action = `${NETWORK}/virtualNetworks/subnets/join/action`;
    return [{ action, scope: connection.virtualNetworkId }];
  }
  if (resource !== 'virtual network link' || networkId === undefined || id === '') return [];
  return [{ action: `${NETWORK}/virtualNetworks/join/action`, scope: networkId }];
}

export function groupOf(id: string): string {
  const parsed = parseResourceId(id);
  return parsed ? resourceGroupId(parsed.subscriptionId, parsed.resourceGroup) : id;
}

/**
 * Readings at all scopes that contain the needed one are combined: a network's own reading includes roles that the reading of
 * its resource group does not show. Returns false only if the scope itself and all scopes above it were read; otherwise null.
 */
function granted(action: string, scope: string, { permissions }: ReadPermissions): boolean | null {
  const covering = permissions.filter((entry) => isWithinScope(scope, entry.scope));
  const read = covering.flatMap((entry) => (entry.permissions.ok ? entry.permissions.value : []));
  if (isGranted(action, read)) return true;
  const isWhole = covering.every((entry) => entry.permissions.ok);
  return isWhole && covering.some((entry) => sameResource(entry.scope, scope)) ? false : null;
}

/** Each permission is from one role. Another role may grant an action that its `notActions` exclude. */
export function isGranted(action: string, permissions: readonly Permission[]): boolean {
  return permissions.some(
    ({ actions, notActions }) =>
      actions.some((pattern) => matches(pattern, action)) &&
      !notActions.some((pattern) => matches(pattern, action)),
  );
}

function matches(pattern: string, action: string): boolean {
  const escaped = pattern.toLowerCase().replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*')}$`).test(action.toLowerCase());
}
