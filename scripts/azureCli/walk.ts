// The Azure CLI, an independent client, walks through the sandbox. Exits 0 when each command went as expected.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { azVersionOrNotRun } from '../../sandbox/azureCli/az.ts';
import { azWalk } from '../../sandbox/azureCli/azWalk.ts';
import type { Verdict } from '../../sandbox/azureCli/walk.ts';
import { runApp } from '../../sandbox/local/runningApp.ts';
import { helpIfAsked } from '../../sandbox/local/commandLine.ts';

helpIfAsked(`npm run az:walk

The Azure CLI walks through the sandbox, command by command. Needs az.
`);

const SPEED = 60;

const version = azVersionOrNotRun();
if (version !== null) {
  process.stdout.write(`Azure CLI ${version}\n\n`);
  process.exitCode = await walkInNewWorld();
}

async function walkInNewWorld(): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'az-walk-'));
  const app = await runApp({ directory, speed: SPEED });
  try {
    const verdicts = await azWalk(app, directory, tell);
    const faults = verdicts.filter(({ fault }) => fault !== null);
    process.stdout.write(`\n${verdicts.length - faults.length} of ${verdicts.length} commands as expected\n`);
    return faults.length === 0 ? 0 : 1;
  } finally {
    await app.stop();
    rmSync(directory, { recursive: true });
  }
}

function tell({ does, command, seconds, fault }: Verdict): void {
  const lines = [
    `${fault === null ? '✓' : '✗'} ${does} (${seconds.toFixed(1)} s)`,
    `    ${command}`,
    ...(fault === null ? [] : [`    ${fault.replaceAll('\n', '\n    ')}`]),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
