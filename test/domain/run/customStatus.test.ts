import fc from 'fast-check';
import type { FailureCode } from '../../../src/domain/failure/catalog.ts';
import { customStatus, fittedRemoval } from '../../../src/domain/run/customStatus.ts';
import { phaseNames, removalPhaseNames } from '../../../src/domain/run/phase.ts';
import {
  newRunStatus,
  withMorePhases,
  withPhase,
  withProblem,
  withUndo,
} from '../../../src/domain/run/status.ts';
import type { RunStatus } from '../../../src/domain/run/status.ts';
import { syncCustomStatus, summarised } from '../../../src/domain/sync/status.ts';
import type { ConnectionSummary } from '../../../src/domain/sync/status.ts';

/** Counted as the host counts, and refuses from there on. */
const HOST_BYTES = 16 * 1024;
const utf16Bytes = (status: object): number => 2 * JSON.stringify(status).length;

const texts = fc.oneof(
  fc.string({ maxLength: 600 }),
  fc.string({ unit: 'grapheme', maxLength: 600 }),
  fc.string({ unit: fc.constantFrom('\u0000', '"', '\\', '网', '\ud800', '😀'), maxLength: 600 }),
  fc.constant('x'.repeat(5000)),
);
const things = fc.array(fc.record({ resource: texts, id: texts, reason: texts }), { maxLength: 60 });
const codes = fc.constantFrom<FailureCode>('connection-rejected', 'internal-error');
const now = Date.UTC(2026, 0, 5);

const troubledRuns: fc.Arbitrary<RunStatus> = fc
  .record({
    reasons: fc.array(texts, { minLength: 15, maxLength: 15 }),
    state: fc.constantFrom('running' as const, 'done' as const, 'skipped' as const, 'failed' as const),
    code: codes,
    detail: texts,
    cure: texts,
    faults: fc.array(fc.record({ pointer: texts, code: codes, detail: texts, cure: texts }), {
      maxLength: 60,
    }),
    failed: things,
    manualSteps: fc.array(texts, { maxLength: 10 }),
  })
  .map(({ reasons, state, code, detail, cure, faults, failed, manualSteps }) => {
    const start: RunStatus = { ...withMorePhases(newRunStatus(), removalPhaseNames), deadlineAt: now };
    const phased = [...phaseNames, ...removalPhaseNames].reduce(
      (status, phase, index) => withPhase(status, phase, { state, now, reason: reasons[index] ?? '' }),
      start,
    );
    const undone = { removed: [], kept: [], failed, manualSteps };
    return withUndo(withProblem(phased, { code, message: detail, cure }, faults), undone);
  });

test('the status of a run is below 4 KB, for any failure in any language', () => {
  fc.assert(
    fc.property(troubledRuns, (status) => {
      const shown = customStatus(status);

      expect(Buffer.byteLength(JSON.stringify(shown))).toBeLessThan(4096);
      expect(utf16Bytes(shown)).toBeLessThan(HOST_BYTES);
      expect(shown.phases.map(({ phase, state }) => [phase, state])).toEqual(
        status.phases.map(({ phase, state }) => [phase, state]),
      );
    }),
  );
});

const resources = fc.array(fc.record({ resource: texts, id: texts, reason: texts }), { maxLength: 100 });

test('the status of a run that failed has room for what it knows, and counts what it leaves out', () => {
  fc.assert(
    fc.property(troubledRuns, resources, fc.array(texts, { maxLength: 20 }), (status, all, manualSteps) => {
      const writes = { 'private endpoint': 1 };
      const removal = fittedRemoval({
        ...{ outcome: 'failed', writes, omitted: 0, manualSteps, removed: all, kept: all, failed: all },
      });
      const shown = customStatus({ ...status, writes, removal });
      const { removed, kept, failed, omitted } = removal;

      expect(utf16Bytes(shown)).toBeLessThan(HOST_BYTES);
      expect(shown.removal).toEqual(removal);
      expect(removed.length + kept.length + failed.length + removal.manualSteps.length + omitted).toBe(
        3 * all.length + manualSteps.length,
      );
    }),
  );
});

test('the status of a run gives the number of omitted entries', () => {
  fc.assert(
    fc.property(troubledRuns, (status) => {
      const { problem, undo } = customStatus(status);

      expect((problem?.faults.length ?? 0) + (problem?.omitted ?? 0)).toBe(status.problem?.faults.length);
      expect((undo?.failed.length ?? 0) + (undo?.manualSteps.length ?? 0) + (undo?.omitted ?? 0)).toBe(
        (status.undo?.failed.length ?? 0) + (status.undo?.manualSteps.length ?? 0),
      );
    }),
  );
});

