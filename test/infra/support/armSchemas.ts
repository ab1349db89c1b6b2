import ajvModule from 'ajv-draft-04';
import type { ValidateFunction } from 'ajv';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from './template.ts';

const folder = 'test/fixtures/arm-deployment-schemas';
const base = 'https://schema.management.azure.com/schemas/';

interface Schemas {
  /** The validator for a document below the schema host, or for a part of one; null when it is not among the fixtures. */
  validator(reference: string): ValidateFunction | null;
}

/** All fixtures under their public addresses. Documents that they refer to and that are not here admit nothing. */
export function armSchemas(): Schemas {
  const ajv = new ajvModule.default({ strict: false, allErrors: true, logger: false });
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.split('\\').join('/'));
  const known = new Set(files.map((file) => `${base}${file}`));
  const missing = new Map<string, Set<string>>();
  for (const file of files) {
    const text = JSON.stringify(readJson(join(folder, file)));
    for (const [, address = '', pointer = ''] of text.matchAll(/"\$ref":"(https:[^"#]+)#?([^"]*)"/g)) {
      if (!known.has(address)) missing.set(address, (missing.get(address) ?? new Set()).add(pointer));
    }
    // The documents of the create form name a meta-schema that no validator knows; they are draft 4 like the others.
    const document = JSON.parse(text.replace(/"\$schema":"http:[^"]*",?/, '')) as object;
    ajv.addSchema({ ...document, id: `${base}${file}#` });
  }
  for (const [address, pointers] of missing) ajv.addSchema(nothing(address, pointers));
  return {
    validator: (reference) => {
      const [address = '', pointer] = `${base}${reference}`.split('#');
      if (!known.has(address)) return null;
      return ajv.getSchema(pointer ? `${address}#${pointer}` : `${address}#`) ?? null;
    },
  };
}

function nothing(address: string, pointers: ReadonlySet<string>): object {
  const document: Record<string, unknown> = { id: `${address}#`, not: {} };
  for (const pointer of pointers) {
    const [, section, name] = pointer.split('/');
    if (section === undefined || name === undefined) continue;
    document[section] = { ...(document[section] as object | undefined), [name]: { not: {} } };
  }
  return document;
}

/** Where the resource type is described: `<version>/<provider>.json#/resourceDefinitions/<type with underscores>`. */
export function schemaReference(type: string, apiVersion: string): string {
  const [provider = '', ...rest] = type.split('/');
  const file = {
    'Microsoft.Network':
      rest[0] === 'privateDnsZones' ? 'Microsoft.Network.privateDns' : 'Microsoft.Network.NRP',
  }[provider];
  return `${apiVersion}/${file ?? provider}.json#/resourceDefinitions/${rest.join('_')}`;
}
