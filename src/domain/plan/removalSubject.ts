import * as z from 'zod';
import { connectionSchema } from '../connection/connection.ts';
import type { Connection } from '../connection/connection.ts';

/** What is to be taken down: a connection, or the records of one whose private endpoint somebody deleted. */
export const removalSubjectSchema = z.object({
  connectionId: z.string(),
  regionId: z.string(),
  /** Null when only records are left and none of them names the project. */
  projectId: z.string().nullable(),
  /** Null when neither marks nor the task hub know the request any more. */
  connection: connectionSchema.nullable(),
  /** Resource ID; where only records are left, what they name, and null when they name none. */
  privateEndpointId: z.string().nullable().default(null),
  /** Networks that the connection linked by a specification that has just been replaced. */
  formerNetworks: z.array(z.string()).readonly().default([]),
  /** False: where the connection has its zones is not known, so they are looked for everywhere. */
  specReadable: z.boolean().default(true),
});

export type RemovalSubject = Readonly<z.infer<typeof removalSubjectSchema>>;

export function subjectOf(
  connection: Connection,
  options: Partial<Pick<RemovalSubject, 'formerNetworks' | 'specReadable'>> = {},
): RemovalSubject {
  const { id, regionId, projectId, privateEndpoint } = connection;
  return {
    ...{ connectionId: id, regionId, projectId, connection, privateEndpointId: privateEndpoint.id },
    ...{ formerNetworks: [], specReadable: true, ...options },
  };
}
