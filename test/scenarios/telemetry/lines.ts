import { z } from 'zod';
import type { HostLogLine } from '../../../sandbox/host/log.ts';

const lineSchema = z.looseObject({
  event: z.string(),
  instanceId: z.string().optional(),
  workflow: z.string().optional(),
  at: z.string().optional(),
  phase: z.string().optional(),
  state: z.string().optional(),
  outcome: z.string().optional(),
  seconds: z.number().optional(),
});

export type TelemetryLine = z.infer<typeof lineSchema>;

/** The app's telemetry as it was logged, oldest first: what a query finds by `Message startswith '{'`. */
export function telemetryIn(logged: readonly HostLogLine[]): readonly TelemetryLine[] {
  return logged.flatMap(({ source, message }) =>
    source === 'app' && message.startsWith('{') ? lineSchema.parse(JSON.parse(message)) : [],
  );
}

/** Of one event; of one run, if named. */
export function ofEvent(
  logged: readonly HostLogLine[],
  event: string,
  instanceId?: string,
): readonly TelemetryLine[] {
  return telemetryIn(logged).filter(
    (line) => line.event === event && (instanceId === undefined || line.instanceId === instanceId),
  );
}

/** What a run said of its phases, as `phase state`. */
export function phasesIn(logged: readonly HostLogLine[], instanceId?: string): readonly string[] {
  return ofEvent(logged, 'phase', instanceId).map(({ phase = '', state = '' }) => `${phase} ${state}`);
}
