import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startEventGrid } from '../../../sandbox/eventGrid/eventGrid.ts';
import type { EventGrid, NewSubscription } from '../../../sandbox/eventGrid/eventGrid.ts';
import { emptyEventGridState } from '../../../sandbox/eventGrid/state.ts';
import type { EventGridState, SchemaName } from '../../../sandbox/eventGrid/state.ts';
import { writeAccessToken } from '../../../sandbox/identity/accessToken.ts';
import { VirtualClock } from '../../../sandbox/kernel/clock.ts';
import { Faults } from '../../../sandbox/kernel/faults.ts';
import { memoryStore } from '../../../sandbox/kernel/store.ts';
import type { Store } from '../../../sandbox/kernel/store.ts';
import { Traffic } from '../../../sandbox/kernel/traffic.ts';

const TOPIC = '/subscriptions/s/resourceGroups/g/providers/Microsoft.EventGrid/topics/clusters';
const HOUR = 3_600_000;

interface Received {
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

let clock: VirtualClock;
let grid: EventGrid;
let webhook: Server;
let webhookUrl: string;
let received: Received[];
/** The statuses that the webhook returns for notifications, one after the other; then 202. */
let answers: number[];

beforeEach(async () => {
  clock = new VirtualClock();
  received = [];
  answers = [];
  webhook = createServer((request, response) => void receive(request, response));
  await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve));
  webhookUrl = `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/hook?code=key`;
});

afterEach(async () => {
  await grid.stop();
  webhook.closeAllConnections();
  webhook.close();
});

async function start(
  schema: SchemaName = 'CloudEventSchemaV1_0',
  store: Store<EventGridState> = memoryStore(emptyEventGridState(TOPIC, schema)),
): Promise<void> {
  grid = await startEventGrid({ clock, faults: new Faults(), traffic: new Traffic(), store });
}

function subscribe(options: Partial<NewSubscription> = {}): Promise<void> {
  return grid.control.subscribe({ name: 'to-app', endpointUrl: webhookUrl, ...options });
}

async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const body: unknown = text === '' ? null : JSON.parse(text);
  received.push({ method: request.method ?? '', headers: request.headers, body });
  if (request.method === 'OPTIONS') {
    response.writeHead(200, { 'webhook-allowed-origin': request.headers['webhook-request-origin'] }).end();
  } else if (request.headers['aeg-event-type'] === 'SubscriptionValidation') {
    const [event] = body as { data: { validationCode: string } }[];
    response.writeHead(200).end(JSON.stringify({ validationResponse: event?.data.validationCode }));
  } else response.writeHead(answers.shift() ?? 202).end();
}

function token(aud = 'https://eventgrid.azure.net', exp = (clock.now() + HOUR) / 1000): string {
  return writeAccessToken({ aud, exp, oid: 'o', tid: 't', appid: 'a' });
}

function publish(body: unknown, contentType = 'application/cloudevents-batch+json', bearer = token()) {
  return fetch(grid.publishUrl, {
    method: 'POST',
    headers: { 'content-type': contentType, authorization: `Bearer ${bearer}` },
    body: JSON.stringify(body),
  });
}

function cloudEvent(id: string): object {
  return { specversion: '1.0', id, source: '/pipeline', type: 'Zilliz.Cluster.Created', data: { n: 1 } };
}

function gridEvent(id: string): object {
  return {
    id,
    subject: 'clusters/in01-1',
    eventType: 'Zilliz.Cluster.Created',
    eventTime: '2026-01-05T09:00:00Z',
    dataVersion: '1.0',
    data: { n: 1 },
  };
}

/** Lets time pass, with every delivery that falls due. */
async function pass(milliseconds: number): Promise<void> {
  const until = clock.now() + milliseconds;
  for (let next = clock.nextAt(); next !== undefined && next <= until; next = clock.nextAt()) {
    clock.advanceTo(next);
    await grid.control.settled();
  }
  clock.advanceTo(until);
}

function notifications(): readonly Received[] {
  return received.filter(({ headers }) => headers['aeg-event-type'] === 'Notification');
}

function idsReceived(): readonly string[] {
  return notifications().flatMap(({ body }) =>
    (Array.isArray(body) ? body : [body]).map((event) => (event as { id: string }).id),
  );
}

