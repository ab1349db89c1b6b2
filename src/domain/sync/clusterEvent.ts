import * as z from 'zod';
import { CLUSTER_ID, PROJECT_ID, REGION_ID } from '../connection/names.ts';

/** The event types that this app handles. It ignores all others. */
const clusterEventTypes = ['Zilliz.Cluster.Created', 'Zilliz.Cluster.Deleted'] as const;

/** The data of a cluster event. Fields that a later version adds are ignored. */
const clusterDataSchema = z.looseObject({
  projectId: z.string().regex(PROJECT_ID).meta({ description: 'Project at Zilliz Cloud.' }),
  regionId: z
    .string()
    .regex(REGION_ID)
    .meta({ description: 'Azure region at Zilliz Cloud, e.g. az-eastus.' }),
  clusterId: z.string().regex(CLUSTER_ID).meta({
    description: 'The cluster. The app reads its state from Zilliz and does not rely on the event.',
  }),
});

const typeSchema = z.enum(clusterEventTypes);
const idSchema = z.string().min(1).max(1024);

const cloudEventSchema = z
  .looseObject({
    specversion: z.literal('1.0'),
    id: idSchema,
    source: z.string().min(1),
    type: typeSchema,
    data: clusterDataSchema,
  })
  .meta({ title: 'CloudEvents 1.0' });

const eventGridEventSchema = z
  .looseObject({
    id: idSchema,
    subject: z.string(),
    eventType: typeSchema,
    eventTime: z.string(),
    dataVersion: z.string(),
    data: clusterDataSchema,
  })
  .meta({ title: 'Event Grid event schema' });

/** An event in either schema. docs/reference/cluster-event.schema.json publishes this schema. */
export const clusterEventSchema = z.union([cloudEventSchema, eventGridEventSchema]).meta({
  title: 'Cluster event',
  description: 'A hint that a cluster of a Zilliz Cloud project was created or deleted.',
});

/** A notification that clusters of a project and region may have changed. It is not a command. */
interface ClusterEvent {
  readonly eventId: string;
  readonly type: (typeof clusterEventTypes)[number];
  readonly projectId: string;
  readonly regionId: string;
  readonly clusterId: string;
}

export type ParsedClusterEvent =
  | { readonly ok: true; readonly hint: ClusterEvent }
  | { readonly ok: false; readonly eventId: string; readonly reason: string };

/** Parses an event in either schema. An event of another type is a result, not an error, so that its batch does not fail. */
export function parseClusterEvent(event: unknown): ParsedClusterEvent {
  const isCloudEvent = typeof event === 'object' && event !== null && 'specversion' in event;
  const parsed = isCloudEvent ? cloudEventSchema.safeParse(event) : eventGridEventSchema.safeParse(event);
  if (!parsed.success) {
    const messages = parsed.error.issues.map(
      ({ path, message }) => `${path.join('.') || 'event'}: ${message}`,
    );
    return { ok: false, eventId: idOf(event), reason: messages.slice(0, 5).join('; ') };
  }
  const { id, data } = parsed.data;
  const type = 'specversion' in parsed.data ? parsed.data.type : parsed.data.eventType;
  const { projectId, regionId, clusterId } = data;
  return { ok: true, hint: { eventId: id, type: typeSchema.parse(type), projectId, regionId, clusterId } };
}

/** The ID of any event, for the log, with at most 100 characters. */
function idOf(event: unknown): string {
  const id: unknown = typeof event === 'object' && event !== null ? Reflect.get(event, 'id') : undefined;
  return typeof id === 'string' ? id.slice(0, 100) : 'none';
}
