import type { Run } from '../client/client.ts';
import { duration, painted, plain, print } from './io.ts';
import type { Output } from './io.ts';

type Phase = Run['phases'][number];

const BAR_CELLS = 20;
const marks = { pending: ' ', running: '▸', done: '✓', skipped: '–', failed: '✗' } as const;

/** Shows runs while they go on: one run in a terminal as a table drawn over and over, all else as a line for each change. */
export class Progress {
  readonly #out: Output;
  readonly #isOne: boolean;
  readonly #seen = new Map<string, string>();
  #lines = 0;

  constructor(out: Output, isOne: boolean) {
    this.#out = out;
    this.#isOne = isOne;
  }

  show(run: Run): void {
    // The time of the app: it may run faster than that of this machine, or be another.
    const now = Date.parse(run.asOf);
    if (this.#out.isTTY === true && this.#isOne) this.#redraw(run, now);
    else this.#printChanges(run, now);
  }

  #redraw(run: Run, now: number): void {
    const lines = [
      ...run.phases.map((phase) => phaseLine(phase, now)),
      `  ${bar(run.percent)} ${String(run.percent).padStart(3)} %${expectedEnd(run)}`,
    ];
    const up = this.#lines > 0 ? `\x1b[${this.#lines}A` : '';
    const width = this.#out.columns ?? 80;
    const text = lines.map((line) => `\x1b[2K${painted(this.#out, line.slice(0, width - 1))}`).join('\n');
    this.#out.write(`${up}${text}\n`);
    this.#lines = lines.length;
  }

  #printChanges(run: Run, now: number): void {
    for (const phase of run.phases) {
      const key = `${run.id} ${phase.phase}`;
      const news = phase.state === 'pending' ? undefined : `${phase.state} ${phase.reason ?? ''}`;
      if (news === undefined || this.#seen.get(key) === news) continue;
      this.#seen.set(key, news);
      const of = this.#isOne ? '' : `${run.id}  `;
      print(this.#out, [`${of}${phaseLine(phase, now)}  [${run.percent} %]`]);
    }
  }
}

function expectedEnd({ outcome, expectedSeconds }: Run): string {
  return outcome === null && expectedSeconds > 0 ? `, about ${duration(expectedSeconds * 1000)} left` : '';
}

function phaseLine(phase: Phase, now: number): string {
  const took = phase.startedAt === null ? '' : duration(elapsedMs(phase, now));
  const why = phase.state === 'running' || phase.state === 'failed' || phase.state === 'skipped';
  const reason = why && phase.reason !== null ? phase.reason : guideStepOf(phase);
  return `  ${marks[phase.state]} ${phase.phase.padEnd(22)} ${took.padStart(12)}   ${plain(reason)}`.trimEnd();
}

/** The guide has no step for a removal. */
function guideStepOf({ guideStep }: Phase): string {
  return guideStep.startsWith('none') ? '' : guideStep;
}

function elapsedMs({ startedAt, endedAt }: Phase, now: number): number {
  const end = endedAt === null ? now : Date.parse(endedAt);
  return Math.max(0, end - Date.parse(startedAt ?? endedAt ?? ''));
}

function bar(percent: number): string {
  const full = Math.round((percent / 100) * BAR_CELLS);
  return `[${'█'.repeat(full)}${'░'.repeat(BAR_CELLS - full)}]`;
}
