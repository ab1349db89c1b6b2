import * as z from 'zod';
import type { Fault } from '../run/status.ts';
import { failureCatalog } from './catalog.ts';
import type { FailureCode } from './catalog.ts';
import type { FailureKind } from './failure.ts';

/** Problem details after RFC 9457, with one entry for each fault. */
export const problemSchema = z
  .object({
    type: z.string().meta({ description: 'Stable; its last part is the heading in docs/troubleshooting.md' }),
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
          code: z.string(),
          detail: z.string(),
          remedy: z.string(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'Problem' });

export type Problem = Readonly<z.infer<typeof problemSchema>>;

/** A stable URN for the type of the problem. Its last part is the heading in docs/troubleshooting.md. */
const TYPE_PREFIX = 'urn:private-link-for-zilliz-cloud:problem:';

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
  'request-too-large': 413,
  'connection-not-found': 404,
  'settings-invalid': 503,
  'internal-error': 500,
};

export function problemOf(code: FailureCode, detail: string, faults: readonly Fault[] = []): Problem {
  const { kind, title, cause, remedy } = failureCatalog[code];
  return {
    type: TYPE_PREFIX + code,
    title,
    status: statusOfCode[code] ?? statusOfKind[kind],
    detail,
    cause,
    remedy,
    errors: faults.map((fault) => ({ ...fault, remedy: failureCatalog[fault.code].remedy })),
  };
}

/** More faults than these are only counted: a request may have thousands. */
const MOST_FAULTS = 50;

/** Several faults found at once: the first gives the problem its type. */
export function problemOfFaults(faults: readonly [Fault, ...Fault[]]): Problem {
  const [first] = faults;
  const shown = faults.length > MOST_FAULTS ? `, of which ${MOST_FAULTS - 1} are shown` : '';
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more${shown})` : '';
  const detail = `${placeOf(first)}: ${first.detail}${more}`;
  return problemOf(first.code, detail, faults.slice(0, MOST_FAULTS));
}

function placeOf({ parameter, pointer }: Fault): string {
  if (parameter !== undefined) return `parameter ${parameter}`;
  return pointer === '' ? 'the request' : pointer;
}
