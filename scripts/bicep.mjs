// Compiles and lints the Bicep files: `build` writes the committed templates, `check` says which of them are not current.
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { findBicep } from './bicep/compiler.ts';
import { sourceDigests } from './bicep/sources.ts';
import { templates } from './bicep/templates.ts';

/** Parameter files whose snapshots (the resources that a deployment would make) are committed beside them. */
const snapshotFolder = 'test/fixtures/infra';
/** Invented, so that the snapshot is the same everywhere. */
const context = {
  'tenant-id': '00000000-0000-4000-8000-00000000000f',
  'subscription-id': '00000000-0000-4000-8000-000000000001',
  'resource-group': 'rg-zilliz-private-link',
  location: 'eastus2',
};
/** What is deployed elsewhere: by the owner of the hub's subscription, or into the group of the network. */
const elsewhere = {
  'access-hub': { 'subscription-id': '00000000-0000-4000-8000-000000000002' },
  network: { 'resource-group': 'rg-network' },
  'network-one-missing': { 'resource-group': 'rg-network' },
};

const [command, ...others] = process.argv.slice(2);
if ((command !== 'build' && command !== 'check') || others.length > 0) {
  console.error('usage: npm run infra:build | npm run infra:check, without options');
  process.exit(2);
}
const bicep = findBicep();
console.log(`Bicep ${run(['--version']).trim()}`);

const stale = [];
for (const { source, compiled } of Object.values(templates)) {
  await settle(compiled, await compile(source));
}
for (const file of (await readdir(snapshotFolder)).filter((name) => name.endsWith('.bicepparam'))) {
  const source = join(snapshotFolder, file);
  await settle(source.replace(/\.bicepparam$/, '.snapshot.json'), await snapshot(source));
}
for (const file of await readdir(join(snapshotFolder, 'refused'))) {
  await expectRefusal(join(snapshotFolder, 'refused', file));
}
await settle('infra/compiled/sources.json', `${JSON.stringify(await sourceDigests('.'), null, 2)}\n`);
if (stale.length > 0) {
  console.error(`Not current, run \`npm run infra:build\` and commit: ${stale.join(', ')}`);
  process.exit(1);
}

/** Writes, or compares without what differs between versions of the compiler. */
async function settle(target, text) {
  const present = await readFile(target, 'utf8').catch(() => '{}');
  const current = withoutGenerator(present) === withoutGenerator(text);
  if (command === 'build') await writeFile(target, text);
  else if (!current) stale.push(target);
  console.log(`${target}  ${(Buffer.byteLength(text) / 1000).toFixed(0)} KB${current ? '' : '  changed'}`);
}

/** A warning is an error: what the linter says, it says on standard error. */
async function compile(source) {
  const folder = await mkdtemp(join(tmpdir(), 'bicep-'));
  try {
    const outfile = join(folder, 'template.json');
    run(['build', source, '--outfile', outfile]);
    return `${(await readFile(outfile, 'utf8')).trimEnd()}\n`;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The compiler writes beside the parameter file; what was there is put back, because `check` changes nothing. */
async function snapshot(source) {
  const target = source.replace(/\.bicepparam$/, '.snapshot.json');
  const before = await readFile(target, 'utf8').catch(() => null);
  // A deployment to a subscription has no resource group, and the compiler refuses one.
  const scope = /infra\/(main|access)\.bicep/.test(await readFile(source, 'utf8'))
    ? ['tenant-id', 'subscription-id', 'location']
    : ['tenant-id', 'subscription-id', 'resource-group', 'location'];
  const place = { ...context, ...elsewhere[basename(source, '.bicepparam')] };
  run(['snapshot', source, ...scope.flatMap((name) => [`--${name}`, place[name]])]);
  const text = await sorted(target);
  if (before === null) await rm(target);
  else await writeFile(target, before);
  return text;
}

/** Parameters that cannot work: the template itself must refuse them, with the reason that the file names. */
async function expectRefusal(source) {
  const [, reason] = /^\/\/ Refused: (.+)$/m.exec(await readFile(source, 'utf8'));
  const [program, ...first] = bicep;
  const scope = ['tenant-id', 'subscription-id', 'location'].flatMap((name) => [`--${name}`, context[name]]);
  const { status, stderr } = spawnSync(program, [...first, 'snapshot', source, ...scope], {
    encoding: 'utf8',
  });
  if (status === 0 || !stderr.includes(reason)) stale.push(`${source} is not refused with "${reason}"`);
  console.log(`${source}  refused`);
}

/** The compiler lists the outputs in another order each time. */
async function sorted(file) {
  const content = JSON.parse(await readFile(file, 'utf8'));
  const outputs = Object.fromEntries(Object.entries(content.outputs).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ ...content, outputs }, null, 2)}\n`;
}

/** Ends everything at the first error or warning. */
function run(args) {
  const [program, ...first] = bicep;
  const { status, stdout, stderr, error } = spawnSync(program, [...first, ...args], { encoding: 'utf8' });
  if (status === 0 && !/ : (Warning|Error|Info) /.test(stderr)) return stdout;
  console.error(error?.message ?? stderr);
  process.exit(1);
}

/** `metadata._generator` holds version and hash of the compiler's run. */
function withoutGenerator(text) {
  return JSON.stringify(JSON.parse(text, (key, value) => (key === '_generator' ? undefined : value)));
}
