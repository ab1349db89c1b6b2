import type { HttpHandler } from '@azure/functions';
import type { Readiness } from '../ports.ts';
import { answering } from './answer.ts';

interface SettingFault {
  readonly name: string;
  readonly fault: string;
}

/** `GET /api/health`, anonymous and cheap: whether the app is configured. Names of settings, never values. */
export function health(faults: readonly SettingFault[]): HttpHandler {
  return () =>
    faults.length === 0
      ? { status: 200, jsonBody: { status: 'ok' } }
      : { status: 503, jsonBody: { status: 'misconfigured', settings: faults } };
}

/** `GET /api/health/ready`, keyed: whether vault, Zilliz key and Azure answer. */
export function ready(readiness: Readiness): HttpHandler {
  return answering(async () => {
    const checks = await readiness.check();
    const good = checks.every(({ fault }) => fault === null);
    return {
      status: good ? 200 : 503,
      headers: { 'cache-control': 'no-store' },
      jsonBody: { status: good ? 'ready' : 'not-ready', checks },
    };
  });
}
