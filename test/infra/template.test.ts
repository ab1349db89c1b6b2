import { templates } from '../../scripts/bicep/templates.ts';
import { armSchemas, schemaReference } from './support/armSchemas.ts';
import { allResources, nestedTemplates, readJson, readTemplate } from './support/template.ts';
import type { Template } from './support/template.ts';

const schemas = armSchemas();
const names = Object.keys(templates) as (keyof typeof templates)[];
const every = names.flatMap((name) =>
  allResources(readTemplate(name)).map(({ path, resource }) => ({ where: `${name}${path}`, resource })),
);

/** Types that Microsoft publishes no usable schema of, or whose schema is not among the fixtures: looked at by the compiler only. */
const typesWithoutSchema = [
  'Microsoft.Authorization/roleAssignments',
  'Microsoft.Authorization/roleDefinitions',
  'Microsoft.Insights/actionGroups',
  'Microsoft.Insights/components',
  'Microsoft.Insights/diagnosticSettings',
  'Microsoft.Insights/scheduledQueryRules',
  'Microsoft.Insights/workbooks',
  'Microsoft.Resources/deployments',
  'Microsoft.Resources/resourceGroups',
];

/** What the language version 2.0 of templates has and its published schema has not. */
function asPublished(template: Template): object {
  const newer = ['languageVersion', 'definitions', 'functions', 'items'];
  const without = (content: object) =>
    Object.fromEntries(Object.entries(content).filter(([name]) => !newer.includes(name)));
  const parameters = Object.fromEntries(
    Object.entries(template.parameters).map(([name, parameter]) => [name, without(parameter)]),
  );
  // The resources are validated one by one, with their names worked out (snapshot.test.ts).
  return { ...without(template), parameters, resources: {} };
}

describe('the compiled templates', () => {
  it.each([
    ['main', '2018-05-01/subscriptionDeploymentTemplate.json'],
    ['access', '2018-05-01/subscriptionDeploymentTemplate.json'],
    ['network', '2019-04-01/deploymentTemplate.json'],
    ['key', '2019-04-01/deploymentTemplate.json'],
    ['events', '2019-04-01/deploymentTemplate.json'],
    ['portal', '2019-04-01/deploymentTemplate.json'],
  ] as const)('%s has the form that Azure Resource Manager asks for', (name, schema) => {
    const template = readTemplate(name);
    const validate = schemas.validator(schema);

    expect(template.$schema).toBe(`https://schema.management.azure.com/schemas/${schema}#`);
    expect(validate?.(asPublished(template))).toBe(true);
  });

  it('would notice a wrong value in a resource', () => {
    const account = every.find(({ resource }) => resource.type === 'Microsoft.Storage/storageAccounts');
    const { type, apiVersion } = account!.resource;
    const validate = schemas.validator(schemaReference(type, apiVersion));

    expect(validate?.({ ...account!.resource, kind: 'StorageV3' })).toBe(false);
  });

  it('names every type whose schema is not there', () => {
    const without = every
      .filter(({ resource }) => !schemas.validator(schemaReference(resource.type, resource.apiVersion)))
      .map(({ resource }) => resource.type);

    expect([...new Set(without)].sort()).toEqual(typesWithoutSchema);
  });

  it('uses the API versions of infra/apiVersions.json, and no other', () => {
    const used = Object.fromEntries(every.map(({ resource }) => [resource.type, resource.apiVersion]));
    const oneEach = new Set(every.map(({ resource }) => `${resource.type}@${resource.apiVersion}`));

    expect(oneEach.size).toBe(Object.keys(used).length);
    expect(used).toEqual(readJson('infra/apiVersions.json'));
  });

  it('put no network and no subnet that exists, also where no hook has looked', () => {
    const networks = every.filter(({ resource }) =>
      /^Microsoft\.Network\/virtualNetworks(\/|$)/.test(resource.type),
    );

    expect(networks.map(({ where }) => where)).toEqual([
      'network/newNetwork',
      'network/newSubnets',
      'portal/newNetwork/newNetwork',
      'portal/newNetwork/newSubnets',
    ]);
    for (const { resource } of networks) expect(resource['@options']).toEqual({ onlyIfNotExists: [] });
  });

  it('gives out no key and no secret', () => {
    const functionsThatRead = /list(Keys|Secrets|AccountSas|ServiceSas|Credentials|ConnectionStrings)?\s*\(/i;
    const outputs = names.flatMap((name) =>
      nestedTemplates(readTemplate(name)).flatMap(({ path, template }) =>
        Object.entries(template.outputs).map(([output, { type, value }]) => ({
          output: `${name}${path}:${output}`,
          secret:
            functionsThatRead.test(JSON.stringify(value)) ||
            /secureString|secureObject/i.test(String(type)) ||
            JSON.stringify(value).includes("zillizApiKey'"),
        })),
      ),
    );

    expect(outputs.filter(({ secret }) => secret)).toEqual([]);
  });

  it('hide no name of the services that they make zones for: what such a zone does not hold goes to public DNS', () => {
    const links = every.filter(({ resource }) => resource.type.endsWith('/virtualNetworkLinks'));

    expect(links.length).toBeGreaterThan(0);
    for (const { resource } of links) {
      expect(resource.properties).toMatchObject({ resolutionPolicy: 'NxDomainRedirect' });
    }
  });

  it('refuse what cannot work, each with its reason', () => {
    const reasons = [
      'virtualNetworkId must be the resource ID of the virtual network',
      'must be resource IDs, /subscriptions/…/resourceGroups/…',
      'linkedNetworkIds must be resource IDs of virtual networks',
      'endpointResourceGroupId is in another subscription than the virtual network',
      'network=private needs virtualNetworkIntegration=true',
      'integrationSubnetName has an underscore',
      'entraAudience is missing',
    ];
    for (const name of ['main', 'portal'] as const) {
      const text =
        JSON.stringify(readTemplate(name).variables) + JSON.stringify(readJson(templates[name].compiled));
      expect(reasons.filter((reason) => !text.includes(reason))).toEqual([]);
      expect(readTemplate(name).variables).toMatchObject({
        networkId: expect.stringMatching(
          /^\[if\(empty\(variables\('refusal'\)\), .*, fail\(variables\('refusal'\)\)\)\]$/,
        ) as string,
      });
    }
  });

  it('takes the API key as a secure parameter only, and without a default', () => {
    const carriers = nestedTemplates(readTemplate('portal')).flatMap(({ path, template }) =>
      Object.entries(template.parameters)
        .filter(([name]) => name === 'zillizApiKey' || (path.endsWith('/apiKey') && name === 'value'))
        .map(([name, { type, defaultValue }]) => ({ name, type, defaultValue: defaultValue ?? '' })),
    );

    expect(carriers).toEqual([
      { name: 'zillizApiKey', type: 'securestring', defaultValue: '' },
      { name: 'value', type: 'securestring', defaultValue: '' },
    ]);
    expect(Object.keys(readTemplate('main').parameters).filter((name) => /apikey$/i.test(name))).toEqual([]);
  });
});
