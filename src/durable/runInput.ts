import * as z from 'zod';

/** What the input of a run may hold beside what its workflow reads. */
const beginningSchema = z
  .object({
    /** Name of the function key's fingerprint, or an object ID. */
    startedBy: z.string().optional(),
    /** Only in a renewed run: when its first execution began, in milliseconds since the epoch. */
    beganAt: z.number().optional(),
  })
  .catch({});

export type Beginning = z.infer<typeof beginningSchema>;

/** Who began the run whose input this is, and when; empty where the input does not say. */
export function beginningOf(input: unknown): Beginning {
  return beginningSchema.parse(input);
}
