import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { FIRST_PORT, portsFrom } from './ports.ts';
import type { SandboxPorts } from './ports.ts';

export interface CommandLine {
  readonly speed: number;
  readonly ports: SandboxPorts;
  readonly log: boolean;
}

/**
 * Reads the options that all ways to start the sandbox share, and forgets the state in the directory when told so. Ends
 * the process after `--help` and for an option that makes no sense.
 */
export function readCommandLine(options: {
  /** What is started and how, without the options. */
  readonly usage: string;
  readonly speed: number;
  readonly directory: string;
  /** Whether there is an app with a log to show. */
  readonly hasLog?: boolean;
}): CommandLine {
  const usage = `${options.usage}
  --speed N        sandbox seconds per second (default ${options.speed})
  --port N         the first of nine ports in a row (default ${FIRST_PORT})
  --fresh          forget what the last run left and begin anew
${options.hasLog === true ? "  --log            show the app's log\n" : ''}`;
  const { values } = parsed(usage);
  if (values.help === true) end(usage, 0);
  const speed = Number(values.speed ?? options.speed);
  const port = Number(values.port ?? FIRST_PORT);
  if (!(speed > 0)) end(`--speed must be a number above 0.\n\n${usage}`, 2);
  if (!Number.isInteger(port) || port < 1 || port > 65_527) end(`--port must be a port.\n\n${usage}`, 2);
  if (values.fresh === true) rmSync(options.directory, { recursive: true, force: true });
  return { speed, ports: portsFrom(port), log: values.log === true };
}

function parsed(usage: string) {
  try {
    return parseArgs({
      options: {
        speed: { type: 'string' },
        port: { type: 'string' },
        fresh: { type: 'boolean' },
        log: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    return end(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`, 2);
  }
}

function end(text: string, code: number): never {
  (code === 0 ? process.stdout : process.stderr).write(text);
  process.exit(code);
}

/** Says in a sentence why nothing could be started; anything unforeseen keeps its stack. */
export function startFault(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    const port = 'port' in error ? Number(error.port) : NaN;
    return `Port ${port} of this machine is taken: stop what listens there, or take other ports with --port.`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Resolves at Ctrl-C or when the process is asked to end. */
export function untilAskedToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        resolve();
      });
    }
  });
}