describe('a subscription', () => {
  it('to CloudEvents is made after an OPTIONS request that the webhook allows', async () => {
    await start();

    await subscribe();

    expect(received).toMatchObject([
      { method: 'OPTIONS', headers: { 'webhook-request-origin': 'eventgrid.azure.net' } },
    ]);
  });

  it('to Event Grid events is made after a validation event whose code comes back', async () => {
    await start('EventGridSchema');

    await subscribe();

    expect(received).toMatchObject([
      {
        method: 'POST',
        headers: { 'aeg-event-type': 'SubscriptionValidation' },
        body: [{ topic: TOPIC, eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent' }],
      },
    ]);
  });

  it('is refused when the webhook does not answer', async () => {
    await start();

    await expect(subscribe({ endpointUrl: 'http://127.0.0.1:1/hook' })).rejects.toThrow('handshake failed');
  });

  it('cannot turn CloudEvents into Event Grid events', async () => {
    await start();

    await expect(subscribe({ deliverySchema: 'EventGridSchema' })).rejects.toThrow('cannot be delivered');
  });
});

describe('publishing', () => {
  it.each([
    ['without a token', () => publish([cloudEvent('1')], undefined, ''), 401],
    [
      'with a token for another service',
      () => publish([cloudEvent('1')], undefined, token('https://vault.azure.net')),
      401,
    ],
    ['with an expired token', () => publish([cloudEvent('1')], undefined, token(undefined, 1)), 401],
    ['in the other schema', () => publish([gridEvent('1')]), 400],
    ['with a plain JSON type', () => publish([cloudEvent('1')], 'application/json'), 400],
    ['an event without an ID', () => publish([{ ...cloudEvent('1'), id: undefined }]), 400],
    ['more than a megabyte', () => publish([{ ...cloudEvent('1'), data: 'x'.repeat(1_100_000) }]), 413],
    ['a batch of two', () => publish([cloudEvent('1'), cloudEvent('2')]), 200],
    ['a single event', () => publish(cloudEvent('1'), 'application/cloudevents+json'), 200],
  ])('%s', async (_, call, status) => {
    await start();

    expect((await call()).status).toBe(status);
  });
});

describe('a delivery', () => {
  it('brings one CloudEvent alone, as it was published', async () => {
    await start();
    await subscribe();

    await publish([cloudEvent('1')]);
    await pass(1000);

    expect(notifications()).toMatchObject([
      {
        headers: {
          'content-type': 'application/cloudevents+json; charset=utf-8',
          'aeg-subscription-name': 'TO-APP',
          'aeg-delivery-count': '1',
        },
        body: cloudEvent('1'),
      },
    ]);
  });

  it('brings Event Grid events in an array, with the topic', async () => {
    await start('EventGridSchema');
    await subscribe();

    await publish([gridEvent('1')], 'application/json');
    await pass(1000);

    expect(notifications()).toMatchObject([
      { body: [{ ...gridEvent('1'), topic: TOPIC, metadataVersion: '1' }] },
    ]);
  });

  it('can bring Event Grid events as CloudEvents', async () => {
    await start('EventGridSchema');
    await subscribe({ deliverySchema: 'CloudEventSchemaV1_0' });

    await publish([gridEvent('1')], 'application/json');
    await pass(1000);

    expect(notifications()).toMatchObject([
      {
        body: { specversion: '1.0', id: '1', source: TOPIC, type: 'Zilliz.Cluster.Created', data: { n: 1 } },
      },
    ]);
  });

  it('brings events in batches, only of the types that are wanted', async () => {
    await start();
    await subscribe({ maxEventsPerBatch: 2, includedEventTypes: ['Zilliz.Cluster.Created'] });

    await publish([...['1', '2', '3'].map(cloudEvent), { ...cloudEvent('4'), type: 'Other' }]);
    await pass(1000);

    expect(notifications().map(({ body }) => (body as object[]).length)).toEqual([2, 1]);
    expect(idsReceived()).toEqual(['1', '2', '3']);
  });

  it('is made again after a failure, ever more rarely, until it is acknowledged', async () => {
    await start();
    await subscribe();
    answers = [500, 500, 503];

    await publish([cloudEvent('1')]);
    await pass(HOUR);

    expect(notifications().map(({ headers }) => headers['aeg-delivery-count'])).toEqual(['1', '2', '3', '4']);
    expect(grid.control.pending()).toEqual([]);
  });

  it('ends among the dead letters after all attempts, or at once when a repeat cannot help', async () => {
    await start();
    await subscribe({ maxDeliveryAttempts: 2, deadLetter: true });
    answers = [500, 500, 400];

    await publish([cloudEvent('1')]);
    await pass(HOUR);
    await publish([cloudEvent('2')]);
    await pass(HOUR);

    expect(grid.control.deadLetters()).toMatchObject([
      { event: { id: '1' }, deadLetterReason: 'MaxDeliveryAttemptsExceeded', deliveryAttempts: 2 },
      { event: { id: '2' }, deadLetterReason: 'UndeliverableDueToClientError', lastDeliveryOutcome: '400' },
    ]);
  });

  it('can come twice, and in another order', async () => {
    await start();
    await subscribe();
    grid.control.setHabits({ duplicates: 0.5, shuffled: true });
    const ids = Array.from({ length: 40 }, (_, index) => String(index));

    await publish(ids.map(cloudEvent));
    await pass(HOUR);

    expect(new Set(idsReceived())).toEqual(new Set(ids));
    expect(idsReceived().length).toBeGreaterThan(50);
    expect([...new Set(idsReceived())]).not.toEqual(ids);
  });

  it('survives a restart of the service', async () => {
    const store = memoryStore(emptyEventGridState(TOPIC, 'CloudEventSchemaV1_0'));
    await start(undefined, store);
    await subscribe();
    answers = [500];
    await publish([cloudEvent('1')]);
    await pass(1000);
    await grid.stop();

    await start(undefined, store);
    await pass(HOUR);

    expect(idsReceived()).toEqual(['1', '1']);
  });
});
