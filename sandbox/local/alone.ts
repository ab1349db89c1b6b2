import { relative } from 'node:path';
import { aloneDirectory, startAlone } from './aloneSandbox.ts';
import { readCommandLine, startFault, untilAskedToStop } from './commandLine.ts';
import { appDirectory } from './runningApp.ts';

const { speed, ports } = readCommandLine({
  usage: `npm run sandbox [-- OPTIONS]

Simulators of Azure and Zilliz Cloud on this machine, without the app, until Ctrl-C. Writes local.settings.json, so that
the app runs against them under the Functions host (npm run start:func does both).
`,
  speed: 1,
  directory: aloneDirectory,
});

try {
  await run();
} catch (error) {
  process.stderr.write(`${startFault(error)}\n`);
  // What had started already would keep the process alive.
  process.exit(1);
}

async function run(): Promise<void> {
  const alone = await startAlone({ speed, ports });
  const authority = relative(appDirectory, alone.authorityPath);
  print(
    'Azure and Zilliz Cloud on this machine, without the app.',
    '',
    ...alone.lines,
    '',
    'To run the app against them under the Functions host, with Azurite running:',
    `  npm run build && NODE_EXTRA_CA_CERTS=$PWD/${authority} func start`,
    '',
    'Ctrl-C stops.',
  );
  await untilAskedToStop();
  print('', 'Stopping; the next start goes on from here.');
  await alone.stop();
}

function print(...lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}
