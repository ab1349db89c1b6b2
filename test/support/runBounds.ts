// The bounds of a run, however long it waits and however much it has to do.

/**
 * Events in one history. A replay reads the whole history at every step, so a run continues as new from 145 events on
 * (`src/durable/run.ts`); the steps that it begins side by side before that stay below this limit.
 */
export const MOST_EVENTS = 200;
/** Bytes of the custom status as JSON. The host accepts 16 KB of UTF-16; this is a quarter of it. */
export const MOST_STATUS_BYTES = 4_096;
/** The same of a run that has failed: what it knows is beside it. The host accepts 8,192 characters. */
export const MOST_ENDED_STATUS_BYTES = 7_700;
