import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { heldBack, lineAt, readLock, withOwnCalendar } from '../../scripts/heldBack.ts';

const packagesSchema = z.object({
  packages: z.record(z.string(), z.object({ integrity: z.string().optional() })),
});
const text = readFileSync('package-lock.json', 'utf8');
const lock = readLock(text);

function lockOf(packages: Readonly<Record<string, object>>) {
  return readLock(JSON.stringify({ packages: { '': { engines: { node: '>=22' } }, ...packages } }));
}

const newer = { version: '1.25.1', engines: { node: '>=22.0.0' } };
const older = { version: '1.24.0', engines: { node: '>=20.0.0' } };

describe('package-lock.json', () => {
  it('was written by npm under the Node of `engines`; else run `npm run lock`', () => {
    expect(heldBack(lock)).toEqual([]);
  });

  it('has each of the packages that are excepted from this, so that the list does not outlive its use', () => {
    const lines = new Set(Object.entries(lock.packages).map(([path, found]) => lineAt(path, found)));

    expect(withOwnCalendar.filter((line) => !lines.has(line))).toEqual([]);
  });

  it('has the checksum of every package, also of the Node that builds the release', () => {
    const withoutChecksum = Object.entries(packagesSchema.parse(JSON.parse(text)).packages)
      .filter(([path, { integrity = '' }]) => path !== '' && !integrity.startsWith('sha512-'))
      .map(([path]) => path);

    expect(withoutChecksum).toEqual([]);
    const binary = 'node_modules/node/bin/node';
    const known = readFileSync('scripts/node.sha256', 'utf8');
    if (`${process.platform}-${process.arch}` !== 'linux-x64') return;
    expect(`${createHash('sha256').update(readFileSync(binary)).digest('hex')}  ${binary}\n`).toBe(known);
  });

  it('names no registry', () => {
    expect(text).not.toContain('"resolved"');
  });
});

describe('a lock file of npm under an older Node', () => {
  it('is known by the packages of the Azure SDK that it holds back, wherever they are', () => {
    const found = heldBack(
      lockOf({
        'node_modules/@azure/core-auth': newer,
        'node_modules/@azure/core-rest-pipeline': older,
        'node_modules/@azure/identity/node_modules/@azure-rest/core-client': { version: '2.7.0' },
        'node_modules/@typespec/ts-http-runtime': { version: '0.3.6', engines: { node: '^20 || >=22' } },
      }),
    );

    expect(found).toEqual([
      'node_modules/@azure/core-rest-pipeline',
      'node_modules/@azure/identity/node_modules/@azure-rest/core-client',
      'node_modules/@typespec/ts-http-runtime',
    ]);
  });

  it('is not known by what the app does not run on, nor by what admits an older Node in its newest release', () => {
    const found = heldBack(
      lockOf({
        'node_modules/@azure/ms-rest-js': { version: '2.7.0', dev: true },
        'node_modules/@azure/msal-node': { version: '7.2.3', engines: { node: '>=20' } },
        'node_modules/tslib': { version: '2.8.1' },
      }),
    );

    expect(found).toEqual([]);
  });
});

describe('`npm run lock`', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lock-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs it with a program in the place of npm, which writes the lock file given, or fails. */
  function run(written: object | null) {
    writeFileSync(
      join(folder, 'package-lock.json'),
      JSON.stringify(
        lockOf({ 'node_modules/@azure/core-auth': older, 'node_modules/@azure/identity': newer }),
      ),
    );
    const program = [
      `const fs = require('node:fs');`,
      `const had = Object.keys(JSON.parse(fs.readFileSync('package-lock.json', 'utf8')).packages);`,
      `fs.writeFileSync('asked.json', JSON.stringify({ had, args: process.argv.slice(2), node: process.execPath }));`,
      written ? `fs.writeFileSync('package-lock.json', ${JSON.stringify(JSON.stringify(written))});` : '',
      `process.exitCode = ${written ? 0 : 7};`,
    ];
    writeFileSync(join(folder, 'npm.cjs'), program.join('\n'));
    return spawnSync(process.execPath, [join(process.cwd(), 'scripts/lock.ts'), 'jose@6.2.18'], {
      ...{ cwd: folder, encoding: 'utf8' },
      env: { ...process.env, npm_execpath: join(folder, 'npm.cjs') },
    });
  }

  const asked = (): unknown => JSON.parse(readFileSync(join(folder, 'asked.json'), 'utf8'));
  const left = () => Object.keys(readLock(readFileSync(join(folder, 'package-lock.json'), 'utf8')).packages);

  it('lets npm, under the Node that runs it, choose anew what was held back', () => {
    expect(run(lockOf({ 'node_modules/@azure/core-auth': newer })).status).toBe(0);
    expect(asked()).toEqual({
      had: ['', 'node_modules/@azure/identity'],
      args: ['install', '--package-lock-only', '--ignore-scripts', 'jose@6.2.18'],
      node: process.execPath,
    });
  });

  it('fails where npm chose the older release again', () => {
    const { status, stderr } = run(lockOf({ 'node_modules/@azure/core-auth': older }));

    expect(status).toBe(1);
    expect(stderr).toContain('node_modules/@azure/core-auth');
  });

  it('leaves the lock file as it was where npm fails', () => {
    expect(run(null).status).toBe(7);
    expect(left()).toEqual(['', 'node_modules/@azure/core-auth', 'node_modules/@azure/identity']);
  });
});
