import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { ParseArgsConfig } from 'node:util';
import { FIRST_PORT, portsFrom } from './ports.ts';
import type { SandboxPorts } from './ports.ts';

export interface CommandLine {
  readonly speed: number;
  readonly ports: SandboxPorts;
  readonly log: boolean;
}

/**
 * Reads the options that all ways to start the sandbox share, and forgets the state in the directory with `--fresh`. Ends
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
  const values = readOptions(usage, {
    speed: { type: 'string', default: String(options.speed) },
    port: { type: 'string' },
    fresh: { type: 'boolean' },
    log: { type: 'boolean' },
    help: { type: 'boolean' },
  });
  const speed = readSpeed(usage, values.speed);
  const port = Number(values.port ?? FIRST_PORT);
  if (!Number.isInteger(port) || port < 1 || port > 65_527) refuse(usage, '--port must be a port.');
  if (values.fresh === true) rmSync(options.directory, { recursive: true, force: true });
  return { speed, ports: portsFrom(port), log: values.log === true };
}

/** The options of this process. Ends it after `--help`, and for what is no option. */
export function readOptions<T extends NonNullable<ParseArgsConfig['options']>>(usage: string, options: T) {
  try {
    const { values } = parseArgs({ options });
    if (!('help' in values && values.help === true)) return values;
  } catch (error) {
    refuse(usage, error instanceof Error ? error.message : String(error));
  }
  return end(process.stdout, usage, 0);
}

/** Ends the process after `--help`: for commands that take no options, or hand all others on. */
export function helpIfAsked(usage: string): void {
  if (process.argv.slice(2).some((given) => given === '--help' || given === '-h'))
    end(process.stdout, usage, 0);
}

/** How many times as fast as the clock on the wall time runs. */
export function readSpeed(usage: string, text: string): number {
  const speed = Number(text);
  return speed > 0 && Number.isFinite(speed) ? speed : refuse(usage, '--speed must be a number above 0.');
}

/** Ends the process, because what it was asked for makes no sense. */
export function refuse(usage: string, fault: string): never {
  return end(process.stderr, `${fault}\n\n${usage}`, 2);
}

function end(to: NodeJS.WriteStream, text: string, code: number): never {
  to.write(text);
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
