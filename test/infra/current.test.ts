import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { sourceDigests } from '../../scripts/bicep/sources.ts';
import { ofType } from './support/snapshot.ts';
import { readJson } from './support/template.ts';

describe('what is committed beside its source', () => {
  it('was compiled from the files that are there; else run `npm run infra:build`', async () => {
    expect(readJson('infra/compiled/sources.json')).toEqual(await sourceDigests('.'));
  });

  it('has the built-in roles in one file only', () => {
    const listed = [
      ...readFileSync('infra/modules/roleIds.bicep', 'utf8').matchAll(/'([0-9a-f-]{36})'/g),
    ].map(([, id]) => id);
    const elsewhere = Object.keys(
      z.record(z.string(), z.string()).parse(readJson('infra/compiled/sources.json')),
    )
      .filter((file) => file.endsWith('.bicep') && !file.endsWith('/roleIds.bicep'))
      .filter((file) => /'[0-9a-f]{8}-[0-9a-f-]{27}'/.test(readFileSync(file, 'utf8')));

    expect(new Set(listed).size).toBe(13);
    expect(elsewhere).toEqual([]);
  });

  it('shows the queries of its files in the workbook', () => {
    const [workbook] = ofType('own-zone', 'Microsoft.Insights/workbooks');
    const content = z.string().parse(workbook?.properties.serializedData);

    for (const name of ['connections', 'runs', 'phases', 'failures', 'sweeps', 'drift']) {
      const query = readFileSync(`infra/monitoring/workbook/${name}.kql`, 'utf8');
      // The address of the console is known only to Azure, so the content is left as an expression, with its own quotes.
      expect(content).toContain(query.replaceAll("'", "''"));
    }
  });
});

describe('what the platform reads beside the templates', () => {
  it('never samples the traces that the alerts count', () => {
    const { logging } = z
      .looseObject({
        logging: z.object({
          applicationInsights: z.object({ samplingSettings: z.looseObject({ excludedTypes: z.string() }) }),
        }),
      })
      .parse(readJson('host.json'));

    expect(logging.applicationInsights.samplingSettings.excludedTypes.split(';')).toContain('Trace');
  });

  it('has the app roles that the routes ask for', () => {
    const roles = z
      .array(z.looseObject({ id: z.guid(), value: z.string() }))
      .parse(readJson('infra/entra/appRoles.json'));
    const asked = [...readFileSync('src/http/access.ts', 'utf8').matchAll(/'(Connections\.\w+)'/g)].map(
      ([, role]) => role,
    );

    expect(roles.map(({ value }) => value)).toEqual(asked);
    expect(new Set(roles.map(({ id }) => id)).size).toBe(roles.length);
  });
});
