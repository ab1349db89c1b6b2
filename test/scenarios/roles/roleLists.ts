import { readdirSync } from 'node:fs';
import { deployedRoles, modes, roleOf } from '../../../sandbox/deployedRoles.ts';
import type { Layout, RoleAssignment } from '../../../sandbox/deployedRoles.ts';
import { hubAndSpoke } from './world.ts';

export { modes };
export type Assignment = RoleAssignment;

/** The roles as they are deployed, by the name of their file. */
export const roles = new Map(
  readdirSync('infra/roles')
    .filter((file) => file !== 'modes.json')
    .map((file) => file.replace('.json', ''))
    .map((name) => [name, roleOf(name)]),
);

/** Actions that no call of the app is seen to ask for, each with the reason for which a role holds it all the same. */
export const keptForAzure: ReadonlyMap<string, string> = new Map([
  [
    'Microsoft.Network/privateDnsOperationResults/read',
    'Azure may have a write of private DNS followed at `Location` instead of `Azure-AsyncOperation`; the built-in role Private DNS Zone Contributor holds the rights to read both.',
  ],
]);

/** What a deployment for hub and spoke assigns to the app's identity in a mode. */
export function assignmentsOf(mode: string): readonly Assignment[] {
  return deployedRoles(hubAndSpoke, mode);
}

const ofEveryone = [
  'Microsoft.Authorization/*/read',
  'Microsoft.Resources/subscriptions/resourceGroups/read',
];
const ofNetwork = ['Microsoft.Network/*', ...ofEveryone];
const ofTags = ['Microsoft.Resources/tags/*', ...ofEveryone];
const ofZones = [
  'Microsoft.Network/privateDnsOperationResults/*',
  'Microsoft.Network/privateDnsOperationStatuses/*',
  'Microsoft.Network/privateDnsZones/*',
  'Microsoft.Network/virtualNetworks/join/action',
  'Microsoft.Network/virtualNetworks/read',
  ...ofEveryone,
];

/**
 * What Azure's own roles allow that replace the custom ones (infra/access.bicep, `roles: 'built-in'`), by kind of scope: Reader,
 * Network Contributor, Private DNS Zone Contributor and Tag Contributor, as Microsoft's documentation lists them.
 */
export const builtInActions: ReadonlyMap<string, readonly string[]> = new Map([
  ['discovery', ['*/read']],
  ['endpointGroup', [...ofNetwork, ...ofTags]],
  ['network', ofNetwork],
  ['zoneGroup', [...ofZones, ...ofTags]],
]);

/** The same assignments with built-in roles; nothing replaces the role on the subscription. */
export function builtInAssignments(layout: Layout): readonly Assignment[] {
  const slotOf = new Map(Object.entries(modes.disconnect ?? {}).map(([slot, role]) => [role, slot]));
  return deployedRoles(layout).flatMap(({ role, scope }) => {
    const actions = builtInActions.get(slotOf.get(role) ?? '');
    return actions ? [{ role, scope, actions }] : [];
  });
}
