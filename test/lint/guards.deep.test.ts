import { spawnSync } from 'node:child_process';
import * as z from 'zod';

const results = z.array(
  z.object({ messages: z.array(z.object({ line: z.number(), ruleId: z.string().nullable() })) }),
);

interface Sample {
  /** The path of the text for the rules; a file that exists, since some rules ask for types. */
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
    `import type { Run, Step, WakeUp } from '../../durable/run.ts';`,
    `import type { SyncRun } from './syncRun.ts';`,
    `import { settle } from '../settle.ts';`,
    `function* own(): Step<void> { yield* settle({} as never, () => []); }`,
    `export function* round(run: SyncRun, plain: Run, wakeUp: WakeUp, isDue: boolean): Step<void> {`,
    `const { steps } = run;`,
    `const where = { projectId: '', regionId: '', clusterIds: [] };`,
  ];
  return { filePath: 'src/workflows/sync/sync.ts', head, lines, foot: ['}'] };
}

test('a step that is not yielded is refused, however it is reached; one that is yielded is not', () => {
  const dropped = [
    `steps.findAddresses(where);`,
    `steps.findAddresses.each([where]);`,
    `run.steps.findAddresses(where);`,
    `run.steps.findAddresses.each([where]);`,
    `isDue && steps.findAddresses(where);`,
    `void steps.findAddresses(where);`,
    `run.sleep(5);`,
    `run.sleepUntilWoken(5);`,
    `run.wait({} as never);`,
    `plain.sleepUntilWoken(wakeUp, 5);`,
    `plain.call('findAddresses', where);`,
    `plain.together([]);`,
    `own();`,
    `settle({} as never, () => []);`,
  ];
  const fine = [
    `yield* steps.findAddresses(where);`,
    `const [first] = yield* run.steps.findAddresses.each([where]); run.wrote(String(first?.ok));`,
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
  'domain/connection/names': [
    'ports',
    'durable/run',
    'workflows/sync/sync',
    'activities/sync',
    'queries/observe',
    'adapters/http',
  ],
  'workflows/sync/sync': [
    'ports',
    'triggers/sweep',
    'http/routes',
    'activities/sync',
    'queries/observe',
    'adapters/http',
    'config',
  ],
  'durable/run': [
    'ports',
    'workflows/sync/sync',
    'activities/sync',
    'queries/observe',
    'triggers/sweep',
    'adapters/http',
  ],
  'activities/sync': [
    'durable/run',
    'workflows/sync/sync',
    'triggers/sweep',
    'http/routes',
    'adapters/http',
    'config',
  ],
  'queries/observe': [
    'durable/run',
    'workflows/sync/sync',
    'activities/sync',
    'triggers/sweep',
    'adapters/http',
    'config',
  ],
  'triggers/sweep': ['ports', 'workflows/sync/sync', 'activities/sync', 'adapters/http', 'config'],
  'http/routes': ['ports', 'workflows/sync/sync', 'activities/sync', 'adapters/http', 'config'],
  'adapters/http': [
    'durable/run',
    'workflows/sync/sync',
    'activities/sync',
    'queries/observe',
    'triggers/sweep',
    'http/routes',
    'config',
  ],
};

test('no layer imports a value from one that docs/explanation/architecture.md does not name for it', () => {
  const samples = Object.entries(forbidden).map(([file, paths]) => ({
    ...{ filePath: `src/${file}.ts`, head: [], foot: [] },
    lines: paths.map((path) => `import '${'../'.repeat(file.split('/').length - 1)}${path}.ts';`),
  }));

  const objected = objectedTo('no-restricted-imports', samples);

  expect(objected).toEqual(samples.map(({ lines }) => lines));
});

test('a reading over many entries is refused where the first failure would be that of all', () => {
  const sample = (filePath: string, lines: readonly string[]): Sample => ({
    filePath,
    head: [],
    lines,
    foot: [],
  });
  const bare = [
    `export const read = (ids: string[]) => Promise.all(ids.map((id) => Promise.resolve(id)));`,
    `export const settle = (reads: Promise<string>[]) => Promise.allSettled(reads);`,
  ];
  const fine = [`export const both = () => Promise.all([Promise.resolve(1), Promise.resolve('')]);`];

  const objected = objectedTo('no-restricted-syntax', [
    sample('src/queries/observe.ts', bare),
    sample('src/http/routes.ts', bare),
    sample('src/triggers/sweep.ts', [...bare, ...fine]),
  ]);

  expect(objected).toEqual([bare, bare, bare]);
});
