import type * as coreModule from '../../sandbox/host/worker/coreModule.ts';

// Jest's module registry does not see a patched `require`, so the module that the Functions worker injects is put there
// by a virtual module mock. Must be in place before anything registers a function.
jest.mock(
  '@azure/functions-core',
  () => jest.requireActual<typeof coreModule>('../../sandbox/host/worker/coreModule.ts').functionsCore,
  { virtual: true },
);
