import { Ajv } from 'ajv';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { allQueries, telemetryOf } from '../../infra/support/queries.ts';
import { readJson } from '../../infra/support/template.ts';
import { SYNC_ID } from '../sync/support.ts';
import { ofEvent, phasesIn, telemetryIn } from './lines.ts';
import type { TelemetryLine } from './lines.ts';
import { everythingThatIsTold } from './story.ts';

const schema = readJson('infra/monitoring/telemetry.schema.json') as {
  readonly oneOf: readonly { readonly properties: { readonly event: { readonly const: string } } }[];
};
const ajv = new Ajv({
  allErrors: true,
  strict: false,
  discriminator: true,
  formats: { 'date-time': isTime },
});
const validate = ajv.compile(schema);

let rig: Rig;
let lines: readonly TelemetryLine[];

beforeAll(async () => {
  rig = await everythingThatIsTold();
  lines = telemetryIn(rig.logged);
}, 120_000);

afterAll(() => rig.stop());

describe('what the app logs', () => {
  it('has the form that is published for it, line by line', () => {
    const wrong = lines.flatMap((line) => (validate(line) ? [] : { line, errors: validate.errors }));

    expect(wrong).toEqual([]);
    expect(lines.length).toBeGreaterThan(60);
  });

  it('would be refused in another form', () => {
    const [started] = ofEvent(rig.logged, 'run-started');

    expect(validate({ ...started, secret: 'x' })).toBe(false);
    expect(validate({ ...started, workflow: 'else' })).toBe(false);
    expect(validate({ ...started, at: 'yesterday' })).toBe(false);
  });

  it('is of each kind that is published, and everything that the app logs is one of them', () => {
    const published = schema.oneOf.map(({ properties }) => properties.event.const);

    expect([...new Set(lines.map(({ event }) => event))].toSorted()).toEqual(published.toSorted());
    expect(rig.logged.filter(({ source, message }) => source === 'app' && !message.startsWith('{'))).toEqual(
      [],
    );
  });

  it('is what alerts, workbook and documented queries look for: each column occurs', () => {
    const queries = allQueries().filter(({ text }) => text.includes('parse_json(Message)'));
    const absent = queries.flatMap((query) => {
      const { events, fields } = telemetryOf(query);
      const found = lines.filter(({ event }) => events.includes(event));
      return [
        ...events.filter((event) => !found.some((line) => line.event === event)),
        ...fields.filter((field) => !found.some((line) => line[field] !== undefined)),
      ].map((name) => `${query.name}: ${name}`);
    });

    expect(queries.length).toBeGreaterThan(6);
    expect(absent).toEqual([]);
  });

  it('holds no secret', () => {
    const text = rig.logged.map(({ message }) => message).join('\n');
    const versions = Object.values(rig.sandbox.keyVault.control.snapshot().secrets).flatMap(({ versions }) =>
      versions.map(({ value }) => value),
    );

    expect(versions.length).toBeGreaterThan(1);
    for (const secret of [...versions, sample.apiKey, rig.host.keys.function, rig.host.keys.system]) {
      expect(text).not.toContain(secret);
    }
    expect(text).not.toMatch(/Bearer |eyJ[A-Za-z0-9_-]{20}|[?&](code|sig|t|s)=/);
  });
});

describe('one run', () => {
  it('is one story under its instance ID: who began it, its phases, how it ended and how long it took', () => {
    const [first, cancelled, whole] = runs('connect');

    expect(first?.at(0)).toMatchObject({
      event: 'run-started',
      startedBy: expect.stringMatching(/^function-key:/) as string,
    });
    expect(first?.at(-1)).toMatchObject({
      event: 'run-ended',
      outcome: 'failed',
      phase: 'configure-dns',
      code: expect.any(String) as string,
      source: 'azure',
      requestId: expect.any(String) as string,
    });
    expect(cancelled?.at(-1)).toMatchObject({ event: 'run-ended', outcome: 'cancelled' });
    expect(whole?.at(-1)).toMatchObject({ event: 'run-ended', outcome: 'succeeded' });
    expect(whole?.at(-1)?.seconds).toBeGreaterThan(60);
  });

  it('logs an undo after the failure that led to it', () => {
    const states = phasesIn(rig.logged);

    expect(states.indexOf('configure-dns failed')).toBeGreaterThan(0);
    expect(states.indexOf('remove-records done')).toBeGreaterThan(states.indexOf('configure-dns failed'));
  });

  it('names the request at Azure that failed, under the run that it failed for', () => {
    const failed = rig.sandbox.traffic
      .of('virtualNetworkLinks.put')
      .find(({ response }) => response.status === 503);
    const steps = ofEvent(rig.logged, 'step-failed');

    expect(failed?.response.headers['x-ms-request-id']).toBeDefined();
    expect(steps).toContainEqual(
      expect.objectContaining({
        activity: 'ensureLink',
        instanceId: runs('connect')[0]?.[0]?.instanceId,
        kind: 'transient',
        requestId: failed?.response.headers['x-ms-request-id'],
      }),
    );
  });
});

describe('a sweep', () => {
  it('logs the drift of each connection, and the end of the drift', () => {
    const drift = ofEvent(rig.logged, 'drift', SYNC_ID);

    expect(drift.map(({ rows }) => rows)).toEqual(expect.arrayContaining([1, 0]));
    expect(drift.find(({ rows }) => rows === 1)?.shown).toEqual([
      expect.stringContaining('virtual network link'),
    ]);
    expect(drift.at(-1)?.rows).toBe(0);
  });

  it('logs a key that Zilliz refuses, by the run and by the request', () => {
    const refused = lines.filter(({ code }) => code === 'zilliz-key-rejected').map(({ event }) => event);

    expect(new Set(refused)).toEqual(new Set(['step-failed', 'run-ended', 'request-failed']));
  });
});

/** The lines of each run of a workflow, from its beginning to its end. */
function runs(workflow: string): readonly (readonly TelemetryLine[])[] {
  const own = lines.filter((line) => line.workflow === workflow);
  const beginnings = own.flatMap(({ event }, index) => (event === 'run-started' ? [index] : []));
  return beginnings.map((from, number) => own.slice(from, beginnings[number + 1]));
}

function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text);
}
