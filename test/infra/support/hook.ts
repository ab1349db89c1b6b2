import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Answer {
  /** Printed as JSON. */
  readonly value?: unknown;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly status?: number;
}

/** By the beginning of a command: its answers in turn; the last one is repeated. */
export type Answers = Readonly<Record<string, readonly Answer[]>>;

/** A folder that is the whole PATH of a hook: `az` and `azd` in it are programs that answer as they are told and note each call. */
export class HookWorld {
  readonly #folder = mkdtempSync(join(tmpdir(), 'hook-'));

  install(name: 'az' | 'azd', answers: Answers = {}): void {
    const log = JSON.stringify(join(this.#folder, `${name}.log`));
    const text = `#!${process.execPath}
const { appendFileSync, existsSync, readFileSync } = require('node:fs');
const command = process.argv.slice(2).join(' ');
const earlier = existsSync(${log}) ? readFileSync(${log}, 'utf8').split('\\n') : [];
const file = /--parameters @(\\S+)/.exec(command);
appendFileSync(${log}, command + (file ? ' ' + readFileSync(file[1], 'utf8') : '') + '\\n');
for (const [start, answers] of Object.entries(${JSON.stringify(answers)})) {
  if (!command.startsWith(start)) continue;
  const turn = earlier.filter((line) => line.startsWith(start)).length;
  const { value, stdout = '', stderr = '', status = 0 } = answers[Math.min(turn, answers.length - 1)];
  process.stdout.write(value === undefined ? stdout : JSON.stringify(value));
  process.stderr.write(stderr);
  process.exit(status);
}`;
    writeFileSync(join(this.#folder, name), text);
    chmodSync(join(this.#folder, name), 0o755);
  }

  /** The commands so far, with the content of the parameter file. */
  calls(name: 'az' | 'azd', start = ''): readonly string[] {
    const log = join(this.#folder, `${name}.log`);
    const lines = existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : [];
    return lines.filter((line) => line.startsWith(start));
  }

  /** Runs a hook, which gives up after four tries instead of its time. */
  run(hook: string, environment: Readonly<Record<string, string>>) {
    return spawnSync(process.execPath, [`infra/hooks/${hook}.mjs`], {
      encoding: 'utf8',
      env: { PATH: this.#folder, ZPL_HOOK_TRIES: '4', ...environment },
    });
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

/** The parameters that a deployment was given. */
export function parametersOf(call = ''): Readonly<Record<string, unknown>> {
  const { parameters } = JSON.parse(call.slice(call.indexOf('{'))) as {
    readonly parameters: Readonly<Record<string, { readonly value: unknown }>>;
  };
  return Object.fromEntries(Object.entries(parameters).map(([name, { value }]) => [name, value]));
}
