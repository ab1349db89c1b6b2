import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
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

test('the demo that is asked for help gives it and does nothing', () => {
  const { status, stdout } = demo('--help');

  expect(status).toBe(0);
  expect(stdout).toContain('--scenario NAME');
});
