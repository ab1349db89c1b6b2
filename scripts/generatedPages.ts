import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { z } from 'zod';
import { targetHeader, targetRows } from '../bench/figures/targets.ts';
import { usage } from '../cli/usage.ts';
import { measuredFigures } from './figures.ts';
import { settingsSchema } from '../src/config.ts';
import { clusterEventSchema } from '../src/domain/sync/clusterEvent.ts';
import { statusTable } from '../src/domain/connection/statusTable.ts';
import { failureCatalog, verbs } from '../src/domain/failure/catalog.ts';
import type { FailureCode } from '../src/domain/failure/catalog.ts';
import { remedyOf } from '../src/domain/failure/remedy.ts';
import { openApiDocument } from '../src/http/openApi/document.ts';

const GENERATED = '<!-- Made by `npm run docs` from the code; change it there. -->';

/** Path → text, formatted as the gate wants it. */
export async function generatedPages(): Promise<Readonly<Record<string, string>>> {
  const pages = {
    'reference/settings.md': settingsPage(),
    'reference/failure-codes.md': failureCodesPage(),
    'reference/openapi.json': JSON.stringify(openApiDocument()),
    'reference/status.md': statusPage(),
    'reference/performance.md': performancePage(),
    'reference/faults.md': withRemedies(readFileSync(FAULTS_PAGE, 'utf8')),
    'reference/command-line.md': commandLinePage(),
    'reference/cluster-event.schema.json': JSON.stringify(z.toJSONSchema(clusterEventSchema)),
  };
  const texts = await Promise.all(
    Object.entries(pages).map(async ([name, text]) => [`docs/${name}`, await formatted(name, text)] as const),
  );
  return { ...Object.fromEntries(texts), 'client/openApi.ts': clientTypes() };
}

/** Its first part says what a run of all faults found (scripts/faults). */
const FAULTS_PAGE = join(import.meta.dirname, '../docs/reference/faults.md');

/** As the gate wants it. */
export async function formatted(name: string, text: string): Promise<string> {
  const options = await resolveConfig(import.meta.filename);
  return format(text, { ...options, parser: name.endsWith('.md') ? 'markdown' : 'json' });
}

