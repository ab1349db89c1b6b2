import { z } from 'zod';

const tags = z.record(z.string(), z.string());

const zoneSchema = z.object({
  id: z.string(),
  name: z.string(),
  tags,
  etag: z.string(),
  /** Opaque; newer API versions show it. */
  internalId: z.string(),
});

const linkSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** Key of the zone. */
  zone: z.string(),
  tags,
  etag: z.string(),
  virtualNetworkId: z.string(),
  registrationEnabled: z.boolean(),
  resolutionPolicy: z.enum(['Default', 'NxDomainRedirect']),
  /** `virtualNetworkLinkState` says `InProgress` until then, longer than `provisioningState` says `Updating`. */
  completedAt: z.number(),
});

/** The record types of private DNS; a zone's SOA is made with it. */
export const recordTypes = ['A', 'AAAA', 'CNAME', 'MX', 'PTR', 'SOA', 'SRV', 'TXT'] as const;
export type RecordType = (typeof recordTypes)[number];

const recordValueSchema = z.json();

const recordSetSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** Key of the zone. */
  zone: z.string(),
  type: z.enum(recordTypes),
  etag: z.string(),
  ttl: z.number().int(),
  metadata: z.record(z.string(), z.string()).optional(),
  isAutoRegistered: z.boolean(),
  /** `aRecords`, `cnameRecord`, `soaRecord` … with its value. */
  values: z.record(z.string(), recordValueSchema),
});

export const dnsSchema = z.object({
  zones: z.record(z.string(), zoneSchema),
  links: z.record(z.string(), linkSchema),
  recordSets: z.record(z.string(), recordSetSchema),
  /** The answer to a PUT of a zone while another PUT of it goes on. No recording has one. */
  secondZonePut: z.enum(['accepted', 'conflict', 'retryable']).default('accepted'),
});

export type Zone = z.infer<typeof zoneSchema>;
export type Link = z.infer<typeof linkSchema>;
export type RecordValue = z.infer<typeof recordValueSchema>;
export type RecordSet = z.infer<typeof recordSetSchema>;

export { zoneSchema, linkSchema };
