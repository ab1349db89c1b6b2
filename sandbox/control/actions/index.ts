import type { Action } from '../action.ts';
import { azureAccessActions } from './azureAccess.ts';
import { azureNetworkActions } from './azureNetwork.ts';
import { identityActions } from './identity.ts';
import { keyVaultActions } from './keyVault.ts';
import { privateNetworkActions } from './privateNetwork.ts';
import { zillizActions } from './zillizAccounts.ts';
import { clusterActions } from './zillizClusters.ts';

/** Everything that can be done to the simulated services by name. */
export const actions: readonly Action[] = [
  ...azureNetworkActions,
  ...azureAccessActions,
  ...clusterActions,
  ...zillizActions,
  ...keyVaultActions,
  ...identityActions,
  ...privateNetworkActions,
];
