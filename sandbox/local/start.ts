import { join, relative } from 'node:path';
import { connectionFrom, connectionRequestSchema } from '../../src/domain/connection/connection.ts';
import { writeAzureCliScript } from '../azureCli/environment.ts';
import { sampleRequest } from '../demo/stage.ts';
import type { Host } from '../host/host.ts';
import type { HostLogLine } from '../host/log.ts';
import { sample } from '../sampleWorld.ts';
import { readCommandLine, startFault, untilAskedToStop } from './commandLine.ts';
import { appDirectory, runApp } from './runningApp.ts';
import type { RunningApp } from './runningApp.ts';

const directory = join(appDirectory, '.sandbox', 'start');
const options = readCommandLine({
  usage: `npm start [-- OPTIONS]

The app on this machine, with simulators of Azure and Zilliz Cloud around it, until Ctrl-C. State survives.
`,
  speed: 60,
  directory,
  hasLog: true,
});

try {
  await run();
} catch (error) {
  process.stderr.write(`${startFault(error)}\n`);
  // What had started already would keep the process alive.
  process.exit(1);
}

async function run(): Promise<void> {
  const { speed, ports } = options;
  const app = await runApp({ directory, speed, ports, log });
  const script = writeAzureCliScript(app.sandbox, directory);
  const pace =
    speed === 1 ? 'in real time' : `${speed} times as fast as the wall clock (--speed 1: real time)`;
  print(
    'Private Link for Zilliz Cloud on Azure, on this machine.',
    '',
    `  API      ${app.host.baseUrl}/api`,
    `  console  ${app.host.baseUrl}/api/console   (for people, in a browser; it asks for the key)`,
    `  key      ${app.host.keys.function}   (in the header x-functions-key)`,
    `  project  ${sample.projectId}, region ${sample.regionId}   (for the console's form)`,
    `  control  http://localhost:${ports.control}   (what people and chance do to Azure and Zilliz: sandbox/control/README.md)`,
    `  events   ${app.sandbox.eventGrid.publishUrl}   (docs/how-to/cluster-events.md; any token for https://eventgrid.azure.net)`,
    `  time     ${pace}`,
    `  state    ${relative(appDirectory, directory)}   (--fresh: begin anew)`,
    '',
    ...tryNext(app.host),
    '',
    'See what it created with the Azure CLI (sandbox/README.md):',
    `  . ${relative(appDirectory, script)}`,
    '',
    'Ctrl-C stops.',
  );
  await untilAskedToStop();
  await stop(app);
}

/** Lines for a terminal: the sample request, and where to look afterwards. */
function tryNext({ baseUrl, keys }: Pick<Host, 'baseUrl' | 'keys'>): readonly string[] {
  const connections = `${baseUrl}/api/connections`;
  const { id } = connectionFrom(connectionRequestSchema.parse(sampleRequest));
  const key = `-H 'x-functions-key: ${keys.function}'`;
  const body = `-H 'content-type: application/json' -d '${JSON.stringify(sampleRequest)}'`;
  return [
    'What would be done, and the cost:',
    `  curl -s ${connections}/plan ${key} ${body}`,
    'Connect:',
    `  curl -i ${connections} ${key} ${body}`,
    'Watch it in the console, or read it:',
    `  ${baseUrl}/api/console#/connections/${id}`,
    `  curl -s ${connections}/${id} ${key}`,
    'Take it down again:',
    `  curl -i -X DELETE ${connections}/${id} ${key}`,
  ];
}

async function stop(app: RunningApp): Promise<void> {
  print('', 'Stopping; the next start goes on from here.');
  await app.stop();
}

function log({ level, source, message }: HostLogLine): void {
  const grave = level === 'error' || level === 'critical';
  if (options.log || grave) print(`  ${level} (${source}): ${message}`);
}

function print(...lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}
