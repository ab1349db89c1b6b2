import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { armSchemas } from './support/armSchemas.ts';
import { readJson, readTemplate } from './support/template.ts';

const parameterFile = z
  .looseObject({ parameters: z.record(z.string(), z.object({ value: z.string() })) })
  .parse(readJson('infra/main.parameters.json'));
const main = readTemplate('main');
const manifest = readFileSync('azure.yaml', 'utf8');

describe('azd', () => {
  it('has a parameter file of the right form', () => {
    expect(armSchemas().validator('2019-04-01/deploymentParameters.json')?.(parameterFile)).toBe(true);
  });

  it('fills parameters of main.bicep, with the same defaults', () => {
    const defaults = Object.entries(parameterFile.parameters).map(([name, { value }]) => [
      name,
      /^\$\{\w+=(.*)\}$/.exec(value)?.[1],
    ]);
    const expected = Object.keys(parameterFile.parameters).map((name) => {
      const value = main.parameters[name]?.defaultValue;
      const text = Array.isArray(value) ? JSON.stringify(value) : z.coerce.string().optional().parse(value);
      return [name, value === undefined ? undefined : text];
    });

    expect(defaults).toEqual(expected);
  });

  it('leaves no parameter without a value', () => {
    const needed = Object.entries(main.parameters)
      .filter(([, { defaultValue }]) => defaultValue === undefined)
      .map(([name]) => name);

    expect(needed.filter((name) => !(name in parameterFile.parameters))).toEqual([]);
  });

  it('runs hooks that are there, on both kinds of shell', () => {
    const scripts = [...manifest.matchAll(/node (infra\/hooks\/\w+\.mjs)/g)].map(([, file = '']) => file);
    const { scripts: npm } = z
      .looseObject({ scripts: z.record(z.string(), z.string()) })
      .parse(readJson('package.json'));

    expect([...new Set(scripts)]).toEqual(
      ['subnets', 'vault', 'access', 'firstSweep', 'eventSubscription'].map(
        (name) => `infra/hooks/${name}.mjs`,
      ),
    );
    expect(scripts).toHaveLength(10);
    expect(scripts.filter((file) => !existsSync(file))).toEqual([]);
    expect(manifest.match(/run: npm run package/g)).toHaveLength(4);
    expect(npm.package).toContain('node scripts/package/package.ts');
  });

  it.each([
    [
      'makes the subnets and looks for a deleted vault before each provisioning',
      'preprovision',
      'subnets.mjs && node infra/hooks/vault.mjs',
    ],
    ['gives the roles after it', 'postprovision', 'access.mjs'],
    [
      'starts declared connections and lets events in after the code',
      'postdeploy',
      'firstSweep.mjs && node infra/hooks/eventSubscription.mjs',
    ],
  ])('%s', (_, hook, command) => {
    const [, body = ''] = new RegExp(`^ {2}${hook}:\\n((?: {4}\\w+: .*\\n){2})`, 'm').exec(manifest) ?? [];

    expect(body.split(`node infra/hooks/${command} }`)).toHaveLength(3);
  });

  it('refuses an azd that deletes the resource group of the network with the deployment', () => {
    const [, major = '', minor = ''] =
      /^requiredVersions:\n {2}azd: '>= (\d+)\.(\d+)\.\d+'$/m.exec(manifest) ?? [];

    // The first version that leaves them alone is 1.24.1.
    expect(Number(major) * 1000 + Number(minor)).toBeGreaterThanOrEqual(1025);
  });

  it('deploys the staged package and builds nothing on the other side', () => {
    expect(manifest).toContain('project: dist/package/app');
    expect(manifest).toContain('remoteBuild: false');
    expect(readFileSync('scripts/package/stage.ts', 'utf8')).toContain("'dist/package/app'");
  });

  it('gives its hook each value it asks for', () => {
    const hook = readFileSync('infra/hooks/eventSubscription.mjs', 'utf8');
    const asked = [...hook.matchAll(/(\w+): '([A-Z_]+)'/g)].map(([, , variable]) => variable);
    const parameters = [...hook.matchAll(/(\w+): '[A-Z_]+',/g)].map(([, name]) => name);

    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((variable) => !(String(variable) in main.outputs))).toEqual([]);
    expect(parameters.filter((name) => !(String(name) in readTemplate('events').parameters))).toEqual([]);
  });

  it('finds its service by the tag on the site', () => {
    expect(manifest).toMatch(/^services:\n {2}workflow:/m);
    expect(readFileSync('infra/modules/functionApp.bicep', 'utf8')).toContain(
      "'azd-service-name': 'workflow'",
    );
  });
});
