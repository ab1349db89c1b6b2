import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Exchange } from '../../sandbox/kernel/traffic.ts';
import { azVersion } from '../../sandbox/azureCli/az.ts';
import { azWalk } from '../../sandbox/azureCli/azWalk.ts';
import type { Verdict } from '../../sandbox/azureCli/walk.ts';
import { runApp } from '../../sandbox/local/runningApp.ts';
import { buildApp } from '../support/builtApp.ts';
import { compare, EXCUSES, isCounted } from './openApiComparison.ts';
import type { Verdict as DocumentVerdict } from './openApiComparison.ts';
import { openDocuments } from './openApiDocuments.ts';
import { countExcuses, report } from './tally.ts';

// The Azure CLI, a client not written by this project, signs in to the sandbox, reads what a run of the app created there, and
// does the guide's Azure half by hand.

const SPEED = 60;
const LONGEST_MS = 8 * 60_000;
const version = azVersion();
const whereInstalled = version === null ? describe.skip : describe;

let verdicts: readonly Verdict[] = [];
let documentVerdicts: readonly DocumentVerdict[] = [];

whereInstalled('the Azure CLI in the sandbox', () => {
  beforeAll(async () => {
    const walked = await walk();
    verdicts = walked.verdicts;
    documentVerdicts = await againstDocuments(walked.traffic);
  }, LONGEST_MS);

  it('gets what it expects of each command', () => {
    expect(verdicts.filter(({ fault }) => fault !== null)).toEqual([]);
    expect(verdicts.length).toBeGreaterThan(30);
  });

  it('and the simulator speak as the documents say', () => {
    const wrong = documentVerdicts.filter(({ issues }) => issues.length > 0);
    expect(
      wrong.map(({ exchange: { operation, response }, issues }) => [operation, response.status, issues]),
    ).toEqual([]);
  });
});

if (version === null) {
  // Jest runs no hooks where every test is skipped, and this must not go by in silence.
  const notRun = 'the Azure CLI (az) is not on the PATH';
  for (const subject of ['azCommands', 'azDocuments'] as const) {
    report({ subject, agree: 0, of: 0, excused: [], notRun });
  }
}

afterAll(() => {
  report({
    subject: 'azCommands',
    agree: verdicts.filter(({ fault }) => fault === null).length,
    of: verdicts.length,
    excused: [],
  });
  const described = documentVerdicts.filter(isCounted);
  report({
    subject: 'azDocuments',
    agree: described.filter(({ issues }) => issues.length === 0).length,
    of: described.length,
    excused: countExcuses(
      EXCUSES,
      documentVerdicts.map(({ excuses }) => excuses),
    ),
  });
});

async function walk(): Promise<{
  readonly verdicts: readonly Verdict[];
  readonly traffic: readonly Exchange[];
}> {
  const directory = mkdtempSync(join(tmpdir(), 'az-walk-'));
  const built = buildApp();
  const app = await runApp({ directory, app: built.directory, speed: SPEED });
  try {
    const found = await azWalk(app, directory, () => undefined);
    const traffic = app.sandbox.traffic.all().filter(isOfTheCli);
    return { verdicts: found, traffic };
  } finally {
    await app.stop();
    built.remove();
    rmSync(directory, { recursive: true });
  }
}

function isOfTheCli({ service, request }: Exchange): boolean {
  return service === 'azure' && /AZURECLI|azure-cli|python/i.test(request.headers['user-agent'] ?? '');
}

async function againstDocuments(traffic: readonly Exchange[]): Promise<readonly DocumentVerdict[]> {
  const validator = await openDocuments();
  const found: DocumentVerdict[] = [];
  for (const exchange of traffic) found.push(await compare(validator, exchange));
  return found;
}
