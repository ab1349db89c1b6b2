import * as z from 'zod';

/** Success is code 0, or 200 in older responses. Failures have HTTP 200 too (reference: envelope). */
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

const pagedSchema = z.looseObject({ count: z.unknown() });

/** A list is a bare array, or a page with the length of the whole list. */
const page = <T extends z.ZodType>(key: string, entry: T) =>
  z.preprocess(
    (data) => {
      if (Array.isArray(data)) {
        const entries: readonly unknown[] = data;
        return { entries, count: entries.length };
      }
      const paged = pagedSchema.safeParse(data).data;
      return { entries: paged?.[key], count: paged?.count };
    },
    z.object({
      entries: z.array(entry),
      count: z
        .number()
        .nullish()
        .transform((count) => count ?? null),
    }),
  );

export const projectSchema = z.object({ projectId: z.string(), projectName: text, plan: text });

export const regionsSchema = z.array(z.object({ regionId: z.string(), cloudId: text }));

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
  createTime: optionalText,
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
