import * as z from 'zod';

/** Success is code 0, or 200 in older responses. Failures have HTTP 200 too (reference: envelope). */
export const envelopeSchema = z.object({
  code: z.number(),
  data: z.unknown().optional(),
  message: z.string().optional(),
});

// Users and other services wrote the texts: spaces around them, and characters that no name has, are removed.
const plain = z.string().transform((value) => value.replace(/\p{Cc}+/gu, ' ').trim());
const text = plain.nullish().transform((value) => value ?? '');
const optionalText = text.transform((value) => (value === '' ? null : value));
/** An ID goes into URLs, names and records. */
const id = z
  .string()
  .trim()
  .regex(/^[\w.-]{1,200}$/);
/** Zilliz writes region IDs in lower case; they are compared. */
const region = z.string().trim().toLowerCase();
const regionText = text.transform((value) => value.toLowerCase());

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
      count: z.number(),
    }),
  );

export const projectSchema = z
  .object({ projectId: id, projectName: text, plan: text, regionIds: z.array(region).nullish() })
  .transform(({ projectId, projectName: name, plan, regionIds }) => ({
    ...{ projectId, name, plan },
    regionIds: regionIds ?? [],
  }));

export const projectsSchema = z.array(projectSchema);

export const regionsSchema = z.array(z.object({ regionId: region, cloudId: text }));

export const endpointServicesPage = page(
  'endpointServices',
  z.object({ regionId: region, endpointService: optionalText, whitelistRequired: z.boolean() }),
);

export const endpointsPage = page(
  'endpoints',
  z.object({ endpointId: id, regionId: regionText, endpointStatus: text }),
);

export const clusterSchema = z.object({
  clusterId: id,
  clusterName: text,
  projectId: text,
  regionId: regionText,
  plan: text,
  deploymentOption: optionalText,
  status: text,
  connectAddress: text,
  privateLinkAddress: optionalText,
  createTime: optionalText,
});

export const clustersPage = page('clusters', clusterSchema);

export const onDemandComputeSchema = z.object({ status: text });

export const onDemandClustersPage = page(
  'onDemandClusters',
  z.object({
    clusterId: id,
    clusterName: text,
    status: text,
    endpoint: text,
    privateLink: optionalText,
  }),
);
