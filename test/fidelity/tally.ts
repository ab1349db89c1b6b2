import { appendFileSync } from 'node:fs';

/** Every comparison with the real thing. `npm run test:fidelity` misses the one that says nothing. */
export const subjects = {
  orchestrations: 'Functions host: recorded orchestrations',
  hostExchanges: 'Functions host: recorded HTTP exchanges',
  episodes: 'Functions host: recorded calls of orchestrators, through the SDK',
  arm: 'Azure Resource Manager: recorded exchanges',
  zilliz: 'Zilliz Cloud: recorded answers',
  documents: "Azure and Key Vault: the app's traffic, against Microsoft's OpenAPI documents (oav)",
  azCommands: 'Azure CLI: commands',
  azDocuments: "Azure CLI: its traffic, against Microsoft's OpenAPI documents (oav)",
} as const;

/** What came of one comparison. */
export interface Tally {
  readonly subject: keyof typeof subjects;
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
  const name = subjects[subject];
  if (notRun !== undefined) return [`${name}: NOT RUN, ${notRun}`];
  if (of === 0) return [`${name}: NO RESULT`];
  const used = excused.filter(({ uses }) => uses > 0);
  return [
    `${name}: ${agree} of ${of} agree${used.length > 0 ? ', excused in part:' : ''}`,
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
