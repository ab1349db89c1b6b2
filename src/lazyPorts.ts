import { boundedPorts } from './boundedPorts.ts';
import { networkProbe } from './adapters/probe/probe.ts';
import { ProvisioningError } from './domain/failure/failure.ts';
import type { Settings } from './config.ts';
import type { Ports } from './ports.ts';
import { usualTimeLimits } from './wiring.ts';
import type { RemotePorts, TimeLimits } from './wiring.ts';

/**
 * Returns the ports, which write only in the allowed scopes and projects. The first call loads the adapters of Azure and Zilliz,
 * since their SDKs are most of the bundle. So a cold start that only accepts a request or runs an orchestrator is faster
 * (`npm run bench -- --only load`).
 */
export function portsOf(settings: Settings, timeLimits: TimeLimits = usualTimeLimits): Ports {
  let loading: Promise<RemotePorts> | undefined;
  const remote = <Name extends keyof RemotePorts>(name: Name): RemotePorts[Name] =>
    lazy(async () => {
      loading ??= import('./wiring.ts').then(({ remotePortsOf }) => remotePortsOf(settings, timeLimits));
      return (await loading)[name];
    });
  const ports = {
    zilliz: remote('zilliz'),
    network: remote('network'),
    dns: remote('dns'),
    readiness: remote('readiness'),
    probe: networkProbe({
      dnsServers: settings.VERIFY_DNS_SERVERS,
      connectProxy: settings.VERIFY_CONNECT_PROXY,
      integrated: settings.VNET_INTEGRATION,
      timeLimitMs: timeLimits.probeMs,
    }),
  };
  return boundedPorts(ports, { projects: settings.ALLOWED_PROJECTS, scopes: settings.ALLOWED_SCOPES });
}

/**
 * The ports while the settings are wrong: every method fails. Active runs then wait, as for any transient failure, and end
 * with this one if the settings are not corrected; without activities to call they would hang.
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
  return {
    zilliz: lazy(refuse),
    network: lazy(refuse),
    dns: lazy(refuse),
    readiness: lazy(refuse),
    probe: { insideNetwork: false, resolve: refuse, connect: refuse },
  };
}

/** Returns a port whose methods first wait for the adapter. All methods of these ports are asynchronous. */
function lazy<Port extends object>(load: () => Promise<Port>): Port {
  const methods = new Proxy(
    {},
    {
      get:
        (_, name) =>
        async (...parameters: readonly unknown[]): Promise<unknown> => {
          const port = await load();
          const method: unknown = Reflect.get(port, name);
          if (typeof method !== 'function') throw new TypeError(`The port has no method ${String(name)}.`);
          return Reflect.apply(method, port, parameters);
        },
    },
  );
  // The proxy has every name; the port's type limits the names.
  return methods as Port;
}
