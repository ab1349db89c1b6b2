import { readFileSync, readdirSync } from 'node:fs';
import { z } from 'zod';
import { statusTable } from '../../src/domain/connection/statusTable.ts';
import { failureCatalog } from '../../src/domain/failure/catalog.ts';
import { phases } from '../../src/domain/run/phase.ts';
import { kustoChecker } from './support/kusto.ts';
import { allQueries, telemetryOf } from './support/queries.ts';
import { ofType, one, readSnapshot } from './support/snapshot.ts';
import { readJson } from './support/template.ts';

const check = kustoChecker();
const queries = allQueries();
const alerts = z
  .array(z.object({ name: z.string(), window: z.string(), every: z.string(), splitBy: z.string() }).loose())
  .parse(readJson('infra/monitoring/alerts.json'));
const { oneOf } = z
  .object({
    oneOf: z.array(z.object({ properties: z.looseObject({ event: z.object({ const: z.string() }) }) })),
  })
  .parse(readJson('infra/monitoring/telemetry.schema.json'));
const fieldsOf = new Map(oneOf.map(({ properties }) => [properties.event.const, Object.keys(properties)]));

const text = (name: string) => readFileSync(`infra/monitoring/alerts/${name}.kql`, 'utf8');

describe('the queries', () => {
  it.each(queries)('$name is understood by the language, over the tables of a workspace', (query) => {
    expect(check(query.text)).toEqual([]);
  });

  it('would be refused for a column that is not there, or for a broken line', () => {
    expect(check('AppTraces | where Nothing == 1')).toEqual([expect.stringContaining("'Nothing'")]);
    expect(check('AppTraces | where ')).toHaveLength(1);
  });

  it.each(queries.filter(({ text }) => text.includes('parse_json(Message)')))(
    '$name reads what the telemetry of the app has',
    (query) => {
      const { events, fields } = telemetryOf(query);
      const known = events.flatMap((event) => fieldsOf.get(event) ?? [`no event ${event}`]);

      expect(events.length).toBeGreaterThan(0);
      expect(events.filter((event) => !fieldsOf.has(event))).toEqual([]);
      expect(fields.filter((field) => !known.includes(field))).toEqual([]);
    },
  );
});

describe('the alerts', () => {
  it('have a query each, and no query is left over', () => {
    const files = readdirSync('infra/monitoring/alerts').map((file) => file.replace('.kql', ''));

    expect(alerts.map(({ name }) => name).sort()).toEqual(files.sort());
  });

  it('are deployed with the query of the file', () => {
    const deployed = ofType('private', 'Microsoft.Insights/scheduledQueryRules').map(
      ({ name, properties }) => {
        const { criteria } = z
          .looseObject({ criteria: z.object({ allOf: z.array(z.looseObject({ query: z.string() })) }) })
          .parse(properties);
        return [name.replace(/^alert-|-[a-z0-9]{13}$/g, ''), criteria.allOf[0]?.query];
      },
    );

    expect(deployed).toEqual(alerts.map(({ name }) => [name, text(name)]));
  });

  it('have no rule for a queue that is not there', () => {
    const names = ofType('own-zone', 'Microsoft.Insights/scheduledQueryRules').map(({ name }) => name);

    expect(names).toHaveLength(alerts.length - 1);
    expect(names.filter((name) => name.includes('events-poisoned'))).toEqual([]);
  });

  it('are made before their tables are', () => {
    for (const { properties } of ofType('private', 'Microsoft.Insights/scheduledQueryRules')) {
      expect(properties.skipQueryValidation).toBe(true);
    }
  });

  it('are split by a column that their query gives, so that one connection does not hide another', () => {
    const split = alerts.filter(({ splitBy }) => splitBy !== '');

    expect(split.map(({ name }) => name)).toEqual([
      'run-failed',
      'phase-stuck',
      'drift-found',
      'connection-status',
      'role-lost',
    ]);
    for (const { name, splitBy } of split) {
      expect(text(name)).toMatch(new RegExp(`\\b${splitBy}\\b`));
      const rule = one('private', 'Microsoft.Insights/scheduledQueryRules', `alert-${name}-`);
      expect(rule.properties).toMatchObject({
        criteria: { allOf: [{ dimensions: [{ name: splitBy, operator: 'Include', values: ['*'] }] }] },
      });
    }
  });

  it('see a phase that began the day before yesterday, and wait for the first sweep', () => {
    for (const name of ['phase-stuck', 'sweep-missing']) {
      const rule = one('private', 'Microsoft.Insights/scheduledQueryRules', `alert-${name}-`);
      expect(rule.properties.overrideQueryTimeRange).toBe('P2D');
    }
    expect(text('sweep-missing')).toContain('isnotnull(lastSweep) and lastSweep < ago(2h)');
  });

  it('notify the named recipients', () => {
    const group = one('hub-and-spoke', 'Microsoft.Insights/actionGroups');
    const rules = ofType('hub-and-spoke', 'Microsoft.Insights/scheduledQueryRules');

    expect(group.properties.emailReceivers).toMatchObject([{ emailAddress: 'operators@example.com' }]);
    expect(rules.map(({ properties }) => properties.actions)).toEqual(
      rules.map(() => ({ actionGroups: [group.id] })),
    );
  });

  it('look at windows and at times that Azure Monitor knows', () => {
    const allowed = /^PT(5|10|15|30|45)M$|^PT[1-6]H$|^P[12]D$/;

    expect(alerts.filter(({ window, every }) => !allowed.test(window) || !allowed.test(every))).toEqual([]);
  });

  it('expect of each phase what the app expects', () => {
    const rows = [...text('phase-stuck').matchAll(/'([a-z-]+)', (\d+)/g)].map(([, phase, seconds]) => [
      phase,
      Number(seconds),
    ]);

    expect(Object.fromEntries(rows)).toEqual(
      Object.fromEntries(
        Object.entries(phases).map(([phase, { expectedSeconds }]) => [phase, expectedSeconds]),
      ),
    );
  });

  it('find each status that the table says an alert finds', () => {
    const [, list = ''] = /status in \(([^)]*)\)/.exec(text('connection-status')) ?? [];
    const found = [...list.matchAll(/'([a-z-]+)'/g)].map(([, status = '']) => status);
    const wanted = Object.entries(statusTable).flatMap(([status, { alert }]) => (alert ? status : []));

    expect(found.toSorted()).toEqual(wanted.toSorted());
  });

  it('name failure codes that exist', () => {
    const lists = alerts.flatMap(({ name }) => [...text(name).matchAll(/code\)? in \(([^)]*)\)/g)]);
    const codes = lists.flatMap(([, list = '']) =>
      [...list.matchAll(/'([a-z-]+)'/g)].map(([, code = '']) => code),
    );

    expect(codes.length).toBeGreaterThan(4);
    expect(codes.filter((code) => !(code in failureCatalog))).toEqual([]);
  });

  it('watch the functions under the names they are registered by', () => {
    const registered = readFileSync('src/http/routes.ts', 'utf8');

    expect(text('sweep-missing')).toContain("Name == 'sweep'");
    expect(registered).toContain("app.timer('sweep'");
    expect(readFileSync('infra/events.bicep', 'utf8')).toContain(
      "param functionName string = 'clusterEvents'",
    );
    expect(registered).toContain("app.eventGrid('clusterEvents'");
    expect(text('events-poisoned')).toContain(
      `${String(readSnapshot('private').outputs.EVENT_QUEUE_NAME)}-poison`,
    );
  });
});
