import * as z from 'zod';

interface StatusEntry {
  readonly meaning: string;
  /** Whether a caller that waits can stop waiting. */
  readonly final: boolean;
  /** Exit code of the command line. */
  readonly exitCode: 0 | 1 | 3 | 4;
  readonly colour: 'green' | 'amber' | 'red' | 'blue' | 'grey';
  /** Whether an alert finds it. */
  readonly alert: boolean;
  /** Who must act, so that the connection becomes or stays as requested. */
  readonly actor: 'none' | 'operator' | 'dns-owner' | 'azure-administrator';
}

/** Every status of a connection. Routes, OpenAPI document, docs, command line and page are made from this table. */
export const statusTable = {
  connected: {
    meaning:
      'The endpoint is approved and registered, every requested network is linked, every requested cluster has its record, and the last verification found no fault',
    final: true,
    exitCode: 0,
    colour: 'green',
    alert: false,
    actor: 'none',
  },
  degraded: {
    meaning: 'Something that was requested is missing, different, refused or overdue; `problem` names it',
    final: true,
    exitCode: 3,
    colour: 'amber',
    alert: true,
    actor: 'operator',
  },
  'waiting-for-dns-owner': {
    meaning: '`dns.manage` is false, and the names do not resolve to the private endpoint yet',
    final: true,
    exitCode: 3,
    colour: 'amber',
    alert: false,
    actor: 'dns-owner',
  },
  unknown: {
    meaning: 'A reading was refused, or the last one is too old, so nothing can be said',
    final: true,
    exitCode: 3,
    colour: 'grey',
    alert: true,
    actor: 'azure-administrator',
  },
  running: {
    meaning: 'A connect run is working on it',
    final: false,
    exitCode: 4,
    colour: 'blue',
    alert: false,
    actor: 'none',
  },
  disconnecting: {
    meaning: 'A disconnect run is removing it',
    final: false,
    exitCode: 4,
    colour: 'blue',
    alert: false,
    actor: 'none',
  },
  suspended: {
    meaning: 'Its run is suspended in the task hub, and goes on only after it is resumed there',
    final: false,
    exitCode: 4,
    colour: 'amber',
    alert: true,
    actor: 'operator',
  },
  failed: {
    meaning: 'Its last run failed; `problem` names cause and remedy',
    final: true,
    exitCode: 1,
    colour: 'red',
    alert: true,
    actor: 'operator',
  },
  cancelled: {
    meaning: 'Its last run was cancelled; what the run had created is still there',
    final: true,
    exitCode: 1,
    colour: 'grey',
    alert: false,
    actor: 'operator',
  },
  rejected: {
    meaning: 'Zilliz rejected the connection of the private endpoint',
    final: true,
    exitCode: 1,
    colour: 'red',
    alert: true,
    actor: 'operator',
  },
  'removed-by-zilliz': {
    meaning: 'Zilliz removed the connection of the private endpoint',
    final: true,
    exitCode: 1,
    colour: 'red',
    alert: true,
    actor: 'operator',
  },
  orphaned: {
    meaning: 'The private endpoint is gone, and records or links of the connection are left',
    final: true,
    exitCode: 1,
    colour: 'red',
    alert: true,
    actor: 'operator',
  },
  'spec-unreadable': {
    meaning: 'The tags of the private endpoint hold no specification that this version can read',
    final: true,
    exitCode: 1,
    colour: 'red',
    alert: true,
    actor: 'operator',
  },
  'endpoint-not-visible': {
    meaning: 'Records of the connection are found, and whether its private endpoint exists cannot be read',
    final: true,
    exitCode: 1,
    colour: 'red',
    alert: true,
    actor: 'azure-administrator',
  },
  disconnected: {
    meaning: 'Everything of the connection is removed',
    final: true,
    exitCode: 0,
    colour: 'grey',
    alert: false,
    actor: 'none',
  },
} as const satisfies Readonly<Record<string, StatusEntry>>;

export type ConnectionStatus = keyof typeof statusTable;

/** Exit code of a command that asked for this: 0 only when the connection is as asked. */
export function exitCodeOf(status: ConnectionStatus, asked: 'connected' | 'disconnected'): 0 | 1 | 3 | 4 {
  const { exitCode } = statusTable[status];
  return exitCode === 0 && status !== asked ? 1 : exitCode;
}

/** The names of the table, in its order, with their meanings as the description. */
export const connectionStatusSchema = z.enum(Object.keys(statusTable).filter(isStatus)).meta({
  id: 'ConnectionStatus',
  description: Object.entries(statusTable)
    .map(([name, { meaning }]) => `\`${name}\`: ${meaning}`)
    .join('. '),
});

function isStatus(name: string): name is ConnectionStatus {
  return Object.hasOwn(statusTable, name);
}
