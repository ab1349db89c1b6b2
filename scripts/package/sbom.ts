import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const sbomSchema = z.looseObject({
  components: z.array(z.looseObject({ name: z.string(), version: z.string(), 'bom-ref': z.string() })),
  dependencies: z.array(z.looseObject({ ref: z.string(), dependsOn: z.array(z.string()) })),
});

/** What the bundles are made of, as CycloneDX. npm lists who is installed; the console bundles development dependencies, too. */
export async function sbomOf(root: string): Promise<string> {
  const listed: unknown = JSON.parse(
    execFileSync('npm', ['sbom', '--sbom-format=cyclonedx'], {
      ...{ cwd: root, encoding: 'utf8', maxBuffer: 100_000_000 },
    }),
  );
  const bundled: unknown = JSON.parse(await readFile(join(root, 'dist/bundled.json'), 'utf8'));
  const packages = await Promise.all(
    z
      .array(z.string())
      .parse(bundled)
      .map(async (path) => readFile(join(root, path, 'package.json'), 'utf8')),
  );
  return JSON.stringify(bundledOnly(listed, packages), null, 2);
}

const packageSchema = z.object({ name: z.string(), version: z.string() });

/** Keeps the components that are one of these packages, given by their package.json, and what they depend on among themselves. */
export function bundledOnly(listed: unknown, packages: readonly string[]): z.output<typeof sbomSchema> {
  const sbom = sbomSchema.parse(listed);
  const ids = packages.map((text) => {
    const { name, version } = packageSchema.parse(JSON.parse(text));
    return `${name}@${version}`;
  });
  const components = sbom.components.filter(({ name, version }) => ids.includes(`${name}@${version}`));
  const missing = ids.filter((id) => !components.some(({ name, version }) => id === `${name}@${version}`));
  if (missing.length > 0) throw new Error(`npm does not list what is bundled: ${missing.join(', ')}`);
  const refs = new Set(components.map((component) => component['bom-ref']));
  const dependencies = sbom.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map((entry) => ({ ...entry, dependsOn: entry.dependsOn.filter((ref) => refs.has(ref)) }));
  return { ...sbom, components, dependencies };
}
