import { ArmCalls } from './adapters/azure/armCalls.ts';
import { ArmClients } from './adapters/azure/armClients.ts';
import { azureCredential } from './adapters/azure/credential.ts';
import { dnsAdapter } from './adapters/azure/dns.ts';
import { networkAdapter } from './adapters/azure/network.ts';
import { entraTokens } from './adapters/entra/tokens.ts';
import { KeyVaultApiKeys } from './adapters/keyVault/apiKeys.ts';
import { secretReader } from './adapters/keyVault/secretReader.ts';
import { networkProbe } from './adapters/probe/probe.ts';
import { readiness } from './adapters/readiness.ts';
import { ZillizClient } from './adapters/zilliz/client.ts';
import { zillizAdapter } from './adapters/zilliz/zilliz.ts';
import type { Settings } from './config.ts';
import type { Ports, Tokens } from './ports.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** The adapters, made from the settings. */
export function portsOf(settings: Settings): Ports {
  const credential = azureCredential({
    kind: settings.AZURE_CREDENTIAL,
    clientId: settings.AZURE_CLIENT_ID,
    authorityHost: settings.AZURE_AUTHORITY_HOST,
    timeLimitMs: 20 * SECOND,
  });
  const followTimeoutMs = 4 * MINUTE;
  const arm = new ArmCalls(
    new ArmClients(
      {
        endpoint: settings.ARM_ENDPOINT,
        scope: settings.ARM_SCOPE ?? `${settings.ARM_ENDPOINT}/.default`,
        requestTimeoutMs: MINUTE,
        // Azure grants 500 in five minutes; some of that is left to others.
        dnsReads: { burst: 200, perSecond: 1, longestWaitSeconds: 5 },
      },
      credential,
    ),
    followTimeoutMs,
  );
  const vault = { url: settings.KEY_VAULT_URL, requestTimeoutMs: 20 * SECOND };
  const apiKeys = new KeyVaultApiKeys(secretReader(vault, credential), {
    secretName: settings.ZILLIZ_API_KEY_SECRET,
    cacheMs: 5 * MINUTE,
    now: Date.now,
  });
  const zilliz = new ZillizClient(
    // Zilliz itself gives a request a minute.
    { apiUrl: settings.ZILLIZ_API_URL, requestTimeoutMs: MINUTE },
    apiKeys,
  );
  const network = networkAdapter(arm);
  return {
    zilliz: zillizAdapter(zilliz),
    network,
    dns: dnsAdapter(arm),
    probe: networkProbe({
      dnsServers: settings.VERIFY_DNS_SERVERS,
      connectProxy: settings.VERIFY_CONNECT_PROXY,
      privateIp: settings.WEBSITE_PRIVATE_IP,
      timeLimitMs: 10 * SECOND,
    }),
    readiness: readiness({ projects: settings.ALLOWED_PROJECTS, apiKeys, zilliz, network }),
  };
}

/** Who checks the tokens of callers; null where function keys stand before the app. */
export function tokensOf(settings: Settings): Tokens | null {
  const { AUTH_MODE, ENTRA_TENANT_ID, ENTRA_AUDIENCE, AZURE_AUTHORITY_HOST } = settings;
  if (AUTH_MODE !== 'entra' || ENTRA_TENANT_ID === undefined || ENTRA_AUDIENCE === undefined) return null;
  return entraTokens({
    authority: AZURE_AUTHORITY_HOST ?? 'https://login.microsoftonline.com',
    tenantId: ENTRA_TENANT_ID,
    audience: ENTRA_AUDIENCE,
    requestTimeoutMs: 20 * SECOND,
  });
}
