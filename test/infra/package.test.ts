import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { bundledOnly } from '../../scripts/package/sbom.ts';
import { stagePackage } from '../../scripts/package/stage.ts';
import { z } from 'zod';
import { zip } from '../../scripts/package/zip.ts';
import { buildApp } from '../support/builtApp.ts';
import type { BuiltApp } from '../support/builtApp.ts';

const sourcesSchema = z.object({ sources: z.array(z.string()) });

/** Reads a ZIP by its directory, as any tool does: names with their contents. */
function unzip(archive: Buffer): ReadonlyMap<string, string> {
  const entries = new Map<string, string>();
  let at = archive.readUInt32LE(archive.length - 6);
  for (let count = archive.readUInt16LE(archive.length - 12); count > 0; count--) {
    const size = archive.readUInt32LE(at + 20);
    const nameLength = archive.readUInt16LE(at + 28);
    const local = archive.readUInt32LE(at + 42);
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
    const data = local + 30 + archive.readUInt16LE(local + 26);
    entries.set(name, inflateRawSync(archive.subarray(data, data + size)).toString('utf8'));
    at += 46 + nameLength;
  }
  return entries;
}

describe('the release package', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'package-'));
    mkdirSync(join(folder, 'dist'));
    writeFileSync(join(folder, 'host.json'), '{}');
    writeFileSync(join(folder, 'dist', 'main.cjs'), 'one;'.repeat(1000));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('holds every file under its path from the root, sorted', async () => {
    const entries = unzip(await zip(folder));

    expect([...entries.keys()]).toEqual(['dist/main.cjs', 'host.json']);
    expect(entries.get('dist/main.cjs')).toBe('one;'.repeat(1000));
  });

  it('is the same to the byte when only times and modes differ', async () => {
    const first = await zip(folder);
    utimesSync(join(folder, 'host.json'), new Date('2001-01-01'), new Date('2001-01-01'));
    chmodSync(join(folder, 'host.json'), 0o600);

    expect((await zip(folder)).equals(first)).toBe(true);
  });

  it('is another one when a file differs', async () => {
    const first = await zip(folder);
    writeFileSync(join(folder, 'host.json'), '{ }');

    expect((await zip(folder)).equals(first)).toBe(false);
  });

  it('stages host.json, a manifest without dependencies, all bundles, and the console', async () => {
    mkdirSync(join(folder, 'dist', 'console'));
    writeFileSync(join(folder, 'dist', 'console', 'index.html'), '<!doctype html>');
    writeFileSync(join(folder, 'dist', 'azureSdks.cjs'), 'two;');
    writeFileSync(join(folder, 'dist', 'main.cjs.map'), '{}');
    writeFileSync(join(folder, 'dist', 'main.cjs.LEGAL.txt'), 'licences');
    writeFileSync(join(folder, 'LICENSE'), 'licence');
    const zod = join(folder, 'node_modules', 'zod');
    mkdirSync(zod, { recursive: true });
    writeFileSync(
      join(zod, 'package.json'),
      JSON.stringify({ name: 'zod', version: '1.0.0', license: 'MIT' }),
    );
    writeFileSync(join(zod, 'LICENSE'), 'The text of the licence');
    writeFileSync(join(folder, 'dist', 'bundled.json'), JSON.stringify(['node_modules/zod']));
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({
        name: 'app',
        version: '1.2.3',
        type: 'module',
        main: 'dist/main.cjs',
        dependencies: { zod: '1' },
      }),
    );

    const staged = await stagePackage(folder);
    const entries = unzip(await zip(staged.folder));

    expect([...entries.keys()]).toEqual([
      'LICENSE',
      'THIRD-PARTY-NOTICES.txt',
      'dist/azureSdks.cjs',
      'dist/console/index.html',
      'dist/main.cjs',
      'dist/main.cjs.LEGAL.txt',
      'host.json',
      'package.json',
    ]);
    expect(entries.get('THIRD-PARTY-NOTICES.txt')).toBe('zod 1.0.0 (MIT)\n\nThe text of the licence\n\n');
    expect(JSON.parse(entries.get('package.json') ?? '')).toEqual({
      name: 'app',
      version: '1.2.3',
      private: true,
      main: 'dist/main.cjs',
    });
  });
});

describe('the list of what the bundles are made of', () => {
  const component = (name: string, scope: string) => ({
    name,
    version: '1.0.0',
    'bom-ref': `${name}@1.0.0`,
    scope,
  });
  const listed = {
    bomFormat: 'CycloneDX',
    components: [
      component('zod', 'required'),
      component('preact', 'optional'),
      component('jest', 'optional'),
    ],
    dependencies: [{ ref: 'preact@1.0.0', dependsOn: ['zod@1.0.0', 'jest@1.0.0'] }],
  };
  const manifest = (name: string): string => JSON.stringify({ name, version: '1.0.0' });

  it('names a development dependency that the console bundles, and none that is in no bundle', () => {
    const sbom = bundledOnly(listed, [manifest('preact'), manifest('zod')]);

    expect(sbom).toMatchObject({ bomFormat: 'CycloneDX' });
    expect(sbom.components.map(({ name }) => name)).toEqual(['zod', 'preact']);
    expect(sbom.dependencies).toEqual([{ ref: 'preact@1.0.0', dependsOn: ['zod@1.0.0'] }]);
  });

  it('is refused if npm does not list a package that is bundled', () => {
    expect(() => bundledOnly(listed, [manifest('unknown')])).toThrow('unknown@1.0.0');
  });
});

describe('the third-party notices', () => {
  const root = join(import.meta.dirname, '../..');
  let app: BuiltApp;
  beforeAll(() => {
    app = buildApp();
    for (const file of ['LICENSE', 'node_modules']) symlinkSync(join(root, file), join(app.directory, file));
  });
  afterAll(() => {
    app.remove();
  });

  it('name every package whose code is in a bundle, with its licence', async () => {
    const dist = join(app.directory, 'dist');
    const maps = readdirSync(dist).filter((file) => file.endsWith('.cjs.map'));
    const sources = maps.flatMap(
      (file) => sourcesSchema.parse(JSON.parse(readFileSync(join(dist, file), 'utf8'))).sources,
    );
    const names = new Set(
      sources.flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []),
    );

    const { folder } = await stagePackage(app.directory);
    const notices = readFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), 'utf8');

    expect(names.size).toBeGreaterThan(20);
    const named = [...notices.matchAll(/^(\S+) \d\S* \(\S.*\)$/gm)].map(([, name]) => name);
    expect([...names].filter((name) => !named.includes(name))).toEqual([]);
    expect(notices).toMatch(/permission notice shall be included/);
  });
});
