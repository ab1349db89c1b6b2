import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { connectionFrom, connectionRequestSchema } from '../src/domain/connection/connection.ts';
import type { Connection } from '../src/domain/connection/connection.ts';
import { isConnectionId } from '../src/domain/connection/names.ts';
import { sameResource } from '../src/domain/connection/resourceId.ts';
import type { Schemas } from '../client/client.ts';
import { CommandError } from './io.ts';
import type { Io } from './io.ts';

/** One request of the command line, with what this machine can say of it. */
export interface Request {
  /** For messages: the file, and the position in it. */
  readonly name: string;
  readonly body: Schemas['ConnectionRequest'];
  /** Null if the app will refuse the body. */
  readonly connection: Connection | null;
}

const bodiesSchema = z.union([z.looseObject({}), z.array(z.looseObject({})).min(1)]);

/** Reads the requests of files, each of which has one or a list of them; `-` is the standard input. */
export async function readRequests(files: readonly string[], io: Io): Promise<readonly Request[]> {
  const lists = await Promise.all(files.map(async (file) => requestsIn(file, await textOf(file, io))));
  return lists.flat();
}

async function textOf(file: string, io: Io): Promise<string> {
  if (file === '-') return io.readStdin();
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandError(
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function requestsIn(file: string, text: string): readonly Request[] {
  const bodies = bodiesSchema.safeParse(jsonOf(file, text));
  if (!bodies.success) throw new CommandError(`${file} has no request: a JSON object, or a list of them.`);
  const list = Array.isArray(bodies.data) ? bodies.data : [bodies.data];
  return list.map((body, index) =>
    requestOf(list.length === 1 ? file : `${file}, number ${index + 1}`, body),
  );
}

function jsonOf(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CommandError(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The app judges the body, and names each fault; here only its ID and its place in DNS are of interest. */
export function requestOf(name: string, body: object): Request {
  const parsed = connectionRequestSchema.safeParse(body);
  const {
    projectId = '',
    regionId = '',
    subnetId = '',
  } = z
    .looseObject({ projectId: z.string(), regionId: z.string(), subnetId: z.string() })
    .partial()
    .catch({})
    .parse(body);
  return {
    name,
    body: { ...body, projectId, regionId, subnetId },
    connection: parsed.success ? connectionFrom(parsed.data) : null,
  };
}

/** A connection by its ID, or by the file with its request. */
export async function readIds(names: readonly string[], io: Io): Promise<readonly string[]> {
  const lists = await Promise.all(
    names.map(async (name) => {
      if (isConnectionId(name)) return [name];
      if (name !== '-' && !existsSync(name))
        throw new CommandError(`${name} is neither the ID of a connection nor a file with a request.`);
      const requests = await readRequests([name], io);
      return requests.map(({ name: of, connection }) => {
        if (!connection) throw new CommandError(`${of} is no request, so it has no connection.`);
        return connection.id;
      });
    }),
  );
  return [...new Set(lists.flat())];
}

/** Why requests of one list exclude each other: two private endpoints cannot have the same record in one zone. */
export function conflictsAmong(requests: readonly Request[]): readonly string[] {
  return requests.flatMap((later, index) =>
    requests.slice(0, index).flatMap((earlier) => conflictOf(earlier, later) ?? []),
  );
}

function conflictOf(earlier: Request, later: Request): string | null {
  const [a, b] = [earlier.connection, later.connection];
  if (!a || a.projectId !== b?.projectId || a.regionId !== b.regionId) return null;
  if (a.id === b.id) return `${earlier.name} and ${later.name} are the same connection, ${a.id}.`;
  const managed = a.spec.dns.manage && b.spec.dns.manage;
  if (!managed || !sameResource(a.zoneResourceGroupId, b.zoneResourceGroupId) || !shareClusters(a, b))
    return null;
  const networks = [...new Set([...a.linkedNetworks, ...b.linkedNetworks])];
  return [
    `${earlier.name} and ${later.name} want the same records of ${a.projectId} in ${a.regionId}, in zones of ${a.zoneResourceGroupId}.`,
    `Make one request of them, whose dns.linkedNetworks has ${networks.join(' and ')}, or give each its own dns.zoneResourceGroupId.`,
  ].join(' ');
}

function shareClusters(
  { spec: { clusters: a } }: Connection,
  { spec: { clusters: b } }: Connection,
): boolean {
  return a === 'all' || b === 'all' || a.some((clusterId) => b.includes(clusterId));
}
