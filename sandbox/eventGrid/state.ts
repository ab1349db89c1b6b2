import { z } from 'zod';

const schemaNames = ['EventGridSchema', 'CloudEventSchemaV1_0'] as const;
export type SchemaName = (typeof schemaNames)[number];

const eventSchema = z.record(z.string(), z.json());
export type Event = z.infer<typeof eventSchema>;

const subscriptionSchema = z.object({
  name: z.string(),
  /** The webhook, key included. */
  endpointUrl: z.string(),
  deliverySchema: z.enum(schemaNames),
  maxEventsPerBatch: z.number().int().positive(),
  maxDeliveryAttempts: z.number().int().positive(),
  eventTimeToLiveMinutes: z.number().positive(),
  /** Null: all types. */
  includedEventTypes: z.array(z.string()).nullable(),
  deadLetter: z.boolean(),
});

/** One event on its way to one subscription. */
const pendingSchema = z.object({
  key: z.number().int(),
  subscription: z.string(),
  event: eventSchema,
  publishedAt: z.number(),
  dueAt: z.number(),
  /** Attempts made so far. */
  attempts: z.number().int(),
  lastResult: z.string(),
});

const deadLetterSchema = z.object({
  subscription: z.string(),
  event: eventSchema,
  deadLetterReason: z.enum([
    'MaxDeliveryAttemptsExceeded',
    'TimeToLiveExceeded',
    'UndeliverableDueToClientError',
  ]),
  deliveryAttempts: z.number().int(),
  lastDeliveryOutcome: z.string(),
  publishTime: z.number(),
});

export const eventGridStateSchema = z.object({
  /** Full resource ID; events carry it. */
  topic: z.string(),
  inputSchema: z.enum(schemaNames),
  subscriptions: z.array(subscriptionSchema),
  pending: z.array(pendingSchema),
  deadLetters: z.array(deadLetterSchema),
  nextKey: z.number().int(),
  random: z.number().int(),
});

export type EventGridState = z.infer<typeof eventGridStateSchema>;
export type Subscription = z.infer<typeof subscriptionSchema>;
export type Pending = z.infer<typeof pendingSchema>;
export type DeadLetter = z.infer<typeof deadLetterSchema>;

export function emptyEventGridState(topic: string, inputSchema: SchemaName): EventGridState {
  return { topic, inputSchema, subscriptions: [], pending: [], deadLetters: [], nextKey: 1, random: 1 };
}
