import { readFileSync } from 'node:fs';
import { z } from 'zod';

const registrySchema = z.union([z.strictObject({ npm: z.string() }), z.strictObject({ nuget: z.string() })]);
/** The file that decides the version, and the text in it. */
const pinnedSchema = z.strictObject({ file: z.string(), text: z.string() }).optional();

const versionsSchema = z.strictObject({
  about: z.string(),
  platform: z.array(
    z.strictObject({
      name: z.string(),
      version: z.string(),
      /** How it was measured. */
      seen: z.string(),
      registry: registrySchema.nullable(),
      pinned: pinnedSchema,
    }),
  ),
  packages: z.record(z.string(), z.string()),
  apis: z.array(
    z.strictObject({ api: z.string(), version: z.string(), seen: z.string(), pinned: pinnedSchema }),
  ),
});

export type Registry = z.infer<typeof registrySchema>;

export function readVersionsFile(): z.infer<typeof versionsSchema> {
  return versionsSchema.parse(JSON.parse(readFileSync('docs/reference/versions.json', 'utf8')));
}
