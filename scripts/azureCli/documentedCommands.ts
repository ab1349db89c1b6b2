// The commands of the Azure CLI and of azd that a page shows.

import { globSync, readFileSync, readdirSync } from 'node:fs';
import { z } from 'zod';

export interface ShownCommand {
  /** `az` or `azd`. */
  program: string;
  /** What follows the program up to the first option or value, e.g. `account set`. */
  words: string;
  options: string[];
  /** In a block of code, so meant to be pasted; otherwise named in a sentence and perhaps shortened. */
  complete: boolean;
}

/** A command ends where the shell, the sentence or the code span ends. */
const end = /[`|;#<>]|\s&&|\s>|\)"|\)$|\)\s|\n/;
/** In a block of code, in a code span, or inside a command of either. */
const start = /(?<=^ {4,}|`|\$\(|&& )(azd?)\s(?=[a-z])/gm;

export function commandsOf(page: string): ShownCommand[] {
  const text = page.replaceAll(/\\\n\s*/g, ' ');
  return [...text.matchAll(start)].flatMap((match) => {
    const [, program = ''] = match;
    const line = text.slice(text.lastIndexOf('\n', match.index) + 1, match.index);
    const tokens = tokensOf(text.slice(match.index + match[0].length));
    const words = firstWords(program, tokens);
    if (words === '') return [];
    return [
      {
        program,
        words,
        options: tokens.filter((token) => /^--?[a-z]/.test(token)).map((token) => token.replace(/=.*/s, '')),
        complete: /^ {4}/.test(line),
      },
    ];
  });
}

/** Values in quotes, angle brackets and `$(…)` count as one token, so that nothing inside them is taken for an option. */
function tokensOf(text: string): string[] {
  const plain = text
    .replace(/\n\n[\s\S]*/, '')
    .replaceAll(/"\$\([^)]*\)"|'[^']*'|"[^"]*"|<[^>\n]*>/g, 'VALUE');
  return plain
    .split(end, 1)
    .join('')
    .split(/\s+/)
    .filter((token) => token !== '');
}

function firstWords(program: string, tokens: string[]): string {
  const other = tokens.findIndex((token) => !/^[a-z][a-z0-9-]*[.,]?$/.test(token));
  const words = other === -1 ? tokens : tokens.slice(0, other);
  return (program === 'azd' ? words.slice(0, 2) : words).join(' ').replace(/[.,]$/, '');
}

/** The pages and texts that show commands to people. */
export function pages(): { path: string; text: string }[] {
  const paths = [
    'README.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    ...globSync('docs/**/*.md'),
    ...readdirSync('infra/hooks').map((name) => `infra/hooks/${name}`),
  ];
  return paths
    .filter((path) => /\.(md|mjs)$/.test(path))
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}

const listSchema = z.object({ source: z.string(), commands: z.record(z.string(), z.array(z.string())) });

/** Commands kept by hand, each list with its source: azd's, and those of `az` that are newer than the CLI that wrote the rest. */
export function documentedCommands() {
  const path = 'test/fixtures/azCli/documented.json';
  return z.object({ azd: listSchema, az: listSchema }).parse(JSON.parse(readFileSync(path, 'utf8')));
}
