import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

describe('npm run start:func', () => {
  it('says all that is missing and how to come by it, and starts nothing', () => {
    const empty = mkdtempSync(join(tmpdir(), 'path-'));
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/startFunc.ts'], {
      cwd: root,
      env: { PATH: empty },
      encoding: 'utf8',
    });
    rmSync(empty, { recursive: true });

    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('npm install -g azure-functions-core-tools@4');
  });
});
