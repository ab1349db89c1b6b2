import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { FromChild, ToChild } from './childProtocol.ts';
import { collectRegistrations } from './coreModule.ts';
import type { AppRegistry } from './coreModule.ts';
import { injectCoreModule } from './injectCore.ts';
import { installTime } from './workerTime.ts';

/** Runs in a process of its own: loads one app and invokes its functions for the host that forked it. */
function serve(): void {
  let app: AppRegistry | undefined;
  let setInstant: (instant: number) => void = () => undefined;
  process.on('message', (message: ToChild) => {
    if (message.kind === 'start') {
      setInstant = installTime(message.time);
      injectCoreModule();
      void load(message.appDirectory).then(
        (loaded) => {
          app = loaded;
          send({ kind: 'ready', functions: loaded.functions });
        },
        (error: unknown) => {
          send({
            kind: 'failed',
            message: error instanceof Error ? (error.stack ?? error.message) : String(error),
          });
        },
      );
      return;
    }
    if (message.instant !== undefined) setInstant(message.instant);
    const { id, invocation } = message;
    void app?.invoke(invocation).then((result) => {
      send({ kind: 'result', id, result });
    });
  });
  // Ctrl-C reaches every process of the terminal; when to end is for the host to say.
  process.on('SIGINT', () => undefined);
  // A host that was killed leaves no orphans.
  process.on('disconnect', () => process.exit());
}

/** Loads the package's `main`, CommonJS or ESM, as the worker does: by `import()` only where Node says it is ESM. */
async function load(appDirectory: string): Promise<AppRegistry> {
  const { main, type } = z
    .object({ main: z.string(), type: z.string().optional() })
    .parse(JSON.parse(readFileSync(join(appDirectory, 'package.json'), 'utf8')));
  const entry = resolve(appDirectory, main);
  const isModule = entry.endsWith('.mjs') || (type === 'module' && !entry.endsWith('.cjs'));
  const registry = await collectRegistrations(async () => {
    if (isModule) await import(pathToFileURL(entry).href);
    else createRequire(import.meta.url)(entry);
  });
  await registry.start((line) => {
    send({ kind: 'log', line: { source: 'app', ...line } });
  });
  return registry;
}

function send(message: FromChild): void {
  process.send?.(message);
}

serve();
