import type { HttpHandler } from '@azure/functions';
import * as z from 'zod';
import type { Readiness } from '../ports.ts';
import { problemsAsResponses } from './response.ts';

const settingFaultSchema = z.object({ name: z.string(), fault: z.string() });

export const healthySchema = z.object({ status: z.literal('ok') });
export const misconfiguredSchema = z.object({
  status: z.literal('misconfigured'),
  settings: z.array(settingFaultSchema),
});

const checksSchema = z.array(
  z.object({
    name: z.enum(['key-vault', 'zilliz', 'azure-resource-manager']),
    fault: z.string().nullable().meta({ description: 'Why it does not answer; null when it does' }),
  }),
);
export const readySchema = z.object({ status: z.literal('ready'), checks: checksSchema });
export const unreadySchema = z.object({ status: z.literal('not-ready'), checks: checksSchema });

type SettingFault = Readonly<z.infer<typeof settingFaultSchema>>;

/** `GET /api/health`, anonymous and cheap: whether the app is configured. Names of settings, never values. */
export function health(faults: readonly SettingFault[]): HttpHandler {
  return () =>
    faults.length === 0
      ? { status: 200, jsonBody: { status: 'ok' } }
      : { status: 503, jsonBody: { status: 'misconfigured', settings: faults } };
}

/** `GET /api/health/ready`, keyed: whether vault, Zilliz key and Azure answer. */
export function ready(readiness: Readiness): HttpHandler {
  return problemsAsResponses(async () => {
    const checks = await readiness.check();
    const good = checks.every(({ fault }) => fault === null);
    return {
      status: good ? 200 : 503,
      headers: { 'cache-control': 'no-store' },
      jsonBody: { status: good ? 'ready' : 'not-ready', checks },
    };
  });
}
