import { z } from 'zod';
import { actionsOf } from '../action.ts';
import type { Action } from '../action.ts';

const action = actionsOf('privateNetwork', ({ privateNetwork }) => privateNetwork.control);

/** Where the proof runs, and what it finds there. */
export const privateNetworkActions: readonly Action[] = [
  action(
    'lookFrom',
    'runs the proof in another virtual network',
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
