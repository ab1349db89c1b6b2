import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

it('the generated pages say what the code says, and show what the app responds', () => {
  const { status, stdout } = spawnSync(process.execPath, ['scripts/docs.ts', '--check'], {
    cwd: root,
    encoding: 'utf8',
  });

  expect(stdout).toContain(
    'docs/reference/settings.md\ndocs/reference/failure-codes.md\ndocs/reference/openapi.json\n',
  );
  expect(status).toBe(0);
}, 180_000);
