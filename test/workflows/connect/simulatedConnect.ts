import type { OrchestrationContext } from 'durable-functions';
import { connectionFrom, connectionRequestSchema } from '../../../src/domain/connection/connection.ts';
import type { Failure } from '../../../src/domain/failure/failure.ts';
import { RunLog } from '../../../src/durable/register.ts';
import { ContinueAsNew, Run } from '../../../src/durable/run.ts';
import { connect } from '../../../src/workflows/connect/connect.ts';

/** What a connect run meets. Times in seconds since its start. */
export interface Situation {
  readonly layout: 'regional' | 'per-cluster';
  /** Clusters with an address. */
  readonly clusters: number;
  /** Whether one more waits for its address in vain. */
  readonly oneWithoutAddress: boolean;
  readonly networks: number;
  /** Clusters whose record Azure refuses for good. */
  readonly refused: number;
  /** An activity that fails for a while. */
  readonly outage: { readonly activity: string; readonly from: number; readonly until: number } | null;
  /** When the names lead to the endpoint. */
  readonly provedAt: number;
  readonly deadlineMinutes: number;
}

export interface Ending {
  /** The outcome, or the text of the failure. */
  readonly end: string;
  readonly seconds: number;
  readonly activities: number;
  readonly passes: number;
  /** Of the longest pass; each step counts with the four that it has on the real host. */
  readonly mostEvents: number;
}

const ROOT = '/subscriptions/5f1d8c2a-7b3e-4d6f-9a10-2c4e6f8a0b1d/resourceGroups/rg/providers';
const MOST_ACTIVITIES = 20_000;
/** How long Azure works on a zone or a link. */
export const SECONDS_TO_COMPLETE = 20;
const START = Date.UTC(2026, 0, 5);

type Task =
  | { readonly kind: 'timer'; readonly at: number }
  | { readonly kind: 'activity'; readonly name: string; readonly input: never }
  | { readonly kind: 'all'; readonly tasks: readonly Task[] };

/** Runs the workflow itself against activities that return at once, pass by pass as it continues as new. */
export function simulateConnect(situation: Situation): Ending {
  const world = new World(situation);
  let input: object = { connection: world.connection, startedBy: 'somebody' };
  let mostEvents = 0;
  for (let passes = 1; ; passes++) {
    const run = new Run(contextOf(world), 'connect', new RunLog());
    const generator = connect.run(run, connect.parse(structuredClone(input)));
    let events = 0;
    const ending = (end: string): Ending => {
      const { seconds, activities } = world;
      return { end, seconds, activities, passes, mostEvents: Math.max(mostEvents, events) };
    };
    try {
      for (let next = generator.next(); ;) {
        if (next.done === true) return ending(next.value.outcome);
        // The run yields what the context below has made.
        const task = next.value as unknown as Task;
        events += 4 * (task.kind === 'all' ? task.tasks.length : 1);
        if (world.activities > MOST_ACTIVITIES) return ending('goes on and on');
        next = generator.next(world.answer(task));
      }
    } catch (error) {
      if (!(error instanceof ContinueAsNew))
        return ending(error instanceof Error ? error.message : String(error));
      mostEvents = Math.max(mostEvents, events);
      input = error.input;
    }
  }
}

function contextOf(world: World): OrchestrationContext {
  const df = {
    instanceId: world.connection.id,
    isReplaying: true,
    get currentUtcDateTime() {
      return new Date(START + world.seconds * 1000);
    },
    createTimer: (at: Date): Task => ({ kind: 'timer', at: at.getTime() }),
    callActivity: (name: string, input: never): Task => ({ kind: 'activity', name, input }),
    Task: { all: (tasks: readonly Task[]): Task => ({ kind: 'all', tasks }) },
    setCustomStatus: () => undefined,
  };
  // The part of the SDK's context that a run touches.
  return { df } as unknown as OrchestrationContext;
}

/** Returns the results of activities in a world where zones and links take twenty seconds. */
class World {
  readonly connection;
  activities = 0;
  seconds = 0;
  readonly #situation: Situation;
  readonly #asked = new Map<string, number>();
  readonly #clusters;

