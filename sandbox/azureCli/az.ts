import { execFile, spawnSync } from 'node:child_process';

/** The version of the Azure CLI on the PATH, or null when there is none. */
export function azVersion(): string | null {
  const { status, stdout } = spawnSync('az', ['version', '--output', 'json'], { encoding: 'utf8' });
  if (status !== 0) return null;
  return /"azure-cli": "([^"]+)"/.exec(stdout)?.[1] ?? null;
}

/** The version of the Azure CLI; without it says so, and that the command has not run (exit code 2). */
export function azVersionOrNotRun(): string | null {
  const version = azVersion();
  if (version !== null) return version;
  process.stderr.write(
    'Not run: the Azure CLI (az) is not on the PATH. Debian and Ubuntu: apt-get install azure-cli\n',
  );
  process.exitCode = 2;
  return null;
}

interface AzAnswer {
  readonly ok: boolean;
  /** The parsed JSON of standard output; null when there was none. */
  readonly json: unknown;
  readonly stderr: string;
}

export type Az = (args: readonly string[]) => Promise<AzAnswer>;

const LONGEST_MS = 5 * 60_000;

/** The Azure CLI as a function, with an environment that turns it to the sandbox. */
export function azureCli(environment: Readonly<Record<string, string>>): Az {
  const env = { ...process.env, ...environment };
  return (args) =>
    new Promise((resolve) => {
      execFile('az', [...args], { env, timeout: LONGEST_MS }, (error, stdout, stderr) => {
        resolve({ ok: error === null, json: parsed(stdout), stderr });
      });
    });
}

function parsed(text: string): unknown {
  try {
    return text.trim() === '' ? null : (JSON.parse(text) as unknown);
  } catch {
    return text;
  }
}
