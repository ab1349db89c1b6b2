/** One line of a host's log: its own, the app's `context.log`, or what the app's process printed. */
export interface HostLogLine {
  readonly source: 'host' | 'app' | 'stdout' | 'stderr';
  readonly level: 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical';
  readonly message: string;
  readonly functionName?: string;
  readonly invocationId?: string;
}

export type HostLog = (line: HostLogLine) => void;
