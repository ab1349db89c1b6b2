import type { HttpHandler } from '@azure/functions';
import * as z from 'zod';
import type { Readiness } from '../ports.ts';

const settingFaultSchema = z.object({ name: z.string(), fault: z.string() });

export const healthySchema = z.object({ status: z.literal('ok') });
export const misconfiguredSchema = z.object({
  status: z.literal('misconfigured'),
  settings: z.array(settingFaultSchema),
});

const checksSchema = z.array(
  z.object({
    name: z.enum(['key-vault', 'zilliz', 'azure-resource-manager']).meta({ id: 'ReadinessCheck' }),
    fault: z.string().nullable().meta({ description: 'Why it cannot be used; null when it can' }),
  }),
);
export const readySchema = z.object({ status: z.literal('ready'), checks: checksSchema });
export const unreadySchema = z.object({ status: z.literal('not-ready'), checks: checksSchema });

type SettingFault = Readonly<z.infer<typeof settingFaultSchema>>;

/** `GET /api/health`, anonymous and cheap: whether the app is configured. It shows names of settings, never values. */
export function health(faults: readonly SettingFault[]): HttpHandler {
  return () =>
    faults.length === 0
      ? { status: 200, jsonBody: { status: 'ok' } }
      : { status: 503, jsonBody: { status: 'misconfigured', settings: faults } };
}

/** `GET /api/health/ready`, for callers with a right: whether vault, Zilliz key and Azure can be used. */
export function ready(readiness: Readiness): HttpHandler {
  return async () => {
    const checks = await readiness.check();
    const isReady = checks.every(({ fault }) => fault === null);
    return {
      status: isReady ? 200 : 503,
      headers: { 'cache-control': 'no-store' },
      jsonBody: { status: isReady ? 'ready' : 'not-ready', checks },
    };
  };
}
