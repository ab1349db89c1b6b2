import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { templates } from '../../../scripts/bicep/templates.ts';

const resourceSchema = z.looseObject({
  type: z.string(),
  apiVersion: z.string(),
  name: z.string(),
  existing: z.boolean().optional(),
  condition: z.union([z.string(), z.boolean()]).optional(),
  scope: z.string().optional(),
  dependsOn: z.array(z.string()).optional(),
  properties: z.unknown().optional(),
});

const parameterSchema = z.looseObject({ type: z.string().optional(), defaultValue: z.unknown().optional() });
const outputSchema = z.looseObject({ type: z.string().optional(), value: z.unknown().optional() });

const templateSchema = z.looseObject({
  $schema: z.string(),
  parameters: z.record(z.string(), parameterSchema).default({}),
  variables: z.record(z.string(), z.unknown()).default({}),
  resources: z.union([
    z.record(z.string(), resourceSchema),
    // The compiler keeps the older form, without symbolic names, where nothing needs the newer one.
    z
      .array(resourceSchema)
      .transform((list) => Object.fromEntries(list.map((entry, index) => [index, entry]))),
  ]),
  outputs: z.record(z.string(), outputSchema).default({}),
});

const deploymentSchema = z.looseObject({ template: z.unknown() });

export type Template = z.output<typeof templateSchema>;
type TemplateResource = z.output<typeof resourceSchema>;

export function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** A committed build: what is deployed. No compiler is needed to test it. */
export function readTemplate(name: keyof typeof templates): Template {
  return templateSchema.parse(readJson(templates[name].compiled));
}

export interface Found {
  /** Symbolic names from the outermost deployment inwards. */
  readonly path: string;
  readonly resource: TemplateResource;
}

/** The templates of all nested deployments, the outermost first. */
export function nestedTemplates(
  template: Template,
  path = '',
): readonly { readonly path: string; readonly template: Template }[] {
  const inner = Object.entries(template.resources).flatMap(([name, resource]) =>
    resource.type === 'Microsoft.Resources/deployments'
      ? nestedTemplates(
          templateSchema.parse(deploymentSchema.parse(resource.properties).template),
          `${path}/${name}`,
        )
      : [],
  );
  return [{ path, template }, ...inner];
}

/** Every resource that would be written, in all nested deployments. */
export function allResources(template: Template): readonly Found[] {
  return nestedTemplates(template).flatMap(({ path, template: inner }) =>
    Object.entries(inner.resources)
      .filter(([, resource]) => resource.existing !== true)
      .map(([name, resource]) => ({ path: `${path}/${name}`, resource })),
  );
}
