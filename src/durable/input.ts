import * as z from 'zod';

/** Fields that the input of a run may hold beside those of its workflow. */
const runStartSchema = z
  .object({
    /** Name of the function key's fingerprint, or an object ID. */
    startedBy: z.string().optional(),
    /** Only after continue as new: when the first execution began, in milliseconds since the epoch. */
    beganAt: z.number().optional(),
  })
  .catch({});

export type RunStart = z.infer<typeof runStartSchema>;

/** Returns who started the run, and when; empty if the input does not hold it. */
export function runStartOf(input: unknown): RunStart {
  return runStartSchema.parse(input);
}

/** What only continue as new adds to an input. */
const carriedSchema = z.looseObject({ state: z.unknown().optional(), beganAt: z.unknown().optional() });

/** The history that the SDK keeps in the context, as far as it says which execution of the run this is. */
const historySchema = z.object({
  state: z.array(z.looseObject({ EventType: z.number(), Generation: z.unknown().optional() })),
});

/**
 * Whether the first execution of a run already has the state of one. A client of the host's own API has written it then, to
 * skip what each run checks first. On the real host the first execution has generation 0, and each later one null.
 */
export function isForged(input: unknown, df: object): boolean {
  const { state, beganAt } = carriedSchema.safeParse(input).data ?? {};
  if (state === undefined && beganAt === undefined) return false;
  const started = historySchema.safeParse(df).data?.state.find(({ EventType }) => EventType === 0);
  return started?.Generation === 0;
}

/**
 * The SDK converts the text of each property named `Timestamp` to a Date, at any depth of an orchestration's input, and a tag
 * can have that name. So the name is stored with a prefix. A name that already has the prefix gets a second one.
 */
const PREFIX = '~';
const REVIVED = /^~*Timestamp$/;
const PREFIXED = /^~+Timestamp$/;

/** Returns the input of a run in the form that is stored in the task hub. */
export function encodeInput(input: object): unknown {
  return renamed(input, (name) => (REVIVED.test(name) ? PREFIX + name : name));
}

/** Reverses {@link encodeInput}. Input that an earlier version stored without the prefix is returned unchanged. */
export function decodeInput(stored: unknown): unknown {
  return renamed(stored, (name) => (PREFIXED.test(name) ? name.slice(PREFIX.length) : name));
}

function renamed(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((entry) => renamed(entry, rename));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [rename(name), renamed(entry, rename)]),
  );
}

/** False for a Date, which the SDK creates. */
function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Date);
}
