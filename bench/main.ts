import { parseArgs } from 'node:util';
import { injectCoreModule } from '../sandbox/host/worker/injectCore.ts';

// Before anything of the app is loaded: its library detects the host once.
injectCoreModule();
const { bench } = await import('./bench.ts');

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    runs: { type: 'string', default: '100' },
    only: { type: 'string' },
  },
});
await bench({ runs: Number(values.runs), jsonPath: values.json, only: values.only });
