import { ArmCalls } from './adapters/azure/armCalls.ts';
import { ArmClients } from './adapters/azure/armClients.ts';
import { azureCredential } from './adapters/azure/credential.ts';
import { dnsAdapter } from './adapters/azure/dns.ts';
import { networkAdapter } from './adapters/azure/network.ts';
import { KeyVaultApiKeys } from './adapters/keyVault/apiKeys.ts';
import { secretReader } from './adapters/keyVault/secretReader.ts';
import { readiness } from './adapters/readiness.ts';
import { ZillizClient } from './adapters/zilliz/client.ts';
import type { Sleep } from './adapters/zilliz/callsPerSecond.ts';
import { zillizAdapter } from './adapters/zilliz/zilliz.ts';
import type { Settings } from './config.ts';
import type { Ports } from './ports.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** The time limits for responses, in milliseconds: a request that takes longer fails as one without a response. */
export interface TimeLimits {
  readonly azureMs: number;
  /** For an activity beside a wait, with all its calls of Azure. Default ten seconds. */
  readonly besideWaitMs?: number;
  /** For the wait until a write of Azure ends, within the ten minutes of an activity (host.json). */
  readonly azureOperationMs: number;
  readonly zillizMs: number;
  readonly keyVaultMs: number;
  readonly tokenMs: number;
  readonly probeMs: number;
  /** For the moment until a call of Zilliz may be sent. A sandbox whose time does not pass by itself has its own. */
  readonly sleep?: Sleep;
}

export const usualTimeLimits: TimeLimits = {
  azureMs: MINUTE,
  azureOperationMs: 4 * MINUTE,
  // Zilliz itself allows a minute for a request.
  zillizMs: MINUTE,
  keyVaultMs: 20 * SECOND,
  tokenMs: 20 * SECOND,
  probeMs: 10 * SECOND,
};

/** The ports for Azure and Zilliz. */
export type RemotePorts = Pick<Ports, 'zilliz' | 'network' | 'dns' | 'readiness'>;

/** Creates their adapters from the settings. */
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
      },
      credential,
    ),
    timeLimits.azureOperationMs,
  );
  const vault = { url: settings.KEY_VAULT_URL, requestTimeoutMs: timeLimits.keyVaultMs };
  const apiKeys = new KeyVaultApiKeys(secretReader(vault, credential), {
    secretName: settings.ZILLIZ_API_KEY_SECRET,
    vaultUrl: settings.KEY_VAULT_URL,
    cacheMs: 5 * MINUTE,
    now: Date.now,
  });
  const zilliz = new ZillizClient(
    {
      apiUrl: settings.ZILLIZ_API_URL,
      requestTimeoutMs: timeLimits.zillizMs,
      ...(timeLimits.sleep && { sleep: timeLimits.sleep }),
    },
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
