import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { appDirectory, runApp } from '../runningApp.ts';
import { Api } from './api.ts';
import { connectScenario } from './connectScenario.ts';

const usage = `npm run demo [-- OPTIONS]

Does the whole job once against simulators of Azure and Zilliz Cloud on this machine, and exits 0 when it is done.

  --again          run the same request against the world that the last demo left: nothing is written
  --speed N        sandbox seconds per second (default 60)
  --log            show the app's log
`;

const { values } = parseArgs({
  options: {
    again: { type: 'boolean', default: false },
    speed: { type: 'string', default: '60' },
    log: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) process.stdout.write(usage);
else process.exitCode = await demo();

async function demo(): Promise<number> {
  const directory = join(appDirectory, '.sandbox', 'demo');
  const finished = join(directory, 'finished');
  // An interrupted demo goes on where it stood; a finished one gives way to a new one.
  if (existsSync(finished) && !values.again) rmSync(directory, { recursive: true });
  const continued = existsSync(directory) && !existsSync(finished);
  mkdirSync(directory, { recursive: true });
  const print = (...lines: readonly string[]): void => {
    process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  };

  const speed = Number(values.speed);
  const startedAt = Date.now();
  const app = await runApp({
    directory,
    speed,
    ...(values.log && { log: ({ level, message }) => print(`    ${level}: ${message}`) }),
  });
  print(`Azure, Zilliz Cloud and a Functions host on this machine; time runs ${speed} times as fast.`);
  if (continued) print('The last demo was interrupted: this one goes on where it stood.');
  print('');
  try {
    const connected = await connectScenario({
      api: new Api(app.host.baseUrl, app.host.keys.function),
      baseUrl: app.host.baseUrl,
      sandbox: app.sandbox,
      now: () => app.clock.now(),
      print,
    });
    const writes = app.sandbox.traffic.writes().length;
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    print('', `${writes} writes reached Azure and Zilliz in ${seconds} s on this machine.`);
    if (connected) writeFileSync(finished, '');
    return connected ? 0 : 1;
  } finally {
    await app.stop();
  }
}