/** The types of the client, for the command line and the console. Made in a process of its own: the tool is published as ES modules, and the tests load CommonJS. */
function clientTypes(): string {
  const folder = mkdtempSync(join(tmpdir(), 'openapi-'));
  try {
    const document = join(folder, 'openapi.json');
    writeFileSync(document, JSON.stringify(openApiDocument()));
    const tool = join(import.meta.dirname, '../node_modules/openapi-typescript/bin/cli.js');
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      // A field with a default may be left out of a request.
      [tool, document, '--default-non-nullable=false'],
      { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 },
    );
    if (status !== 0) throw new Error(stderr);
    return stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function performancePage(): string {
  const figures = measuredFigures();
  const rows = targetRows((key) => {
    const [group = '', name = ''] = key.split('.');
    return figures[group]?.[name];
  });
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const { timeToConnected = {}, clock = {}, memory = {}, bundle = {}, scale = {}, growth = {} } = figures;
  const when = (
    value: number | undefined,
    text: (rounded: string) => string,
    digits = 0,
  ): readonly string[] => (value === undefined ? [] : [`- ${text(value.toFixed(digits))}`]);
  const notes = [
    ...when(
      timeToConnected.medianSeconds,
      (seconds) =>
        `A connect takes ${seconds} s in the median; nearly all of it is the wait for Azure and Zilliz.`,
    ),
    ...when(
      clock.pausesSeconds,
      (pauses) => `In the mean of eight connects ${pauses} s are pauses between the looks of the app.`,
    ),
    ...when(
      clock.activitiesSeconds,
      (seconds) =>
        `About ${seconds} s more are the queues of the real host: an activity with nothing to do takes 0.66 s there, in the mean of 88 that are recorded. The table includes them. Single runs differ by ${(clock.leastOfOneRun ?? 0).toFixed(0)} to ${(clock.mostOfOneRun ?? 0).toFixed(0)} s from exact timers, since it differs when a look falls; the one connect that was timed on both hosts took 19 s more.`,
    ),
    ...when(
      memory.fiftyConnectionsMb,
      (megabytes) =>
        `With 50 connections at once a process of the app holds ${megabytes} MB where Node finds 512 MB.`,
    ),
    ...when(
      memory.fiftyConnectionsLargeHeapMb,
      (megabytes) => `On a large machine it holds ${megabytes} MB: it collects garbage late there.`,
    ),
    ...when(bundle.megabytes, (megabytes) => `The bundle has ${megabytes} MB.`, 1),
    ...when(scale.mostZones, (zones) => `The table of scale was measured with up to ${zones} zones.`),
    ...when(
      scale.mostConnections,
      (count) => `The table of scale was measured with up to ${count} connections.`,
    ),
    ...when(
      scale.sweepReads,
      (reads) =>
        `A sweep over ${scale.mostConnections ?? 0} connections makes ${reads} reads of Azure and takes ${(scale.sweepSeconds ?? 0).toFixed(0)} s.`,
    ),
    ...when(
      growth.executionsOf2000Clusters,
      (count) => `A connect of 2,000 clusters takes ${count} executions.`,
    ),
    ...when(growth.executionsOf10000Events, (count) => `10,000 cluster events take ${count} executions.`),
    ...when(
      growth.executionsOfADayOf50AtRest,
      (count) => `A day of 50 connections at rest, with the default sweep, takes ${count} executions.`,
    ),
    '- The Functions host takes about 275 MB beside the process of the app, as measured on the real host.',
  ];
  return `${GENERATED}

# Performance

Each figure comes from one run of the bench in the sandbox, with the waits of Azure and Zilliz drawn from stated distributions and
timers as on the real host. \`npm run bench -- --json bench/figures/figures.json && npm run docs\` measures all again and writes this page;
\`npm run bench -- --only <section>\` prints one section: \`schedules\`, \`time\`, \`history\`, \`load\`, \`many\`, \`memory\`, \`scale\`,
and \`growth\`, which is long.

${line(targetHeader)}
${line(targetHeader.map(() => '---'))}
${rows.map(line).join('\n')}

${notes.join('\n')}
`;
}

function settingsPage(): string {
  const { properties = {}, required = [] } = z.toJSONSchema(settingsSchema, {
    io: 'input',
    unrepresentable: 'any',
  });
  // The schema of a transformed value does not show its default, so the defaults are those of an otherwise empty environment.
  const presets: Readonly<Record<string, unknown>> = settingsSchema.parse({ KEY_VAULT_URL: 'https://vault' });
  const rows = Object.entries(properties).map(([name, property]) => {
    const { description = '' } = typeof property === 'object' ? property : {};
    const value = required.includes(name) ? '**required**' : code(presets[name]);
    return `| \`${name}\` | ${value} | ${cell(description)} |`;
  });
  return `${GENERATED}

# Settings

Application settings of the function app. The app reads and checks them once, at its start. With a wrong setting the app still starts:
\`GET /api/health\` returns 503 and names the wrong settings, never their values. Every other route returns a 503 problem with the same
names, and needs no key or token for that.

Set them through the parameters of the deployment ([parameters](parameters.md)); a setting without a parameter of its own goes into \`appSettings\`.

| setting | default | what it is |
| --- | --- | --- |
${rows.join('\n')}
`;
}

function statusPage(): string {
  const rows = Object.entries(statusTable).map(
    ([name, { meaning, final, exitCode, colour, alert, actor }]) =>
      `| \`${name}\` | ${cell(meaning)} | ${yes(final)} | ${exitCode} | ${colour} | ${yes(alert)} | ${actor} |`,
  );
  return `${GENERATED}

# The status of a connection

One table for the list, for \`GET /api/connections/{id}\`, for the console, for the telemetry of a sync (\`connection-status\`) and for
the command line. Exit codes: 0 as requested, 1 failed, 3 not as requested or not known, 4 not over yet. A caller that waits can stop
when \`final\` is true.

| status | meaning | final | exit code | colour | alert | who acts |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}

function commandLinePage(): string {
  return `${GENERATED}

# Command line

\`zilliz-private-link.cjs\` is one file of each release. It needs Node 22 or newer and nothing else. From a checkout, \`npm run cli -- …\` is the same.
Where these pages say \`zilliz-private-link\`, type one of the two. How to use it in pipelines: [call it from…](../how-to/call-it-from.md).

\`\`\`
${usage.trim()}
\`\`\`

## Exit codes

| exit code | means                                                    |
| --------- | -------------------------------------------------------- |
| 0         | as requested: connected, or disconnected                 |
| 1         | failed, or a plan with problems                          |
| 2         | the command or the request was not understood            |
| 3         | degraded, drifted, waiting for a DNS owner, or not known |
| 4         | still running at the limit, or after Ctrl-C              |

The [table of states](status.md) has the exit code of each state. Ctrl-C, a limit of time (\`--timeout\`) or a lost machine leaves the run going;
\`wait\` follows it again.
`;
}

function yes(value: boolean): string {
  return value ? 'yes' : 'no';
}

/** Faults of a deployment: there is no app yet that could report them. */
const WHILE_DEPLOYING = `## While deploying

- **InaccessibleStorageException, 403** when the code is deployed: the roles of the app on its storage do not act yet, or its private
  endpoints do not resolve. Deploy again after ten minutes (\`azd deploy\`); in a private deployment from inside the network.
- **AuthorizationFailed on \`roleDefinitions/write\`**: custom roles need Owner or User Access Administrator. Set
  \`ACCESS_ROLES=built-in\`, or \`ACCESS_MODE=none\` and hand over what the hook prints.
- **VaultAlreadyExists, ConflictError**: a deleted vault keeps its name for 90 days. The hook of azd recovers it if you may read
  deleted vaults (\`Microsoft.KeyVault/deletedVaults/read\`). Otherwise set \`recoverVault=true\`, once.
- **The event subscription is Failed**: Azure does not repair it. \`azd hooks run postdeploy\` deletes it and creates it again.
- **RequestDisallowedByPolicy**: the message names the policy. Those of landing zones and what to do:
  [landing zones](../explanation/security.md#landing-zones).
- **SubnetMissingRequiredDelegation, InUseSubnetCannotBeUpdated**: the app's subnet exists without the delegation to
  \`Microsoft.App/environments\`, or is still linked to an earlier app. Delegate it, or name another range.
`;

function failureCodesPage(): string {
  const sections = Object.entries(failureCatalog).map(
    ([name, { kind, title, cause }]) => `## ${name}

**${title}** (${kind})

Cause: ${cause}

${remediesOf(name as FailureCode)}
`,
  );
  return `${GENERATED}

# Failure codes

One section for each code of a problem. The code is the last part of \`type\`, and \`code\` of each entry under \`errors\`. Search this page
for the code. If you have a symptom and no code, read [day two](../how-to/day-two.md).

The kind in brackets says what a run does: it tries a \`transient\` failure again until its time is over; every other kind ends the run.
The remedy depends on what you asked for. A problem in a response names the resources of your case; this page has the general words. Errors
of Azure during the deployment of the app are [at the end](#while-deploying).

${sections.join('\n')}
${WHILE_DEPLOYING}`;
}

function remediesOf(name: FailureCode): string {
  return remedyRows(name)
    .map(([asked, remedy]) => `- ${asked}: ${remedy}`)
    .join('\n');
}

/** The verbs with the same remedy share a row. */
function remedyRows(name: FailureCode): readonly (readonly [asked: string, remedy: string])[] {
  const byRemedy = new Map<string, string[]>();
  for (const verb of verbs) {
    const remedy = remedyOf(name, verb);
    byRemedy.set(remedy, [...(byRemedy.get(remedy) ?? []), verb]);
  }
  return [...byRemedy].map(([remedy, asked]) => [asked.map(code).join(', '), remedy]);
}

const REMEDIES = '## The words by what was asked';

/** The page about connect under failure, with the remedy of each code for each verb at its end. */
export function withRemedies(page: string): string {
  const [before = ''] = page.split(REMEDIES);
  const rows = Object.keys(failureCatalog).flatMap((name) =>
    remedyRows(name as FailureCode).map(
      ([asked, remedy], index) => `| ${index === 0 ? code(name) : ''} | ${asked} | ${cell(remedy)} |`,
    ),
  );
  return `${before}${REMEDIES}

The remedy of each code, of the catalogue. Where the app knows the names of the case, they are in place of the correction; what to
request then is as it is here. \`read\` is every request without a column of its own.

<!-- prettier-ignore-start -->
| code | asked | remedy |
| --- | --- | --- |
${rows.join('\n')}
<!-- prettier-ignore-end -->
`;
}

function code(value: unknown): string {
  if (value === null) return code('*');
  if (Array.isArray(value)) return code(value.join(','));
  if (typeof value === 'number') return code(String(value));
  return typeof value === 'string' && value !== '' ? `\`${cell(value)}\`` : '';
}

/** A pipe would end the cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
