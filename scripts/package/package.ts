// Packs the release: what is deployed, as one ZIP with its checksum, and the command line as one file beside it. The same sources give the same bytes.
import { createHash } from 'node:crypto';
import { cp, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { COMMAND_LINE, stagePackage } from './stage.ts';
import { zip } from './zip.ts';
import { helpIfAsked } from '../../sandbox/local/commandLine.ts';

helpIfAsked(`npm run package

Packs the release into dist/package: what is deployed as a ZIP with its checksum, and the command line.
`);

const { folder, name, version } = await stagePackage('.');
const archive = await zip(folder);
const file = `dist/package/${name}-${version}.zip`;
const digest = createHash('sha256').update(archive).digest('hex');
await writeFile(file, archive);
await writeFile(`${file}.sha256`, `${digest}  ${basename(file)}\n`);
const commandLine = `${COMMAND_LINE}.cjs`;
await cp(`dist/${commandLine}`, `dist/package/${commandLine}`);
console.log(`${file}  ${(archive.length / 1_000_000).toFixed(2)} MB  sha256 ${digest}`);
