import { statusOf } from '../../../src/domain/connection/status.ts';
import type { ConnectionReading, LastRun, StatusInputs } from '../../../src/domain/connection/status.ts';
import { statusTable } from '../../../src/domain/connection/statusTable.ts';
import type { ConnectionStatus } from '../../../src/domain/connection/statusTable.ts';

const whole: ConnectionReading = {
  readAt: '2026-11-28T10:00:00.000Z',
  faults: [],
  waiting: 0,
  incomplete: [],
  managesDns: true,
  verification: 'verified',
};
const before = Date.parse('2026-11-28T09:00:00.000Z');
const after = Date.parse('2026-11-28T11:00:00.000Z');
const healthy = { state: 'connected', reason: null } as const;

function run(state: LastRun, updatedAt = before): LastRun {
  return { ...state, updatedAt };
}

const succeeded: LastRun = {
  ...{ workflow: 'connect', updatedAt: before },
  ...{ state: 'succeeded', status: 'connected', problem: null },
};
const failed: LastRun = {
  ...{ workflow: 'connect', updatedAt: before },
  ...{ state: 'failed', problem: { code: 'zone-slow', detail: 'Azure is slow' } },
};

const withoutAddress: LastRun = {
  ...{ workflow: 'connect', updatedAt: before },
  ...{ state: 'succeeded', status: 'degraded', problem: { code: 'address-overdue', detail: 'in01-a' } },
};

const known: StatusInputs = { run: succeeded, health: healthy, reading: whole, orphan: null };
const fault = { code: 'record-missing', clusterId: 'in01-a', detail: 'its A record is not there' } as const;

/** Each row by hand: what is known, and the status that a user expects. */
const rows: readonly (readonly [string, Partial<StatusInputs>, ConnectionStatus, string | null])[] = [
  ['everything is as requested', {}, 'connected', null],
  ['no run is known, and everything is as requested', { run: null }, 'connected', null],
  ['a connect run goes on', { run: { ...run(succeeded), state: 'active' } }, 'running', null],
  [
    'a disconnect run goes on',
    { run: { workflow: 'disconnect', updatedAt: before, state: 'active' } },
    'disconnecting',
    null,
  ],
  [
    'its run is suspended',
    { run: { workflow: 'connect', updatedAt: before, state: 'suspended' } },
    'suspended',
    'run-suspended',
  ],
  ['its run failed, whatever is read', { run: failed }, 'failed', 'zone-slow'],
  [
    'its run was cancelled',
    {
      run: {
        ...{ workflow: 'connect', updatedAt: before, state: 'cancelled' },
        problem: { code: 'cancelled', detail: 'by a user' },
      },
    },
    'cancelled',
    'cancelled',
  ],
  ['a record is missing', { reading: { ...whole, faults: [fault] } }, 'degraded', 'record-missing'],
  [
    'the run found it connected, and a later reading finds a fault',
    { reading: { ...whole, faults: [fault] } },
    'degraded',
    'record-missing',
  ],
  [
    'the run ended after the reading that found a fault',
    { run: run(succeeded, after), reading: { ...whole, faults: [fault] } },
    'connected',
    null,
  ],
  [
    'the run ended degraded after the reading',
    {
      run: {
        ...{ workflow: 'connect', updatedAt: after, state: 'succeeded', status: 'degraded' },
        problem: { code: 'address-overdue', detail: 'in01-a' },
      },
    },
    'degraded',
    'address-overdue',
  ],
  [
    'the run ended at its deadline without the address of a cluster, and a later reading finds it waiting still',
    { run: withoutAddress, reading: { ...whole, waiting: 1 } },
    'degraded',
    'address-overdue',
  ],
  ['the address of the cluster has come since the run', { run: withoutAddress }, 'connected', null],
  [
    'a reading was refused',
    { reading: { ...whole, incomplete: [{ scope: 'zones', reason: 'no right' }] } },
    'unknown',
    'reading-incomplete',
  ],
  ['nothing was read lately', { run: null, reading: null }, 'unknown', 'reading-incomplete'],
  ['the endpoint could not be read', { health: null }, 'unknown', 'reading-incomplete'],
  [
    'the last verification failed',
    { reading: { ...whole, verification: 'failed' } },
    'degraded',
    'verification-failed',
  ],
  [
    'it is not verifiable from here',
    { reading: { ...whole, verification: 'not-verifiable-from-here' } },
    'connected',
    null,
  ],
  ['it was never verified', { reading: { ...whole, verification: null } }, 'connected', null],
  [
    'another team owns the DNS, and the names do not resolve',
    { reading: { ...whole, managesDns: false, verification: 'failed' } },
    'waiting-for-dns-owner',
    'names-not-resolving',
  ],
  [
    'another team owns the DNS, and the app cannot look',
    { reading: { ...whole, managesDns: false, verification: 'not-verifiable-from-here' } },
    'degraded',
    'not-verifiable-from-here',
  ],
  [
    'another team owns the DNS, and the names resolve',
    { reading: { ...whole, managesDns: false } },
    'connected',
    null,
  ],
  ['Zilliz rejected it', { health: { state: 'rejected', reason: null } }, 'rejected', 'connection-rejected'],
  [
    'Zilliz removed it',
    { health: { state: 'removed-by-zilliz', reason: null } },
    'removed-by-zilliz',
    'connection-disconnected',
  ],
  [
    'Azure could not provision it',
    { health: { state: 'failed', reason: null } },
    'degraded',
    'endpoint-failed',
  ],
  ['it is not approved', { health: { state: 'pending', reason: null } }, 'degraded', 'not-approved-in-time'],
  ['the endpoint is gone', { health: { state: 'absent', reason: null } }, 'orphaned', 'endpoint-lost'],
  [
    'the endpoint has other marks',
    { health: { state: 'unmarked', reason: null } },
    'endpoint-not-visible',
    'endpoint-not-visible',
  ],
  [
    'its tags are damaged',
    { health: { state: 'spec-unreadable', reason: null } },
    'spec-unreadable',
    'spec-unreadable',
  ],
  [
    'only records are left',
    { run: null, health: null, orphan: { code: 'endpoint-lost', detail: '2 records' } },
    'orphaned',
    'endpoint-lost',
  ],
  [
    'records are left, and the endpoint cannot be read',
    { run: null, health: null, orphan: { code: 'endpoint-not-visible', detail: 'no right' } },
    'endpoint-not-visible',
    'endpoint-not-visible',
  ],
  [
    'it was disconnected',
    {
      run: { ...succeeded, workflow: 'disconnect', status: 'disconnected' },
      health: { state: 'absent', reason: null },
    },
    'disconnected',
    null,
  ],
  [
    'it was disconnected, and another deployment made it again',
    { run: { ...succeeded, workflow: 'disconnect', status: 'disconnected' } },
    'connected',
    null,
  ],
];

describe('the status of a connection', () => {
  it.each(rows)('when %s', (_, change, status, code) => {
    const result = statusOf({ ...known, ...change });

    expect(result.status).toBe(status);
    expect(result.problem?.code ?? null).toBe(code);
  });

  it('has an example for each word of the table', () => {
    const shown = new Set(rows.map(([, , status]) => status));

    expect(Object.keys(statusTable).filter((name) => !shown.has(name as ConnectionStatus))).toEqual([]);
  });

  it('is final with exit code 4 for nothing, and never final while a run goes on', () => {
    for (const { final, exitCode } of Object.values(statusTable)) expect(exitCode === 4).toBe(!final);
  });
});
