import * as z from 'zod';
import { CLUSTER_ID, PROJECT_ID, REGION_ID } from '../connection/names.ts';

/** The types of events that this app listens to; all others are somebody else's. */
const clusterEventTypes = ['Zilliz.Cluster.Created', 'Zilliz.Cluster.Deleted'] as const;

/** What an event says of a cluster. Fields that a later version adds are ignored. */
const clusterDataSchema = z.looseObject({
  projectId: z.string().regex(PROJECT_ID).meta({ description: 'Project at Zilliz Cloud.' }),
  regionId: z
    .string()
    .regex(REGION_ID)
    .meta({ description: 'Azure region at Zilliz Cloud, e.g. az-eastus.' }),
  clusterId: z
    .string()
    .regex(CLUSTER_ID)
    .meta({ description: 'The cluster; it is looked up, never believed.' }),
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

/** Either form of an event, as docs/cluster-event.schema.json publishes it. */
export const clusterEventSchema = z.union([cloudEventSchema, eventGridEventSchema]).meta({
  title: 'Cluster event',
  description: 'A hint that a cluster of a Zilliz Cloud project was created or deleted.',
});

/** That something may have changed in a project and region: never an order. */
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

/** Reads an event in either schema. One that is none of ours is an answer, not an error: it must not fail its batch. */
export function parseClusterEvent(event: unknown): ParsedClusterEvent {
  const isCloudEvent = typeof event === 'object' && event !== null && 'specversion' in event;
  const parsed = isCloudEvent ? cloudEventSchema.safeParse(event) : eventGridEventSchema.safeParse(event);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'event'}: ${message}`);
    return { ok: false, eventId: idOf(event), reason: faults.slice(0, 5).join('; ') };
  }
  const { id, data } = parsed.data;
  const type = 'specversion' in parsed.data ? parsed.data.type : parsed.data.eventType;
  const { projectId, regionId, clusterId } = data;
  return { ok: true, hint: { eventId: id, type: typeSchema.parse(type), projectId, regionId, clusterId } };
}

/** For the log: whatever the event calls itself, in so many characters. */
function idOf(event: unknown): string {
  const id: unknown = typeof event === 'object' && event !== null ? Reflect.get(event, 'id') : undefined;
  return typeof id === 'string' ? id.slice(0, 100) : 'none';
}
