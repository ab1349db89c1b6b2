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

export type RunStart = z.infer<typeof beginningSchema>;

/** Who began the run whose input this is, and when; empty where the input does not say. */
export function runStartOf(input: unknown): RunStart {
  return beginningSchema.parse(input);
}

/**
 * The SDK makes a Date of each text that a property named `Timestamp` holds, at any depth of an orchestration's input, and
 * a tag may well have that name. So the name is stored with a sign before it; one that looks so already gets a second.
 */
const SIGN = '~';
const REVIVED = /^~*Timestamp$/;
const SIGNED = /^~+Timestamp$/;

/** The input of a run as it is handed to the task hub. */
export function encodeInput(input: object): unknown {
  return renamed(input, (name) => (REVIVED.test(name) ? SIGN + name : name));
}

/** The same, read back; what an earlier version has stored is read as it is. */
export function decodeInput(stored: unknown): unknown {
  return renamed(stored, (name) => (SIGNED.test(name) ? name.slice(SIGN.length) : name));
}

function renamed(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((entry) => renamed(entry, rename));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [rename(name), renamed(entry, rename)]),
  );
}

/** A Date, as the SDK makes it, is none. */
function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Date);
}
