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
    // The columns of the table of scale: the whole table takes hours.
    zones: { type: 'string', default: '1,60,200,1000' },
    connections: { type: 'string', default: '1,50,500,2000' },
  },
});
const numbers = (list: string): readonly number[] => list.split(',').filter(Boolean).map(Number);
await bench({
  runs: Number(values.runs),
  jsonPath: values.json,
  only: values.only,
  scale: { zones: numbers(values.zones), connections: numbers(values.connections) },
});
