/** Where a command reads and writes: the process, or a caller in the same process. */
export interface Io {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly out: Output;
  readonly err: Output;
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal;
  readonly readStdin: () => Promise<string>;
}

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export const exitCodes = { asked: 0, failed: 1, usage: 2, degraded: 3, running: 4 } as const;

/** Of several connections: a failure comes first, then what still runs, then what is not as asked. */
export function worstOf(codes: readonly number[]): number {
  const { failed, usage, running, degraded, asked } = exitCodes;
  return [usage, failed, running, degraded].find((code) => codes.includes(code)) ?? asked;
}

/** Ends the command with a sentence and the exit code. */
export class CommandError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = exitCodes.usage) {
    super(message);
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }
}

export function print(output: Output, lines: readonly string[]): void {
  output.write(lines.map((line) => `${line}\n`).join(''));
}

/** Control characters of a text from outside would move the cursor or change the terminal. */
export function plain(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}

/** e.g. `5 min 12 s`. */
export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds} s` : `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** The last part of a resource ID. */
export function nameOf(id: string): string {
  return id.split('/').at(-1) ?? id;
}
