import * as z from 'zod';
import { ProvisioningError } from '../domain/failure/failure.ts';
import type { Network, Readiness } from '../ports.ts';
import type { ApiKeys } from './keyVault/apiKeys.ts';
import type { ZillizClient } from './zilliz/client.ts';

export interface ReadinessParts {
  /** The projects that the app serves; null: any, so that only the default key can be checked. */
  readonly projects: readonly string[] | null;
  readonly apiKeys: ApiKeys;
  readonly zilliz: ZillizClient;
  readonly network: Pick<Network, 'subscriptions'>;
}

/** Sends to each service the cheapest request that succeeds only when the service can be used. */
export function readiness({ projects, apiKeys, zilliz, network }: ReadinessParts): Readiness {
  const keyOwners = projects ?? [null];
  return {
    async check() {
      const [vaultFault, azureFault] = await Promise.all([
        faultOf(() => Promise.all(keyOwners.map((projectId) => apiKeys.keyFor(projectId)))),
        faultOf(async () => {
          const visible = await network.subscriptions();
          if (visible.length === 0) throw new NotReady('the identity of the app sees no subscription');
        }),
      ]);
      const listRegions = (projectId: string | null) =>
        zilliz.call(
          {
            doing: 'listing regions',
            projectId,
            method: 'GET',
            path: ['regions'],
            query: { cloudId: 'azure' },
          },
          z.array(z.unknown()),
        );
      const zillizFault =
        vaultFault === null
          ? await faultOf(() => Promise.all(keyOwners.map(listRegions)))
          : 'not asked: there is no key';
      return [
        { name: 'key-vault', fault: vaultFault },
        { name: 'zilliz', fault: zillizFault },
        { name: 'azure-resource-manager', fault: azureFault },
      ];
    },
  };
}

class NotReady extends Error {}

async function faultOf(check: () => Promise<unknown>): Promise<string | null> {
  try {
    await check();
    return null;
  } catch (error) {
    if (error instanceof ProvisioningError) return `${error.failure.code}: ${error.failure.message}`;
    if (error instanceof NotReady) return error.message;
    throw error;
  }
}
