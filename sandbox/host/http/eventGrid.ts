import { z } from 'zod';
import type { AppFunctions } from '../appFunctions.ts';
import type { TypedData } from '../worker/typedData.ts';
import { triggerOf } from '../worker/worker.ts';
import type { InvocationResult, RegisteredFunction } from '../worker/worker.ts';
import { refusal } from './keys.ts';
import type { HostKeys } from './keys.ts';
import { emptyReply, queryValue, textReply } from './message.ts';
import type { HostReply, HostRequest } from './message.ts';

const validation = z.array(z.object({ data: z.object({ validationCode: z.string() }) })).min(1);

/** `/runtime/webhooks/eventgrid?functionName=…&code=…`: both schemas, both handshakes, one call per event. */
export async function eventGridWebhook(
  app: AppFunctions,
  keys: HostKeys,
  request: HostRequest,
): Promise<HostReply> {
  const refused = refusal(request, keys, ['system', 'master']);
  if (refused) return refused;
  const name = queryValue(request, 'functionName') ?? '';
  const registered = app.find(name);
  if (!registered || triggerOf(registered)?.type !== 'eventGridTrigger') {
    return textReply(404, `cannot find function: '${name}'`);
  }
  if (request.method === 'OPTIONS') {
    const origin = request.headers['webhook-request-origin'] ?? '';
    return emptyReply(200, { 'webhook-allowed-origin': origin });
  }
  const body = parseJson(request.body.toString('utf8'));
  switch ((request.headers['aeg-event-type'] ?? '').toLowerCase()) {
    case 'subscriptionvalidation':
      return handshake(body);
    case 'notification':
      return body === undefined ? emptyReply(500) : notify(app, registered, body);
    case 'unsubscribe':
      return emptyReply(202);
    default:
      return emptyReply(400);
  }
}

/** One event for one call of the function, also the portal's Test/Run. */
export function deliverEvent(
  app: AppFunctions,
  registered: RegisteredFunction,
  event: unknown,
  extraMetadata: Readonly<Record<string, TypedData>> = {},
): Promise<InvocationResult> {
  const data: unknown = typeof event === 'object' && event !== null ? Reflect.get(event, 'data') : undefined;
  const metadata = data === undefined ? {} : { data: { json: JSON.stringify(data) } };
  return app.invoke(registered, { json: JSON.stringify(event) }, { ...metadata, ...extraMetadata });
}

function handshake(body: unknown): HostReply {
  const parsed = validation.safeParse(body);
  const [event] = parsed.data ?? [];
  if (!event) return emptyReply(400);
  return textReply(200, JSON.stringify({ validationResponse: event.data.validationCode }));
}

/** All events are delivered; a single failure fails the batch, so Event Grid will send all of it again. */
async function notify(app: AppFunctions, registered: RegisteredFunction, body: unknown): Promise<HostReply> {
  const events: readonly unknown[] = Array.isArray(body) ? body : [body];
  // What is no event fails the whole batch, before any is delivered.
  if (events.some((event) => typeof event !== 'object' || event === null)) return emptyReply(500);
  const results = await Promise.allSettled(events.map((event) => deliverEvent(app, registered, event)));
  const failed = results.some((result) => result.status === 'rejected' || !result.value.ok);
  if (!failed) return emptyReply(202);
  return textReply(500, `Exception while executing function: Functions.${registered.name}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
