import fc from 'fast-check';
import { connectionFrom, connectionRequestSchema } from '../../../src/domain/connection/connection.ts';
import { exportBicep } from '../../../src/domain/export/bicep.ts';
import type { OwnedResources } from '../../../src/domain/export/ownedResources.ts';
import { exportTerraform } from '../../../src/domain/export/terraform.ts';
import { runs } from '../../support/propertyRuns.ts';

// Anyone with a right to tag may write into tags and metadata, and names come from Azure's responses. None of it may become a
// statement of the exported file: beside comments and quoted values the file does not depend on what they hold.

const subscription = '0b1f6471-1bf0-4dda-aec3-111122223333';
const group = `/subscriptions/${subscription}/resourceGroups/rg`;
const network = `${group}/providers/Microsoft.Network`;
const zoneName = 'az-eastus.vectordb.zillizcloud.com';

const hostile = fc.oneof(
  fc.constantFrom(
    '2026-01-01T00:00:00Z\nresource "null_resource" "x" {}',
    'a\rresource b',
    'a\u2028resource b\u2029}',
    'a\u0085resource b',
    '"\n}\nresource "x" "y" {',
    "'\n}\nresource x 'y' = {",
    '${file("/etc/passwd")}',
    '$${a}',
    '%${a}',
    '%{ if true }',
    "'${deployment().name}'",
    '\\',
    '\\"',
    "\\'",
    '\\${a}',
    '*/ /* # //',
    '\ud800',
    '\u202e\u2066txet',
    '\0\t\v\f',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(fc.constantFrom('$', '%', '{', '}', '"', "'", '\\', '\n', '\r', '#', '/', '*', 'a'), {
      maxLength: 12,
    })
    .map((parts) => parts.join('')),
);

interface Texts {
  readonly tag: string;
  readonly value: string;
  readonly name: string;
  readonly time: string;
}

function madeWith({ tag, value, name, time }: Texts): OwnedResources {
  const connection = connectionFrom(
    connectionRequestSchema.parse({
      projectId: 'proj-0123456789abcdef',
      regionId: 'az-eastus',
      subnetId: `${network}/virtualNetworks/vnet/subnets/snet`,
    }),
  );
  const zoneId = `${network}/privateDnsZones/${zoneName}`;
  const tags = Object.fromEntries([[tag, value]]);
  const zone = {
    id: zoneId,
    name: zoneName,
    tags,
    provisioningState: 'Succeeded',
    registrationLinkCount: 0,
  } as const;
  const link = {
    ...{ id: `${zoneId}/virtualNetworkLinks/l`, name, zoneId, virtualNetworkId: name, tags },
    ...{ registrationEnabled: false, completed: true },
  };
  const record = {
    ...{ zoneId, name, ttlSeconds: 600, addresses: [value], metadata: tags },
    ...{ autoRegistered: false, etag: '1' },
  };
  return {
    connection,
    endpoint: {
      ...{ id: connection.privateEndpoint.id, name, location: name, tags, subnetId: name },
      ...{
        provisioningState: 'Succeeded',
        resourceGuid: value,
        networkInterfaceId: null,
        target: `a${value}`,
      },
      ...{ connectionName: name, manual: true },
      connectionState: { status: 'Approved', text: 'Approved', description: value },
    },
    endpointId: name,
    whitelistedAt: time,
    zones: [
      { zone, ours: true, links: [link], records: [record] },
      { zone: { ...zone, id: `${zoneId}${name}` }, ours: false, links: [], records: [] },
    ],
  };
}

const texts = fc.record({ tag: hostile, value: hostile, name: hostile, time: hostile });

/** What is left of a file without its comments and the contents of its literals; throws where one does not end in its line. */
function skeleton(text: string, quote: '"' | "'", comment: '#' | '//'): string {
  const lines = text.split(/[\n\r\v\f\u0085\u2028\u2029]/u);
  return lines.map((line) => skeletonOf(line, quote, comment)).join('\n');
}

function skeletonOf(line: string, quote: string, comment: string): string {
  let left = '';
  for (let at = 0; at < line.length; at++) {
    if (line.startsWith(comment, at)) return `${left}${comment}`;
    left += line[at] ?? '';
    if (line[at] === quote) {
      at = endOfLiteral(line, at + 1, quote);
      left += quote;
    }
  }
  return left;
}

function endOfLiteral(line: string, from: number, quote: string): number {
  const rest = line.slice(from);
  // An escape, a sign that opens nothing, the doubled sign of HCL, or any other character.
  const literal =
    quote === '"'
      ? /^(?:\\(?:[nrt"\\]|u[0-9a-f]{4}|U[0-9a-f]{8})|\$\$\{|%%\{|[$%](?!\{|[$%]+\{)|[^"\\$%])*"/u
      : /^(?:\\(?:[nrt'\\$]|u\{[0-9a-f]+\})|\$(?!\{)|\$\{privateEndpoint\.name\}|[^'\\$])*'/u;
  const found = literal.exec(rest)?.[0];
  if (found === undefined) throw new Error(`a literal does not end: ${line}`);
  return from + found.length - 1;
}

/** Identifiers are derived from names, and only identify a block. */
function withoutIdentifiers(text: string): string {
  return text
    .replace(/^( {2}to = \w+\.)\w+$/gm, '$1x')
    .replace(/^(resource )\w+( '')/gm, '$1x$2')
    .replace(/^( {2}parent: )\w+$/gm, '$1x')
    .replace(/ +=/g, ' =');
}

const plain: Texts = { tag: 'a', value: 'b', name: 'c', time: '2026-01-01T00:00:00.000Z' };

test.each([
  ['Terraform', exportTerraform, '"', '#'],
  ['Bicep', exportBicep, "'", '//'],
] as const)('nothing in tags, names and times becomes a statement in %s', (_, exported, quote, comment) => {
  const shape = (of: Texts): string => withoutIdentifiers(skeleton(exported(madeWith(of)), quote, comment));

  fc.assert(
    fc.property(texts, (of) => {
      expect(shape(of)).toBe(shape(plain));
    }),
    { numRuns: runs(200) },
  );
});

describe('the time of the whitelist entry', () => {
  const shown = (time: string): string | undefined =>
    exportTerraform(madeWith({ ...plain, time }))
      .split('\n')
      .find((line) => line.includes('whitelist'));

  it('is shown in one form', () => {
    expect(shown('2026-01-01T01:00:00+01:00')).toMatch(/^# Since 2026-01-01T00:00:00.000Z the subscription/);
  });

  it.each(['yesterday', '2026-13-01T00:00:00Z', '2026-01-01T00:00:00Z\nresource "a" "b" {}'])(
    'is left out where the tag says %j',
    (time) => {
      expect(shown(time)).toMatch(/^# By this connection the subscription \S+ is on the whitelist/);
    },
  );
});
