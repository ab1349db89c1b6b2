import { run, shared } from './jest.config.js';

/** The simulators and the local host by themselves, and their comparison with what was recorded of the real ones. */
export default {
  ...run,
  ...shared,
  testMatch: ['<rootDir>/test/sandbox/**/*.test.ts', '<rootDir>/test/fidelity/**/*.test.ts'],
};
