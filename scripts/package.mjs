// Stages what is deployed and packs it: host.json, a package.json without dependencies, and the bundle. Nothing is built or
// installed on the other side, so the ZIP is the release; the same sources give the same bytes.
import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zip } from './packageZip.mjs';

const staged = 'dist/package/app';
const project = JSON.parse(await readFile('package.json', 'utf8'));
/** The worker reads `main`; `type` would make it take the CommonJS bundle for a module. */
const manifest = { name: project.name, version: project.version, private: true, main: project.main };

await rm('dist/package', { recursive: true, force: true });
await mkdir(join(staged, 'dist'), { recursive: true });
await writeFile(join(staged, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
await cp('host.json', join(staged, 'host.json'));
await cp(project.main, join(staged, project.main));
await cp('LICENSE', join(staged, 'LICENSE'));
// The licences of what the bundle holds.
await cp(`${project.main}.LEGAL.txt`, join(staged, `${project.main}.LEGAL.txt`)).catch((error) => {
  if (error.code !== 'ENOENT') throw error;
});

const archive = await zip(staged);
const file = `dist/package/${project.name}-${project.version}.zip`;
await writeFile(file, archive);
const digest = createHash('sha256').update(archive).digest('hex');
await writeFile(`${file}.sha256`, `${digest}  ${file.slice(file.lastIndexOf('/') + 1)}\n`);
console.log(`${file}  ${(archive.length / 1_000_000).toFixed(2)} MB  sha256 ${digest}`);
