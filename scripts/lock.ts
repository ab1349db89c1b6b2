// Writes package-lock.json with npm under the Node of `engines`, whichever Node is on the machine; see heldBack.ts for why. Names of
// packages with versions are handed on: `npm run lock -- jose@6.2.18`. Run `npm ci` afterwards.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { heldBack, readLock } from './heldBack.ts';
import { helpIfAsked } from '../sandbox/local/commandLine.ts';

helpIfAsked(`npm run lock [-- PACKAGE@VERSION...]

Writes package-lock.json under the Node of \`engines\`; other parameters are those of npm install. Run npm ci afterwards.
`);

const FILE = 'package-lock.json';
const npm = process.env.npm_execpath;
if (npm === undefined) {
  console.error('Run it as `npm run lock`, which says where npm is.');
  process.exit(2);
}

const before = readFileSync(FILE, 'utf8');
const lock = readLock(before);
const older = heldBack(lock);
// npm keeps what the lock has, so that what was held back must go first.
const packages = Object.fromEntries(Object.entries(lock.packages).filter(([path]) => !older.includes(path)));
if (older.length > 0) writeFileSync(FILE, `${JSON.stringify({ ...lock, packages }, null, 2)}\n`);

// process.execPath is the dev dependency: npm puts node_modules/.bin before everything on the PATH of its scripts.
const { status } = spawnSync(
  process.execPath,
  [npm, 'install', '--package-lock-only', '--ignore-scripts', ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
if (status !== 0) {
  writeFileSync(FILE, before);
  process.exit(status ?? 1);
}
const left = heldBack(readLock(readFileSync(FILE, 'utf8')));
if (left.length > 0) {
  console.error(
    `Still older than the Node of \`engines\` allows (Node ${process.version} is running): ${left.join(', ')}`,
  );
  process.exit(1);
}
