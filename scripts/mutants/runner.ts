import { createRequire } from 'node:module';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { buildSync } from 'esbuild';
import { injectCoreModule } from '../../sandbox/host/worker/injectCore.ts';
import { Harness } from './harness.ts';
import type { Test } from './harness.ts';

/** The tests that reach deciding and guarding code without a socket. */
const FILES = [
  'test/support/propertyRuns.ts',
  'test/activities/*.test.ts',
  'test/domain/connection/{endpointTags,marks,resourceId}.test.ts',
  'test/domain/resources/*.test.ts',
  'test/boundedPorts.test.ts',
  'test/adapters/retryAfter.test.ts',
  'test/workflows/removalAndSync.test.ts',
];

/** Tests that need seconds would be run for each mutant that they reach. */
const SLOW = 'continues as new';

/** What Stryker's instrumented code reads and counts. */
interface Instrumented {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: unknown;
}

interface MutantRun {
  readonly activeMutant: { readonly id: string };
  readonly testFilter?: readonly string[];
  readonly hitLimit?: number;
  readonly reloadEnvironment: boolean;
}

/**
 * Runs the tests in Stryker's process: all are loaded once, and each mutant takes milliseconds. Its runner for Jest loads every
 * test file anew for every mutant, which took two to twenty seconds each.
 */
class InProcess {
  static readonly inject = [] as const;
  #tests: readonly Test[] = [];

  capabilities() {
    return { reloadEnvironment: true };
  }

  async dryRun() {
    const state = instrumented();
    this.#load();
    const tests = [];
    for (const { id, run } of this.#tests) {
      state.currentTestId = id;
      const from = performance.now();
      const failure = await failureOf(run);
      const outcome = failure === null ? { status: 0 } : { status: 1, failureMessage: failure };
      tests.push({ id, name: id, timeSpentMs: performance.now() - from, ...outcome });
    }
    state.currentTestId = undefined;
    return { status: 'complete', tests, mutantCoverage: state.mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, reloadEnvironment }: MutantRun) {
    Object.assign(instrumented(), { activeMutant: activeMutant.id, hitCount: 0, hitLimit });
    // A constant is computed when its file is loaded.
    if (reloadEnvironment || this.#tests.length === 0) this.#load();
    const due = testFilter ? this.#tests.filter(({ id }) => testFilter.includes(id)) : this.#tests;
    for (const [index, { id, run }] of due.entries()) {
      const failureMessage = await failureOf(run);
      if (failureMessage !== null) {
        return { status: 'killed', killedBy: [id], failureMessage, nrOfTests: index + 1 };
      }
    }
    return { status: 'survived', nrOfTests: due.length };
  }

  #load(): void {
    injectCoreModule();
    const copy = process.cwd();
    const outfile = join(copy, 'mutants.cjs');
    const imports = FILES.flatMap((pattern) => globSync(pattern, { cwd: copy })).map(
      (path) => `require('./${path}');`,
    );
    buildSync({
      stdin: { contents: imports.join('\n'), resolveDir: copy },
      ...{ outfile, bundle: true, platform: 'node', format: 'cjs', packages: 'external' },
      logLevel: 'error',
    });
    const harness = new Harness();
    harness.install();
    const require = createRequire(outfile);
    Reflect.deleteProperty(require.cache, outfile);
    require(outfile);
    this.#tests = harness.tests.filter(({ id }) => !id.includes(SLOW));
  }
}

function instrumented(): Instrumented {
  const found: unknown = Reflect.get(globalThis, '__stryker__');
  if (typeof found === 'object' && found !== null) return found;
  const state: Instrumented = {};
  Reflect.set(globalThis, '__stryker__', state);
  return state;
}

async function failureOf(run: () => unknown): Promise<string | null> {
  try {
    await run();
    return null;
  } catch (error) {
    return String(error);
  }
}

export const strykerPlugins = [{ kind: 'TestRunner', name: 'in-process', injectableClass: InProcess }];
