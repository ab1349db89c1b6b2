import type { Activities } from '../../activities/activities.ts';
import type { Connection } from '../../domain/connection/connection.ts';
import type { StepsOf } from '../../durable/step.ts';

/** What the DNS of one connection needs of its run. */
export interface DnsRun {
  readonly connection: Connection;
  /** Whether the run creates zones, and entries of the connection in them. */
  readonly mayCreateZones: boolean;
  readonly steps: StepsOf<Activities>;
  now(): number;
  /** Until when an attempt that has failed transiently since then is repeated. Milliseconds since the epoch. */
  until(since: number): number;
  wrote(kind: string, times?: number): void;
}
