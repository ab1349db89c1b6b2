import { z } from 'zod';
import type { FrameworkContext } from './frameworkContext.ts';
import { OpenTask } from './openTask.ts';

/** The extension's own activity, which sends the request of a `callHttp`. */
export const HTTP_ACTIVITY = 'BuiltIn::HttpActivity';

/** What `callHttp` of durable-functions 3.5 asks for. `tokenSource` is not imitated. */
export const httpRequest = z.object({
  method: z.string(),
  uri: z.string(),
  content: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  asynchronousPatternEnabled: z.boolean(),
});

export type DurableRequest = z.infer<typeof httpRequest>;

const httpResponse = z.object({ statusCode: z.number(), headers: z.record(z.string(), z.string()) });

const DEFAULT_PAUSE_MS = 30_000;

/**
 * As the extension does it, beside the SDK, which counts the same tasks: after each 202 a timer of `Retry-After` seconds, then a GET
 * of `Location` with the headers of the request, except `x-functions-key`.
 */
export function callHttp(context: FrameworkContext, request: DurableRequest): OpenTask {
  const whole = new OpenTask();
  const send = (next: DurableRequest): void => {
    const sent = context.callActivity(HTTP_ACTIVITY, next);
    sent.whenSettled((succeeded) => {
      const location = succeeded && request.asynchronousPatternEnabled ? locationOf(sent.result) : null;
      if (!location) {
        whole.settle(succeeded, sent.result);
        return;
      }
      context.createTimer(context.now + location.pauseMs).whenSettled(() => {
        send({ ...request, method: 'GET', uri: location.uri, content: undefined, headers: keyless(request) });
      });
    });
  };
  send(request);
  return whole;
}

function locationOf(result: string | null): { readonly uri: string; readonly pauseMs: number } | null {
  const { statusCode, headers } = httpResponse.parse(JSON.parse(result ?? 'null'));
  const { location, 'retry-after': seconds } = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  if (statusCode !== 202 || location === undefined) return null;
  return { uri: location, pauseMs: seconds === undefined ? DEFAULT_PAUSE_MS : Number(seconds) * 1000 };
}

function keyless({ headers = {} }: DurableRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'x-functions-key'),
  );
}
