import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readOptions, readSpeed, refuse } from '../local/commandLine.ts';
import { appDirectory, runApp } from '../local/runningApp.ts';
import type { RunningApp } from '../local/runningApp.ts';
import { clustersScenario, clustersSettings } from './clustersScenario.ts';
import { connectScenario, planScenario } from './connectScenario.ts';
import { lifecycleScenario } from './lifecycleScenario.ts';
import { Stage } from './stage.ts';
import { writeLog } from './writeLog.ts';

interface Scenario {
  /** Whether it begins anew each time, instead of continuing an interrupted one. */
  readonly afresh?: true;
  readonly play: (stage: Stage, app: RunningApp) => Promise<boolean>;
  readonly settings?: Readonly<Record<string, string>>;
}

const scenarios: Readonly<Record<string, Scenario>> = {
  connect: { play: connectScenario },
  lifecycle: { play: lifecycleScenario, afresh: true },
  plan: { play: planScenario, afresh: true },
  clusters: { play: clustersScenario, settings: clustersSettings },
};

const usage = `npm run demo [-- OPTIONS]

The command line (cli/) does the whole job once against simulators of Azure and Zilliz Cloud on this machine; exits 0 when it
is done.

  --scenario NAME  connect (default): create all of it; clusters: they come and go, by event and by sweep;
                   lifecycle: adopt what was made by hand, find drift, repair it, disconnect
  --plan           only say what a run would do: nothing is written
  --again          run the same request against the world that the last demo left: nothing is written
  --speed N        sandbox seconds per second (default 60)
  --log            show the app's log
  --directory DIR  where the state lies (default: below .sandbox in the project)
  --app DIR        where package.json, host.json and the compiled app lie (default: the project)
`;

const values = readOptions(usage, {
  scenario: { type: 'string' },
  plan: { type: 'boolean', default: false },
  again: { type: 'boolean', default: false },
  speed: { type: 'string', default: '60' },
  log: { type: 'boolean', default: false },
  directory: { type: 'string' },
  app: { type: 'string', default: appDirectory },
  help: { type: 'boolean', default: false },
});
const speed = readSpeed(usage, values.speed);
if (values.plan && values.scenario !== undefined)
  refuse(usage, '--plan and --scenario exclude each other: a plan is of the connect scenario.');
if (values.plan && values.again) refuse(usage, '--plan and --again exclude each other: a plan begins anew.');
const name = values.plan ? 'plan' : (values.scenario ?? 'connect');
const scenario = new Map(Object.entries(scenarios)).get(name);
if (!scenario)
  refuse(usage, `There is no scenario ${name}: take one of ${Object.keys(scenarios).join(', ')}.`);
if (values.again && scenario.afresh)
  refuse(usage, `--again and --scenario ${name} exclude each other: it begins anew each time.`);
process.exitCode = await demo(scenario);

async function demo({ play, settings, afresh }: Scenario): Promise<number> {
  const folder = name === 'connect' ? 'demo' : `demo-${name}`;
  const directory = values.directory ?? join(appDirectory, '.sandbox', folder);
  const finished = join(directory, 'finished');
  // An interrupted demo continues; a finished one gives way to a new one.
  if (afresh || (existsSync(finished) && !values.again)) rmSync(directory, { recursive: true, force: true });
  const continued = existsSync(directory) && !existsSync(finished);
  mkdirSync(directory, { recursive: true });
  const writes = writeLog(join(directory, 'writes.jsonl'), { continued });
  const print = (...lines: readonly string[]): void => {
    process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  };

  const startedAt = Date.now();
  const app = await runApp({
    directory,
    speed,
    app: values.app,
    traffic: writes.traffic,
    ...(settings && { settings }),
    ...(values.log && { log: ({ level, message }) => print(`    ${level}: ${message}`) }),
  });
  print(`Azure, Zilliz Cloud and a Functions host on this machine; time runs ${speed} times as fast.`);
  if (continued) print('The last demo was interrupted: this one continues it.');
  print('');
  try {
    const stage = new Stage(app);
    const succeeded = await play(stage, app);
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    const count = writes.count();
    const since = continued
      ? `; ${seconds} s since this demo was continued`
      : ` in ${seconds} s on this machine`;
    print('', `${count === 1 ? '1 write' : `${count} writes`} reached Azure and Zilliz${since}.`);
    if (succeeded) writeFileSync(finished, '');
    return succeeded ? 0 : 1;
  } finally {
    await app.stop();
  }
}
