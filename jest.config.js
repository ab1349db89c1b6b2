export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  // jose is published as ESM only; jest runs tests as CommonJS.
  transform: { '\\.ts$|/node_modules/jose/': '<rootDir>/test/support/esbuildTransform.cjs' },
  transformIgnorePatterns: ['/node_modules/(?!jose/)'],
  setupFiles: ['<rootDir>/test/support/functionsCore.ts'],
  // Jest leaves a core idle by default, which on two cores is half of the machine.
  maxWorkers: '100%',
  testTimeout: 60_000,
  coverageProvider: 'v8',
  collectCoverageFrom: ['src/**/*.ts'],
};
