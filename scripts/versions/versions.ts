// `npm run versions`: what was measured with which version (docs/reference/versions.json), beside what npm and NuGet serve now. A
// registry that cannot be reached, and what none serves, is said as such. Newer versions are no failure.
import { spawnSync } from 'node:child_process';
import { readVersionsFile } from './versionsFile.ts';
import type { Registry } from './versionsFile.ts';
import { helpIfAsked } from '../../sandbox/local/commandLine.ts';

helpIfAsked(`npm run versions

What was measured with which version (docs/reference/versions.json), beside what npm and NuGet serve now. A
registry that cannot be reached, and what none serves, is said as such. Newer versions are no failure.
`);

interface Row {
  readonly name: string;
  readonly measured: string;
  readonly registry: Registry | null;
  readonly seen: string;
}

const TIME_LIMIT_MS = 60_000;

/** The newest release that the registry serves, through its ordinary client. */
function newest(registry: Registry | null): string {
  if (registry === null) return 'no registry serves it';
  if ('npm' in registry) {
    return run('npm', ['view', registry.npm, 'version'], (text) => text.trim());
  }
  const search = ['package', 'search', registry.nuget, '--exact-match', '--format', 'json'];
  return run('dotnet', search, (text) => {
    const versions = [...text.matchAll(/"(?:latestVersion|version)": "(\d[^"]*)"/g)].map(
      ([, found = '']) => found,
    );
    return versions.filter((version) => !version.includes('-')).at(-1) ?? '';
  });
}

function run(program: string, parameters: readonly string[], read: (text: string) => string): string {
  const { status, stdout } = spawnSync(program, parameters, { encoding: 'utf8', timeout: TIME_LIMIT_MS });
  const found = status === 0 ? read(stdout) : '';
  return found === '' ? 'not reached from here' : found;
}

const { platform, packages, apis } = readVersionsFile();
const rows: readonly Row[] = [
  ...platform.map(({ name, version, registry, seen }) => ({
    ...{ name, registry, seen },
    measured: version,
  })),
  ...Object.entries(packages).map(([name, measured]) => ({
    ...{ name, measured, registry: { npm: name }, seen: 'package.json' },
  })),
  ...apis.map(({ api, version, seen }) => ({ ...{ name: api, seen, registry: null }, measured: version })),
];
const wide = Math.max(...rows.map(({ name }) => name.length)) + 2;
const line = (...[name = '', measured = '', served = '', seen = '']: readonly string[]): string =>
  `${name.padEnd(wide)}${measured.padEnd(16)}${served.padEnd(24)}${seen}`;
console.log(line('what', 'measured with', 'served now', 'where'));
for (const { name, measured, registry, seen } of rows) {
  const served = newest(registry);
  console.log(line(name, measured, served === measured ? 'the same' : served, seen));
}