  constructor(situation: Situation) {
    this.#situation = situation;
    const { layout, networks, deadlineMinutes, clusters, oneWithoutAddress } = situation;
    this.connection = connectionFrom(
      connectionRequestSchema.parse({
        ...{
          projectId: 'proj-1',
          regionId: 'az-eastus',
          subnetId: `${networkId(0)}/subnets/s`,
          deadlineMinutes,
        },
        dns: { layout, linkedNetworks: Array.from({ length: networks }, (_, index) => networkId(index)) },
      }),
    );
    this.#clusters = Array.from({ length: clusters + (oneWithoutAddress ? 1 : 0) }, (_, index) => ({
      clusterId: clusterId(index),
      connectAddress: `https://${clusterId(index)}.az-eastus.vectordb.zillizcloud.com:19530`,
      privateLinkAddress:
        index < clusters
          ? `https://${clusterId(index)}-privatelink.az-eastus.vectordb.zillizcloud.com:19530`
          : null,
      awaited: true,
    }));
  }

  answer(task: Task): unknown {
    switch (task.kind) {
      case 'timer':
        this.seconds = Math.max(this.seconds, (task.at - START) / 1000);
        return undefined;
      case 'activity':
        this.seconds += 0.5;
        return this.#outcome(task.name, task.input);
      case 'all':
        this.seconds += 0.5;
        return task.tasks.map((one) =>
          one.kind === 'activity' ? this.#outcome(one.name, one.input) : undefined,
        );
    }
  }

  #outcome(name: string, input: ActivityInput): unknown {
    this.activities += 1;
    const { outage } = this.#situation;
    if (outage?.activity === name && this.seconds >= outage.from && this.seconds < outage.until) {
      return { ok: false, failure: unavailable };
    }
    return { ok: true, value: structuredClone(this.#value(name, input)) };
  }

  #value(name: string, input: ActivityInput): unknown {
    const { refused, provedAt } = this.#situation;
    const { zoneName = '', zoneId = '', virtualNetworkId = '', records = [], targets = [] } = input;
    switch (name) {
      case 'preflight':
        return {
          ...{ faults: [], warnings: [], hiddenNames: [], replaces: false, removals: [], before: null },
          ...{ location: 'eastus', service: 'a.b.eastus.azure.privatelinkservice' },
        };
      case 'ensurePrivateEndpoint':
        return { view: null, marked: false };
      case 'readPrivateEndpoint':
        return { state: 'ready', resourceGuid: '5f1d8c2a-7b3e-4d6f-9a10-2c4e6f8a0b1e', address: '10.0.0.4' };
      case 'registerEndpoint':
        return { created: true };
      case 'observeAllocation':
        return {
          ...{
            connection: 'Approved',
            connectionText: 'Approved',
            registration: 'ready',
            registrationText: 'ready',
          },
          clusters: this.#clusters,
        };
      case 'ensureZone': {
        const id = `${ROOT}/Microsoft.Network/privateDnsZones/${zoneName}`;
        return { zoneId: id, exists: false, created: this.#isNew(zoneName), adopted: false };
      }
      case 'readZone':
        return { exists: this.#isDone(zoneName) };
      case 'ensureRecords':
        return {
          outcomes: records.map(({ clusterId: id, record }) =>
            Number(id.slice(-4)) < refused
              ? { ok: false, failure: denied }
              : {
                  ok: true,
                  value: { clusterId: id, recordSetId: `${zoneId}/A/${record}`, action: 'create' },
                },
          ),
        };
      case 'ensureLink': {
        const link = `${zoneId} ${virtualNetworkId}`;
        if (this.#isNew(link)) return { state: 'created', linkId: link, written: false };
        return { state: this.#isDone(link) ? 'completed' : 'working', linkId: link, written: false };
      }
      case 'readLink':
        return { state: this.#isDone(`${zoneId} ${virtualNetworkId}`) ? 'completed' : 'working' };
      case 'verifyTargets': {
        const outcome = this.seconds >= provedAt ? 'verified' : 'wrong-address';
        return {
          proofs: targets.map((target) => ({ clusterId: target.clusterId, outcome, detail: outcome })),
        };
      }
      case 'probePublicAccess':
        return { seen: [] };
      default:
        throw new Error(`There is no answer for ${name}.`);
    }
  }

  #isNew(what: string): boolean {
    if (this.#asked.has(what)) return false;
    this.#asked.set(what, this.seconds);
    return true;
  }

  #isDone(what: string): boolean {
    return this.seconds - (this.#asked.get(what) ?? Infinity) >= SECONDS_TO_COMPLETE;
  }
}

/** The part of the activities' inputs that the results depend on. */
interface ActivityInput {
  readonly zoneName?: string;
  readonly zoneId?: string;
  readonly virtualNetworkId?: string;
  readonly records?: readonly { readonly clusterId: string; readonly record: string }[];
  readonly targets?: readonly { readonly clusterId: string }[];
}

const unavailable: Failure = {
  kind: 'transient',
  code: 'azure-unavailable',
  message: 'HTTP 503',
  source: 'azure',
};
const denied: Failure = {
  kind: 'permission',
  code: 'zone-not-writable',
  message: 'HTTP 403',
  source: 'azure',
};

function networkId(index: number): string {
  return `${ROOT}/Microsoft.Network/virtualNetworks/vnet-${index}`;
}

function clusterId(index: number): string {
  return `in01-${String(index).padStart(15, '0')}`;
}
