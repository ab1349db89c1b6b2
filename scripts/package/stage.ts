import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** The bundle of the command line is a file of the release by itself, and no part of the app. */
export const COMMAND_LINE = 'zilliz-private-link';

const manifestSchema = z.object({ name: z.string(), version: z.string(), main: z.string() });

export interface StagedPackage {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
}

/**
 * Stages what is deployed below `dist/package/app`: host.json, a package.json without dependencies, the bundles, and the licences
 * of what they hold, beside the console's files. Nothing is built or installed on the other side. The project has been built before.
 */
export async function stagePackage(root: string): Promise<StagedPackage> {
  const folder = join(root, 'dist/package/app');
  const project: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const { name, version, main } = manifestSchema.parse(project);
  // The worker reads `main`; `type` would make it take the CommonJS bundles for modules.
  const manifest = { name, version, private: true, main };

  await rm(join(root, 'dist/package'), { recursive: true, force: true });
  await mkdir(join(folder, 'dist'), { recursive: true });
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  const built = (await readdir(join(root, 'dist'))).filter(
    (file) => /\.cjs(\.LEGAL\.txt)?$/.test(file) && !file.startsWith(COMMAND_LINE),
  );
  await cp(join(root, 'dist/console'), join(folder, 'dist/console'), { recursive: true });
  for (const file of ['host.json', 'LICENSE', ...built.map((name) => `dist/${name}`)]) {
    await cp(join(root, file), join(folder, file));
  }
  const bundled: unknown = JSON.parse(await readFile(join(root, 'dist/bundled.json'), 'utf8'));
  const notices = z
    .array(z.string())
    .parse(bundled)
    .map((path) => noticeOf(join(root, path)));
  await writeFile(
    join(folder, 'THIRD-PARTY-NOTICES.txt'),
    (await Promise.all(notices)).join(`\n${'-'.repeat(80)}\n`),
  );
  return { folder, name, version };
}

const dependencySchema = z.object({ name: z.string(), version: z.string(), license: z.string() });

/** Name, version and licence of a package, with the texts that it asks to be passed on. */
async function noticeOf(path: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(path, 'package.json'), 'utf8'));
  const { name, version, license } = dependencySchema.parse(manifest);
  const files = (await readdir(path))
    .filter((file) => /^(licen[cs]e|copying|notice|thirdparty)/i.test(file))
    .sort();
  const texts = await Promise.all(files.map((file) => readFile(join(path, file), 'utf8')));
  return [`${name} ${version} (${license})`, ...texts.map((text) => text.trim()), ''].join('\n\n');
}
