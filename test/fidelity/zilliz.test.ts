import { VirtualClock } from '../../sandbox/kernel/clock.ts';
import { Faults } from '../../sandbox/kernel/faults.ts';
import { memoryStore } from '../../sandbox/kernel/store.ts';
import { Traffic } from '../../sandbox/kernel/traffic.ts';
import { seededZillizState } from '../../sandbox/zilliz/seed.ts';
import { startZilliz } from '../../sandbox/zilliz/zilliz.ts';
import type { Zilliz } from '../../sandbox/zilliz/zilliz.ts';
import { AzureSide } from '../sandbox/zilliz/support.ts';
import { countExcuses, report } from './tally.ts';
import { compare, EXCUSES } from './zillizComparison.ts';
import type { Excuse } from './zillizComparison.ts';
import { conversations, recordings } from './zillizRecordings.ts';
import type { Conversation, RecordedAnswer, RecordedStep } from './zillizRecordings.ts';

// The conversations of the vendor's own client tests with the production API, held with the simulator.

const KEY = 'a-good-key';
const agreed = new Map<string, ReadonlySet<Excuse>>();

interface Stage {
  readonly zilliz: Zilliz;
  readonly clock: VirtualClock;
  readonly faults: Faults;
}

async function begin({ projects, regionIds }: Conversation): Promise<Stage> {
  const clock = new VirtualClock();
  const faults = new Faults();
  const state = seededZillizState({ at: clock.now(), regionIds: [], projects, keys: [{ key: KEY }] });
  for (const project of projects) {
    const seeded = state.projects.find(({ projectId }) => projectId === project.projectId);
    if (seeded) seeded.createdAt = Date.parse(project.createdAt);
  }
  const provider = new AzureSide();
  const store = memoryStore(state);
  const zilliz = await startZilliz({ clock, faults, traffic: new Traffic(), store, provider });
  for (const regionId of regionIds) {
    const prefix = regionId.slice(0, regionId.indexOf('-'));
    zilliz.control.addRegion({ regionId, cloudId: prefix === 'az' ? 'azure' : prefix });
  }
  return { zilliz, clock, faults };
}

/** Goes through a conversation; returns the responses by recording. */
async function hold(
  conversation: Conversation,
  { zilliz, clock }: Stage,
): Promise<Map<string, RecordedAnswer>> {
  const answers = new Map<string, RecordedAnswer>();
  let cluster = '';
  for (const step of conversation.steps) {
    const ask = (request: Pick<RecordedStep, 'method' | 'path' | 'body' | 'key'>) =>
      call(zilliz, { ...request, path: request.path.replace('CLUSTER', cluster) });
    if (step.before) await ask(step.before as RecordedStep);
    clock.advanceTo(clock.now() + (step.after ?? 0) * 1000);
    const answer = await ask(step);
    const { data } = answer.body;
    if (typeof data === 'object' && data && 'clusterId' in data) cluster = String(data.clusterId);
    answers.set(step.recording, answer);
  }
  return answers;
}

async function call(
  { baseUrl }: Zilliz,
  { method = 'GET', path, body, key = KEY }: Pick<RecordedStep, 'method' | 'path' | 'body' | 'key'>,
): Promise<RecordedAnswer> {
  const response = await fetch(baseUrl + path, {
    method,
    headers: { authorization: `Bearer ${key}` },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as RecordedAnswer['body'] };
}

function expectSame(answers: ReadonlyMap<string, RecordedAnswer>): void {
  for (const [recording, answer] of answers) {
    const { recorded, local, excuses } = compare(recordings[recording]!, answer);
    expect(local).toEqual(recorded);
    agreed.set(recording, excuses);
  }
}

describe('a recorded conversation with Zilliz goes the same way with the simulator', () => {
  it.each(conversations.map((conversation) => [conversation.name, conversation] as const))(
    '%s',
    async (_name, conversation) => {
      const stage = await begin(conversation);
      const answers = await hold(conversation, stage);
      await stage.zilliz.stop();

      expectSame(answers);
    },
  );

  it('leaves no recording out', () => {
    const held = conversations.flatMap(({ steps }) => steps.map(({ recording }) => recording));
    expect(held.toSorted()).toEqual(Object.keys(recordings).toSorted());
  });
});

describe('a wrong answer is found', () => {
  const [clusterLife] = conversations;

  it.each([
    [
      'a code that is not the recorded one',
      { code: 40014, message: 'The specified cluster name already exists.' },
    ],
    ['a field too many', { code: 40013, message: 'The specified cluster name already exists.', data: null }],
    ['another message', { code: 40013, message: 'No.' }],
  ])('%s', async (_case, body) => {
    const stage = await begin(clusterLife!);
    const fault = { kind: 'status' as const, status: 200, body };
    stage.faults.order({ call: 'zilliz.createDedicatedCluster', after: 1, fault });
    const answers = await hold(clusterLife!, stage);
    await stage.zilliz.stop();

    const name = 'TestClient_Cluster/duplicately_create_cluster.json';
    const { recorded, local } = compare(recordings[name]!, answers.get(name)!);
    expect(local).not.toEqual(recorded);
  });

  it('a status that is not the recorded one', async () => {
    const conversation = conversations.find(({ name }) => name === 'list of projects')!;
    const stage = await begin(conversation);
    const { body } = recordings['TestClient_ListProject/get_project_list_with_wrong_api_key.json']!;
    stage.faults.order({
      call: 'zilliz.listProjects',
      after: 1,
      fault: { kind: 'status', status: 200, body },
    });
    const answers = await hold(conversation, stage);
    await stage.zilliz.stop();

    expect(() => expectSame(answers)).toThrow();
  });
});

afterAll(() => {
  report({
    subject: 'zilliz',
    agree: agreed.size,
    of: Object.keys(recordings).length,
    excused: countExcuses(EXCUSES, agreed.values()),
  });
});
