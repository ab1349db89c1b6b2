import { readOptions, refuse } from '../sandbox/local/commandLine.ts';
import { injectCoreModule } from '../sandbox/host/worker/injectCore.ts';

const sections = ['schedules', 'time', 'history', 'load', 'many', 'memory', 'scale', 'growth'] as const;
const usage = `npm run bench [-- OPTIONS]

Measures time to connected, executions, history, load, memory and scale over the simulators, and prints the figures of this run.

  --only SECTION       one of ${sections.join(', ')}
  --runs N             runs of the section time (default 100)
  --zones LIST         columns of the table of scale (default 1,60,200,1000)
  --connections LIST   further columns of it (default 1,50,500,2000)
  --rows LIST          some rows of it: list,GET,plan,export,sweep and sync,GET after it,connect,disconnect
  --json FILE          writes the figures there as well
`;
const values = readOptions(usage, {
  json: { type: 'string' },
  runs: { type: 'string', default: '100' },
  only: { type: 'string' },
  zones: { type: 'string', default: '1,60,200,1000' },
  connections: { type: 'string', default: '1,50,500,2000' },
  rows: { type: 'string' },
  help: { type: 'boolean' },
});
const { only } = values;
if (only !== undefined && !sections.some((section) => section === only))
  refuse(usage, `There is no section ${only}: take one of ${sections.join(', ')}.`);
const numbers = (option: string, list: string): readonly number[] => {
  const found = list.split(',').filter(Boolean).map(Number);
  const isRight = found.every((number) => Number.isInteger(number) && number > 0);
  return isRight ? found : refuse(usage, `${option} must be whole numbers above 0, separated by commas.`);
};

// Before anything of the app is loaded: its library detects the host once.
injectCoreModule();
const { bench } = await import('./bench.ts');

await bench({
  runs: numbers('--runs', values.runs)[0] ?? refuse(usage, '--runs must be a number.'),
  jsonPath: values.json,
  only,
  scale: {
    zones: numbers('--zones', values.zones),
    connections: numbers('--connections', values.connections),
    rows: values.rows?.split(','),
  },
});
