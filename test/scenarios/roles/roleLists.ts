import { readdirSync } from 'node:fs';
import { deployedRoles, modes, roleOf } from '../../../sandbox/deployedRoles.ts';
import type { RoleAssignment } from '../../../sandbox/deployedRoles.ts';
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
  [
    'Microsoft.Resources/subscriptions/read',
    'Azure documents it for the list of subscriptions. The simulator shows every subscription that the identity has a role in, so that nothing here goes without it.',
  ],
]);

/** What a deployment for hub and spoke assigns to the app's identity in a mode. */
export function assignmentsOf(mode: string): readonly Assignment[] {
  return deployedRoles(hubAndSpoke, mode);
}
