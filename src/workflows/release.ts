import * as z from 'zod';
import type { Workflow } from '../durable/register.ts';

/**
 * Notes that a connection was handed over, under its ID and in the place of its last run: a sync that knew the connection does
 * not report it as lost then.
 */
export const release: Workflow<object, { readonly outcome: 'complete' }> = {
  parse: (input) => z.object({}).parse(input),
  *run() {
    return { outcome: 'complete' };
  },
};
