import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import * as z from 'zod';
import { findBicep } from '../../../scripts/bicep/compiler.ts';
import { connectionFrom, connectionRequestSchema } from '../../../src/domain/connection/connection.ts';
import { exportBicep } from '../../../src/domain/export/bicep.ts';
import type { OwnedResources } from '../../../src/domain/export/ownedResources.ts';
import { exportTerraform } from '../../../src/domain/export/terraform.ts';
import { bicepComment, terraformComment } from '../../../src/domain/export/text.ts';
import { runs } from '../../support/propertyRuns.ts';

// Anyone with a right to tag may write into tags and metadata, and names come from Azure's responses. None of it may become a
// statement of an exported file. HashiCorp's parser and Microsoft's compiler read the files, and find the same values again.

const group = '/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourceGroups/rg';
const network = `${group}/providers/Microsoft.Network`;

const byHand = [
  ...[
    'a\nresource "null_resource" "x" {}',
    'a\rresource b',
    'a\r\nb',
    'a\u2028resource b\u2029}',
    'a\u0085b',
  ],
  ...['"\n}\nresource "x" "y" {', "'\n}\nresource x 'y' = {", "'''", '<<EOT\na\nEOT', '"""'],
  ...[
    '${file("/etc/passwd")}',
    '$${a}',
    '$$${a}',
    '%${a}',
    '$%{a}',
    '%{ if true }',
    '%%{a}',
    '${',
    '%{',
    '$',
    '%',
  ],
  ...[
    "'${deployment().name}'",
    '\\${a}',
    '\\\\${a}',
    '$\\{a}',
    '$\n{a}',
    '{{a}}',
    '[a]',
    '[[a]',
    '[concat(1)]',
  ],
  ...['\\', '\\"', "\\'", '\\n', '\\u0041', '\\u{41}', '*/ /* # //', '#', '//', '/*', ' ', '  a  ', '=', ','],
  ...[
    '\0',
    '\t\v\f',
    '\u001b[31m',
    '\u007f',
    '\u202e\u2066txet',
    '\ufeff',
    '\u200b',
    '\ufffe',
    '\ud800',
    '\udc00a',
  ],
  ...[
    'e\u0301',
    '\u00e9',
    '\u{1f600}',
    '\u{e0041}',
    'Ω',
    'ﬁ',
    'constructor',
    '__proto__',
    'null',
    'true',
    '1',
  ],
];

const drawn = fc.sample(
  fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
    fc
      .array(fc.constantFrom(...Array.from('${%}"\'\\\n\r#/*[]a')), { minLength: 1, maxLength: 12 })
      .map((signs) => signs.join('')),
  ),
  { numRuns: runs(500) },
);

/** Names of resources have no slash, which separates them in an ID. */
const nameOf = (text: string): string => text.replaceAll('/', '|');
/** Zones of one name, in any case, would be one zone. */
const hostile = [
  ...new Map([...byHand, ...drawn].map((text) => [nameOf(inFile(text)).toLowerCase(), text])).values(),
];
const joined = hostile.join('');

/** An unpaired surrogate has no form in a file. */
function inFile(text: string): string {
  return text.replaceAll(/\p{Cs}/gu, '\ufffd');
}

const connection = connectionFrom(
  connectionRequestSchema.parse({
    projectId: 'proj-0123456789abcdef',
    regionId: 'az-eastus',
    subnetId: `${network}/virtualNetworks/vnet/subnets/snet`,
  }),
);

/** Hostile texts in every place of an export whose value comes from elsewhere. */
const made: OwnedResources = {
  connection: { ...connection, id: joined },
  endpoint: {
    ...{ id: connection.privateEndpoint.id, name: nameOf(joined), location: joined, subnetId: joined },
    tags: Object.fromEntries(hostile.map((text) => [text, text])),
    ...{ provisioningState: 'Succeeded', resourceGuid: joined, networkInterfaceId: null },
    ...{ target: `/${joined}`, connectionName: joined, manual: true },
    connectionState: { status: 'Approved', text: joined, description: joined },
  },
  endpointId: joined,
  whitelistedAt: joined,
  zones: [
    ...hostile.map((text) => zoneWith(text, `${network}/privateDnsZones/zone`)),
    { ...zoneWith(joined, joined), ours: false, links: [], records: [] },
  ],
};

function zoneWith(text: string, id: string): OwnedResources['zones'][number] {
  const tags = Object.fromEntries([[text, text]]);
  const name = nameOf(text);
  const link = { id: text, name, zoneId: id, virtualNetworkId: text, tags };
  const record = { zoneId: id, name, ttlSeconds: 600, addresses: [text], metadata: tags };
  return {
    zone: { id, name, tags, provisioningState: 'Succeeded', registrationLinkCount: 0 },
    ours: true,
    links: [{ ...link, registrationEnabled: false, completed: true }],
    records: [{ ...record, autoRegistered: false, etag: '1' }],
  };
}

