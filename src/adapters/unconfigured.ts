import { ProvisioningError } from '../domain/failure/failure.ts';
import type { Ports } from '../ports.ts';

/**
 * What stands in for the outside world while the settings are wrong. Runs that are under way then wait, as they do for any
 * transient failure, and end with this one if nobody mends the settings; without activities to call they would hang.
 */
export function unconfiguredPorts(settingNames: readonly string[]): Ports {
  const refuse = (): Promise<never> =>
    Promise.reject(
      new ProvisioningError({
        kind: 'transient',
        code: 'settings-invalid',
        message: `settings of this deployment are missing or wrong: ${settingNames.join(', ')}`,
        source: 'app',
      }),
    );
  const refusing = new Proxy({}, { get: () => refuse });
  const probe = { insideNetwork: false, resolve: refuse, connect: refuse };
  const ports: unknown = { zilliz: refusing, network: refusing, dns: refusing, readiness: refusing, probe };
  // Every method of every port refuses; which ones there are is what the ports' types say.
  return ports as Ports;
}
