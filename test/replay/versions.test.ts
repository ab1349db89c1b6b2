import { runStatusSchema } from '../../src/domain/run/status.ts';
import type { z } from 'zod';
import { isOurs, readEndpointMarks, recordOwner } from '../../src/domain/connection/marks.ts';
import { connectionResultSchema, disconnectResultSchema } from '../../src/domain/run/result.ts';
import { syncResultSchema } from '../../src/domain/sync/status.ts';
import { zoneOwner } from '../../src/domain/resources/zoneOwner.ts';
import { readHistories } from './history.ts';
import { replayToday } from './today.ts';
import { readVersions } from './versions.ts';

// A failure here means: what a released version has stored would not be understood after an upgrade. Give a new field a
// default, or keep reading the old form. Nothing released of this version yet? `npm run histories`.

const versions = readVersions();

/** What today's workflow says of an input, when a run begins or continues with it: null, or the text of its failure. */
async function failureOf(workflow: string, input: unknown): Promise<string | null> {
  const recorded = readHistories().find((run) => run.workflow === workflow);
  const [first] = recorded?.executions ?? [];
  const opening = (first ?? []).slice(0, (first ?? []).findIndex(({ EventType }) => EventType === 0) + 1);
  const given = opening.map((event) =>
    event.EventType === 0
      ? { ...event, Input: JSON.stringify(input), Generation: generationOf(input) }
      : event,
  );
  const { decisions } = await replayToday(given);
  const ended = decisions.find(({ kind }) => kind === 'complete');
  return ended && JSON.stringify(ended).includes('"Failed"') ? JSON.stringify(ended) : null;
}

describe.each(versions.map((stored) => [stored.file, stored] as const))('what %s holds', (_, stored) => {
  const { workflow, inputs, statuses, tags, output, shared, records, owners } = stored;

  it('of inputs and carried states is understood: the run goes on', async () => {
    for (const input of inputs) expect(await failureOf(workflow, input)).toBeNull();
  });

  it('of specifications in tags is understood', () => {
    for (const one of tags) expect(readEndpointMarks(one)?.spec ?? null).not.toBeNull();
  });

  it('of results, and of the views of a sync, is understood', () => {
    if (output === null) return;
    const schemas: Readonly<Record<string, z.ZodType>> = {
      connect: connectionResultSchema,
      disconnect: disconnectResultSchema,
      sync: syncResultSchema,
    };
    expect(schemas[workflow]?.safeParse(output).error).toBeUndefined();
  });

  it('of marks on zones, links, records and entries of owners is understood', () => {
    expect(shared.filter((one) => !isOurs(one))).toEqual([]);
    expect(records.filter((one) => recordOwner(one) === null)).toEqual([]);
    const sets = owners.map((owner) => ({ ...owner, etag: '' }));
    expect(sets.filter((set) => zoneOwner(set)?.isEntry !== true)).toEqual([]);
  });

  it('of custom statuses is understood', () => {
    if (workflow === 'sync') return;
    for (const status of statuses) expect(runStatusSchema.safeParse(status).error).toBeUndefined();
  });
});

describe('an input of another form', () => {
  const newest = new Map(versions.map((stored) => [stored.workflow, stored.inputs.at(-1)]));

  it.each([...newest.keys()])(
    'of %s that is empty ends the run with run-state-unreadable',
    async (workflow) => {
      expect(await failureOf(workflow, {})).toContain('run-state-unreadable');
    },
  );

  it.each([...newest])(
    'of %s that lacks a field, or has another value there, is taken with the default, or refused as such',
    async (workflow, input) => {
      const unexpected: string[] = [];
      for (const path of pathsIn(input, DEPTH)) {
        for (const value of [undefined, 7, null]) {
          const failure = await failureOf(workflow, changed(input, path, value));
          if (failure?.includes('run-state-unreadable') === false)
            unexpected.push(`${path.join('.')}: ${failure}`);
        }
      }
      expect(unexpected).toEqual([]);
    },
  );
});

/** On the real host the first execution has generation 0, and one after continue as new has none. */
function generationOf(input: unknown): number | null {
  return typeof input === 'object' && input !== null && 'state' in input ? null : 0;
}

/** The fields of the input, of its state, and of the parts of the state. */
const DEPTH = 3;

function pathsIn(value: unknown, depth: number): readonly (readonly string[])[] {
  if (depth === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, entry]) => [
    [name],
    ...pathsIn(entry, depth - 1).map((path) => [name, ...path]),
  ]);
}

function changed(value: unknown, [name = '', ...rest]: readonly string[], to: unknown): unknown {
  const own = { ...(value as Record<string, unknown>) };
  if (rest.length > 0) own[name] = changed(own[name], rest, to);
  else if (to === undefined) Reflect.deleteProperty(own, name);
  else own[name] = to;
  return own;
}
