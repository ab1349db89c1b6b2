// `npm run test:upgrade [ref]`: runs the bundle of another commit and today's over one task hub, both ways: a run that one has begun
// is ended by the other. Default: the last release, or the commit before. It prints a table; the exit code is 1 if a run does not
// end as it would without the change.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { handOver, stories } from './handOver.ts';
import { helpIfAsked } from '../../sandbox/local/commandLine.ts';

helpIfAsked(`npm run test:upgrade [-- REF]

Runs the bundle of another commit and today's over one task hub, both ways, and prints a table. Default: the last release, or
the commit before.
`);

const root = join(import.meta.dirname, '../..');
const git = (...parameters: string[]): string =>
  execFileSync('git', parameters, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();

function lastRelease(): string {
  try {
    return git('describe', '--tags', '--abbrev=0', '--match', 'v*');
  } catch {
    return git('rev-parse', '--short', 'HEAD~1');
  }
}

/** Builds the app as it is at a commit, with the dependencies of today. */
function buildAt(ref: string, folder: string): void {
  execFileSync('sh', ['-c', 'git archive "$0" | tar -x -C "$1"', ref, folder], { cwd: root });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  build(folder, join(folder, 'dist'));
}

function build(from: string, to: string): void {
  execFileSync(process.execPath, ['scripts/build.mjs', to], {
    cwd: from,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

const [ref = lastRelease()] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'upgrade-'));
let failures = 0;
try {
  buildAt(ref, folder);
  const today = mkdtempSync(join(folder, 'today-'));
  execFileSync('cp', ['package.json', 'host.json', today], { cwd: root });
  build(root, join(today, 'dist'));
  console.log(
    `${'begun by'.padEnd(12)}${'ended by'.padEnd(12)}${'run'.padEnd(12)}${'handed over after'.padEnd(40)}end`,
  );
  const apps = { [ref]: folder, today };
  for (const [begins, ends] of [
    [ref, 'today'],
    ['today', ref],
  ] as const) {
    for (const story of stories) {
      const end = await handOver(story, apps[begins] ?? '', apps[ends] ?? '');
      if (end !== 'as expected') failures += 1;
      const columns = [begins.padEnd(12), ends.padEnd(12), story.run.padEnd(12), story.after.padEnd(40)];
      console.log(`${columns.join('')}${end}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
process.exitCode = failures === 0 ? 0 : 1;
