import { httpRequest } from '../engine/callHttp.ts';
import type { InvocationResult } from '../worker/worker.ts';

const LONGEST_MS = 100_000;

/** The activity behind `callHttp`: one request, whose response of any status is its result. */
export async function sendHttp(input: string): Promise<InvocationResult> {
  const { method, uri, headers, content } = httpRequest.parse(JSON.parse(input));
  try {
    const response = await fetch(uri, {
      ...{ method, signal: AbortSignal.timeout(LONGEST_MS) },
      ...(headers && { headers }),
      ...(content !== undefined && { body: content }),
    });
    const result = {
      statusCode: response.status,
      headers: Object.fromEntries(response.headers),
      content: await response.text(),
    };
    return { ok: true, returnValue: { json: JSON.stringify(result) } };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error), stack: '' };
  }
}
