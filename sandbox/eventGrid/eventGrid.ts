import type { Clock } from '../kernel/clock.ts';
import type { Faults } from '../kernel/faults.ts';
import type { Reply } from '../kernel/operation.ts';
import { startSimulator } from '../kernel/simulator.ts';
import type { ServerCertificate } from '../kernel/certificates.ts';
import type { Store } from '../kernel/store.ts';
import type { Traffic } from '../kernel/traffic.ts';
import { readAccessToken } from '../identity/accessToken.ts';
import { Deliveries } from './deliveries.ts';
import type { Habits } from './deliveries.ts';
import { readPublished } from './events.ts';
import type { DeadLetter, EventGridState, Pending, SchemaName, Subscription } from './state.ts';
import { shakeHands } from './webhook.ts';

export interface EventGridOptions {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly traffic: Traffic;
  readonly store: Store<EventGridState>;
  readonly certificate?: ServerCertificate;
  readonly port?: number;
}

export interface NewSubscription {
  readonly name: string;
  readonly endpointUrl: string;
  /** Default: as the events are published. */
  readonly deliverySchema?: SchemaName;
  /** Default 1: no batching. */
  readonly maxEventsPerBatch?: number;
  readonly maxDeliveryAttempts?: number;
  readonly eventTimeToLiveMinutes?: number;
  readonly includedEventTypes?: readonly string[];
  readonly deadLetter?: boolean;
}

export interface EventGrid {
  /** Where events are published, `POST …?api-version=2018-01-01` with a bearer token. */
  readonly publishUrl: string;
  readonly control: {
    /** Makes an event subscription, or replaces the one of its name; rejects when the webhook refuses the handshake. */
    subscribe(subscription: NewSubscription): Promise<void>;
    setHabits(habits: Habits): void;
    pending(): readonly Pending[];
    deadLetters(): readonly DeadLetter[];
    /** Resolves when no delivery is on its way. */
    settled(): Promise<void>;
  };
  stop(): Promise<void>;
}

const RESOURCE = 'https://eventgrid.azure.net';
const LARGEST_BODY = 1024 * 1024;

/** Starts a custom topic on this machine: publishing over HTTP(S), deliveries to webhooks of this machine. */
export async function startEventGrid(options: EventGridOptions): Promise<EventGrid> {
  const { clock, faults, traffic, store } = options;
  const deliveries = new Deliveries({ clock, store, traffic });
  const simulator = await startSimulator({
    service: 'eventGrid',
    clock,
    faults,
    traffic,
    ...(options.certificate && { certificate: options.certificate }),
    ...(options.port !== undefined && { port: options.port }),
    operations: [
      {
        name: 'eventGrid.publish',
        method: 'POST',
        path: '/api/events',
        write: true,
        handle({ headers, query, body, text }) {
          const refused = unauthorised(headers.authorization ?? '', clock.now());
          if (refused) return refused;
          if (query['api-version'] !== '2018-01-01') return refuse(400, 'The api-version is not supported.');
          if (text.length > LARGEST_BODY) return refuse(413, 'The maximum size (1048576) has been exceeded.');
          const read = readPublished(store.state.inputSchema, headers['content-type'] ?? '', body);
          if ('fault' in read) return refuse(400, read.fault);
          deliveries.accept(read.events);
          return { status: 200 };
        },
      },
    ],
  });
  return {
    publishUrl: `${simulator.baseUrl}/api/events?api-version=2018-01-01`,
    control: {
      subscribe: (subscription) => subscribe(store, clock, subscription),
      setHabits(habits) {
        deliveries.habits = habits;
      },
      pending: () => structuredClone(store.state.pending),
      deadLetters: () => structuredClone(store.state.deadLetters),
      settled: () => deliveries.settled(),
    },
    async stop() {
      await deliveries.stop();
      await simulator.stop();
    },
  };
}

async function subscribe(store: Store<EventGridState>, clock: Clock, wanted: NewSubscription): Promise<void> {
  const { state } = store;
  const deliverySchema = wanted.deliverySchema ?? state.inputSchema;
  if (state.inputSchema === 'CloudEventSchemaV1_0' && deliverySchema === 'EventGridSchema') {
    throw new Error('Events that are published as CloudEvents cannot be delivered in the Event Grid schema.');
  }
  const place = { topic: state.topic, at: clock.now() };
  if (!(await shakeHands(wanted.endpointUrl, deliverySchema, place))) {
    throw new Error('Webhook validation handshake failed.');
  }
  const subscription: Subscription = {
    name: wanted.name,
    endpointUrl: wanted.endpointUrl,
    deliverySchema,
    maxEventsPerBatch: wanted.maxEventsPerBatch ?? 1,
    maxDeliveryAttempts: wanted.maxDeliveryAttempts ?? 30,
    eventTimeToLiveMinutes: wanted.eventTimeToLiveMinutes ?? 1440,
    includedEventTypes: wanted.includedEventTypes ? [...wanted.includedEventTypes] : null,
    deadLetter: wanted.deadLetter ?? false,
  };
  state.subscriptions = [...state.subscriptions.filter(({ name }) => name !== wanted.name), subscription];
  store.save();
}

/** Topic keys are switched off, as the deployment does: only tokens for Event Grid open it. */
function unauthorised(authorization: string, now: number): Reply | null {
  const token = /^Bearer (.+)$/i.exec(authorization)?.[1];
  const claims = readAccessToken(token ?? '');
  const good = claims?.aud.replace(/\/$/, '') === RESOURCE && claims.exp * 1000 > now;
  return good ? null : refuse(401, 'The request authorization key is not authorized for this topic.');
}

function refuse(status: number, message: string): Reply {
  const code = status === 401 ? 'Unauthorized' : status === 413 ? 'RequestEntityTooLarge' : 'BadRequest';
  return { status, body: { error: { code, message, details: [{ code, message }] } } };
}
