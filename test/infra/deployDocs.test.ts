import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { templates } from '../../scripts/bicep/templates.ts';
import { readJson, readTemplate } from './support/template.ts';

const page = readFileSync('docs/deploy.md', 'utf8').replaceAll('\\\n', ' ');
const parameterFile = z
  .looseObject({ parameters: z.record(z.string(), z.object({ value: z.string() })) })
  .parse(readJson('infra/main.parameters.json'));
const ofMain = Object.fromEntries(
  Object.entries(parameterFile.parameters).map(([name, { value }]) => [/\w+/.exec(value)?.[0] ?? '', name]),
);
const hooks = ['az', 'subnets', 'vault', 'access', 'eventSubscription']
  .map((name) => readFileSync(`infra/hooks/${name}.mjs`, 'utf8'))
  .join('\n');

const isTemplate = (name: string): name is keyof typeof templates => name in templates;

describe('docs/deploy.md', () => {
  it('sets variables that main.parameters.json or a hook reads', () => {
    const named = [...page.matchAll(/azd env set ([A-Z_]+)/g)]
      .map(([, name = '']) => name)
      .filter((name) => name !== 'NAME');

    expect(named.length).toBeGreaterThan(6);
    expect(named.filter((name) => !(name in ofMain) && !new RegExp(`\\b${name}\\b`).test(hooks))).toEqual([]);
  });

  it('has each variable in its table, with the parameter that it fills', () => {
    const rows = [...page.matchAll(/^\| `([A-Z_]+)` +\| (.+?) +\|/gm)].map(([, name = '', fills = '']) => [
      name,
      fills,
    ]);
    const documented = new Map(rows.map(([name = '', fills = '']) => [name, fills]));
    const missing = Object.entries(ofMain).filter(
      ([variable, parameter]) =>
        !variable.startsWith('AZURE_') && documented.get(variable) !== `\`${parameter}\``,
    );
    const unknown = [...documented.keys()].filter(
      (name) => !(name in ofMain) && !new RegExp(`\\b${name}\\b`).test(hooks),
    );

    expect(missing).toEqual([]);
    expect(unknown).toEqual([]);
  });

  it('names parameters that its templates have', () => {
    const deployments = [...page.matchAll(/--template-file infra\/compiled\/(\w+)\.json([^\n]*)/g)].map(
      ([, name = '', rest = '']) => ({
        name,
        parameters: [...rest.matchAll(/(?:--parameters| ) ?(\w+)=/g)].map(([, parameter = '']) => parameter),
      }),
    );
    const wrong = deployments.flatMap(({ name, parameters }) =>
      isTemplate(name)
        ? parameters.filter((one) => !(one in readTemplate(name).parameters))
        : [`no ${name}.json`],
    );

    expect(deployments.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['network', 'main', 'access', 'events', 'key']),
    );
    expect(wrong).toEqual([]);
  });

  it('reads outputs that main.bicep has', () => {
    const read = [...page.matchAll(/azd env get-value (\w+)|outputs\.(\w+)/g)].map(
      ([, a, b]) => a ?? b ?? '',
    );

    expect(read.length).toBeGreaterThan(4);
    expect(read.filter((name) => !(name in readTemplate('main').outputs))).toEqual([]);
  });

  it('asks curl for nothing that the one of Ubuntu 22.04 does not know', () => {
    expect(page).not.toMatch(/curl[^\n]* --(json|variable|expand-)/);
  });

  it('has a heading for each link into itself', () => {
    const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, text = '']) =>
      text
        .toLowerCase()
        .replace(/[^\w\s-]/g, '')
        .replaceAll(' ', '-'),
    );

    expect(
      [...page.matchAll(/\]\(#([\w-]+)\)/g)].map(([, id]) => id).filter((id) => !headings.includes(id ?? '')),
    ).toEqual([]);
  });
});
