import type { HttpHandler, HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { AllowedScopes } from '../domain/connection/bounds.ts';
import { isSubscriptionAllowed } from '../domain/connection/bounds.ts';
import type { Connection } from '../domain/connection/connection.ts';
import { connectionSchema } from '../domain/connection/connection.ts';
import { unreadableSpec } from '../domain/connection/endpointHealth.ts';
import { isConnectionId } from '../domain/connection/names.ts';
import { authorizeRecordsAlone, authorizeSubject, faultOfOrphan } from '../domain/connection/orphan.ts';
import type { Orphan } from '../domain/connection/orphan.ts';
import { authorizeConnection, truncated } from '../domain/connection/request.ts';
import type { StoredConnection } from '../domain/connection/storedConnection.ts';
import { ProvisioningError } from '../domain/failure/failure.ts';
import { removalSubjectSchema, subjectOf } from '../domain/plan/removalSubject.ts';
import type { RemovalSubject } from '../domain/plan/removalSubject.ts';
import type { Fault } from '../domain/run/status.ts';
import type { Instance, WorkflowClient, WorkflowClientOf } from '../durable/client.ts';
import { isActive } from '../durable/client.ts';
import type { Unread } from '../queries/storedConnections.ts';
import { refuseFor, Refused } from './response.ts';
import type { Addresses } from './views/links.ts';

/** Where a connection is known: its run, the marks of its private endpoint, and those of its records. */
export interface Sources {
  readonly allowed: AllowedScopes;
  readonly clientOf: WorkflowClientOf;
  readonly addresses: Addresses;
  readonly now: () => number;
  readonly stored: (id: string) => Promise<Searched & { readonly stored: StoredConnection | null }>;
  readonly orphan: (id: string) => Promise<Searched & { readonly orphan: Orphan | null }>;
}

/** What the search could not read: what is not found may be there. */
interface Searched {
  readonly unread: readonly Unread[];
}

type ConnectionHandler = (
  known: KnownConnection,
  request: HttpRequest,
  context: InvocationContext,
) => Promise<HttpResponseInit>;

/**
 * The entry of every route with an `{id}`: the handler gets only what this deployment may act on. A run outside the bounds
 * refuses each request while it goes on, and is hidden when it is over.
 */
export function onConnection(sources: Sources, handle: ConnectionHandler): HttpHandler {
  return async (request, context) => {
    const { id = '' } = request.params;
    if (!isConnectionId(id)) throw connectionNotFound(noId(id));
    const client = sources.clientOf(context);
    const run = await client.read(id);
    // What was handed over is not known here any more.
    const last = run?.name === 'release' ? null : run;
    const faults = last ? authorizeRun(last, sources.allowed) : [];
    if (last && isActive(last)) refuseFor(withoutNames(faults));
    return handle(
      new KnownConnection(id, client, faults.length > 0 ? null : last, sources),
      request,
      context,
    );
  };
}

/** A connection as a route may see it. Each reading is checked against the bounds, and refuses the request outside them. */
export class KnownConnection {
  readonly id: string;
  readonly client: WorkflowClient;
  /** The last run, as long as the task hub has it. */
  readonly instance: Instance | null;
  readonly #sources: Sources;
  #unread: readonly Unread[] = [];

  constructor(id: string, client: WorkflowClient, instance: Instance | null, sources: Sources) {
    this.id = id;
    this.client = client;
    this.instance = instance;
    this.#sources = sources;
  }

  /** Reads the connection from the marks of its private endpoint; null if no endpoint has them. */
  async stored(): Promise<StoredConnection | null> {
    const { stored, unread } = await this.#sources.stored(this.id);
    this.#unread = [...this.#unread, ...unread];
    if (stored) refuseFor(withoutNames(authorizeConnection(stored.connection, this.#sources.allowed)));
    return stored;
  }

  /** Reads the records that are left of the connection. Only where no private endpoint has its marks. */
  async orphan(): Promise<Orphan | null> {
    const { orphan, unread } = await this.#sources.orphan(this.id);
    this.#unread = [...this.#unread, ...unread];
    if (orphan) refuseFor(withoutNames(authorizeRecordsAlone(orphan, this.#sources.allowed)));
    return orphan;
  }

  /** Reads the one or the other. */
  async storedOrOrphan(): Promise<
    | { readonly stored: StoredConnection; readonly orphan: null }
    | { readonly stored: null; readonly orphan: Orphan }
  > {
    const stored = await this.stored();
    if (stored) return { stored, orphan: null };
    const orphan = await this.orphan();
    if (!orphan) throw this.notFound();
    return { stored: null, orphan };
  }

  /** The end of a request that finds nothing: only a search that read everything proves that nothing is there. */
  notFound(): Error {
    const { allowed } = this.#sources;
    const hidden = this.#unread.find(({ subscriptionId }) => isSubscriptionAllowed(subscriptionId, allowed));
    return hidden ? new ProvisioningError(hidden.failure) : connectionNotFound();
  }

  /** Reads the connection, or refuses the request where its private endpoint is not found. */
  async whole(): Promise<StoredConnection> {
    const { stored, orphan } = await this.storedOrOrphan();
    if (orphan) throw endpointMissing(orphan);
    return stored;
  }
}

/** The same for routes that work from the specification: one that cannot be read is refused too. */
export function withSpec(stored: StoredConnection): StoredConnection {
  if (stored.specReadable) return stored;
  throw new Refused({ code: 'spec-unreadable', detail: unreadableSpec(stored.endpoint) });
}

/** The refusal of routes that need the private endpoint, where only records are left. */
export function endpointMissing(orphan: Orphan): Refused {
  const { code, detail } = faultOfOrphan(orphan);
  return new Refused({ code, detail });
}

function noId(text: string): string {
  const meant = isConnectionId(text.toLowerCase()) ? `: did you mean ${text.toLowerCase()}?` : '';
  return `${truncated(text)} is no ID of a connection, which is like az-eastus-0123456789ab${meant}`;
}

function connectionNotFound(detail = 'no run, private endpoint or record of this ID is known here'): Refused {
  return new Refused({ code: 'connection-not-found', detail });
}

/** What is stored is not the caller's: the refusal names neither its resources nor its project. */
function withoutNames([first]: readonly Fault[]): readonly Fault[] {
  if (!first) return [];
  const { code } = first;
  const bound = code === 'project-not-allowed' ? 'projects' : 'scopes';
  return [{ pointer: '', code, detail: `the connection is outside the ${bound} of this app` }];
}

/** Returns the connection that a run works on; null when this version cannot read its input. */
export function runningConnection(instance: Instance): Connection | null {
  return lastSubject(instance)?.connection ?? null;
}

/**
 * Returns the subject of the last run: the input of connect has a connection, that of disconnect what is to be removed. Null
 * when it cannot be read, or is another connection than the one that the run is named after.
 */
export function lastSubject({ instanceId, input }: Instance): RemovalSubject | null {
  const subject = subjectIn(input);
  return subject?.connectionId === instanceId ? subject : null;
}

function subjectIn(input: unknown): RemovalSubject | null {
  if (typeof input !== 'object' || input === null) return null;
  if ('subject' in input) return removalSubjectSchema.safeParse(input.subject).data ?? null;
  if (!('connection' in input)) return null;
  const connection = connectionSchema.safeParse(input.connection).data;
  return connection ? subjectOf(connection) : null;
}

/** Returns why this deployment may not act on the subject of a run. A run that cannot be read is refused where bounds are set. */
export function authorizeRun(instance: Instance, allowed: AllowedScopes): readonly Fault[] {
  const subject = lastSubject(instance);
  if (subject) return authorizeSubject(subject, allowed);
  if (!allowed.projects && !allowed.scopes) return [];
  const detail = `the last run of ${instance.instanceId} does not name its project`;
  return [{ pointer: '', code: 'project-not-allowed', detail }];
}
