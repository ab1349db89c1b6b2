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

/** By the beginning of a command: what it prints, call by call; the last one is repeated. */
export type Answers = Readonly<Record<string, readonly Answer[]>>;

/** A folder that is the whole PATH of a hook: `az` and `azd` in it are programs that print what is given for a command, and note each call. */
export class HookWorld {
  readonly #folder = mkdtempSync(join(tmpdir(), 'hook-'));

  install(name: 'az' | 'azd', answers: Answers = {}): void {
    const file = (suffix: string) => join(this.#folder, `${name}${suffix}`);
    const cases = Object.entries(answers).map(([start, prints], index) => {
      const count = file(`.count${index}`);
      const turns = prints.map(
        (print, turn) => `${turn === prints.length - 1 ? '*' : turn}) ${commandsOf(print)} ;;`,
      );
      return `${quoted(start)}*) n=0; [ -f ${count} ] && read -r n < ${count}; echo $((n + 1)) > ${count}; case $n in ${turns.join(' ')} esac ;;`;
    });
    const text = [
      '#!/bin/sh',
      'file="${*##*--parameters @}"; file="${file%% *}"',
      `{ printf '%s ' "$*"; [ ! -f "$file" ] || /bin/cat "$file"; echo; } >> ${file('.log')}`,
      `case "$*" in ${cases.join('\n')} esac`,
    ];
    writeFileSync(file(''), text.join('\n'));
    chmodSync(file(''), 0o755);
  }

  /** The commands so far, with the content of the parameter file. */
  calls(name: 'az' | 'azd', start = ''): readonly string[] {
    const log = join(this.#folder, `${name}.log`);
    const lines = existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : [];
    return lines.map((line) => line.trimEnd()).filter((line) => line !== '' && line.startsWith(start));
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

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function commandsOf({ value, stdout = '', stderr = '', status = 0 }: Answer): string {
  const out = quoted(value === undefined ? stdout : JSON.stringify(value));
  return `printf %s ${out}; printf %s ${quoted(stderr)} >&2; exit ${status}`;
}

/** The parameters that a deployment was given. */
export function parametersOf(call = ''): Readonly<Record<string, unknown>> {
  const { parameters } = JSON.parse(call.slice(call.indexOf('{'))) as {
    readonly parameters: Readonly<Record<string, { readonly value: unknown }>>;
  };
  return Object.fromEntries(Object.entries(parameters).map(([name, { value }]) => [name, value]));
}
