import { z } from 'zod';
import type { Event, SchemaName } from './state.ts';

const eventGridEvent = z.looseObject({
  id: z.string(),
  subject: z.string(),
  eventType: z.string(),
  eventTime: z.string(),
  dataVersion: z.string(),
});

const cloudEvent = z.looseObject({
  specversion: z.literal('1.0'),
  id: z.string().min(1),
  source: z.string().min(1),
  type: z.string().min(1),
});

/** The events of a published body, or why it is refused. Event Grid takes all of it or nothing. */
export function readPublished(
  schema: SchemaName,
  contentType: string,
  body: unknown,
): { readonly events: readonly Event[] } | { readonly fault: string } {
  const single = contentType.startsWith('application/cloudevents+json');
  if (
    schema === 'CloudEventSchemaV1_0' &&
    !single &&
    !contentType.startsWith('application/cloudevents-batch+json')
  ) {
    return { fault: `The content type ${contentType} is not supported for the CloudEvents schema.` };
  }
  const list: unknown = single ? [body] : body;
  const parsed = z.array(schema === 'EventGridSchema' ? eventGridEvent : cloudEvent).safeParse(list);
  if (!parsed.success)
    return { fault: `This resource is configured to receive event in '${schema}' schema.` };
  return { events: parsed.data.map((event) => z.record(z.string(), z.json()).parse(event)) };
}

export function typeOf(event: Event): string {
  const type = event.specversion === undefined ? event.eventType : event.type;
  return typeof type === 'string' ? type : '';
}

/** An event in the schema of a delivery. CloudEvents are delivered as they are: Event Grid turns none into its own schema. */
export function inSchema(event: Event, schema: SchemaName, topic: string): Event {
  if (event.specversion !== undefined) return event;
  if (schema === 'EventGridSchema') return { ...event, topic, metadataVersion: '1' };
  const { id = '', subject = '', eventType = '', eventTime = '', data = null, dataVersion = '' } = event;
  const dataschema = typeof dataVersion === 'string' ? `#${dataVersion}` : '#';
  return {
    specversion: '1.0',
    id,
    source: topic,
    type: eventType,
    subject,
    time: eventTime,
    data,
    dataschema,
  };
}
