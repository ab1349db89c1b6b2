// The app under the real Functions host, against the sandbox: simulators, Azurite and `func start`, until Ctrl-C.
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { aloneDirectory, startAlone } from '../sandbox/local/aloneSandbox.ts';
import type { AloneSandbox } from '../sandbox/local/aloneSandbox.ts';
import { readCommandLine, startFault } from '../sandbox/local/commandLine.ts';
import { appDirectory } from '../sandbox/local/runningApp.ts';

const AZURITE_PORTS = [10_000, 10_001, 10_002];
const AZURITE_START_MS = 30_000;

const { speed, ports } = readCommandLine({
  usage: `npm run start:func [-- OPTIONS]

The app under the Azure Functions host (func), with Azurite as its storage and the sandbox as Azure and Zilliz Cloud.
Needs the Azure Functions Core Tools 4 and Azurite.
`,
  speed: 1,
  directory: aloneDirectory,
});

try {
  process.exitCode = await run();
} catch (error) {
  process.stderr.write(`${startFault(error)}\n`);
  // What had started already would keep the process alive.
  process.exit(1);
}

async function run(): Promise<number> {
  const azuriteRuns = await listensOn(AZURITE_PORTS[0] ?? 0);
  const missing = missingTools(azuriteRuns);
  if (missing.length > 0) {
    process.stderr.write(['Not started, because something is missing:', ...missing, ''].join('\n'));
    return 1;
  }
  const alone = await startAlone({ speed, ports });
  process.stdout.write(`${alone.lines.join('\n')}\n\n`);
  const children: ChildProcess[] = [];
  try {
    if (!alone.hasSettings) {
      process.stderr.write('local.settings.json is not the sandbox’s: move it away and start again.\n');
      return 1;
    }
    if (!azuriteRuns) children.push(await startAzurite());
    return await runFunc(alone);
  } finally {
    for (const child of children) child.kill('SIGTERM');
    await alone.stop();
  }
}

/** One line for each thing that is missing and how to come by it. */
function missingTools(azuriteRuns: boolean): readonly string[] {
  const missing: string[] = [];
  if (!existsSync(join(appDirectory, 'dist/main.cjs'))) missing.push('  dist/main.cjs: npm run build');
  if (!isOnPath('func')) {
    missing.push('  func, the Azure Functions Core Tools 4: npm install -g azure-functions-core-tools@4');
  } else {
    const version = spawnSync('func', ['--version'], { encoding: 'utf8' }).stdout.trim();
    if (!version.startsWith('4.')) missing.push(`  func 4: the one on the PATH says ${version || 'nothing'}`);
  }
  if (!azuriteRuns && !isOnPath('azurite')) {
    missing.push(
      '  azurite, the storage emulator: npm install -g azurite, or have one running on port 10000',
    );
  }
  return missing;
}

function isOnPath(program: string): boolean {
  const names = process.platform === 'win32' ? [`${program}.cmd`, `${program}.exe`] : [program];
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.some((folder) => names.some((name) => existsSync(join(folder, name))));
}

async function startAzurite(): Promise<ChildProcess> {
  const location = join(aloneDirectory, 'azurite');
  mkdirSync(location, { recursive: true });
  const azurite = spawn('azurite', ['--silent', '--location', location], {
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  const deadline = Date.now() + AZURITE_START_MS;
  for (const port of AZURITE_PORTS) {
    while (!(await listensOn(port))) {
      if (azurite.exitCode !== null || Date.now() > deadline) {
        azurite.kill('SIGTERM');
        throw new Error(`azurite does not listen on port ${port}`);
      }
      await pause(200);
    }
  }
  process.stdout.write(`  storage       azurite, state in ${location}\n\n`);
  return azurite;
}

/**
 * Node reads NODE_EXTRA_CA_CERTS when it starts. The Core Tools put the values of local.settings.json into their own
 * environment before they start the worker, so it reaches Node from there, too; the environment is the way that does not
 * depend on it.
 */
async function runFunc(alone: AloneSandbox): Promise<number> {
  const func = spawn('func', ['start', '--port', String(ports.api)], {
    cwd: appDirectory,
    stdio: 'inherit',
    env: { ...process.env, NODE_EXTRA_CA_CERTS: alone.authorityPath },
    shell: process.platform === 'win32',
  });
  // Ctrl-C reaches func by itself; this process stays to clean up after it.
  process.on('SIGINT', () => undefined);
  process.once('SIGTERM', () => func.kill('SIGTERM'));
  const ended = new Promise<number | null>((resolve) => {
    func.once('exit', (code) => {
      resolve(code);
    });
  });
  void subscribeWhenUp(alone, func);
  return (await ended) ?? 0;
}

/** Event Grid shakes hands with the function, so the function must be there first. */
async function subscribeWhenUp(alone: AloneSandbox, func: ChildProcess): Promise<void> {
  const baseUrl = `http://127.0.0.1:${ports.api}`;
  while (func.exitCode === null) {
    await pause(1000);
    const up = await fetch(`${baseUrl}/api/health`).then(
      ({ status }) => status === 200,
      () => false,
    );
    if (!up) continue;
    await alone.subscribe(baseUrl).then(
      () => process.stdout.write('Cluster events of the sandbox come to the app.\n'),
      (error: unknown) => process.stderr.write(`Cluster events do not come to the app: ${String(error)}\n`),
    );
    return;
  }
}

function listensOn(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
