import { randomUUID } from 'node:crypto';
import { SANDBOX_TENANT_ID } from '../azure/control/accounts.ts';
import { APP_PRINCIPAL_ID } from '../azure/state/schema.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Faults } from '../kernel/faults.ts';
import { startSimulator } from '../kernel/simulator.ts';
import type { Traffic } from '../kernel/traffic.ts';
import { identityControl } from './identities.ts';
import type { Identities, IdentityControl, ManagedIdentity } from './identities.ts';
import { refuse, tokenOperation, TOKEN_PATH } from './tokens.ts';

/** Client ID of the system-assigned identity {@link APP_PRINCIPAL_ID}. */
export const APP_CLIENT_ID = '5a1d0b0a-0000-4000-8000-00000000a991';

/** Client ID of the person who owns the subscriptions. */
export const OWNER_CLIENT_ID = '5a1d0b0a-0000-4000-8000-00000000a9a1';

export interface IdentityOptions {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly traffic: Traffic;
  readonly port?: number;
  /** The value that callers send as `X-IDENTITY-HEADER`. Default: made up. */
  readonly header?: string;
  /** Default: the tenant of the sandbox's subscriptions. */
  readonly tenantId?: string;
  /** Null: none. Default: the identity {@link APP_PRINCIPAL_ID}. */
  readonly systemAssigned?: ManagedIdentity | null;
  readonly userAssigned?: readonly ManagedIdentity[];
}

export interface Identity {
  readonly baseUrl: string;
  /** What App Service puts into the app's environment: `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`. */
  readonly environment: Readonly<Record<'IDENTITY_ENDPOINT' | 'IDENTITY_HEADER', string>>;
  /** The same for clients of the older version of the endpoint, such as Azure CLI 2.45. */
  readonly olderEnvironment: Readonly<
    Record<'MSI_ENDPOINT' | 'MSI_SECRET' | 'APPSETTING_WEBSITE_SITE_NAME', string>
  >;
  readonly control: IdentityControl;
  stop(): Promise<void>;
}

/** Starts the endpoint from which an app on App Service gets the tokens of its managed identities: plain HTTP, local only. */
export async function startIdentity(options: IdentityOptions): Promise<Identity> {
  const { clock, header = randomUUID(), tenantId = SANDBOX_TENANT_ID } = options;
  const identities: Identities = {
    systemAssigned:
      options.systemAssigned === undefined
        ? { principalId: APP_PRINCIPAL_ID, clientId: APP_CLIENT_ID }
        : options.systemAssigned,
    userAssigned: [...(options.userAssigned ?? [])],
  };
  const simulator = await startSimulator({
    service: 'identity',
    operations: [tokenOperation({ clock, header, tenantId, identities })],
    clock,
    faults: options.faults,
    traffic: options.traffic,
    ...(options.port !== undefined && { port: options.port }),
    unknown: () => refuse(404, 'Not Found'),
  });
  const endpoint = `${simulator.baseUrl}${TOKEN_PATH}`;
  return {
    baseUrl: simulator.baseUrl,
    environment: { IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: header },
    olderEnvironment: {
      MSI_ENDPOINT: endpoint,
      MSI_SECRET: header,
      APPSETTING_WEBSITE_SITE_NAME: 'sandbox',
    },
    control: identityControl(identities),
    stop: () => simulator.stop(),
  };
}
