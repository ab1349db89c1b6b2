import * as z from 'zod';
import type { Tags } from '../../domain/resources/model.ts';

/** Tags and metadata, which any user may write: a value that is not a string is ignored, and the others are kept. */
export const tagsSchema = z
  .record(z.string(), z.unknown())
  .nullish()
  .catch(null)
  .transform((value): Tags => {
    const entries = Object.entries(value ?? {});
    return Object.fromEntries(
      entries.flatMap(([name, text]) => (typeof text === 'string' ? [[name, text]] : [])),
    );
  });
