import * as z from 'zod';
import { connectionSchema } from '../connection/connection.ts';
import type { Connection } from '../connection/connection.ts';

/** What a disconnect removes: a connection, or the records of one whose private endpoint was deleted outside this app. */
export const removalSubjectSchema = z
  .object({
    connectionId: z.string(),
    regionId: z.string(),
    /** Null if only records remain and none of them names the project. */
    projectId: z.string().nullable(),
    /** Null if neither the marks nor the task hub contain the request. */
    connection: connectionSchema.nullable(),
    /** Resource ID. If only records remain, it comes from them, and is null if they name none. */
    privateEndpointId: z.string().nullable().default(null),
    /** Networks that the connection linked by a specification that was just replaced. */
    formerNetworks: z.array(z.string()).readonly().default([]),
    /** False: the place of the connection's zones is unknown, so the search covers all zones. */
    specReadable: z.boolean().default(true),
  })
  .refine(
    ({ connectionId, connection }) => connection === null || connection.id === connectionId,
    'the connection has another ID',
  );

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
