import type { HttpResponseInit } from '@azure/functions';
import type { AllowedScopes } from '../domain/connection/bounds.ts';
import type { Connection } from '../domain/connection/connection.ts';
import { unreadableSpec } from '../domain/connection/endpointHealth.ts';
import { isConnectionId } from '../domain/connection/names.ts';
import { authorizeRecordsAlone, faultOfOrphan } from '../domain/connection/orphan.ts';
import type { Orphan } from '../domain/connection/orphan.ts';
import { authorizeConnection } from '../domain/connection/request.ts';
import type { StoredConnection } from '../domain/connection/storedConnection.ts';
import { problemOf } from '../domain/failure/problem.ts';
import type { WorkflowClientOf } from '../durable/client.ts';
import type { Access } from './access.ts';
import { problemResponse, refusalOf } from './response.ts';

/** Reads a connection from Azure: by the marks of its private endpoint, or by those of its records. */
export interface ConnectionSources<Stored = StoredConnection> {
  readonly allowed: AllowedScopes;
  readonly stored: (id: string) => Promise<Stored | null>;
  readonly orphan: (id: string) => Promise<Orphan | null>;
}

/** What a route needs that starts a run for a stored connection. */
export interface RunOnStored extends ConnectionSources {
  readonly clientOf: WorkflowClientOf;
  readonly access: Access;
}

export interface Refused {
  readonly kind: 'refused';
  readonly response: HttpResponseInit;
}

/** A connection of this deployment, the records that are left of one, or the response that refuses the request. */
export type FoundConnection<Stored = StoredConnection> =
  | { readonly kind: 'stored'; readonly stored: Stored }
  | { readonly kind: 'orphan'; readonly orphan: Orphan }
  | Refused;

/** Finds a connection and checks that this deployment may act on it. */
export async function findConnection<Stored extends { readonly connection: Connection }>(
  id: string,
  sources: ConnectionSources<Stored>,
): Promise<FoundConnection<Stored>> {
  const { allowed } = sources;
  if (!isConnectionId(id)) return refused(nothingFound());
  const stored = await sources.stored(id);
  if (stored) {
    const refusal = refusalOf(authorizeConnection(stored.connection, allowed));
    return refusal ? refused(refusal) : { kind: 'stored', stored };
  }
  const orphan = await sources.orphan(id);
  if (!orphan) return refused(nothingFound());
  const refusal = refusalOf(authorizeRecordsAlone(orphan, allowed));
  return refusal ? refused(refusal) : { kind: 'orphan', orphan };
}

/** The same for routes that work from the specification: one that cannot be read is refused too. */
export async function findWithSpec(id: string, sources: ConnectionSources): Promise<FoundConnection> {
  const found = await findConnection(id, sources);
  if (found.kind !== 'stored' || found.stored.specReadable) return found;
  return refused(problemResponse(problemOf('spec-unreadable', unreadableSpec(found.stored.endpoint))));
}

/** The response of routes that need the private endpoint, where only records are left. */
export function endpointMissing(orphan: Orphan): HttpResponseInit {
  const { code, detail } = faultOfOrphan(orphan);
  return problemResponse(problemOf(code, detail));
}

export function refused(response: HttpResponseInit): Refused {
  return { kind: 'refused', response };
}

function nothingFound(): HttpResponseInit {
  const detail = 'neither a private endpoint nor a record carries the marks of this ID';
  return problemResponse(problemOf('connection-not-found', detail));
}