test('what went wrong is not what is cut when an undo could not remove four things', () => {
  const detail = 'd'.repeat(400);
  const id = `/subscriptions/${'i'.repeat(200)}`;
  const failed = Array.from({ length: 4 }, () => ({ resource: 'zone', id, reason: 'r'.repeat(180) }));
  const stopped = withProblem(newRunStatus(), { code: 'connection-rejected', message: detail });
  const status = withMorePhases(stopped, removalPhaseNames);

  const shown = customStatus(
    withUndo(status, { removed: [], kept: [], failed, manualSteps: ['a'.repeat(400)] }),
  );

  expect(shown.problem).toEqual({ code: 'connection-rejected', detail, faults: [], omitted: 0 });
  expect(shown.undo?.failed[0]).toEqual(failed[0]);
});

const summaries: fc.Arbitrary<ConnectionSummary> = fc.record({
  connectionId: fc.string({ minLength: 20, maxLength: 60 }),
  privateEndpointId: fc.option(fc.string({ maxLength: 300 })),
  hold: fc.option(texts),
  kept: fc.nat(),
  written: fc.nat(),
  removed: fc.nat(),
  waiting: fc.nat(),
  dormant: fc.nat(),
  gone: fc.nat(),
  faults: fc.array(texts, { maxLength: 50 }),
  omitted: fc.nat(10),
  health: fc.constant({ state: 'connected' as const, reason: null }),
  reading: fc.option(
    fc.record({
      readAt: fc.constant('2026-01-05T09:00:00.000Z'),
      faults: fc.array(
        fc.record({
          code: fc.constant('record-missing' as const),
          clusterId: fc.option(fc.constant('in01-0123456789abcde')),
          detail: texts,
        }),
        { maxLength: 50 },
      ),
      waiting: fc.nat(10),
      incomplete: fc.array(fc.record({ scope: fc.constant('zones'), reason: texts }), { maxLength: 5 }),
      managesDns: fc.boolean(),
      verification: fc.constant(null),
    }),
  ),
  drift: fc.option(fc.record({ rows: fc.nat(), shown: fc.array(texts, { maxLength: 3 }) })),
});

test('the status of a sync is never refused by the host, and gives the number of omitted entries', () => {
  fc.assert(
    fc.property(fc.array(summaries, { maxLength: 40 }), fc.option(texts), (connections, reason) => {
      const kept = summarised(connections);
      const shown = syncCustomStatus({ round: 3, state: 'round', reason, listed: 500, connections: kept });

      expect(utf16Bytes(shown)).toBeLessThan(HOST_BYTES);
      expect(shown.connections.length + shown.omitted).toBe(connections.length);
      for (const { connectionId, faults, omitted } of shown.connections) {
        const whole = connections.filter((connection) => connection.connectionId === connectionId);
        expect(whole.map((connection) => connection.faults.length + connection.omitted)).toContain(
          faults.length + omitted,
        );
      }
    }),
  );
});

/** One of the ten connections that a project can have. */
function troubled(nth: number): ConnectionSummary {
  const said = (what: string): string[] => [1, 2, 3].map((row) => `${what} ${row}: ${'x'.repeat(165)}`);
  return {
    ...{ connectionId: `az-eastus-00000000000${nth}`, hold: null, kept: 9, written: 0, removed: 0 },
    ...{
      waiting: 0,
      dormant: 0,
      gone: 0,
      omitted: 0,
      privateEndpointId: `/subscriptions/${'i'.repeat(180)}`,
    },
    ...{ health: { state: 'connected', reason: null }, reading: null },
    ...{ faults: said('fault'), drift: { rows: 3, shown: said('drift') } },
  };
}

test('ten connections with faults and drift each show their first fault, and their drift as a number', () => {
  const connections = summarised(Array.from({ length: 10 }, (_, nth) => troubled(nth)));

  const shown = syncCustomStatus({ round: 1, state: 'waiting', reason: null, listed: 9, connections });

  expect(utf16Bytes({ connections })).toBeGreaterThan(HOST_BYTES);
  expect(shown.connections).toHaveLength(10);
  for (const { faults, drift } of shown.connections) {
    expect(faults[0]).toContain('fault 1');
    expect(drift?.rows).toBe(3);
  }
});

test('connections with a fault are shown before those without', () => {
  const well = Array.from({ length: 80 }, (_, nth) => ({ ...troubled(nth), faults: [], drift: null }));
  const connections = summarised([...well, { ...troubled(0), connectionId: 'the-troubled-one' }]);

  const shown = syncCustomStatus({ round: 1, state: 'waiting', reason: null, listed: 9, connections });

  expect(shown.omitted).toBeGreaterThan(0);
  expect(shown.connections.map(({ connectionId }) => connectionId)).toContain('the-troubled-one');
});
