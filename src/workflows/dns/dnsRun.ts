import type { Activities } from '../../activities/activities.ts';
import type { Connection } from '../../domain/connection/connection.ts';
import type { StepsOf } from '../../durable/step.ts';

/** What the DNS of one connection needs of its run. */
export interface DnsRun {
  readonly connection: Connection;
  readonly steps: StepsOf<Activities>;
  /** Whether the connection comes from the tags of its private endpoint, and not from a request. */
  readonly fromTags: boolean;
  now(): number;
  /** Until when an attempt that has failed transiently since then is repeated. Milliseconds since the epoch. */
  until(since: number): number;
  wrote(kind: string, times?: number): void;
  /** It was there when a request without an answer was repeated. */
  found(kind: string): void;
}
