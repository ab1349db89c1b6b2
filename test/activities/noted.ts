import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { connection, endpointId, group } from './memoryWorld.ts';

/**
 * What each activity sends and returns in each world of the tables, so that a change of any of it shows in a review.
 * `NOTE_OUTCOMES=1 npx jest --maxWorkers=1 test/activities` writes the file anew.
 */
const FILE = 'test/fixtures/activities/outcomes.json';
const noted = (existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : {}) as Record<string, unknown>;

const isNoting = process.env.NOTE_OUTCOMES !== undefined;
if (isNoting)
  afterAll(() => {
    const lines = Object.entries(noted).map(
      ([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`,
    );
    writeFileSync(FILE, `{\n${lines.join(',\n')}\n}\n`);
  });

/** Long IDs are noted by short names. */
const short: readonly (readonly [id: string, name: string])[] = [
  [group, '~'],
  ['/providers/Microsoft.Network/', '/'],
  [endpointId, '{endpoint ID}'],
  [connection.privateEndpoint.name, '{endpoint}'],
  [connection.id, '{connection}'],
];

/** Compares an outcome with the noted one. `usual`: the name of another outcome, which is not noted a second time. */
export function expectNoted(name: string, outcome: unknown, usual = name): void {
  const text = JSON.stringify(outcome, (_, value: unknown) => (isNow(value) ? 'now' : value));
  const found = JSON.parse(short.reduce((all, [id, as]) => all.replaceAll(id, as), text)) as unknown;
  const shown = usual !== name && isDeepStrictEqual(found, noted[usual]) ? 'as usual' : found;
  if (isNoting) noted[name] = shown;
  expect(shown).toEqual(noted[name]);
}

/** Marks have the time of the test. */
function isNow(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    /^\d{4}-.*Z$/.test(value) &&
    Math.abs(Date.parse(value) - Date.now()) < 60_000
  );
}
