import { setTimeout as pause } from 'node:timers/promises';
import { openClient } from '../client/client.ts';
import type { App } from '../client/client.ts';

/** The app and who calls it. */
export interface Target {
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The API of the app for a caller that can wait. */
export function openApp({ baseUrl, headers }: Target, interrupted: AbortSignal): App {
  return openClient({
    ...{ baseUrl, headers, signal: interrupted },
    fetch: (request) => fetchPatiently(request, interrupted),
  });
}

const TRANSIENT = new Set([429, 502, 503, 504]);
const PAUSES_S = [1, 2, 4, 8, 16];
const LONGEST_S = 60;

/** Tries again what may pass by itself: each call of the API may be repeated. */
async function fetchPatiently(request: Request, interrupted: AbortSignal): Promise<Response> {
  for (const seconds of PAUSES_S) {
    const response = await fetch(request.clone()).catch((error: unknown) => {
      if (interrupted.aborted) throw error;
      return null;
    });
    if (response && !TRANSIENT.has(response.status)) return response;
    const asked = Number(response?.headers.get('retry-after') ?? 0);
    await pause(1000 * Math.min(LONGEST_S, Math.max(asked, seconds)), undefined, { signal: interrupted });
  }
  return fetch(request);
}
