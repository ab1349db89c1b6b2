import { statusTable } from '../src/domain/connection/statusTable.ts';

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
  /** Of a terminal: false with NO_COLOR, or where the terminal has none. */
  hasColors?(): boolean;
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
  output.write(lines.map((line) => `${painted(output, line)}\n`).join(''));
}

const colours = { green: 32, amber: 33, red: 31, blue: 34, grey: 90 } as const;
type Colour = keyof typeof colours;

const statuses = new Map<string, { readonly colour: Colour }>(Object.entries(statusTable));

/** The words of a line that have a colour: marks of phases, problems, warnings, and the status of a connection. */
const paints: readonly (readonly [RegExp, (word: string) => Colour | undefined])[] = [
  [/^( *)([✓✗▸])(?= )/u, (mark) => (mark === '✓' ? 'green' : mark === '✗' ? 'red' : 'blue')],
  [/^( *)(problem|warning)(?=:)/, (word) => (word === 'problem' ? 'red' : 'amber')],
  [/^( *)(remedy)(?= )/, () => 'green'],
  [/^(\S+: |\S+ +)([a-z-]+)(?=$| )/, (word) => statuses.get(word)?.colour],
];

/** The line in colour, where the output is a terminal that has it. */
export function painted(output: Output, line: string): string {
  if (output.hasColors?.() !== true) return line;
  for (const [pattern, colourOf] of paints) {
    const [, before = '', word = ''] = pattern.exec(line) ?? [];
    const colour = word === '' ? undefined : colourOf(word);
    if (colour)
      return `${before}\x1b[${colours[colour]}m${word}\x1b[0m${line.slice(before.length + word.length)}`;
  }
  return line;
}

/** Control characters of a text from outside would move the cursor or change the terminal. */
export function plain(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}

/** e.g. `5 min 12 s`, `1 h 02 min`. */
export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  const minutes = Math.floor(seconds / 60);
  const two = (number: number): string => String(number).padStart(2, '0');
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
  return minutes === 0 ? `${seconds} s` : `${minutes} min ${two(seconds % 60)} s`;
}

/** The last part of a resource ID. */
export function nameOf(id: string): string {
  return id.split('/').at(-1) ?? id;
}
