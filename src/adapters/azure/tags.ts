import * as z from 'zod';
import type { Tags } from '../../domain/resources/model.ts';

/** Tags and metadata, which anyone may write: what is no text is passed over, so that it hides nothing but itself. */
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
