import { z } from 'zod';

/** Success is code 0; 200 is the old form of it. Failures come with HTTP 200 too (reference: envelope). */
export const envelopeSchema = z.object({
  code: z.number(),
  data: z.unknown().optional(),
  message: z.string().optional(),
});

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const optionalText = z
  .string()
  .nullish()
  .transform((value) => (value === undefined || value === '' ? null : value));

const page = <T extends z.ZodType>(key: string, entry: T) =>
  z
    .union([z.array(entry), z.looseObject({ [key]: z.array(entry), count: z.number().optional() })])
    .transform((data): { entries: z.output<T>[]; count: number | null } => {
      if (Array.isArray(data)) return { entries: data, count: data.length };
      return pageOf(data, key, entry);
    });

function pageOf<T extends z.ZodType>(
  data: Record<string, unknown>,
  key: string,
  entry: T,
): { entries: z.output<T>[]; count: number | null } {
  return { entries: z.array(entry).parse(data[key]), count: z.number().nullish().parse(data.count) ?? null };
}

export const projectSchema = z.object({ projectId: z.string(), projectName: text, plan: text });

export const regionSchema = z.object({ regionId: z.string(), cloudId: text });

export const endpointServicesPage = page(
  'endpointServices',
  z.object({ regionId: z.string(), endpointService: optionalText, whitelistRequired: z.boolean() }),
);

export const endpointsPage = page(
  'endpoints',
  z.object({ endpointId: z.string(), regionId: text, endpointStatus: text }),
);

export const clusterSchema = z.object({
  clusterId: z.string(),
  clusterName: text,
  projectId: text,
  regionId: text,
  plan: text,
  deploymentOption: optionalText,
  status: text,
  connectAddress: text,
  privateLinkAddress: optionalText,
});

export const clustersPage = page('clusters', clusterSchema);

export const onDemandClustersPage = page(
  'onDemandClusters',
  z.object({
    clusterId: z.string(),
    clusterName: text,
    status: text,
    endpoint: text,
    privateLink: optionalText,
  }),
);
