import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildApp } from '../../support/builtApp.ts';
import type { BuiltApp } from '../../support/builtApp.ts';
import { killedAndFinished, whitelistEntriesOf, writesOf } from './killedDemo.ts';

// The demo as people start it: a process of its own, which is killed and not asked.

let app: BuiltApp;
let directory: string;

beforeAll(() => {
  app = buildApp();
});

afterAll(() => {
  app.remove();
});

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'demo-')), 'state');
});

afterEach(() => {
  rmSync(join(directory, '..'), { recursive: true, force: true });
});

/** The one write that cannot be read back: after a lost response it is unknown whether it was made. */
const mayRepeat = (write: string): boolean => write.startsWith('zilliz.addWhitelistEntry');

describe('a demo that is killed five times', () => {
  it('continues where it was interrupted, finishes, and makes no write twice', async () => {
    const demo = { directory, app: app.directory };

    const lives = await killedAndFinished(demo, 5);

    expect(lives.map(({ exitCode }) => exitCode)).toEqual([...Array<null>(5).fill(null), 0]);
    const output = lives.at(-1)?.output;
    expect(output).toContain('The last demo was interrupted');
    expect(output).toContain('HTTP 400');
    const writes = writesOf(demo);
    const once = writes.filter((write) => !mayRepeat(write));
    expect(once).toEqual([...new Set(once)]);
    expect(once.map((write) => write.split(' ', 1)[0]).toSorted()).toEqual([
      'privateDnsZones.put',
      'privateEndpoints.put',
      'recordSets.put',
      'recordSets.put',
      'recordSets.put',
      'tags.patch',
      'virtualNetworkLinks.put',
      'zilliz.createPrivateEndpoint',
    ]);
    expect(whitelistEntriesOf(demo)).toBe(1);
  }, 300_000);
});
