import type { HttpHandler, HttpRequest } from '@azure/functions';
import type * as z from 'zod';
import { didYouMean, parseParameters, truncated } from '../domain/connection/request.ts';
import type { Parsed } from '../domain/connection/request.ts';
import { problemOf } from '../domain/failure/problem.ts';
import { parseJson } from './json.ts';
import { refuseFor, Refused, valueOf } from './response.ts';

/** The largest request that this API describes has about 20 kB. */
const LARGEST_BODY = 64 * 1024;

/** The host takes them on every route: the function key, and the name of the key. */
const hostParameters = ['code', 'clientId'];

/** Refuses parameters that the route does not have, and a body that is declared too large. */
export function checkedRequest(parameters: readonly string[], handler: HttpHandler): HttpHandler {
  return (request, context) => {
    if (Number(request.headers.get('content-length') ?? 0) > LARGEST_BODY) throw tooLarge();
    const unknown = [...request.query.keys()].filter(
      (name) => ![...parameters, ...hostParameters].includes(name),
    );
    refuseFor(
      unknown.map((name) => ({
        ...{ pointer: '', parameter: truncated(name), code: 'invalid-request' },
        detail: `is not a parameter of the request${didYouMean(name, parameters)}`,
      })),
    );
    return handler(request, context);
  };
}

/** Reads the parameters of the URL by their schema, or refuses the request. */
export function readQuery<T extends z.ZodType>(request: HttpRequest, schema: T): z.output<T> {
  return valueOf(parseParameters(schema, Object.fromEntries(request.query.entries())));
}

/** Reads the body as JSON, or refuses the request. `whenEmpty` replaces a missing body, on routes that need none. */
export async function readBody<T>(
  request: HttpRequest,
  parse: (body: unknown) => Parsed<T>,
  whenEmpty?: object,
): Promise<T> {
  const text = await readText(request);
  return valueOf(parse(text === '' && whenEmpty ? whenEmpty : valueOf(parseJson(text))));
}

/** Counts while it reads: a body in chunks does not declare its size. */
async function readText({ body }: HttpRequest): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    if (!(chunk instanceof Uint8Array)) throw new Error('The host passes a body as bytes.');
    size += chunk.byteLength;
    if (size > LARGEST_BODY) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    refuseFor([{ pointer: '', code: 'invalid-request', detail: 'the body is not UTF-8' }]);
    return '';
  }
}

function tooLarge(): Refused {
  return new Refused(problemOf('request-too-large', `the body has more than ${LARGEST_BODY} bytes`));
}
