import importX from 'eslint-plugin-import-x';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import { unyieldedStep } from './scripts/lint/unyieldedStep.mjs';

// Who may import whom (docs/explanation/architecture.md). A folder's list names what it must not reach.
const forbid = (...groups) => ['error', { patterns: groups }];
const azure = {
  group: ['@azure/*', '!@azure/functions'],
  message: 'Azure SDKs are spoken to in src/adapters only.',
};
const outside = {
  group: ['**/sandbox/**', '**/test/**'],
  message: 'The product knows nothing of the sandbox.',
};
const node = { group: ['node:*'], message: 'Workflows and the domain are pure: no Node built-ins.' };
const adapters = {
  group: ['**/adapters/**'],
  message: 'Adapters are wired in src/wiring.ts and src/app.ts only.',
};
const config = { group: ['**/config.ts'], message: 'Settings are read once, in src/main.ts.' };
const outermost = {
  group: ['**/http/*', '**/triggers/*'],
  message: 'Routes and triggers are the outermost layer.',
};
const queries = { group: ['**/queries/**'], message: 'Not a dependency of this layer.' };
const workflows = { group: ['**/workflows/**'], message: 'Not a dependency of this layer.' };
const activities = { group: ['**/activities/**'], message: 'Not a dependency of this layer.' };
const activitiesByType = {
  ...activities,
  message: 'Activities by type only: a workflow calls them through stepsOf (src/durable/step.ts).',
  allowTypeImports: true,
};
const ports = { group: ['**/ports.ts'], message: 'Ports belong to activities and adapters.' };
const portsByType = { ...ports, allowTypeImports: true };
const durable = { group: ['**/durable/**'], message: 'Not a dependency of this layer.' };
const sdk = {
  group: ['durable-functions', '@azure/functions'],
  message: 'Only src/durable, src/http and src/triggers know the Functions SDKs.',
};
const sdkByType = { ...sdk, allowTypeImports: true };

// What would make a replay differ from the run it repeats.
const impureGlobals = [
  'process',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'crypto',
  'console',
  'performance',
  'Buffer',
].map((name) => ({
  name,
  message: 'Orchestrators do no I/O and read neither clock, environment nor chance.',
}));
const impureSyntax = [
  {
    selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
    message: 'Not repeatable on replay.',
  },
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'Use Run.now (src/durable/run.ts).',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'Use Run.now (src/durable/run.ts).',
  },
  { selector: 'AwaitExpression', message: 'Orchestrators await nothing.' },
];
const eachAlone = {
  selector:
    "CallExpression[callee.object.name='Promise'][callee.property.name=/^all/] > :not(ArrayExpression).arguments",
  message:
    'The failure of one entry must not be that of the others: readEach or mapEach (src/queries/tryRead.ts).',
};
const zodWhole = {
  selector: "ImportDeclaration[source.value='zod'] > ImportSpecifier[imported.name='z']",
  message: "import * as z from 'zod': the bundle then keeps only what is used of it.",
};
const stepSyntax = [
  {
    selector: 'YieldExpression[delegate=false]',
    message: 'A bare yield loses its type: use yield* with a step.',
  },
];

// Types that nothing checks.
const uncheckedAs = {
  selector: "TSAsExpression:not([typeAnnotation.typeName.name='const'])",
  message: 'Parse with a schema, or narrow: nothing checks an `as`.',
};
const otherUnchecked = [
  { selector: 'TSNonNullExpression', message: 'Say what happens when it is missing.' },
  {
    selector: "CallExpression[callee.object.name='z'][callee.property.name='custom']",
    message: 'A schema of its own: nothing checks a z.custom.',
  },
];
const unchecked = [uncheckedAs, ...otherUnchecked];
// Files in which the language leaves no other way, and why. None is in src/domain or src/workflows: those have more rules.
const asAllowed = {
  'src/durable/register.ts':
    'A table of activities with different inputs: no type describes the input of any of them.',
  'src/durable/step.ts':
    'A proxy for a mapped type: TypeScript does not infer the type of a Proxy from its handler.',
  'src/lazyPorts.ts': 'A proxy for a port: TypeScript does not infer the type of a Proxy from its handler.',
};

