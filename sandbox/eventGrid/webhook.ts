import { randomUUID } from 'node:crypto';
import { inSchema } from './events.ts';
import type { Event, SchemaName, Subscription } from './state.ts';

/** Event Grid waits so long for an answer; real time, as it is a socket that is waited for. */
const ANSWER_TIMEOUT_MS = 30_000;
const ORIGIN = 'eventgrid.azure.net';

/** Proves that the webhook wants events: an event with a code to echo, or the abuse protection of CloudEvents. */
export async function shakeHands(
  endpointUrl: string,
  schema: SchemaName,
  place: { readonly topic: string; readonly at: number },
): Promise<boolean> {
  if (schema === 'CloudEventSchemaV1_0') {
    const response = await send(endpointUrl, {
      method: 'OPTIONS',
      headers: { 'webhook-request-origin': ORIGIN, 'webhook-request-rate': '120' },
    });
    const allowed = response?.headers.get('webhook-allowed-origin') ?? '';
    return response?.ok === true && (allowed === '*' || allowed === ORIGIN);
  }
  const validationCode = randomUUID();
  const event = {
    id: randomUUID(),
    topic: place.topic,
    subject: '',
    eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
    eventTime: new Date(place.at).toISOString(),
    data: { validationCode },
    dataVersion: '2',
    metadataVersion: '1',
  };
  const response = await send(endpointUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'aeg-event-type': 'SubscriptionValidation',
    },
    body: JSON.stringify([event]),
  });
  if (!response?.ok) return false;
  const answer: unknown = await response.json().catch(() => null);
  return (
    typeof answer === 'object' &&
    answer !== null &&
    Reflect.get(answer, 'validationResponse') === validationCode
  );
}

/** Posts a batch; returns the HTTP status, or `TimedOut` or `SocketError`. */
export async function post(
  { endpointUrl, deliverySchema, name, maxEventsPerBatch }: Subscription,
  events: readonly Event[],
  place: { readonly topic: string; readonly attempt: number },
): Promise<number | 'TimedOut' | 'SocketError'> {
  const translated = events.map((event) => inSchema(event, deliverySchema, place.topic));
  const cloud = deliverySchema === 'CloudEventSchemaV1_0';
  // Without batching a CloudEvent comes alone; an event of Event Grid's schema always comes in an array.
  const alone = cloud && maxEventsPerBatch === 1;
  const contentType = alone ? 'cloudevents+json' : cloud ? 'cloudevents-batch+json' : 'json';
  const response = await send(endpointUrl, {
    method: 'POST',
    headers: {
      'content-type': `application/${contentType}; charset=utf-8`,
      'aeg-event-type': 'Notification',
      'aeg-subscription-name': name.toUpperCase(),
      'aeg-delivery-count': String(place.attempt),
      'aeg-data-version': '',
      'aeg-metadata-version': '1',
    },
    body: JSON.stringify(alone ? translated[0] : translated),
  });
  if (response) await response.arrayBuffer();
  return response?.status ?? 'SocketError';
}

async function send(url: string, request: RequestInit): Promise<Response | null> {
  try {
    return await fetch(url, { ...request, signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
  } catch {
    // Unreachable, reset or too slow: in each case nothing was acknowledged.
    return null;
  }
}
