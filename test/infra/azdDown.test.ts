import { spawnSync } from 'node:child_process';
import { z } from 'zod';
import { readSnapshot } from './support/snapshot.ts';
import { allResources, readTemplate } from './support/template.ts';

/**
 * What `azd down` deletes, by the rules of its sources (pkg/infra/deployment_manager.go, pkg/azapi/resource_group_classifier.go): of the
 * deployments of a subscription it takes those that are tagged with the environment, else one named like it, else those whose name
 * contains it; and of those every resource group (`--force`, and azd before 1.24.1) or those that the deployment has created.
 */
interface Deployment {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly groups: readonly string[];
  readonly created: readonly string[];
}

function groupsOf(snapshot: Parameters<typeof readSnapshot>[0]): Pick<Deployment, 'groups' | 'created'> {
  const { predictedResources } = readSnapshot(snapshot);
  const groups = predictedResources.flatMap(({ id }) => /\/resourceGroups\/([^/'),]+)/.exec(id)?.[1] ?? []);
  const created = predictedResources
    .filter(({ type }) => type === 'Microsoft.Resources/resourceGroups')
    .map(({ name }) => name);
  return { groups: [...new Set(groups)], created };
}

function deletedBy(
  environment: string,
  deployments: readonly Deployment[],
  force = false,
): readonly string[] {
  const tagged = deployments.filter(({ tags }) => tags['azd-env-name'] === environment);
  const exact = deployments.filter(({ name }) => name === environment);
  const hinted = deployments.filter(({ name }) => name.includes(environment));
  const found = [tagged, exact, hinted].find((list) => list.length > 0) ?? [];
  return [...new Set(found.flatMap(({ groups, created }) => (force ? groups : created)))];
}

const environments = [
  'usual',
  'test',
  'closed',
  'other',
  'access',
  'network',
  'zilliz',
  'a',
  '1',
  '-',
  'private',
];

/** The names that the hooks give, by environment: of the network's deployment and of the roles' in two subscriptions. */
const names = z.record(z.string(), z.array(z.string())).parse(
  JSON.parse(
    spawnSync(
      process.execPath,
      [
        ...['--input-type=module', '--eval'],
        `import { deploymentName } from './infra/hooks/az.mjs';
         const purposes = [['network', 'the network'], ['access', 'sub-1'], ['access', 'sub-2']];
         const names = ${JSON.stringify(environments)}.map((one) => [one, purposes.map((purpose) => deploymentName(purpose, one))]);
         console.log(JSON.stringify(Object.fromEntries(names)));`,
      ],
      { encoding: 'utf8' },
    ).stdout,
  ),
);

const hooks = (environment: string): readonly Deployment[] =>
  (['network', 'access-hub-and-spoke', 'access-hub'] as const).map((snapshot, index) => ({
    name: names[environment]?.[index] ?? environment,
    tags: {},
    ...groupsOf(snapshot),
  }));

describe('azd down', () => {
  it.each([
    ['own-zone', 'usual'],
    ['hub-and-spoke', 'test'],
    ['private', 'closed'],
  ] as const)(
    'deletes our resource group and nothing else, also with --force (%s)',
    (snapshot, environment) => {
      const main = {
        name: `${environment}-1764320000`,
        tags: { 'azd-env-name': environment },
        ...groupsOf(snapshot),
      };
      const own = [`rg-zilliz-private-link-${environment}`];

      expect(deletedBy(environment, [...hooks(environment), main])).toEqual(own);
      expect(deletedBy(environment, [...hooks(environment), main], true)).toEqual(own);
    },
  );

  it.each(environments)(
    'finds nothing where its own deployment is gone, by any name of the environment (%s)',
    (environment) => {
      expect(deletedBy(environment, hooks(environment), true)).toEqual([]);
    },
  );

  it('would delete the groups of network and zone, were the deployments named after the environment', () => {
    const careless = hooks('other').map((deployment) => ({ ...deployment, name: `prod-${deployment.name}` }));

    expect(deletedBy('prod', careless, true)).toEqual(
      expect.arrayContaining(['rg-network', 'rg-endpoints', 'rg-hub-dns', 'rg-hub']),
    );
  });

  it.each(['network', 'access'] as const)('cannot take the deployment %s for its own by a tag', (name) => {
    expect(JSON.stringify(allResources(readTemplate(name)))).not.toContain('azd-env-name');
  });
});
