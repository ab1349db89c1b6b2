// Writes test/fixtures/azCli/az.json: what `az … --help` says about each command that the documentation shows. Needs the Azure CLI.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { azVersionOrNotRun } from '../../sandbox/azureCli/az.ts';
import { commandsOf, documentedCommands, pages } from './documentedCommands.ts';
import { helpIfAsked } from '../../sandbox/local/commandLine.ts';

helpIfAsked(`npm run az:help

Writes test/fixtures/azCli/az.json: the help of each command of the Azure CLI that the documentation shows. Needs az.
`);

const target = 'test/fixtures/azCli/az.json';

interface Help {
  options: string[];
  required: string[][];
}

const version = azVersionOrNotRun();
if (version !== null) {
  const known = documentedCommands().az.commands;
  const shown = pages()
    .flatMap(({ text }) => commandsOf(text))
    .filter(({ program, words }) => program === 'az' && !(words in known))
    .map(({ words }) => words);
  const commands: Record<string, Help> = {};
  for (const words of [...new Set(shown)].sort()) {
    const help = helpOf(words);
    if (help === null) {
      process.stderr.write(`az ${words}: unknown to ${version}\n`);
      process.exitCode = 1;
    } else {
      commands[words] = help;
    }
  }
  writeFileSync(target, `${JSON.stringify({ version, commands }, null, 2)}\n`);
  process.stdout.write(`${target}: ${Object.keys(commands).length} commands of Azure CLI ${version}\n`);
}

/** An option of the help is a line like `    --name --subscription -n -s [Required] : Name or ID.` */
function helpOf(words: string): Help | null {
  const { status, stdout } = spawnSync('az', [...words.split(' '), '--help'], { encoding: 'utf8' });
  if (status !== 0) return null;
  const lines = [...stdout.matchAll(/^ {4}(-[^:\n]+?)(\[.*\])?\s*:/gm)].map(([, names = '', mark = '']) => ({
    names: names.trim().split(/\s+/),
    required: mark.includes('Required'),
  }));
  return {
    options: lines.flatMap(({ names }) => names).sort(),
    required: lines.filter(({ required }) => required).map(({ names }) => names),
  };
}
