import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { runApp } from '../../../sandbox/local/runningApp.ts';
import { buildApp } from '../../support/builtApp.ts';

/** The app as its callers see it, wherever it runs: nothing but HTTP. */
export interface Target {
  readonly baseUrl: string;
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  /** Polls until no run of the connection is active; returns the response of GET. */
  ended(id: string): Promise<Answer>;
  stop(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed where it is JSON, as text otherwise. */
  readonly body: unknown;
}

/** How long a run may take: in accelerated time, and on a host that runs by the wall clock. */
const LONGEST_HERE_MS = 2 * 60_000;
const LONGEST_ELSEWHERE_MS = 30 * 60_000;
const SPEED = 60;

const { E2E_BASE_URL, E2E_FUNCTION_KEY = '' } = process.env;

export const longestMs = E2E_BASE_URL === undefined ? LONGEST_HERE_MS : LONGEST_ELSEWHERE_MS;

/**
 * The app at `E2E_BASE_URL`, which has the sample world around it (`npm run sandbox`); without that variable the compiled app
 * in a process of its own on the local host, as `npm start` runs it.
 */
export async function openTarget(): Promise<Target> {
  if (E2E_BASE_URL !== undefined) {
    return target(E2E_BASE_URL.replace(/\/+$/, ''), E2E_FUNCTION_KEY, 2000, () => Promise.resolve());
  }
  const directory = mkdtempSync(join(tmpdir(), 'e2e-'));
  const built = buildApp();
  const app = await runApp({ directory, app: built.directory, speed: SPEED });
  return target(app.host.baseUrl, app.host.keys.function, 100, async () => {
    await app.stop();
    built.remove();
    rmSync(directory, { recursive: true });
  });
}

function target(baseUrl: string, key: string, lookEveryMs: number, stop: () => Promise<void>): Target {
  const call: Target['call'] = async (method, path, body, headers = {}) => {
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: { 'x-functions-key': key, 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').includes('json');
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? (JSON.parse(text) as unknown) : text,
    };
  };
  return {
    baseUrl,
    call,
    async ended(id) {
      while ((await call('GET', `/api/connections/${id}/run`)).status === 202) await pause(lookEveryMs);
      return call('GET', `/api/connections/${id}`);
    },
    stop,
  };
}
