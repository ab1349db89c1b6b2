import { run, shared } from './jest.config.js';

/** `npm run test:browser`: the console in a Chromium that is installed here. Files run one after the other: each has a whole app. */
export default {
  ...run,
  ...shared,
  testMatch: ['**/*.browser.test.ts'],
  testTimeout: 120_000,
  maxWorkers: 1,
};
