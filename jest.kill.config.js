import { run, shared } from './jest.config.js';

/** `npm run test:kill`. */
export default { ...run, ...shared, testMatch: ['**/*.kill.test.ts'], testTimeout: 300_000 };
