import { z } from 'zod';
import { linkSchema, zoneSchema } from './dnsSchema.ts';

/** What `If-Match` and `If-None-Match` asked for. */
const conditionSchema = z.object({
  ifMatch: z.string().optional(),
  ifNoneMatch: z.string().optional(),
});

/** What an operation does when it is done. Plain data, so that one begun before a restart ends after it. */
const effectSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('settleEndpoint'),
    key: z.string(),
    resourceGuid: z.string(),
    etag: z.string(),
  }),
  z.object({
    kind: z.literal('removeEndpoint'),
    key: z.string(),
    resourceGuid: z.string(),
    reservedMs: z.number(),
  }),
  z.object({ kind: z.literal('putZone'), key: z.string(), zone: zoneSchema, condition: conditionSchema }),
  z.object({ kind: z.literal('removeZone'), key: z.string(), condition: conditionSchema }),
  z.object({
    kind: z.literal('putLink'),
    key: z.string(),
    link: linkSchema,
    condition: conditionSchema,
    /** From the end of the operation until `Completed`. */
    completesAfterMs: z.number(),
  }),
  z.object({ kind: z.literal('removeLink'), key: z.string(), condition: conditionSchema }),
  z.object({ kind: z.literal('removeResourceGroup'), key: z.string() }),
  z.object({ kind: z.literal('answer'), body: z.json() }),
  /** For what was done when it began, and is only slow to say so. */
  z.object({ kind: z.literal('nothing') }),
]);

const armErrorSchema = z.object({
  code: z.string(),
  message: z.string(),
  details: z.array(z.object({ code: z.string(), message: z.string() })).optional(),
});

const operationSchema = z.object({
  id: z.string(),
  subscriptionId: z.string(),
  doneAt: z.number(),
  effect: effectSchema,
  /** A failure ordered or known when it began; conflicts are found when it ends. */
  failure: armErrorSchema.optional(),
  /** Absent while it runs. */
  outcome: z
    .discriminatedUnion('status', [
      z.object({ status: z.literal('Succeeded') }),
      z.object({ status: z.literal('Failed'), error: armErrorSchema }),
    ])
    .optional(),
});

export const longRunningSchema = z.object({
  operations: z.record(z.string(), operationSchema),
  /** Failures for the next long-running operations that calls of these names begin. */
  orderedFailures: z.array(z.object({ operation: z.string(), error: armErrorSchema })),
  /** What responses that begin or report an operation contain beyond what was recorded. */
  polling: z.object({ retryAfterSeconds: z.number().int().optional(), locationOnPut: z.boolean() }),
});

export type Condition = z.infer<typeof conditionSchema>;
export type Effect = z.infer<typeof effectSchema>;
export type ArmError = z.infer<typeof armErrorSchema>;
export type LongRunningOperation = z.infer<typeof operationSchema>;
