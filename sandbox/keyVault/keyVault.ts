import { randomUUID } from 'node:crypto';
import { SANDBOX_TENANT_ID } from '../azure/control/accounts.ts';
import type { ServerCertificate } from '../kernel/certificates.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Faults } from '../kernel/faults.ts';
import { startSimulator } from '../kernel/simulator.ts';
import type { Store } from '../kernel/store.ts';
import type { Traffic } from '../kernel/traffic.ts';
import { accessFault } from './access.ts';
import { refuse } from './responses.ts';
import { keyVaultControl } from './control.ts';
import type { KeyVaultControl } from './control.ts';
import { deletedSecretOperations, secretOperations } from './operations.ts';
import type { KeyVaultState } from './state.ts';
import { Throttle } from './throttle.ts';
import type { World } from './world.ts';

export interface KeyVaultOptions {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly traffic: Traffic;
  /** The SDK sends no token without TLS. */
  readonly certificate: ServerCertificate;
  readonly port?: number;
  readonly store: Store<KeyVaultState>;
  readonly tenantId?: string;
}

export interface KeyVault {
  /** The vault's URL. The client's challenge check must be off for it: `localhost` is no name of a vault. */
  readonly baseUrl: string;
  readonly control: KeyVaultControl;
  stop(): Promise<void>;
}

/** Starts a Key Vault with secrets on this machine. */
export async function startKeyVault(options: KeyVaultOptions): Promise<KeyVault> {
  const { clock, store, tenantId = SANDBOX_TENANT_ID } = options;
  let baseUrl = '';
  const world: World = { state: store.state, clock, vaultUrl: () => baseUrl };
  const throttle = new Throttle();
  const save = (): void => store.save();
  const simulator = await startSimulator({
    service: 'keyVault',
    operations: [...secretOperations(world), ...deletedSecretOperations(world)],
    clock,
    faults: options.faults,
    traffic: options.traffic,
    certificate: options.certificate,
    ...(options.port !== undefined && { port: options.port }),
    guard: (call, operation) =>
      accessFault(world, tenantId, call, operation) ?? throttle.check(world.state.callsPerTenSeconds),
    headers: () => ({ 'x-ms-request-id': randomUUID(), 'x-ms-keyvault-service-version': '1.9.0.0' }),
    unknown: () => refuse(404, 'NotFound', 'The requested path does not exist.'),
    afterWrite: save,
  });
  baseUrl = simulator.baseUrl;
  return { baseUrl, control: keyVaultControl(world, save), stop: () => simulator.stop() };
}
