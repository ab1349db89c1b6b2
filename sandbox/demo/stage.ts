import type { Sandbox } from '../sandbox.ts';
import type { Api } from './api.ts';

/** What a scenario plays on: the running app, the world around it, and somewhere to write to. */
export interface Stage {
  readonly api: Api;
  readonly baseUrl: string;
  readonly sandbox: Sandbox;
  /** Sandbox time. */
  now(): number;
  readonly print: (...lines: readonly string[]) => void;
}
