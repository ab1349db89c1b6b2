import { run, shared } from './jest.config.js';

/** `npm run test:deep`: which files, and with which seed, scripts/deep.ts says. */
export default { ...run, ...shared, testMatch: ['**/*.test.ts'], testTimeout: 900_000 };
