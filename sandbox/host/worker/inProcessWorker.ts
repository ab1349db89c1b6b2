import { collectRegistrations } from './coreModule.ts';
import { injectCoreModule } from './injectCore.ts';
import { defaultSettings } from './worker.ts';
import type { HostSettings, WorkerSource } from './worker.ts';

/**
 * Runs the functions in this very process: for tests of workflows with faked activities. `register` calls `app.http`,
 * `df.app.orchestration` and so on. Jest has a module registry of its own: its setup file `test/support/functionsCore.ts` does the same there.
 */
export function inProcessWorker(
  register: (variables: Readonly<Record<string, string>>) => void | Promise<void>,
  options: {
    readonly settings?: Partial<HostSettings>;
    /** For `%NAME%` in bindings. */
    readonly environment?: Readonly<Record<string, string>>;
  } = {},
): WorkerSource {
  return {
    async start({ log, variables }) {
      injectCoreModule();
      const registry = await collectRegistrations(() => register(variables));
      await registry.start((line) => log({ source: 'app', ...line }));
      return {
        functions: registry.functions,
        settings: { ...defaultSettings, ...options.settings },
        environment: options.environment ?? {},
        invoke: (invocation) => registry.invoke(invocation),
        stop: () => Promise.resolve(),
      };
    },
  };
}
