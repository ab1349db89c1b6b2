// Loads one build of the app as the Functions worker would and prints the milliseconds that took. That worker
// speaks gRPC to its host: by the time it loads an app, Node's HTTP/2 and its dependencies are loaded.
import 'node:http2';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { collectRegistrations } from '../sandbox/host/worker/coreModule.ts';
import { injectCoreModule } from '../sandbox/host/worker/injectCore.ts';

injectCoreModule();
// Good settings, so that everything is made that a deployment makes.
process.env.KEY_VAULT_URL = 'https://bench.vault.azure.net';
const entry = process.argv[2] ?? '';
const from = performance.now();
await collectRegistrations(async () => {
  if (entry.endsWith('.cjs')) createRequire(import.meta.url)(entry);
  else await import(pathToFileURL(entry).href);
});
console.log(performance.now() - from);
process.exit();
