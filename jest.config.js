import { availableParallelism } from 'node:os';

/** What every suite shares. The product's suite leaves out the simulators' own tests, which need not run when only `src` changed. */
export const shared = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  // jose is published as ESM only; jest runs tests as CommonJS.
  transform: { '\\.ts$|/node_modules/jose/': '<rootDir>/test/support/esbuildTransform.cjs' },
  transformIgnorePatterns: ['/node_modules/(?!jose/)'],
  setupFiles: ['<rootDir>/test/support/functionsCore.ts', '<rootDir>/test/support/propertyRuns.ts'],
  // Jest leaves a core idle by default; a third of a worker's time is a wait for sockets.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
  testTimeout: 60_000,
  coverageProvider: 'v8',
  collectCoverageFrom: ['src/**/*.ts'],
};

export default {
  ...shared,
  testMatch: ['**/*.test.ts'],
  // Suites of many clusters, many kills or long times run each night: `npm run test:deep`.
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/test/sandbox/',
    '<rootDir>/test/fidelity/',
    '\\.(deep|kill|browser)\\.test\\.ts$',
  ],
};
