import * as z from 'zod';
import type { AllowedScopes } from '../connection/bounds.ts';
import type { Connection } from '../connection/connection.ts';
import { sha256Hex } from '../connection/names.ts';
import { authorizeConnection, parseConnectionRequest } from '../connection/request.ts';
import type { FailureCode } from '../failure/catalog.ts';
import type { Fault } from './status.ts';

/** An entry of the setting CONNECTIONS, which has the form of a request. */
export interface DeclaredConnection {
  /** Its place in the setting, from 0. */
  readonly index: number;
  /** The instance ID of the note that it was started: the fingerprint of the entry, so that a changed entry is a new one. */
  readonly id: string;
  readonly connection: Connection;
}

interface RefusedEntry {
  readonly index: number;
  readonly connection: null;
  readonly faults: readonly Fault[];
}

/** What is wrong with an entry, each fault with its place in it. */
export function faultsText(faults: readonly Fault[]): string {
  return faults
    .map(({ pointer, detail }) => `${pointer === '' ? 'the entry' : pointer} ${detail}`)
    .join('; ');
}

export type DeclaredEntry = DeclaredConnection | RefusedEntry;

/** Reads each entry alone. An entry outside the bounds, or for the connection of an earlier one, is refused. */
export function declaredEntries(
  bodies: readonly unknown[],
  allowed: AllowedScopes,
): readonly DeclaredEntry[] {
  const taken = new Map<string, number>();
  return bodies.map((body, index): DeclaredEntry => {
    const parsed = parseConnectionRequest(refusingHiddenNames(body));
    if (!parsed.ok) return { index, connection: null, faults: parsed.faults };
    const connection = parsed.value;
    const outside = authorizeConnection(connection, allowed);
    if (outside.length > 0) return { index, connection: null, faults: outside };
    const earlier = taken.get(connection.id);
    if (earlier !== undefined) return { index, connection: null, faults: [sameConnection(earlier)] };
    taken.set(connection.id, index);
    return { index, id: `declared-${sha256Hex(canonicalJson(body)).slice(0, 16)}`, connection };
  });
}

/** Without a person who reads the plan first, names are hidden only where the entry itself says so. */
function refusingHiddenNames(body: unknown): unknown {
  const { success, data } = z.looseObject({ dns: z.looseObject({}).default({}) }).safeParse(body);
  return success ? { ...data, dns: { hiddenNames: 'refuse', ...data.dns } } : body;
}

function sameConnection(earlier: number): Fault {
  const detail = `is the connection of entry ${earlier}: leave one of them out`;
  return { pointer: '', code: 'invalid-request', detail };
}

/** The text of a JSON value, the same for any order of its fields. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** The external event that ends the note of an entry that was taken away. */
export const DECLARATION_WITHDRAWN = 'withdrawn';

/** What an administrator cures outside the app, often soon after the deployment: the same request then works. */
const CURED_OUTSIDE: readonly FailureCode[] = [
  'api-key-missing',
  'zilliz-key-rejected',
  'zilliz-permission-denied',
  'key-vault-denied',
  'identity-unavailable',
  'azure-credential',
  'azure-permission-denied',
  'azure-locked',
  'azure-policy-denied',
  'provider-not-registered',
  'subscription-disabled',
];
const TRIED_AGAIN_MS = 24 * 3_600_000;

export const declaredFates = ['refused', 'waiting', 'running', 'starting-again', 'started'] as const;

export type DeclaredFate = (typeof declaredFates)[number];

/** The last run of the connection that an entry names. */
export interface RunOfEntry {
  readonly workflow: string;
  readonly startedBy: string | null;
  readonly isActive: boolean;
  /** Whether it failed by itself. A run that a person cancelled has not. */
  readonly isFailed: boolean;
  readonly hasOnlyRead: boolean;
  readonly codes: readonly FailureCode[];
}

/**
 * What becomes of an entry. It is started once; after that, after a person's cancel, DELETE or release, never by itself. Only
 * a run of its own that wrote nothing, and failed by what an administrator cures, is started again for a day.
 *
 * @param notedAt When the entry was noted as started, in milliseconds since the epoch; null: not yet.
 */
export function fateOf(
  entry: DeclaredConnection,
  {
    notedAt,
    run,
    now,
  }: { readonly notedAt: number | null; readonly run: RunOfEntry | null; readonly now: number },
): DeclaredFate {
  if (run?.workflow !== 'connect' || run.startedBy !== entry.id) {
    return notedAt === null ? 'waiting' : 'started';
  }
  if (run.isActive) return 'running';
  return isCurable(run) && now - (notedAt ?? now) < TRIED_AGAIN_MS ? 'starting-again' : 'started';
}

function isCurable({ isFailed, hasOnlyRead, codes }: RunOfEntry): boolean {
  const isCuredOutside = codes.length > 0 && codes.every((code) => CURED_OUTSIDE.includes(code));
  return isFailed && hasOnlyRead && isCuredOutside;
}
