// Loads one build of the app as the Functions worker would and prints the milliseconds that took.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { collectRegistrations } from '../sandbox/host/worker/coreModule.ts';
import { injectCoreModule } from '../sandbox/host/worker/injectCore.ts';

injectCoreModule();
const entry = process.argv[2] ?? '';
const from = performance.now();
await collectRegistrations(async () => {
  if (entry.endsWith('.cjs')) createRequire(import.meta.url)(entry);
  else await import(pathToFileURL(entry).href);
});
console.log(performance.now() - from);
process.exit();
