import * as z from 'zod';
import { ProvisioningError } from '../domain/failure/failure.ts';
import type { Network, Readiness } from '../ports.ts';
import type { ApiKeys } from './keyVault/apiKeys.ts';
import type { ZillizClient } from './zilliz/client.ts';

export interface ReadinessParts {
  /** The projects that the app serves; null: any, so that only the default key can be looked at. */
  readonly projects: readonly string[] | null;
  readonly apiKeys: ApiKeys;
  readonly zilliz: ZillizClient;
  readonly network: Pick<Network, 'subscriptions'>;
}

/** The cheapest question that each side answers only when it can be worked with. */
export function readiness({ projects, apiKeys, zilliz, network }: ReadinessParts): Readiness {
  const asked = projects ?? [null];
  return {
    async check() {
      const [keyVault, azure] = await Promise.all([
        faultOf(() => Promise.all(asked.map((projectId) => apiKeys.keyFor(projectId)))),
        faultOf(async () => {
          const seen = await network.subscriptions();
          if (seen.length === 0) throw new NotReady('the identity of the app sees no subscription');
        }),
      ]);
      const ask = (projectId: string | null) =>
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
      const answered =
        keyVault === null ? await faultOf(() => Promise.all(asked.map(ask))) : 'not asked: there is no key';
      return [
        { name: 'key-vault', fault: keyVault },
        { name: 'zilliz', fault: answered },
        { name: 'azure-resource-manager', fault: azure },
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
