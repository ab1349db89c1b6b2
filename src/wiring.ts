import { ArmCalls } from './adapters/azure/armCalls.ts';
import { ArmClients } from './adapters/azure/armClients.ts';
import { azureCredential } from './adapters/azure/credential.ts';
import { dnsAdapter } from './adapters/azure/dns.ts';
import { networkAdapter } from './adapters/azure/network.ts';
import { KeyVaultApiKeys } from './adapters/keyVault/apiKeys.ts';
import { secretReader } from './adapters/keyVault/secretReader.ts';
import { readiness } from './adapters/readiness.ts';
import { ZillizClient } from './adapters/zilliz/client.ts';
import { zillizAdapter } from './adapters/zilliz/zilliz.ts';
import type { Settings } from './config.ts';
import type { Ports } from './ports.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** How long an answer is waited for, in milliseconds; a request that takes longer fails as one without an answer. */
export interface TimeLimits {
  readonly azureMs: number;
  /** For following a write of Azure to its end, within the ten minutes that an activity may take (host.json). */
  readonly azureOperationMs: number;
  readonly zillizMs: number;
  readonly keyVaultMs: number;
  readonly tokenMs: number;
  readonly probeMs: number;
}

export const usualTimeLimits: TimeLimits = {
  azureMs: MINUTE,
  azureOperationMs: 4 * MINUTE,
  // Zilliz itself gives a request a minute.
  zillizMs: MINUTE,
  keyVaultMs: 20 * SECOND,
  tokenMs: 20 * SECOND,
  probeMs: 10 * SECOND,
};

const MINUTEInWiring = 60_000;

/** The ports that speak to Azure and Zilliz. */
export type RemotePorts = Pick<Ports, 'zilliz' | 'network' | 'dns' | 'readiness'>;

/** Their adapters, made from the settings. */
export function remotePortsOf(settings: Settings, timeLimits: TimeLimits): RemotePorts {
  const credential = azureCredential({
    kind: settings.AZURE_CREDENTIAL,
    clientId: settings.AZURE_CLIENT_ID,
    authorityHost: settings.AZURE_AUTHORITY_HOST,
    timeLimitMs: timeLimits.tokenMs,
  });
  const arm = new ArmCalls(
    new ArmClients(
      {
        endpoint: settings.ARM_ENDPOINT,
        scope: settings.ARM_SCOPE ?? `${settings.ARM_ENDPOINT}/.default`,
        requestTimeoutMs: timeLimits.azureMs,
        // Azure grants 500 in five minutes: three processes that see nothing of each other take 450 of them.
        dnsReads: { burst: 60, perSecond: 0.3, perSecondWhenCounted: 1, longestWaitSeconds: 5 },
      },
      credential,
    ),
    timeLimits.azureOperationMs,
  );
  const vault = { url: settings.KEY_VAULT_URL, requestTimeoutMs: timeLimits.keyVaultMs };
  const apiKeys = new KeyVaultApiKeys(secretReader(vault, credential), {
    secretName: settings.ZILLIZ_API_KEY_SECRET,
    cacheMs: 5 * MINUTEInWiring,
    now: Date.now,
  });
  const zilliz = new ZillizClient(
    { apiUrl: settings.ZILLIZ_API_URL, requestTimeoutMs: timeLimits.zillizMs },
    apiKeys,
  );
  const network = networkAdapter(arm);
  return {
    zilliz: zillizAdapter(zilliz),
    network,
    dns: dnsAdapter(arm),
    readiness: readiness({ projects: settings.ALLOWED_PROJECTS, apiKeys, zilliz, network }),
  };
}
