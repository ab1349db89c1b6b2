import { shared } from './jest.config.js';

/** The simulators and the local host by themselves, and their comparison with what was recorded of the real ones. */
export default {
  ...shared,
  // The Azure CLI against the sandbox takes minutes and needs `az`: it is walked by `npm run az:walk`.
  testPathIgnorePatterns: ['/node_modules/', 'azCli\\.test'],
  testMatch: ['<rootDir>/test/sandbox/**/*.test.ts', '<rootDir>/test/fidelity/**/*.test.ts'],
};
