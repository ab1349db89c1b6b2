import type { View } from './api.ts';

type Phase = View['phases'][number];

const BAR_CELLS = 20;
const marks = { pending: ' ', running: '▸', done: '✓', skipped: '–', failed: '✗' } as const;

/** Shows a run while it goes on: in a terminal as one table drawn over and over, elsewhere as a line for each change. */
export class Progress {
  readonly #out: NodeJS.WriteStream;
  readonly #seen = new Map<string, string>();
  #lines = 0;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  show(view: View, now: number): void {
    if (this.#out.isTTY) this.#redraw(view, now);
    else this.#printChanges(view, now);
  }

  #redraw(view: View, now: number): void {
    const lines = [
      ...view.phases.map((phase) => phaseLine(phase, now)),
      `  ${bar(view.percent)} ${String(view.percent).padStart(3)} %`,
    ];
    const up = this.#lines > 0 ? `\x1b[${this.#lines}A` : '';
    const width = this.#out.columns;
    const text = lines.map((line) => `\x1b[2K${line.slice(0, width - 1)}`).join('\n');
    this.#out.write(`${up}${text}\n`);
    this.#lines = lines.length;
  }

  #printChanges(view: View, now: number): void {
    for (const phase of view.phases) {
      const news = phase.state === 'pending' ? undefined : `${phase.state} ${phase.reason ?? ''}`;
      if (news === undefined || this.#seen.get(phase.phase) === news) continue;
      this.#seen.set(phase.phase, news);
      this.#out.write(`${phaseLine(phase, now)}  [${view.percent} %]\n`);
    }
  }
}

function phaseLine(phase: Phase, now: number): string {
  const took = phase.startedAt === null ? '' : duration(elapsedMs(phase, now));
  const why = phase.state === 'running' || phase.state === 'failed' || phase.state === 'skipped';
  const reason = why && phase.reason !== null ? phase.reason : phase.guideStep;
  return `  ${marks[phase.state]} ${phase.phase.padEnd(24)} ${took.padStart(9)}   ${reason}`;
}

function elapsedMs({ startedAt, endedAt }: Phase, now: number): number {
  const end = endedAt === null ? now : Date.parse(endedAt);
  return Math.max(0, end - Date.parse(startedAt ?? endedAt ?? ''));
}

function bar(percent: number): string {
  const full = Math.round((percent / 100) * BAR_CELLS);
  return `[${'█'.repeat(full)}${'░'.repeat(BAR_CELLS - full)}]`;
}

/** e.g. `5 min 12 s`. */
export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds} s` : `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
}
