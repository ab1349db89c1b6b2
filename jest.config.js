import { availableParallelism } from 'node:os';

/** What every suite shares. The product's suite leaves out the simulators' own tests, which need not run when only `src` changed. */
export const shared = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  // jose is published as ESM only; jest runs tests as CommonJS.
  transform: { '\\.ts$|/node_modules/jose/': '<rootDir>/test/support/esbuildTransform.cjs' },
  transformIgnorePatterns: ['/node_modules/(?!jose/)'],
  setupFiles: ['<rootDir>/test/support/functionsCore.ts', '<rootDir>/test/support/propertyRuns.ts'],
};

/** Options of a whole run: Jest does not take them from a project. */
export const run = {
  // Jest leaves a core idle by default; a third of a worker's time is a wait for sockets.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
  testTimeout: 60_000,
  coverageProvider: 'v8',
  collectCoverageFrom: ['src/**/*.ts'],
};

// Suites of many clusters, many kills or long times run each night: `npm run test:deep`.
const nightly = ['/node_modules/', '\\.(deep|kill|browser)\\.test\\.ts$'];
/** The tests of the whole app over the simulators, and those of whole workflows. */
const ofRuns = ['scenarios', 'http', 'workflows', 'replay', 'activities'].map(
  (name) => `<rootDir>/test/${name}/`,
);

export default {
  ...run,
  projects: [
    {
      ...shared,
      displayName: 'parts',
      testMatch: ['**/*.test.ts'],
      testPathIgnorePatterns: [
        ...nightly,
        ...['<rootDir>/test/sandbox/', '<rootDir>/test/fidelity/'],
        ...ofRuns,
      ],
    },
    {
      displayName: 'runs',
      // The files of a worker share one app, loaded and compiled once, in place of one for each file: a third less time. Each night
      // `npm run test:deep` runs most of them with Jest's own runner, each by itself.
      runner: ['jest-light-runner', { runtime: 'child_process' }],
      roots: ofRuns,
      testMatch: ['**/*.test.ts'],
      testPathIgnorePatterns: nightly,
      transform: {},
      setupFiles: ['<rootDir>/test/support/propertyRuns.ts', '<rootDir>/test/support/timeLimits.ts'],
    },
  ],
};
