import { cases } from '../fidelity/durableHostRecordings.ts';
import type { RecordedEpisode, RecordedEvent } from '../fidelity/durableHostRecordings.ts';

// The SDK takes for new what comes after the last OrchestratorStarted of a history; a run says what it does by that.

const STARTED = 12;
/** What makes a workflow go on: its beginning, and the ends of tasks, children and timers, and events. */
const messages = [0, 5, 6, 8, 9, 11, 15];

const messagesIn = (history: readonly RecordedEvent[]): readonly RecordedEvent[] =>
  history.filter(({ EventType }) => messages.includes(EventType));

function executionOf({ input }: RecordedEpisode): string {
  const started = input.history.find(({ EventType }) => EventType === 0);
  return JSON.stringify(
    (started as { readonly OrchestrationInstance?: unknown } | undefined)?.OrchestrationInstance,
  );
}

describe('what is new to an episode of the recorded real host', () => {
  it.each(cases.map(({ case: name, episodes }) => [name, episodes] as const))(
    '%s: comes after the last mark that an episode has started',
    (_, episodes) => {
      for (const [index, episode] of episodes.entries()) {
        const before = episodes[index - 1];
        const continues = before !== undefined && executionOf(before) === executionOf(episode);
        const { history } = episode.input;
        const mark = history.findLastIndex(({ EventType }) => EventType === STARTED);

        const known = continues ? messagesIn(before.input.history).length : 0;
        expect(messagesIn(history.slice(0, mark))).toHaveLength(known);
      }
    },
  );
});
