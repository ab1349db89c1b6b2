import { readFileSync } from 'node:fs';
import { denied, scanned, violations } from './support/controls.ts';
import { readSnapshot } from './support/snapshot.ts';
import { readTemplate } from './support/template.ts';

const layouts = {
  default: ['network', 'own-zone'],
  'hub and spoke': ['network', 'hub-and-spoke'],
  private: ['network', 'private'],
  portal: ['portal'],
} as const;
type Layout = keyof typeof layouts;
const layoutNames = Object.keys(layouts) as Layout[];

const resourcesOf = (layout: Layout) =>
  layouts[layout].flatMap((name) => [...readSnapshot(name).predictedResources]);

/** Each control that is violated, with the layouts. */
function found(controls: typeof denied): ReadonlyMap<string, readonly Layout[]> {
  const all = layoutNames.flatMap((layout) =>
    violations(controls, resourcesOf(layout)).map((id) => ({ id, layout })),
  );
  return new Map(all.map(({ id }) => [id, all.filter((hit) => hit.id === id).map(({ layout }) => layout)]));
}

/** The answers in docs/explanation/security.md: a table under each heading, whose rows begin with a control's ID, then its layouts. */
function answered(heading: string): ReadonlyMap<string, readonly string[]> {
  const [, section = ''] = readFileSync('docs/explanation/security.md', 'utf8').split(`\n### ${heading}\n`);
  const [table = ''] = section.split(/\n##/);
  const rows = [...table.matchAll(/^\| `([^`]+)`[^|]*\| ([^|]+?) *\| *(\S[^|]{20,})\|$/gm)];
  return new Map(
    rows.map(([, id = '', where = '']) => [id, where === 'all' ? layoutNames : where.split(', ')]),
  );
}

describe('a landing zone', () => {
  it('denies nothing of a private deployment', () => {
    expect(violations(denied, resourcesOf('private'))).toEqual([]);
  });

  it.each([
    ['denies nothing else than docs/explanation/security.md answers', 'Denied by policy', denied],
    [
      'has no scanner that finds anything else than docs/explanation/security.md answers',
      'Found by scanners',
      scanned,
    ],
  ])('%s', (_, heading, controls) => {
    expect(Object.fromEntries(answered(heading))).toEqual(Object.fromEntries(found(controls)));
  });

  it('would deny what is open, without security group, or a secret without end', () => {
    const open = resourcesOf('portal').map((resource) => ({ ...resource, properties: {} }));
    const network = { ...open[0]!, type: 'Microsoft.Network/virtualNetworks/subnets', properties: {} };
    const without = open.filter(({ type }) => type !== 'Microsoft.Network/virtualNetworks');

    expect(violations(denied, [...without, network])).toEqual(denied.map(({ id }) => id));
  });

  it('takes the Zilliz key for 90 days at most', () => {
    expect(readTemplate('key').parameters.expires?.defaultValue).toBe("[dateTimeAdd(utcNow(), 'P89D')]");
    expect(readTemplate('portal').parameters.zillizApiKeyExpires?.defaultValue).toBe(
      "[dateTimeAdd(utcNow(), 'P89D')]",
    );
  });
});
