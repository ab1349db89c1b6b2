import { spawnSync } from 'node:child_process';
import * as z from 'zod';

const results = z.array(
  z.object({ messages: z.array(z.object({ line: z.number(), ruleId: z.string().nullable() })) }),
);

interface Sample {
  /** Where the text stands as far as the rules go; a file that exists, since some rules ask for types. */
  readonly filePath: string;
  readonly head: readonly string[];
  readonly lines: readonly string[];
  readonly foot: readonly string[];
}

/** Which lines of each sample the configuration of the project objects to, by the given rule. */
function objectedTo(ruleId: string, samples: readonly Sample[]): readonly (readonly string[])[] {
  const texts = samples.map(({ filePath, head, lines, foot }) => ({
    filePath,
    text: [...head, ...lines, ...foot].join('\n'),
  }));
  const { stdout, stderr } = spawnSync(process.execPath, ['test/lint/lintTexts.mjs'], {
    ...{ cwd: `${__dirname}/../..`, input: JSON.stringify(texts), encoding: 'utf8' },
  });
  if (stdout === '') throw new Error(stderr);
  return results.parse(JSON.parse(stdout)).map(({ messages }, nth) => {
    const numbers = messages.filter((message) => message.ruleId === ruleId).map(({ line }) => line);
    const { head = [], lines = [] } = samples[nth] ?? {};
    return lines.filter((_, index) => numbers.includes(head.length + index + 1));
  });
}

function inWorkflow(lines: readonly string[]): Sample {
  const head = [
    `import type { Hint, Run, Step } from '../durable/run.ts';`,
    `import type { SyncRun } from './syncRun.ts';`,
    `import { linkNetworks } from './links.ts';`,
    `function* own(): Step<void> { yield* linkNetworks({} as never, [], []); }`,
    `export function* round(run: SyncRun, plain: Run, hint: Hint, isDue: boolean): Step<void> {`,
    `const { steps } = run;`,
    `const where = { projectId: '', regionId: '', clusterIds: [] };`,
  ];
  return { filePath: 'src/workflows/syncRound.ts', head, lines, foot: ['}'] };
}

test('a step that is not yielded is refused, however it is reached; one that is yielded is not', () => {
  const dropped = [
    `steps.lookForAddresses(where);`,
    `steps.lookForAddresses.each([where]);`,
    `run.steps.lookForAddresses(where);`,
    `run.steps.lookForAddresses.each([where]);`,
    `isDue && steps.lookForAddresses(where);`,
    `void steps.lookForAddresses(where);`,
    `run.sleep(5);`,
    `run.sleepUnlessHinted(5);`,
    `run.poll({} as never);`,
    `run.askOnce('zone', own);`,
    `plain.sleepUnless(hint, 5);`,
    `plain.call('lookForAddresses', where);`,
    `plain.callAll('lookForAddresses', [where]);`,
    `own();`,
    `linkNetworks({} as never, [], []);`,
  ];
  const fine = [
    `yield* steps.lookForAddresses(where);`,
    `const [first] = yield* run.steps.lookForAddresses.each([where]); run.wrote(String(first?.ok));`,
    `yield* run.sleep(5);`,
    `if (isDue) yield* own();`,
    `run.beginRound();`,
    `run.show('round', null);`,
  ];

  const objected = objectedTo('ours/unyielded-step', [inWorkflow(dropped), inWorkflow(fine)]);

  expect(objected).toEqual([dropped, []]);
});

/** A file of each layer, and what it must not import a value from. */
const forbidden: Readonly<Record<string, readonly string[]>> = {
  'domain/naming': ['ports', 'durable/run', 'workflows/sync', 'activities/sync', 'adapters/userAgent'],
  'workflows/sync': ['ports', 'functions/sweep', 'activities/sync', 'adapters/userAgent', 'config'],
  'durable/run': ['ports', 'workflows/sync', 'activities/sync', 'functions/sweep', 'adapters/userAgent'],
  'activities/sync': ['durable/run', 'workflows/sync', 'functions/sweep', 'adapters/userAgent', 'config'],
  'functions/sweep': ['ports', 'workflows/sync', 'activities/sync', 'adapters/userAgent', 'config'],
  'adapters/userAgent': ['durable/run', 'workflows/sync', 'activities/sync', 'functions/sweep', 'config'],
};

test('no layer imports a value from one that docs/architecture.md does not name for it', () => {
  const samples = Object.entries(forbidden).map(([file, paths]) => ({
    ...{ filePath: `src/${file}.ts`, head: [], foot: [] },
    lines: paths.map((path) => `import '../${path}.ts';`),
  }));

  const objected = objectedTo('no-restricted-imports', samples);

  expect(objected).toEqual(samples.map(({ lines }) => lines));
});
