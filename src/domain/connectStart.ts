import * as z from 'zod';
import { connectionSchema } from './connection.ts';

/** What a connect run is started with. */
export const connectStartSchema = z.object({
  connection: connectionSchema,
  /** Name of the function key's fingerprint, or an object ID. */
  startedBy: z.string(),
  /** When all that an interrupted run has written is to be seen, in milliseconds since the epoch. */
  notBefore: z.number().optional(),
});