export default tseslint.config(
  { ignores: ['client/openApi.ts', 'dist/', 'coverage/', 'node_modules/', '.sandbox/', 'test/fixtures/'] },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    plugins: { 'import-x': importX },
    settings: {
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
      'import-x/extensions': ['.ts'],
    },
    rules: {
      'max-lines': ['error', { max: 320 }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 12],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'no-console': 'error',
      'no-restricted-syntax': ['error', zodWhole, ...unchecked],
      'no-restricted-imports': forbid(outside),
    },
  },
  {
    // The console knows the API by its client, and of the app only what is data.
    files: ['console/**/*.{ts,tsx}'],
    rules: {
      'max-lines': ['error', { max: 320 }],
      'max-lines-per-function': ['error', { max: 90, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 20],
      'no-console': 'error',
      'no-restricted-syntax': ['error', zodWhole, ...unchecked],
      '@typescript-eslint/no-deprecated': 'off',
      'no-restricted-imports': forbid(
        outside,
        node,
        adapters,
        config,
        outermost,
        workflows,
        activities,
        queries,
        ports,
        durable,
      ),
    },
  },
  {
    // The command line knows the API by its client, and of the app only its domain.
    files: ['cli/**/*.ts', 'client/**/*.ts'],
    ignores: ['client/openApi.ts'],
    rules: {
      'max-lines': ['error', { max: 320 }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 12],
      'no-console': 'error',
      'no-restricted-syntax': ['error', zodWhole, ...unchecked],
      'no-restricted-imports': forbid(
        outside,
        azure,
        sdk,
        adapters,
        config,
        outermost,
        workflows,
        activities,
        queries,
        ports,
        durable,
      ),
    },
  },
  {
    files: ['src/domain/**/*.ts'],
    rules: {
      'no-restricted-imports': forbid(
        outside,
        azure,
        sdk,
        node,
        adapters,
        config,
        outermost,
        workflows,
        activities,
        queries,
        ports,
        durable,
      ),
      'no-restricted-globals': ['error', ...impureGlobals],
      'no-restricted-syntax': ['error', zodWhole, ...unchecked, ...impureSyntax],
    },
  },
  {
    files: ['src/workflows/**/*.ts'],
    rules: {
      'no-restricted-imports': forbid(
        outside,
        azure,
        sdkByType,
        node,
        adapters,
        config,
        outermost,
        activitiesByType,
        queries,
        ports,
      ),
      'no-restricted-globals': ['error', ...impureGlobals],
      'no-restricted-syntax': ['error', zodWhole, ...unchecked, ...impureSyntax, ...stepSyntax],
    },
  },
  {
    files: ['src/workflows/**/*.ts', 'src/durable/**/*.ts'],
    plugins: { ours: { rules: { 'unyielded-step': unyieldedStep } } },
    rules: { 'ours/unyielded-step': 'error' },
  },
  {
    files: ['src/durable/**/*.ts'],
    rules: {
      'no-restricted-imports': forbid(
        outside,
        azure,
        node,
        adapters,
        config,
        outermost,
        workflows,
        activities,
        queries,
        ports,
      ),
    },
  },
  {
    files: ['src/activities/**/*.ts'],
    rules: {
      'no-restricted-imports': forbid(outside, azure, sdk, adapters, config, outermost, workflows, durable),
    },
  },
  {
    files: ['src/queries/**/*.ts'],
    rules: {
      'no-restricted-imports': forbid(
        outside,
        azure,
        sdk,
        adapters,
        config,
        outermost,
        workflows,
        activities,
        durable,
      ),
    },
  },
  {
    files: ['src/http/**/*.ts', 'src/triggers/**/*.ts'],
    rules: {
      'no-restricted-imports': forbid(
        outside,
        azure,
        adapters,
        config,
        workflows,
        activitiesByType,
        portsByType,
      ),
    },
  },
  {
    files: ['src/queries/**/*.ts', 'src/http/**/*.ts', 'src/triggers/**/*.ts'],
    ignores: ['src/queries/tryRead.ts'],
    rules: { 'no-restricted-syntax': ['error', zodWhole, ...unchecked, eachAlone] },
  },
  {
    files: ['src/adapters/**/*.ts'],
    rules: {
      'no-restricted-imports': forbid(
        outside,
        sdk,
        config,
        outermost,
        workflows,
        activities,
        queries,
        durable,
      ),
    },
  },
  {
    files: Object.keys(asAllowed),
    rules: { 'no-restricted-syntax': ['error', zodWhole, ...otherUnchecked] },
  },
  {
    // One table, whose use is that it stands in one place.
    files: ['src/domain/failure/catalog.ts'],
    rules: { 'max-lines': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  { files: ['**/*.js', '**/*.mjs', '**/*.cjs'], languageOptions: { globals: globals.node } },
);
