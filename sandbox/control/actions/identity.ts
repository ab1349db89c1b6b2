import { z } from 'zod';
import { actionsOf } from '../action.ts';
import type { Action } from '../action.ts';

const action = actionsOf('identity', ({ identity }) => identity.control);
const managedIdentity = z.strictObject({
  principalId: z.guid(),
  clientId: z.guid(),
  resourceId: z.string().exactOptional(),
});

/** What happens to the app's managed identities. */
export const identityActions: readonly Action[] = [
  action(
    'setSystemAssigned',
    'switches the system-assigned identity on, or off with null',
    z.strictObject({ identity: managedIdentity.nullable() }),
    (control, { identity }) => control.setSystemAssigned(identity),
  ),
  action('assign', 'gives the app a user-assigned identity', managedIdentity, (control, identity) =>
    control.assign(identity),
  ),
  action(
    'unassign',
    'takes a user-assigned identity from the app',
    z.strictObject({ clientId: z.guid() }),
    (control, { clientId }) => control.unassign(clientId),
  ),
];
