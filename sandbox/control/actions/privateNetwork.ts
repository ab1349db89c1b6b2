import { z } from 'zod';
import { actionsOf } from '../action.ts';
import type { Action } from '../action.ts';

const action = actionsOf('privateNetwork', ({ privateNetwork }) => privateNetwork.control);

/** From where the proof looks, and what it sees there. */
export const privateNetworkActions: readonly Action[] = [
  action(
    'lookFrom',
    'looks from another virtual network',
    z.strictObject({ virtualNetworkId: z.string().min(1) }),
    (control, { virtualNetworkId }) => control.lookFrom(virtualNetworkId),
  ),
  action(
    'showCertificateFor',
    'lets every service show a certificate for this host; null: each its own',
    z.strictObject({ host: z.string().min(1).nullable() }),
    (control, { host }) => control.showCertificateFor(host),
  ),
];
