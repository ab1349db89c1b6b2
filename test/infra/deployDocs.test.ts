import { globSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { templates } from '../../scripts/bicep/templates.ts';
import { commandsOf, documentedCommands, pages } from '../../scripts/azureCli/documentedCommands.ts';
import { readJson, readTemplate } from './support/template.ts';

const textOf = (path: string): string => readFileSync(path, 'utf8').replaceAll('\\\n', ' ');
/** Every page of the docs; the parameters have one of their own. */
const page = globSync('docs/**/*.md').map(textOf).join('\n');
const parametersPage = textOf('docs/reference/parameters.md');
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

describe('what the docs say of the deployment', () => {
  it('sets variables that main.parameters.json or a hook reads', () => {
    const named = [...page.matchAll(/azd env set ([A-Z_]+)/g)]
      .map(([, name = '']) => name)
      .filter((name) => name !== 'NAME');

    expect(named.length).toBeGreaterThan(6);
    expect(named.filter((name) => !(name in ofMain) && !new RegExp(`\\b${name}\\b`).test(hooks))).toEqual([]);
  });

  it('has each variable in its table, with the parameter that it fills', () => {
    const rows = [...parametersPage.matchAll(/^\| `([A-Z_]+)` +\| (.+?) +\|/gm)].map(
      ([, name = '', fills = '']) => [name, fills],
    );
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
});

describe('each command of a page', () => {
  const help = z
    .object({
      commands: z.record(
        z.string(),
        z.object({ options: z.array(z.string()), required: z.array(z.array(z.string())) }),
      ),
    })
    .parse(readJson('test/fixtures/azCli/az.json')).commands;
  const { az, azd } = documentedCommands();
  const shown = pages().flatMap(({ path, text }) =>
    commandsOf(text).map((command) => ({
      ...command,
      path,
      at: `${path}: ${command.program} ${command.words}`,
    })),
  );
  const optionsOf = ({ program, words }: { program: string; words: string }) =>
    program === 'azd' ? azd.commands[words] : (help[words]?.options ?? az.commands[words]);

  it('is one that the Azure CLI or azd has, with options that it takes', () => {
    const wrong = shown.flatMap((command) => {
      const known = optionsOf(command);
      if (known === undefined) return [`${command.at}: no such command`];
      return command.options
        .filter((option) => !known.includes(option))
        .map((option) => `${command.at} takes no ${option}`);
    });

    expect(wrong).toEqual([]);
    expect(shown.length).toBeGreaterThan(60);
  });

  it('has the options without which the Azure CLI refuses it, where it is to be pasted', () => {
    const lacking = shown
      .filter(({ program, complete, path }) => program === 'az' && complete && path.endsWith('.md'))
      .flatMap(({ words, options, at }) =>
        (help[words]?.required ?? [])
          .filter((names) => !names.some((name) => options.includes(name)))
          .map(([name]) => `${at} lacks ${name}`),
      );

    expect(lacking).toEqual([]);
  });

  it('is found in blocks, in spans that a line breaks, and inside another command; words of a sentence are none', () => {
    const page = [
      'Look (`az',
      'network vnet subnet list`), azd never sees it. `azd up` does.',
      '',
      '    KEY=$(az functionapp keys list --name "$(azd env get-value APP)" \\',
      "      --query 'a --no-option')    # az is not read here",
      '    azd env set A b && azd provision',
    ].join('\n');

    expect(commandsOf(page).map(({ program, words, options }) => [program, words, ...options])).toEqual([
      ['az', 'network vnet subnet list'],
      ['azd', 'up'],
      ['az', 'functionapp keys list', '--name', '--query'],
      ['azd', 'env get-value'],
      ['azd', 'env set'],
      ['azd', 'provision'],
    ]);
  });
});
