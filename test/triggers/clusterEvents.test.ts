import { app, InvocationContext } from '@azure/functions';
import { registerTriggers } from '../../src/http/routes.ts';
import type { ProjectRegion } from '../../src/ports.ts';
import { clusterEvents } from '../../src/triggers/clusterEvents.ts';
import { fakeHub } from '../http/workflowClients.ts';

const data = { projectId: 'proj-1', regionId: 'az-eastus', clusterId: 'in01-0123456789abcde' };
const cloudEvent = {
  specversion: '1.0',
  id: 'c1',
  source: '/pipeline',
  type: 'Zilliz.Cluster.Created',
  subject: 'clusters/in01-0123456789abcde',
  time: '2026-01-05T09:00:00Z',
  datacontenttype: 'application/json',
  data,
};
const gridEvent = {
  id: 'e1',
  topic: '/subscriptions/s/resourceGroups/g/providers/Microsoft.EventGrid/topics/t',
  subject: 'clusters/in01-0123456789abcde',
  eventType: 'Zilliz.Cluster.Deleted',
  eventTime: '2026-01-05T09:00:00.1234567Z',
  data,
  dataVersion: '1.0',
  metadataVersion: '1',
};

let woken: ProjectRegion[];
let logged: string[];
let wake: () => Promise<void>;

beforeEach(() => {
  woken = [];
  logged = [];
  wake = () => Promise.resolve();
});

async function handle(event: unknown, projects: readonly string[] | null = null): Promise<void> {
  const handler = clusterEvents({
    clientOf: () => fakeHub(),
    allowed: { projects, scopes: null },
    hasConnection: ({ projectId }) => Promise.resolve(projectId === 'proj-1'),
    waker: {
      wake(_, where) {
        woken.push(where);
        return wake();
      },
    },
  });
  const context = new InvocationContext({
    functionName: 'clusterEvents',
    logHandler: (level, ...parts) => logged.push(`${level} ${parts.join(' ')}`),
  });
  await handler(event, context);
}

describe('an event about a cluster', () => {
  it.each([
    ['CloudEvents 1.0', cloudEvent],
    ['the Event Grid schema', gridEvent],
    ['with fields that a later version has added', { ...cloudEvent, extra: 1, data: { ...data, plan: 'x' } }],
  ])('wakes sync: %s', async (_, event) => {
    await handle(event);

    expect(woken).toEqual([{ projectId: 'proj-1', regionId: 'az-eastus' }]);
  });

  it('is an error when sync cannot be woken, so that it comes again', async () => {
    wake = () => Promise.reject(new Error('the hub is away'));

    await expect(handle(cloudEvent)).rejects.toThrow('the hub is away');
  });
});

describe('what is no event of ours is logged with its ID and dropped', () => {
  const without = (name: string): object => ({ ...cloudEvent, data: { ...data, [name]: undefined } });

  it.each<readonly [string, unknown, string]>([
    ['another type', { ...cloudEvent, type: 'Microsoft.Storage.BlobCreated' }, 'c1'],
    ['another version of CloudEvents', { ...cloudEvent, specversion: '0.3' }, 'c1'],
    ['no project', without('projectId'), 'c1'],
    ['no region', without('regionId'), 'c1'],
    ['no cluster', without('clusterId'), 'c1'],
    ['a region of another cloud', { ...gridEvent, data: { ...data, regionId: 'aws-us-west-2' } }, 'e1'],
    ['a path in place of a project', { ...gridEvent, data: { ...data, projectId: '../x' } }, 'e1'],
    ['no data', { ...gridEvent, data: null }, 'e1'],
    ['data that is text', { ...cloudEvent, data: JSON.stringify(data) }, 'c1'],
    ['an endless ID', { id: 'x'.repeat(5000) }, 'x'.repeat(100)],
    ['a text', 'hello', 'none'],
    ['nothing', null, 'none'],
    ['a list', [cloudEvent], 'none'],
  ])('%s', async (_, event, eventId) => {
    await handle(event);

    expect(woken).toEqual([]);
    expect(logged).toEqual([expect.stringContaining(`"eventId":"${eventId}"`)]);
    expect(logged[0]).toMatch(/^warn/);
  });

  it('a project without a connection, which anyone could make up', async () => {
    await handle({ ...cloudEvent, data: { ...data, projectId: 'proj-made-up' } });

    expect(woken).toEqual([]);
    expect(logged).toEqual([expect.stringContaining('proj-made-up has no connection in az-eastus')]);
  });

  it('a project that this deployment may not act for', async () => {
    await handle(cloudEvent, ['proj-2']);

    expect(woken).toEqual([]);
    expect(logged).toEqual([expect.stringContaining('"eventId":"c1"')]);
  });
});

describe('where the events come from', () => {
  const register = (eventQueue: string | undefined) => {
    const clusterEvents = () => undefined;
    const [grid, queue] = [jest.spyOn(app, 'eventGrid'), jest.spyOn(app, 'storageQueue')];
    jest.spyOn(app, 'timer').mockReturnValue();
    grid.mockReturnValue();
    queue.mockReturnValue();
    registerTriggers({ clusterEvents, eventQueue, sweep: () => undefined, sweepSchedule: '0 0 * * * *' });
    return { clusterEvents, grid: grid.mock.calls, queue: queue.mock.calls };
  };
  afterEach(() => jest.restoreAllMocks());

  it('is Event Grid alone where no queue is named', () => {
    const { grid, queue } = register(undefined);

    expect(grid).toHaveLength(1);
    expect(queue).toEqual([]);
  });

  it('is also the queue of a topic that is closed to the public network, with the same handler', () => {
    const { clusterEvents, queue } = register('cluster-events');

    expect(queue).toEqual([
      [
        'clusterEventsFromQueue',
        expect.objectContaining({
          queueName: 'cluster-events',
          connection: 'AzureWebJobsStorage',
          handler: clusterEvents,
        }),
      ],
    ]);
  });
});
