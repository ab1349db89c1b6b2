import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';

const folders = ['infra', 'test/fixtures/infra'];
const made = /^infra\/(compiled\/|portal\/azuredeploy\.json$)|\.snapshot\.json$/;
const read = /\.(bicep|bicepparam|kql)$|^infra\/(bicepconfig|roles\/[\w-]+|monitoring\/alerts)\.json$/;

/**
 * What the compiled templates and snapshots were made of, by content. A test compares them with what is there, so that a build
 * that was forgotten is noticed where there is no compiler.
 */
export async function sourceDigests(root: string): Promise<Readonly<Record<string, string>>> {
  const files = await Promise.all(folders.map((folder) => readdir(join(root, folder), { recursive: true })));
  const names = files
    .flatMap((list, index) => list.map((file) => `${folders[index] ?? ''}/${file.split(sep).join('/')}`))
    .filter((name) => read.test(name) && !made.test(name))
    .sort();
  const digests = names.map(async (name) => {
    const digest = createHash('sha256').update(await readFile(join(root, name)));
    return [name, digest.digest('hex').slice(0, 16)] as const;
  });
  return Object.fromEntries(await Promise.all(digests));
}
