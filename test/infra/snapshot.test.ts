import { z } from 'zod';
import { armSchemas, schemaReference } from './support/armSchemas.ts';
import {
  accessSnapshotNames,
  networkSnapshotNames,
  ofType,
  one,
  readSnapshot,
  snapshotNames,
} from './support/snapshot.ts';
import type { SnapshotResource } from './support/snapshot.ts';
import { allResources, readTemplate } from './support/template.ts';

const schemas = armSchemas();

const all = [...snapshotNames, ...accessSnapshotNames, ...networkSnapshotNames, 'events-queue'] as const;

/**
 * Two things that Azure takes and the published schemas do not know: `null` for "none", and the full name of a secret or a queue,
 * which they describe as a child only.
 */
function asPublished(resource: SnapshotResource): unknown {
  const name = /\/(secrets|queues)$/.test(resource.type) ? resource.name.split('/').at(-1) : resource.name;
  return JSON.parse(JSON.stringify({ ...resource, name }), (_, value: unknown) => value ?? undefined);
}

describe('what a deployment makes', () => {
  it.each(all)('%s is worked out by the compiler without a complaint', (name) => {
    expect(readSnapshot(name).diagnostics).toEqual([]);
  });

  it('shows each resource of each template in one snapshot at least', () => {
    const shown = new Set(
      all.flatMap((name) => readSnapshot(name).predictedResources.map(({ type }) => type)),
    );
    const written = new Set(
      (['network', 'main', 'access', 'events', 'key', 'portal'] as const)
        .flatMap((name) => allResources(readTemplate(name)))
        .map(({ resource }) => resource.type)
        .filter((type) => type !== 'Microsoft.Resources/deployments'),
    );

    expect([...shown].sort()).toEqual([...written].sort());
  });

  it.each(all)('%s has each resource as the schema of its type says', (name) => {
    const faults = readSnapshot(name).predictedResources.flatMap((resource) => {
      const validate = schemas.validator(schemaReference(resource.type, resource.apiVersion));
      return !validate || validate(asPublished(resource))
        ? []
        : [`${resource.id}: ${JSON.stringify(validate.errors)}`];
    });

    expect(faults).toEqual([]);
  });

  it('keeps to the rules that Azure has for names', () => {
    const [storage, vault] = [
      one('hub-and-spoke', 'Microsoft.Storage/storageAccounts').name,
      one('hub-and-spoke', 'Microsoft.KeyVault/vaults').name,
    ];

    expect(storage).toMatch(/^[a-z0-9]{3,24}$/);
    expect(vault).toMatch(/^[a-zA-Z][a-zA-Z0-9-]{1,22}[a-zA-Z0-9]$/);
    expect(one('hub-and-spoke', 'Microsoft.Web/sites').name).toMatch(/^[a-z][a-z0-9-]{1,58}[a-z0-9]$/);
  });

  it.each(['own-zone', 'hub-and-spoke', 'private', 'private-own-zones', 'no-network'] as const)(
    'puts everything into its own group, and nothing elsewhere (%s)',
    (name) => {
      const { predictedResources } = readSnapshot(name);
      const own = predictedResources.find(({ type }) => type === 'Microsoft.Resources/resourceGroups');

      const inside = ({ id }: SnapshotResource) =>
        id.startsWith(own?.id ?? '-') ||
        // Names that only Azure can work out are shown as an expression with the group's name in it.
        (id.startsWith('[resourceId(') && id.includes(`'${own?.name ?? '-'}',`));
      expect(predictedResources.filter((resource) => !inside(resource)).map(({ id }) => id)).toEqual([]);
    },
  );

  it('has the tags that are asked for, beside its own', () => {
    expect(one('hub-and-spoke', 'Microsoft.KeyVault/vaults').tags).toEqual({
      application: 'private-link-for-zilliz-cloud',
      'azd-env-name': 'test',
      owner: 'team-a',
      'cost-center': '4=2',
    });
  });

  it('tags every resource that can be tagged', () => {
    const untagged = readSnapshot('hub-and-spoke')
      .predictedResources.filter(({ location, tags }) => location !== undefined && !tags?.application)
      .map(({ id }) => id);

    expect(untagged).toEqual([]);
  });
});

describe('the network of the applications', () => {
  const subnets = 'Microsoft.Network/virtualNetworks/subnets';
  const network = 'Microsoft.Network/virtualNetworks';

  it('gets the two subnets whose ranges are named, with routes and a security group of ours', () => {
    const [storage, app] = ofType('network', subnets);
    const securityGroup = one('network', 'Microsoft.Network/networkSecurityGroups');

    expect(storage).toMatchObject({
      name: 'vnet-applications/snet-zilliz-private-link-storage',
      properties: {
        addressPrefix: '10.1.2.32/28',
        networkSecurityGroup: { id: securityGroup.id },
        routeTable: { id: expect.stringContaining('routeTables/rt-spoke') as string },
      },
    });
    expect(app).toMatchObject({
      name: 'vnet-applications/snet-zilliz-private-link-app',
      properties: {
        networkSecurityGroup: { id: securityGroup.id },
        delegations: [{ properties: { serviceName: 'Microsoft.App/environments' } }],
      },
    });
  });

  it('gets the one that is missing, with the security group that is named', () => {
    const types = readSnapshot('network-one-missing').predictedResources.map(({ type }) => type);

    expect(types).toEqual([subnets]);
    expect(one('network-one-missing', subnets).properties).toMatchObject({
      networkSecurityGroup: { id: expect.stringContaining('networkSecurityGroups/nsg-spoke') as string },
    });
  });

  it.each([...snapshotNames].filter((name) => name !== 'portal'))(
    'is left alone, with its subnets, by the other deployments (%s)',
    (name) => {
      expect(ofType(name, subnets)).toEqual([]);
      expect(ofType(name, network)).toEqual([]);
    },
  );

  it('is made by the deploy form with its three subnets when it is new, and the subnets not once more', () => {
    const { properties } = one('portal', network);
    const made = z
      .array(
        z.looseObject({ name: z.string(), properties: z.looseObject({ networkSecurityGroup: z.unknown() }) }),
      )
      .parse(properties.subnets);

    expect(made.map(({ name }) => name)).toEqual(['snet-zilliz', 'snet-storage', 'snet-app']);
    expect(made.every(({ properties }) => properties.networkSecurityGroup !== undefined)).toBe(true);
    expect(ofType('portal', subnets)).toEqual([]);
  });
});

describe('other deployments', () => {
  it('make no topic, no always-ready instance and nothing in a network when these are declined', () => {
    const types = readSnapshot('no-network').predictedResources.map(({ type }) => type);
    const { functionAppConfig } = z
      .looseObject({ functionAppConfig: z.looseObject({ scaleAndConcurrency: z.looseObject({}) }) })
      .parse(one('no-network', 'Microsoft.Web/sites').properties);

    expect(types.filter((type) => /EventGrid|Microsoft\.Network/.test(type))).toEqual([]);
    expect(functionAppConfig.scaleAndConcurrency).toMatchObject({ alwaysReady: [] });
  });
});
