import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { Connection } from '../domain/connection.ts';
import { problemOfFaults } from '../domain/problem.ts';
import { notAllowedHere, parseConnectionRequest } from '../domain/requestFaults.ts';
import type { Allowed } from '../domain/bounds.ts';
import type { Parsed } from '../domain/requestFaults.ts';
import { problemAnswer } from './answer.ts';

/** The body as JSON. `whenEmpty` stands for a body that is not there, on routes that need none. */
export async function readJson(request: HttpRequest, whenEmpty?: object): Promise<Parsed<unknown>> {
  const text = await request.text();
  if (text === '' && whenEmpty) return { ok: true, value: whenEmpty };
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch {
    const detail = text === '' ? 'the body is missing' : 'the body is not JSON';
    return { ok: false, faults: [{ pointer: '', code: 'invalid-request', detail }] };
  }
}

/** The connection that the body asks for and this deployment may act on, or the answer that says why there is none. */
export async function readConnection(
  request: HttpRequest,
  allowed: Allowed,
): Promise<
  | { readonly ok: true; readonly connection: Connection }
  | { readonly ok: false; readonly answer: HttpResponseInit }
> {
  const body = await readJson(request);
  const read = body.ok ? parseConnectionRequest(body.value) : body;
  if (!read.ok) return { ok: false, answer: problemAnswer(problemOfFaults(read.faults)) };
  const [first, ...others] = notAllowedHere(read.value, allowed);
  return first
    ? { ok: false, answer: problemAnswer(problemOfFaults([first, ...others])) }
    : { ok: true, connection: read.value };
}
