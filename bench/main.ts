import { parseArgs } from 'node:util';
import { injectCoreModule } from '../sandbox/host/worker/injectCore.ts';

// Before anything of the app is loaded: its library detects the host once.
injectCoreModule();
const { bench } = await import('./bench.ts');

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    runs: { type: 'string', default: '50' },
    only: { type: 'string' },
    // The columns of the table of scale. With `--only` all, which takes an hour; otherwise those of some minutes.
    zones: { type: 'string' },
    connections: { type: 'string' },
    // Its rows, by name: `list,disconnect`.
    rows: { type: 'string' },
  },
});
const numbers = (list: string): readonly number[] => list.split(',').filter(Boolean).map(Number);
const isAlone = values.only !== undefined;
await bench({
  runs: Number(values.runs),
  jsonPath: values.json,
  only: values.only,
  scale: {
    zones: numbers(values.zones ?? (isAlone ? '1,60,200,1000' : '1,60,200')),
    connections: numbers(values.connections ?? (isAlone ? '1,50,500,2000' : '1,50,500')),
    rows: values.rows?.split(','),
  },
});