test('Terraform reads exactly the values that an export was made of', () => {
  const fileSchema = z.strictObject({
    ...{ terraform: z.unknown(), provider: z.unknown() },
    import: z.array(z.strictObject({ to: z.string(), id: z.string() })),
    resource: z.record(z.string(), z.record(z.string(), z.tuple([z.unknown()]))),
  });
  /** Terraform normalizes each text to NFC, and the parser returns it as it is written in a template. */
  const parsed = (text: string): string =>
    inFile(text)
      .normalize('NFC')
      .replaceAll(/[$%](?=\{)/g, (sign) => sign + sign);
  const file = fileSchema.parse(JSON.parse(parsedHcl(exportTerraform(made))));
  const read = (type: string): readonly string[] =>
    canonical(Object.values(file.resource[`azurerm_private_${type}`] ?? {}).flat());
  const texts = hostile.map((text) => ({ value: parsed(text), name: parsed(nameOf(text)) }));
  const group = { resource_group_name: 'rg' };
  const tagged = (value: string) => ({ ...group, tags: Object.fromEntries([[value, value]]) });
  const zone = 'zone';

  expect(Object.keys(file.resource)).toHaveLength(4);
  expect(file.import).toHaveLength(1 + 3 * hostile.length);
  expect(read('endpoint')).toEqual(
    canonical([
      {
        ...{
          ...group,
          name: connection.privateEndpoint.name,
          location: parsed(joined),
          subnet_id: parsed(joined),
        },
        tags: Object.fromEntries(texts.map(({ value }) => [value, value])),
        lifecycle: [{ ignore_changes: ['${private_service_connection[0].request_message}'] }],
        private_service_connection: [
          {
            ...{ name: parsed(joined), is_manual_connection: true },
            private_connection_resource_id: parsed(`/${joined}`),
            request_message: parsed(`connection ${joined}`),
          },
        ],
      },
    ]),
  );
  expect(read('dns_zone')).toEqual(canonical(texts.map(({ value }) => ({ ...tagged(value), name: zone }))));
  expect(read('dns_zone_virtual_network_link')).toEqual(
    canonical(
      texts.map(({ value, name }) => ({
        ...{ ...tagged(value), name, private_dns_zone_name: zone },
        ...{ registration_enabled: false, virtual_network_id: value },
      })),
    ),
  );
  expect(read('dns_a_record')).toEqual(
    canonical(
      texts.map(({ value, name }) => ({
        ...{ ...tagged(value), name, zone_name: zone, ttl: 600, records: [value] },
      })),
    ),
  );
});

test('Bicep reads exactly the values that an export was made of', () => {
  const resource = z.object({ existing: z.literal(true), type: z.string(), name: z.string() });
  const templateSchema = z.object({
    resources: z.record(z.string(), resource),
    outputs: z.strictObject({ endpointId: z.object({ value: z.string() }), resourceIds: z.unknown() }),
  });
  const template = templateSchema.parse(JSON.parse(compiled(exportBicep(made))));
  const read = (type: string): readonly string[] =>
    Object.values(template.resources)
      .filter((entry) => entry.type === `Microsoft.Network/${type}`)
      .map(({ name }) => name)
      .toSorted();
  /** As ARM writes a text beside its expressions, and in one. */
  const plain = (text: string): string => inFile(text).replace(/^\[(?=[^]*\]$)/, '[[');
  const child = (text: string): string => `'${inFile(nameOf(text)).replaceAll("'", "''")}'`;

  expect(template.outputs.endpointId.value).toBe(plain(joined));
  expect(read('privateEndpoints')).toEqual([plain(nameOf(joined))]);
  expect(read('privateDnsZones')).toEqual([...hostile, joined].map((text) => plain(nameOf(text))).toSorted());
  for (const type of ['virtualNetworkLinks', 'A']) {
    expect(read(`privateDnsZones/${type}`)).toEqual(
      hostile.map((text) => `[format('{0}/{1}', ${child(text)}, ${child(text)})]`).toSorted(),
    );
  }
});

test('a comment is one line', () => {
  for (const text of hostile) {
    expect(terraformComment(text)).toMatch(/^# [^\p{Cc}\u2028\u2029]*$/u);
    expect(bicepComment(text)).toMatch(/^\/\/ [^\p{Cc}\u2028\u2029]*$/u);
  }
});

const processOptions = { encoding: 'utf8', maxBuffer: 2 ** 26 } as const;

/** Throws what a program says instead. */
function output({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): string {
  if (stderr !== '') throw new Error(stderr);
  return stdout;
}

/** What HashiCorp's parser reads from a file, in a process that ends although the parser does not. */
function parsedHcl(content: string): string {
  const script = `const { readFileSync } = require('node:fs');
    require('@cdktf/hcl2json').parse('export.tf', readFileSync(0, 'utf8')).then(
      (file) => process.stdout.write(JSON.stringify(file), () => process.exit()),
      (error) => process.stderr.write(String(error), () => process.exit(1)),
    );`;
  return output(spawnSync(process.execPath, ['-e', script], { ...processOptions, input: content }));
}

/** The template that Microsoft's compiler makes of a file. */
function compiled(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'bicep-'));
  try {
    // Its linter counts resources; with a nullable parameter the compiler keeps those that nothing refers to. Any other warning fails.
    const off = { level: 'off' };
    const rules = { 'max-resources': off, 'no-unused-params': off };
    writeFileSync(join(folder, 'bicepconfig.json'), JSON.stringify({ analyzers: { core: { rules } } }));
    writeFileSync(join(folder, 'main.bicep'), `${content}param unused string?\n`);
    const [program, ...first] = findBicep();
    const args = [...first, 'build', join(folder, 'main.bicep'), '--stdout'];
    return output(spawnSync(program, args, processOptions));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Each value as JSON with its keys in order, in order. */
function canonical(values: readonly unknown[]): readonly string[] {
  const ordered = (_: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return values.map((value) => JSON.stringify(value, ordered)).toSorted();
}
