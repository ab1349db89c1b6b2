import { readFileSync, globSync, existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { readVersionsFile } from '../../scripts/versions/versionsFile.ts';

const root = join(import.meta.dirname, '../..');
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');
const manifest = z
  .object({ scripts: z.record(z.string(), z.string()), devDependencies: z.record(z.string(), z.string()) })
  .parse(JSON.parse(textOf('package.json')));

const workflows = globSync('.github/workflows/*.yml', { cwd: root });
const pages = ['*.md', 'docs/**/*.md', 'sandbox/**/*.md', '.github/*.md'].flatMap((glob) =>
  globSync(glob, { cwd: root }),
);

/** As GitHub makes them: lower case, without punctuation, a dash for a space. */
function anchorsOf(page: string): readonly string[] {
  const headings = [...textOf(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** The relative links of a page, without those in code. */
function linksOf(page: string): readonly string[] {
  const prose = textOf(page)
    .replace(/^```[^]*?^```/gm, '')
    .replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/i.test(target));
}

it.each(pages)('%s: each link leads to a file, and to a heading of it', (page) => {
  const dead = linksOf(page).filter((link) => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : relative(root, join(root, dirname(page), path));
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).includes(anchor);
  });

  expect(dead).toEqual([]);
});

it.each(pages)('%s: each npm script that it names exists', (page) => {
  const named = [...textOf(page).matchAll(/npm run ([a-z][\w:-]*)/g)].map(([, name = '']) => name);

  expect(named.filter((name) => manifest.scripts[name] === undefined)).toEqual([]);
});

describe.each(workflows)('%s', (path) => {
  const text = textOf(path);

  it('takes each action by its commit, with the version beside it', () => {
    const actions = [...text.matchAll(/uses: (.+)/g)].map(([, action]) => action);

    expect(actions).not.toEqual([]);
    expect(actions.filter((action = '') => !/^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual(
      [],
    );
  });

  it('says which permissions it needs, and has a limit of time', () => {
    expect(text).toMatch(/^permissions:\n {2}contents: (read|write)$/m);
    expect(text.match(/timeout-minutes/g)?.length).toBe(text.match(/runs-on/g)?.length);
  });

  it('runs npm scripts that exist', () => {
    const run = [...text.matchAll(/npm run ([a-z][\w:-]*)/g)].map(([, name = '']) => name);
    const inMatrix = [...text.matchAll(/'(test:[\w:-]+)'/g)].map(([, name = '']) => name);

    expect([...run, ...inMatrix].filter((name) => manifest.scripts[name] === undefined)).toEqual([]);
  });
});

it('assumptions.md names places of the code that are there', () => {
  const places = [...textOf('docs/explanation/assumptions.md').matchAll(/`([\w/]+\.ts)`/g)].map(
    ([, path = '']) => path,
  );

  expect(places.length).toBeGreaterThan(15);
  expect(places.filter((path) => globSync(`src/**/${path}`, { cwd: root }).length === 0)).toEqual([]);
});

it('the Node for developers is the one of the dev dependency', () => {
  expect(textOf('.nvmrc').trim()).toBe(manifest.devDependencies.node);
});

describe('docs/reference/versions.json', () => {
  const { platform, packages, apis } = readVersionsFile();
  const pinned = [...platform, ...apis].flatMap((entry) => entry.pinned ?? []);

  it.each(pinned)('$file has $text', ({ file, text }) => {
    expect(textOf(file)).toContain(text);
  });

  it('has the versions of the packages that are installed', () => {
    const { dependencies, devDependencies } = JSON.parse(textOf('package.json')) as Record<
      'dependencies' | 'devDependencies',
      Readonly<Record<string, string>>
    >;
    expect({ ...dependencies, ...devDependencies }).toMatchObject(packages);
  });

  it.each([
    ['Microsoft.Network', '@azure/arm-network/dist/esm/api/privateEndpoints/operations.js'],
    ['Microsoft.Network private DNS', '@azure/arm-privatedns/dist/esm/api/recordSets/operations.js'],
  ])('%s: the version is one that the SDK knows', (api, file) => {
    const version = apis.find((entry) => entry.api === api)?.version ?? '';
    expect(textOf(`node_modules/${file}`)).toContain(version);
  });
});
