import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { print } from '../../../cli/io.ts';
import { problemLines } from '../../../cli/report.ts';
import { runCommandLine } from '../../../cli/run.ts';
import { inGate } from '../../support/inGate.ts';

function demo(...options: readonly string[]) {
  const main = join(import.meta.dirname, '../../../sandbox/demo/main.ts');
  return spawnSync(process.execPath, [main, ...options], { encoding: 'utf8', timeout: 30_000 });
}

const refused: readonly (readonly [string, readonly string[], string])[] = [
  [
    'a scenario that there is not',
    ['--scenario', 'nonsense'],
    'There is no scenario nonsense: take one of connect,',
  ],
  ['an option that there is not', ['--bogus'], "Unknown option '--bogus'"],
  ['a speed that is no number', ['--speed', 'abc'], '--speed must be a number above 0.'],
  ['a time that does not advance', ['--speed', '0'], '--speed must be a number above 0.'],
  [
    'a plan of another scenario',
    ['--plan', '--scenario', 'clusters'],
    '--plan and --scenario exclude each other',
  ],
  ['a plan again', ['--plan', '--again'], '--plan and --again exclude each other'],
  ['a lifecycle again', ['--again', '--scenario', 'lifecycle'], '--again and --scenario lifecycle exclude'],
];

test.each(inGate(refused, 'a scenario that there is not', 'a time that does not advance'))(
  'the demo refuses %s in a sentence, with its usage',
  (_, options, sentence) => {
    const { status, stdout, stderr } = demo(...options);

    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.split('\n')[0]).toContain(sentence);
    expect(stderr).toContain('npm run demo');
    expect(stderr).not.toMatch(/^ {4}at /m);
  },
);

test('each command of package.json is there, and has a --help of its own', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const files = Object.values(scripts).flatMap((script) =>
    [...script.matchAll(/node ((?:scripts|sandbox|bench)\/\S+\.ts)/g)].map(([, file = '']) => file),
  );
  const helpless = files.filter(
    (file) =>
      !existsSync(file) || !/helpIfAsked\(|readOptions\(|readCommandLine\(/.test(readFileSync(file, 'utf8')),
  );

  expect(files).toContain('sandbox/local/start.ts');
  expect(helpless).toEqual([]);
});

const commandLine: readonly (readonly [string, readonly string[], string])[] = [
  ['a command that was mistyped', ['conect', 'x.json'], 'There is no command conect: did you mean connect?'],
  ['an option that was mistyped', ['list', '--jsn'], 'There is no option --jsn: did you mean --json?'],
  [
    'an option of another command',
    ['status', 'az-eastus-48cf3cbd593b', '--wait'],
    'status takes no --wait: it goes with',
  ],
  ['two kinds of callers', ['list', '--key', 'a', '--token', 'b'], '--key and --token exclude each other'],
  [
    'a file beside options',
    ['connect', 'x.json', '--project', 'p'],
    'Name a file with a request or --project',
  ],
  ['the ID of a connection for a request', ['connect', 'az-eastus-48cf3cbd593b'], 'connect takes a request'],
];

test.each(commandLine)('the command line refuses %s in a sentence', async (_, parameters, sentence) => {
  const { exitCode, out, err } = await said(parameters);

  expect([exitCode, out]).toEqual([2, '']);
  expect(err).toContain(sentence);
});

test('the command line shows colour only in a terminal that has it', () => {
  const lines: string[] = [];
  const write = (text: string): number => lines.push(text);

  print({ write }, ['az-eastus-48cf3cbd593b: connected', '  ✗ preflight   Zilliz refuses the API key']);
  print({ write, hasColors: () => true }, [
    'az-eastus-48cf3cbd593b: connected',
    '  problem: x: y',
    '  rights: 1',
  ]);

  expect(lines).toEqual([
    'az-eastus-48cf3cbd593b: connected\n  ✗ preflight   Zilliz refuses the API key\n',
    'az-eastus-48cf3cbd593b: \x1b[32mconnected\x1b[0m\n  \x1b[31mproblem\x1b[0m: x: y\n  rights: 1\n',
  ]);
});

test('a problem is shown once, in the words of the command line', () => {
  const detail = 'the subnet has no free address';
  const remedy = 'Use another. Then POST the corrected request.';
  const errors = [{ pointer: '/subnetId', detail, remedy }];

  expect(
    problemLines({ ...{ title: 'The subnet is full', cause: 'It is.', detail, remedy }, errors }),
  ).toEqual([
    '  The subnet is full',
    '  what    the subnet has no free address',
    '  cause   It is.',
    '  remedy  Use another. Then run `connect` with the corrected request.',
    '  where   /subnetId',
  ]);
});

async function said(parameters: readonly string[]) {
  const text = { out: '', err: '' };
  const exitCode = await runCommandLine(parameters, {
    environment: { ZILLIZ_PRIVATE_LINK_URL: 'http://127.0.0.1:9', ZILLIZ_PRIVATE_LINK_KEY: 'key' },
    out: { write: (more) => (text.out += more) },
    err: { write: (more) => (text.err += more) },
    interrupted: new AbortController().signal,
    readStdin: () => Promise.resolve(''),
  });
  return { exitCode, ...text };
}

test('the demo that is asked for help gives it and does nothing', () => {
  const { status, stdout } = demo('--help');

  expect(status).toBe(0);
  expect(stdout).toContain('--scenario NAME');
});
