import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { usage } from '../../cli/usage.ts';
import { routes } from '../../src/http/routes.ts';

const root = join(import.meta.dirname, '../..');
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');
const made = ['docs/reference/faults.md'];
const pages = ['README.md', 'SECURITY.md', ...globSync('docs/**/*.md', { cwd: root })].filter(
  (page) => !made.includes(page),
);
/** All that runs: what a page names in code is a word of it, or one of Azure's. */
const code = [
  'src',
  'cli',
  'infra',
  'scripts',
  'sandbox',
  'bench',
  'test/scenarios',
  'test/infra',
  'test/fixtures/arm-*',
  '.github',
]
  .flatMap((folder) => globSync(`${folder}/**/*.{ts,bicep,json,mjs,kql,md,yml}`, { cwd: root }))
  .concat('host.json', 'package.json', 'azure.yaml', 'action.yml', 'test/fixtures/azCli/az.json')
  .filter((path) => !path.endsWith('sources.json'))
  .map(textOf)
  .join('\n');

/** Words of an alternative that is described and not built, and of a recording. */
const elsewhere = [
  'DURABLE_TASK_SCHEDULER_CONNECTION_STRING',
  'TASKHUB_NAME',
  '0ad04412-c4d5-4796-b79c-f76d14c8d402',
  'record-set-a',
];

const spansOf = (page: string): readonly string[] =>
  [...textOf(page).matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);

describe.each(pages)('%s', (page) => {
  it('names settings, codes, states, fields and events that the code has', () => {
    const names = spansOf(page).filter(
      (span) => /^[a-z0-9]+(-[a-z0-9]+)+$/.test(span) || /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/.test(span),
    );

    expect(names.filter((name) => !code.includes(name) && !elsewhere.includes(name))).toEqual([]);
  });

  it('says how long a run takes only where `npm run docs` writes it', () => {
    expect(textOf(page)).not.toMatch(/\b(seven|eight|nine|[789]) minutes\b/);
  });

  it('names files that are there', () => {
    const paths = spansOf(page).filter((span) =>
      /^(src|test|infra|scripts|sandbox|bench|cli|console|docs)\/[\w./-]+$/.test(span),
    );
    const built = /^infra\/portal\/|^test\/scenarios\/security$/;

    expect(
      paths.filter(
        (path) =>
          !built.test(path) && !existsSync(join(root, path)) && !existsSync(join(root, `${path}.test.ts`)),
      ),
    ).toEqual([]);
  });

  it('names modules that are there', () => {
    const modules = spansOf(page).filter(
      (span) => /^[\w/]+\.ts$/.test(span) && !/^(test|scripts|sandbox|bench)\//.test(span),
    );

    expect(
      modules.filter(
        (path) => globSync(`{src,cli}/**/${path.replace(/^src\//, '')}`, { cwd: root }).length === 0,
      ),
    ).toEqual([]);
  });

  it('names routes that the app has, with a method that they take', () => {
    const named = [...textOf(page).matchAll(/\b(GET|POST|PUT|DELETE) (\/api|…)(\/[\w{}/.-]*)?/g)];
    const wrong = named.filter(([, method, start, path = '']) => {
      const wanted = path.replace(/^\/|[/.]$/g, '').replaceAll(/\{[^}]*\}/g, '{}');
      return !routes.some((route) => {
        const known = route.route.replaceAll(/\{[^}]*\}/g, '{}');
        const fits = start === '…' ? `/${known}`.endsWith(`/${wanted}`) : known === wanted;
        return route.method === method && fits;
      });
    });

    expect(wrong.map(([text]) => text).filter((text) => !text.startsWith('GET /api/console'))).toEqual([]);
  });

  it('shows commands and options that the command line has', () => {
    const shown = [
      ...textOf(page).matchAll(/(?:zilliz-private-link(?:\.cjs)?|npm run cli --) ([a-z]+)([^`\n]*)/g),
    ];
    const wrong = shown.flatMap(([, command = '', rest = '']) => [
      ...(new RegExp(`^  ${command} `, 'm').test(usage) ? [] : [command]),
      ...[...rest.matchAll(/--[a-z-]+/g)]
        .map(([option]) => option)
        .filter((option) => !usage.includes(option)),
    ]);

    expect(wrong).toEqual([]);
  });
});

it('the API page has each route with the role that it asks for', () => {
  const roles = {
    read: '`Connections.Read`',
    connect: '`Connections.Connect`',
    disconnect: '`Connections.Disconnect`',
    anyone: 'anyone',
  };
  const rows = [
    ...textOf('docs/reference/api.md').matchAll(/^\| `(\w+) \/api\/([^`]+)` +\| (\S+) +\|/gm),
  ].map(([, method, route, role]) => `${method} ${route} ${role}`);

  expect(rows.toSorted()).toEqual(
    [
      ...routes.map(({ method, route, right }) => `${method} ${route} ${roles[right]}`),
      'GET console anyone',
    ].toSorted(),
  );
});

it('the index leads to each page', () => {
  const index = textOf('docs/README.md');
  const missing = globSync('docs/**/*.md', { cwd: root })
    .map((page) => page.replace('docs/', ''))
    .filter((page) => page !== 'README.md' && !index.includes(`(${page})`));

  expect(missing).toEqual([]);
});

it('the page of roles has every action of them', () => {
  const page = textOf('docs/reference/roles.md');
  const actions = globSync('infra/roles/*.json', { cwd: root }).flatMap((role) =>
    [...textOf(role).matchAll(/"(Microsoft\.[^"]+)"/g)].map(([, action = '']) => action),
  );

  expect(actions.length).toBeGreaterThan(40);
  expect(actions.filter((action) => !page.includes(`\`${action}\``))).toEqual([]);
});

it('npm ci shows no page of warnings under an older Node', () => {
  expect(textOf('.npmrc')).toMatch(/^loglevel=error$/m);
});
