// Packs the release: what is deployed, as one ZIP with its checksum; beside it the command line as one file, and what both are made of.
// The same sources give the same bytes of the ZIP.
import { createHash } from 'node:crypto';
import { cp, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { sbomOf } from './sbom.ts';
import { COMMAND_LINE, stagePackage } from './stage.ts';
import { zip } from './zip.ts';
import { helpIfAsked } from '../../sandbox/local/commandLine.ts';

helpIfAsked(`npm run package

Packs the release into dist/package: what is deployed as a ZIP with its checksum, the command line, and the list of
the packages that both are made of (CycloneDX).
`);

const { folder, name, version } = await stagePackage('.');
const archive = await zip(folder);
const file = `dist/package/${name}-${version}.zip`;
const digest = createHash('sha256').update(archive).digest('hex');
await writeFile(file, archive);
await writeFile(`${file}.sha256`, `${digest}  ${basename(file)}\n`);
const commandLine = `${COMMAND_LINE}.cjs`;
await writeFile('dist/package/sbom.cdx.json', await sbomOf('.'));
await cp(`dist/${commandLine}`, `dist/package/${commandLine}`);
console.log(`${file}  ${(archive.length / 1_000_000).toFixed(2)} MB  sha256 ${digest}`);
