import type { Decision } from '../../sandbox/host/engine/decision.ts';
import type { HistoryEvent } from '../../sandbox/host/engine/history.ts';
import { episodesOf, readHistories } from './history.ts';
import type { RecordedEpisode, RecordedFile } from './history.ts';
import { presentVersion, scenarios } from './scenarios.ts';
import { replayToday } from './today.ts';

// A failure here means: runs that are under way when this is released would end as "Non-Deterministic workflow detected".
// docs/explanation/change-a-workflow.md says what to do. Nothing released of this version yet? `npm run histories`.

const histories = readHistories();
const cases = histories.map((recorded) => [recorded.file, recorded] as const);

describe('a run that an earlier release has begun goes on in the same steps', () => {
  it.each(cases)('%s', async (_, recorded) => {
    for (const [number, history] of recorded.executions.entries()) {
      const episodes = episodesOf(history);
      for (const { given, followed } of episodes) {
        const { decisions } = await replayToday(given);

        // A run that renews itself leaves nothing behind in the history that it had.
        const isLast = given === episodes.at(-1)?.given;
        const renews = isLast && number < recorded.executions.length - 1;
        expect(decisions.map(keyOfDecision)).toEqual(renews ? ['renew'] : followed.map(keyOfEvent));
      }
    }
  });
});

describe('what a run says is said in one episode only, whichever process runs it', () => {
  it.each(cases)('%s', async (_, recorded) => {
    const lines: string[] = [];
    for (const { given } of episodesIn(recorded)) lines.push(...(await replayToday(given)).said);

    const count = (event: string): number =>
      lines.filter((line) => line.startsWith(`{"event":"${event}"`)).length;
    expect(lines.filter((line, index) => lines.indexOf(line) !== index)).toEqual([]);
    expect(count('run-started')).toBe(1);
    expect(count('run-ended')).toBe(1);
  });
});

describe('the histories', () => {
  it('are there for each scenario of the present version', () => {
    const files = histories.map(({ file }) => file);

    expect(files).toEqual(
      expect.arrayContaining(Object.keys(scenarios).map((name) => `${name}.v${presentVersion()}.json`)),
    );
    expect(histories.filter(({ file, version }) => !file.endsWith(`.v${version}.json`))).toEqual([]);
  });

  it('hold what a release may break: renewals, hints, timers, and both ends', () => {
    const all = histories.flatMap(({ executions }) => executions.flat());

    const renewed = histories.filter(({ executions }) => executions.length > 1);
    expect(new Set(renewed.map(({ workflow }) => workflow))).toEqual(new Set(['connect', 'sync']));
    expect(new Set(all.map(({ EventType }) => EventType))).toEqual(new Set([0, 1, 4, 5, 10, 11, 12, 13, 15]));
  });

  it('are refused when a step has changed its place', async () => {
    const [episode] = episodesIn(histories[0]!).slice(-1);
    const steps = episode!.given.filter(({ EventType }) => EventType === 4);
    const [first, second] = [steps[0]!, steps.find((step) => nameOf(step) !== nameOf(steps[0]!))!];
    const exchanged = episode!.given.map((event) => {
      if (event === first) return { ...event, Name: nameOf(second) } as HistoryEvent;
      return event === second ? ({ ...event, Name: nameOf(first) } as HistoryEvent) : event;
    });

    const { decisions } = await replayToday(exchanged);

    expect(decisions.at(-1)).toMatchObject({ kind: 'complete', status: 'Failed' });
    expect(JSON.stringify(decisions)).toContain('Non-Deterministic workflow detected');
  });
});

function episodesIn({ executions }: RecordedFile): readonly RecordedEpisode[] {
  return executions.flatMap(episodesOf);
}

function keyOfDecision(decision: Decision): string {
  if (decision.kind === 'activity') return `activity ${decision.id} ${decision.name}`;
  if (decision.kind === 'complete') return `complete ${decision.status}`;
  return decision.kind === 'renew' ? 'renew' : `${decision.kind} ${decision.id}`;
}

function keyOfEvent(event: HistoryEvent): string {
  if (event.EventType === 4) return `activity ${event.EventId} ${event.Name}`;
  if (event.EventType === 1) return `complete ${event.OrchestrationStatus}`;
  return event.EventType === 10 ? `timer ${event.EventId}` : `event ${event.EventType}`;
}

function nameOf(event: HistoryEvent): string {
  return 'Name' in event ? event.Name : '';
}
