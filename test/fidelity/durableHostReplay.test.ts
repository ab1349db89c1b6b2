import { join } from 'node:path';
import type { HistoryEvent } from '../../sandbox/host/engine/history.ts';
import { replay } from '../../sandbox/host/engine/replay.ts';
import { parseAnswer, parseThrownAnswer } from '../../sandbox/host/engine/sdkAnswer.ts';
import { inProcessWorker } from '../../sandbox/host/worker/inProcessWorker.ts';
import type { RunningWorker } from '../../sandbox/host/worker/worker.ts';
import { triggerOf } from '../../sandbox/host/worker/worker.ts';
import { VirtualClock } from '../../sandbox/kernel/clock.ts';
import { eventKeys } from './durableHostComparison.ts';
import { cases, RECORDINGS, withWholeTexts } from './durableHostRecordings.ts';
import type { RecordedCase, RecordedEpisode } from './durableHostRecordings.ts';
import { report } from './tally.ts';

// Each recorded call of an orchestrator, once through the SDK (same answer?) and once through the engine (same decisions?).

let worker: RunningWorker;
let agree = 0;

beforeAll(async () => {
  worker = await inProcessWorker(() => {
    jest.requireActual(join(RECORDINGS, 'app/main.cjs'));
  }).start({ clock: new VirtualClock(), log: () => undefined, variables: {} });
});

afterAll(() => {
  const of = cases.reduce((sum, { episodes }) => sum + episodes.length, 0);
  report({ subject: 'episodes', agree, of, excused: [] });
});

describe('the SDK gives the recorded answer to the recorded history', () => {
  it.each(cases.map((recorded) => [recorded.case, recorded] as const))('%s', async (name, recorded) => {
    for (const episode of recorded.episodes) {
      const result = await callOrchestrator(name, episode);

      const answer = result.ok ? parsed(result.returnValue?.json) : null;
      expect(answer).toEqual(withWholeTexts(episode.result));
      expect(result.ok ? null : result.message).toEqual(episode.error);
      agree += 1;
    }
  });
});

describe('the engine decides what the real host decided', () => {
  it.each(cases.map((recorded) => [recorded.case, recorded] as const))('%s', (_name, recorded) => {
    let compared = 0;
    recorded.episodes.forEach((episode, index) => {
      const next = recorded.episodes[index + 1];
      if (!next) return;
      expect(decidedBy(recorded, episode)).toEqual(followedIn(episode, next));
      compared += 1;
    });

    expect(compared).toBe(recorded.episodes.length - 1);
  });

  it('fails the instance when two scheduled activities of its history change places', () => {
    const recorded = caseNamed('losing-activity');
    const episode = at(recorded.episodes, 1);
    const history = withExchanged(episode.input.history, 2, 3, 'Name');

    const decisions = decidedBy(recorded, { ...episode, input: { ...episode.input, history } });

    // What the replay wanted and the history does not confirm goes out all the same, as in the recorded case.
    expect(decisions).toEqual(['activity#0', 'activity#1', 'complete']);
  });
});

describe('the comparison of histories', () => {
  it('notices two completions in the wrong order', () => {
    const { history } = at(caseNamed('losing-activity').episodes, 2).input;
    const wrong = withExchanged(history, 6, 9, 'TaskScheduledId');

    expect(eventKeys(wrong)).not.toEqual(eventKeys(history));
  });

  it('notices a missing event and another kind', () => {
    const { history } = at(caseNamed('sequence').episodes, 2).input;
    const otherKind = history.map((event) => (event.EventType === 5 ? { ...event, EventType: 6 } : event));

    expect(eventKeys(history.slice(1, -1))).not.toEqual(eventKeys(history));
    expect(eventKeys(otherKind)).not.toEqual(eventKeys(history));
  });
});

async function callOrchestrator(
  name: string,
  { input }: RecordedEpisode,
): ReturnType<RunningWorker['invoke']> {
  const registered = worker.functions.find((one) => one.name === name);
  const trigger = registered && triggerOf(registered);
  const data = { string: JSON.stringify(withWholeTexts(input)) };
  return worker.invoke({
    functionName: name,
    inputData: [{ name: trigger?.name ?? '', data }],
    triggerMetadata: {},
  });
}

/** The recorded answer replayed by the engine: `kind#number` for each decision. */
function decidedBy(recorded: RecordedCase, { input, result, error }: RecordedEpisode): readonly string[] {
  const history = withWholeTexts(input.history) as HistoryEvent[];
  const started = history.find((event) => event.EventType === 0);
  const outcome = replay({
    executionId: started?.OrchestrationInstance.ExecutionId ?? '',
    functionName: recorded.case,
    history,
    answer: error === null ? parseAnswer(result) : parseThrownAnswer(error),
    registrations: { isActivity: () => true, isOrchestration: () => true },
  });
  return outcome.decisions.map(({ kind, id }) =>
    kind === 'complete' || kind === 'renew' ? kind : `${kind}#${id}`,
  );
}

const KINDS: Readonly<Record<number, string>> = { 4: 'activity', 7: 'child', 10: 'timer' };

/** The events of the next episode's history between the end of this one's and its closing mark. */
function followedIn(episode: RecordedEpisode, next: RecordedEpisode): readonly string[] {
  const [, started] = episode.input.history;
  const [, nextStarted] = next.input.history;
  if (JSON.stringify(executionOf(started)) !== JSON.stringify(executionOf(nextStarted))) return ['renew'];
  const rest = next.input.history.slice(episode.input.history.length);
  const added = rest.slice(
    0,
    rest.findIndex(({ EventType }) => EventType === 13),
  );
  return added.map(({ EventType, EventId }) => `${KINDS[EventType] ?? '?'}#${EventId}`);
}

function executionOf(event: unknown): unknown {
  return (event as { OrchestrationInstance?: unknown } | undefined)?.OrchestrationInstance;
}

function withExchanged<T extends object>(list: readonly T[], one: number, other: number, key: keyof T): T[] {
  const [first, second] = [at(list, one), at(list, other)];
  return list.map((item) => {
    if (item === first) return { ...item, [key]: second[key] };
    return item === second ? { ...item, [key]: first[key] } : item;
  });
}

function caseNamed(name: string): RecordedCase {
  const found = cases.find((recorded) => recorded.case === name);
  if (!found) throw new Error(`There is no recording of ${name}.`);
  return found;
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`There is no item ${index}.`);
  return item;
}

function parsed(json: string | undefined): unknown {
  return json === undefined ? null : (JSON.parse(json) as unknown);
}
