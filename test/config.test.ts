import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readSettings, settingsSchema } from '../src/config.ts';

const root = join(import.meta.dirname, '..');
const vault = { KEY_VAULT_URL: 'https://vault.example.net' };

describe('the settings', () => {
  it('require only the vault', () => {
    const read = readSettings(vault);

    expect(read).toMatchObject({
      ok: true,
      settings: {
        ARM_ENDPOINT: 'https://management.azure.com',
        ZILLIZ_API_URL: 'https://api.cloud.zilliz.com',
        AZURE_CREDENTIAL: 'managed-identity',
        ALLOWED_PROJECTS: null,
        ALLOWED_SCOPES: null,
        VERIFY_DNS_SERVERS: [],
      },
    });
  });

  it('treat an empty value, which the portal may leave, as missing', () => {
    expect(readSettings({ ...vault, AZURE_CLIENT_ID: '', VERIFY_DNS_SERVERS: '' })).toMatchObject({
      ok: true,
    });
  });

  it('are refused all at once, by name and never with a value', () => {
    const read = readSettings({
      KEY_VAULT_URL: 'http://plain.example.net/very-private',
      ARM_ENDPOINT: 'management.azure.com/very-private',
      AZURE_CLIENT_ID: 'very-private',
      ALLOWED_SCOPES: '/subscriptions/very-private',
      VERIFY_DNS_SERVERS: 'very-private',
      VERIFY_CONNECT_PROXY: 'https://very-private',
    });

    expect(read.ok).toBe(false);
    const faults = read.ok ? [] : read.faults;
    expect(faults.map(({ name }) => name).toSorted()).toEqual([
      'ALLOWED_SCOPES',
      'ARM_ENDPOINT',
      'AZURE_CLIENT_ID',
      'KEY_VAULT_URL',
      'VERIFY_CONNECT_PROXY',
      'VERIFY_DNS_SERVERS',
    ]);
    expect(JSON.stringify(faults)).not.toContain('very-private');
  });

  it.each([
    ['RECORD_REMOVAL_DELAY_HOURS', 'abc', 'must be a number of hours'],
    ['AUTH_MODE', 'none', 'must be "function-key" or "entra"'],
    ['AZURE_CLIENT_ID', 'app', 'must be a GUID'],
  ])('say what is wrong with %s=%s', (name, value, fault) => {
    expect(readSettings({ ...vault, [name]: value })).toEqual({ ok: false, faults: [{ name, fault }] });
  });

  it('report a setting as missing only if it is missing', () => {
    expect(readSettings({})).toEqual({
      ok: false,
      faults: [{ name: 'KEY_VAULT_URL', fault: 'is missing' }],
    });
  });

  it.each([
    ['*', null],
    ['proj-1, proj-2', ['proj-1', 'proj-2']],
  ])('allow the projects %s', (text, projects) => {
    expect(readSettings({ ...vault, ALLOWED_PROJECTS: text })).toMatchObject({
      settings: { ALLOWED_PROJECTS: projects },
    });
  });

  it.each([[' , '], ['proj-1;proj-2'], ['../x']])('refuse %p as a list of projects', (text) => {
    expect(readSettings({ ...vault, ALLOWED_PROJECTS: text })).toMatchObject({
      ok: false,
      faults: [{ name: 'ALLOWED_PROJECTS' }],
    });
  });

  it.each([['10.0.0.4'], ['10.0.0.4:5353'], ['10.0.0.4,10.0.0.5'], ['[::1]:53']])(
    'accept %s as resolvers for the verification',
    (text) => {
      expect(readSettings({ ...vault, VERIFY_DNS_SERVERS: text })).toMatchObject({
        settings: { VERIFY_DNS_SERVERS: text.split(',') },
      });
    },
  );
});

describe('local.settings.sample.json', () => {
  const sample = z
    .object({ IsEncrypted: z.literal(false), Values: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(join(root, 'local.settings.sample.json'), 'utf8')));
  const ofTheHost = ['FUNCTIONS_WORKER_RUNTIME', 'AzureWebJobsStorage'];

  it('is accepted without a change', () => {
    expect(readSettings(sample.Values)).toMatchObject({ ok: true });
  });

  it('sets what the host needs, and otherwise only settings of the app', () => {
    expect(Object.keys(sample.Values)).toEqual(expect.arrayContaining(ofTheHost));
    const ours = Object.keys(sample.Values).filter((name) => !ofTheHost.includes(name));
    expect(Object.keys(settingsSchema.shape)).toEqual(expect.arrayContaining(ours));
  });
});

describe('.funcignore', () => {
  it('deploys only the bundle and the files that the host reads', () => {
    const ignored = readFileSync(join(root, '.funcignore'), 'utf8')
      .split('\n')
      // Only at the root: dist/console is deployed.
      .map((entry) => entry.replace(/^\//, ''));
    const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
    const entries = new Set(tracked.map((path) => path.split('/')[0] ?? ''));

    const deployed = [...entries].filter((entry) => !ignored.includes(entry));

    expect(deployed.toSorted()).toEqual(['.funcignore', 'host.json', 'package.json']);
  });
});

test('each command of package.json runs a file that is there', () => {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  const files = Object.values(scripts)
    .flatMap((command) => [...command.matchAll(/node (?:--\S+ )*(?!dist)([^-\s]\S*)/g)])
    .map(([, file = '']) => file);

  expect(files.length).toBeGreaterThan(20);
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});
