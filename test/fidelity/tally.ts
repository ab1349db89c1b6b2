import { appendFileSync } from 'node:fs';

/** What came of one comparison with the real thing. */
export interface Tally {
  readonly subject: string;
  readonly agree: number;
  readonly of: number;
  /** Each excuse with how often it was used and why it is one. A case may use several, and agrees all the same. */
  readonly excused: readonly { readonly excuse: string; readonly uses: number; readonly reason: string }[];
  /** Why it was not run at all; nothing is counted then. */
  readonly notRun?: string;
}

/** Prints the result, and hands it to `npm run test:fidelity`, which gathers all of them. */
export function report(tally: Tally): void {
  process.stdout.write(`${tallyLines(tally).join('\n')}\n`);
  const gatherer = process.env.FIDELITY_RESULTS;
  if (gatherer !== undefined) appendFileSync(gatherer, `${JSON.stringify(tally)}\n`);
}

export function tallyLines({ subject, agree, of, excused, notRun }: Tally): readonly string[] {
  if (notRun !== undefined) return [`${subject}: NOT RUN, ${notRun}`];
  const used = excused.filter(({ uses }) => uses > 0);
  return [
    `${subject}: ${agree} of ${of} agree${used.length > 0 ? ', excused in part:' : ''}`,
    ...used.map(({ excuse, uses, reason }) => `  ${uses} × ${excuse}: ${reason}`),
  ];
}

/** The excuses of a comparison with how often each was used. */
export function countExcuses<Excuse extends string>(
  reasons: Readonly<Record<Excuse, string>>,
  used: Iterable<Iterable<Excuse>>,
): Tally['excused'] {
  const all = [...used].flatMap((excuses) => [...excuses]);
  return (Object.entries(reasons) as [Excuse, string][]).map(([excuse, reason]) => ({
    excuse,
    uses: all.filter((one) => one === excuse).length,
    reason,
  }));
}
