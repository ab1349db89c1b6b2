import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { parseConnectionRequest } from '../../src/domain/connection/request.ts';
import { declaredEntries } from '../../src/domain/run/declaration.ts';
import { armSchemas } from './support/armSchemas.ts';
import { one, readSnapshot } from './support/snapshot.ts';
import { readJson, readTemplate } from './support/template.ts';

const form = z
  .looseObject({
    parameters: z.looseObject({
      outputs: z.record(z.string(), z.string()),
      steps: z.array(
        z.looseObject({
          name: z.string(),
          elements: z.array(
            z.looseObject({
              name: z.string(),
              type: z.string(),
              visible: z.unknown().optional(),
              constraints: z.unknown().optional(),
            }),
          ),
        }),
      ),
    }),
  })
  .parse(readJson('infra/portal/createUiDefinition.json'));
const template = readTemplate('portal');

/** Parameters that the form leaves at their defaults; the template takes them from the command line. */
const notAsked = [
  'discovery',
  'eventSchema',
  'eventSenderPrincipalId',
  'eventTopic',
  'keyOfficerPrincipalId',
  'keyOfficerPrincipalType',
  'recoverVault',
  'tags',
  'vaultPublicNetworkAccess',
  'zillizApiKeyExpires',
  'zoneRedundant',
];

describe('the deploy form', () => {
  it('has the form that the portal asks for', () => {
    const validate = armSchemas().validator('0.1.2-preview/CreateUIDefinition.MultiVm.json');

    expect(validate?.(form)).toBe(true);
    const broken = { ...form, parameters: { ...form.parameters, steps: [{ name: 'x' }] } };
    expect(validate?.(broken)).toBe(false);
  });

  it('fills parameters that the template has, and leaves out the named ones only', () => {
    const filled = Object.keys(form.parameters.outputs);

    expect([...filled, ...notAsked].sort()).toEqual(Object.keys(template.parameters).sort());
  });

  it('takes its outputs from existing elements', () => {
    const elements = new Set(
      form.parameters.steps.flatMap(({ name, elements }) =>
        elements.map((element) => `${name}.${element.name}`),
      ),
    );
    const asked = Object.values(form.parameters.outputs).flatMap((output) =>
      [...output.matchAll(/steps\('(\w+)'\)\.(\w+)/g)].map(
        ([, step = '', element = '']) => `${step}.${element}`,
      ),
    );

    expect(asked.filter((element) => !elements.has(element))).toEqual([]);
    expect([...elements].filter((element) => !asked.includes(element))).toEqual([]);
  });

  const everyElement = form.parameters.steps.flatMap((step) =>
    step.elements.map((element) => ({ ...element, step: step.name })),
  );

  it('asks for the API key as a password, and once more to confirm it', () => {
    const key = everyElement.find(({ name }) => name === 'apiKey');

    expect(key?.type).toBe('Microsoft.Common.PasswordBox');
    expect(JSON.stringify(key)).not.toContain('hideConfirmation');
  });

  it('has a value for each element that may be invisible or empty', () => {
    const optional = everyElement.filter(
      ({ visible, constraints }) =>
        visible !== undefined || JSON.stringify(constraints ?? {}).includes('"required":false'),
    );
    const bare = Object.entries(form.parameters.outputs).filter(([, output]) => {
      const safe = output.replace(/coalesce\([^()]*(\([^()]*\)[^()]*)*\)/g, '');
      return optional.some(({ step, name }) => safe.includes(`steps('${step}').${name}`));
    });

    expect(optional.length).toBeGreaterThan(8);
    expect(bare).toEqual([]);
  });

  it('asks for Entra, the private network, security group and routes', () => {
    expect(Object.keys(form.parameters.outputs)).toEqual(
      expect.arrayContaining([
        'authMode',
        'entraAudience',
        'network',
        'networkSecurityGroupId',
        'routeTableId',
      ]),
    );
  });

  it('ends with a request that the app accepts as it is', () => {
    const { connectRequest } = readSnapshot('portal').outputs;

    expect(parseConnectionRequest(connectRequest)).toMatchObject({ ok: true });
  });

  it('declares the same connection where the page Connections asks for it', () => {
    const { connectRequest } = readSnapshot('portal').outputs;
    const { CONNECTIONS } = z
      .looseObject({ CONNECTIONS: z.string() })
      .parse(one('portal', 'Microsoft.Web/sites/config', 'appsettings').properties);
    const bodies = z.array(z.unknown()).parse(JSON.parse(CONNECTIONS));

    expect(declaredEntries(bodies, { projects: null, scopes: null })).toMatchObject([
      {
        connection: {
          ...z.object({ projectId: z.string(), subnetId: z.string() }).parse(connectRequest),
          spec: { clusters: 'all', dns: { layout: 'regional', hiddenNames: 'refuse' } },
        },
      },
    ]);
  });

  it('and so is the body that the documentation gives for Test/Run', () => {
    const [, body = ''] =
      /^```json\n(.*?)^```/ms.exec(readFileSync('docs/how-to/deploy-other-ways.md', 'utf8')) ?? [];

    expect(parseConnectionRequest(JSON.parse(body))).toMatchObject({ ok: true });
  });
});
