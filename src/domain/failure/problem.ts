import * as z from 'zod';
import type { Fault } from '../run/status.ts';
import { failureCatalog } from './catalog.ts';
import type { FailureCode, Verb } from './catalog.ts';
import type { FailureKind } from './failure.ts';
import { failureCodeSchema } from './failure.ts';
import { remedyOf } from './remedy.ts';

/** Problem details after RFC 9457, with one entry for each fault. */
export const problemSchema = z
  .object({
    type: z.string().meta({
      description:
        'Address of the explanation; its last part is the stable code, which is the heading in docs/reference/failure-codes.md too',
    }),
    code: failureCodeSchema,
    title: z.string(),
    status: z.number(),
    detail: z.string(),
    cause: z.string(),
    remedy: z.string(),
    errors: z
      .array(
        z.object({
          pointer: z
            .string()
            .meta({ description: 'JSON pointer into the body; empty for the body as a whole' }),
          parameter: z
            .string()
            .optional()
            .meta({ description: 'Name of the URL parameter with the fault; the pointer is then empty' }),
          code: failureCodeSchema,
          detail: z.string(),
          cause: z.string(),
          remedy: z.string(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'Problem' });

export type Problem = Readonly<z.infer<typeof problemSchema>>;

/** The route that explains a code. The address is made absolute where that of the app is known. */
const EXPLANATIONS = '/api/problems/';

const statusOfKind: Readonly<Record<FailureKind, number>> = {
  validation: 400,
  permission: 403,
  conflict: 409,
  rejected: 422,
  transient: 503,
  timeout: 504,
};

const statusOfCode: Partial<Record<FailureCode, number>> = {
  'not-authenticated': 401,
  'method-not-allowed': 405,
  'address-not-found': 404,
  'request-too-large': 413,
  'connection-not-found': 404,
  'settings-invalid': 503,
  'internal-error': 500,
};

/** What is wrong, before it is known who asked for what. */
export interface Trouble {
  readonly code: FailureCode;
  readonly detail: string;
  /** The correction of this one case, in place of the general one. */
  readonly cure?: string | undefined;
  readonly faults?: readonly Fault[];
  /** In place of the status of the code. */
  readonly status?: number;
}

export function problemOf({ code, detail, cure, faults = [], status }: Trouble, verb: Verb): Problem {
  const { kind, title, cause } = failureCatalog[code];
  return {
    type: EXPLANATIONS + code,
    code,
    title,
    status: status ?? statusOfCode[code] ?? statusOfKind[kind],
    ...{ detail, cause, remedy: remedyOf(code, verb, cure) },
    errors: faults.map((fault) => explained(fault, verb)),
  };
}

/** A fault with its cause, and with the remedy for what was asked. */
export function explained({ cure, ...fault }: Fault, verb: Verb): Problem['errors'][number] {
  const { cause } = failureCatalog[fault.code];
  return { ...fault, cause, remedy: remedyOf(fault.code, verb, cure) };
}

/** More faults than these are only counted: a request may have thousands. */
const MOST_FAULTS = 50;

/** Several faults found at once: the first gives the problem its type. */
export function troubleOf(faults: readonly [Fault, ...Fault[]]): Trouble {
  const [first] = faults;
  const shown = faults.length > MOST_FAULTS ? `, of which ${MOST_FAULTS - 1} are shown` : '';
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more${shown})` : '';
  const detail = `${placeOf(first)}: ${first.detail}${more}`;
  return { code: first.code, detail, cure: first.cure, faults: faults.slice(0, MOST_FAULTS) };
}

function placeOf({ parameter, pointer }: Fault): string {
  if (parameter !== undefined) return `parameter ${parameter}`;
  return pointer === '' ? 'the request' : pointer;
}
