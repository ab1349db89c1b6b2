import type { z } from 'zod';
import type { Az } from './az.ts';

/** One command and whether its outcome was the expected one. */
export interface Verdict {
  readonly does: string;
  readonly command: string;
  readonly seconds: number;
  /** Null when it went as expected. */
  readonly fault: string | null;
}

/** A walk of the Azure CLI through the sandbox, command by command. A fault is noted, and the walk goes on. */
export class Walk {
  readonly verdicts: Verdict[] = [];
  readonly #az: Az;
  readonly #tell: (verdict: Verdict) => void;

  constructor(az: Az, tell: (verdict: Verdict) => void) {
    this.#az = az;
    this.#tell = tell;
  }

  /** The command succeeds, and its JSON has the expected form. Returns it, or null. */
  async expect<Shape extends z.ZodType>(
    does: string,
    args: readonly string[],
    shape: Shape,
  ): Promise<z.output<Shape> | null> {
    return this.#step(does, args, ({ ok, json, stderr }) => {
      if (!ok) return { fault: stderr.trim() || 'it failed without a word', value: null };
      const read = shape.safeParse(json);
      if (read.success) return { fault: null, value: read.data };
      const issues = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
      return { fault: `${issues.join('; ')} in ${JSON.stringify(json)}`, value: null };
    });
  }

  /** The command fails, and says so in these words. */
  async expectRefusal(does: string, args: readonly string[], words: RegExp): Promise<void> {
    await this.#step(does, args, ({ ok, stderr }) => {
      if (ok) return { fault: 'it succeeded', value: null };
      return { fault: words.test(stderr) ? null : stderr.trim(), value: null };
    });
  }

  async #step<T>(
    does: string,
    args: readonly string[],
    judge: (answer: Awaited<ReturnType<Az>>) => { readonly fault: string | null; readonly value: T },
  ): Promise<T> {
    const startedAt = performance.now();
    const { fault, value } = judge(await this.#az(args));
    const seconds = (performance.now() - startedAt) / 1000;
    const verdict = { does, command: commandLine(args), seconds, fault };
    this.verdicts.push(verdict);
    this.#tell(verdict);
    return value;
  }
}

/** As a person types it. */
function commandLine(args: readonly string[]): string {
  return ['az', ...args.map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg}'`))].join(' ');
}
