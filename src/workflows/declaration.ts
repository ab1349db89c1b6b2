import * as z from 'zod';
import { DECLARATION_WITHDRAWN } from '../domain/run/declaration.ts';
import type { Workflow } from '../durable/register.ts';

const declarationSchema = z.object({ connectionId: z.string() });

/**
 * Notes that an entry of the setting CONNECTIONS was started. It runs as long as the entry is there, so that the note is not
 * purged and is found among the active runs.
 */
export const declaration: Workflow<z.infer<typeof declarationSchema>, { readonly outcome: 'complete' }> = {
  parse: (input) => declarationSchema.parse(input),
  *run(run) {
    yield* run.wait(run.wakeUp(DECLARATION_WITHDRAWN));
    return { outcome: 'complete' };
  },
};
