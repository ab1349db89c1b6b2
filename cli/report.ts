import type { Connection, Plan, Schemas, ShownProblem } from './client.ts';
import { nameOf, plain } from './io.ts';

type Result = NonNullable<Connection['result']>;
type Cluster = Result['clusters'][number];

/** What a finished run has made, for the user. The proof comes last. */
function resultLines(result: Result): readonly string[] {
  const { privateEndpoint, zones, clusters, warnings, manualSteps, writes } = result;
  return [
    ...section(
      'Warnings',
      warnings.map(({ code, detail }) => `${code}: ${detail}`),
    ),
    ...(privateEndpoint
      ? [
          `  private endpoint   ${nameOf(privateEndpoint.id)}, ${privateEndpoint.address}`,
          `  endpoint ID        ${privateEndpoint.endpointId}`,
        ]
      : []),
    ...zones.map(({ name }) => `  private DNS zone   ${name}`),
    `  writes of this run ${countsOf(writes)}`,
    ...section('Manual steps', manualSteps),
    ...clusters.flatMap((cluster) => ['', ...clusterLines(cluster)]),
  ];
}

export function problemLines(problem: ShownProblem): readonly string[] {
  return [
    `  ${problem.title}`,
    `  what    ${problem.detail}`,
    `  cause   ${problem.cause}`,
    `  remedy  ${problem.remedy}`,
    ...problem.errors.map(
      ({ pointer, parameter, detail, remedy }) => `  ${parameter ?? pointer}: ${detail} → ${remedy}`,
    ),
  ].map(plain);
}

const publicWords: Readonly<Record<string, string>> = {
  'not-verifiable-from-here':
    ' (from inside a linked network its name does not resolve; close it in the console)',
  'no-answer-from-here': ' (which proves nothing: an allowlist or a firewall may refuse this app alone)',
};

function clusterLines({ clusterId, uri, state, verification, publicAccess, reason }: Cluster): string[] {
  return [
    `  ${clusterId}  ${state}${reason === null ? '' : `: ${reason}`}`,
    ...(uri === null ? [] : [`    ${uri}`]),
    ...(publicAccess === null
      ? []
      : [`    public address: ${publicAccess}${publicWords[publicAccess] ?? ''}`]),
    ...(verification === null ? [] : [`    ${verification.outcome}: ${verification.detail}`]),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `  ${title}`, ...lines.map((line) => `    - ${line}`)];
}

function countsOf(writes: Readonly<Record<string, number>>): string {
  const counts = Object.entries(writes).map(([kind, times]) => `${kind} ${times}`);
  return counts.length === 0 ? 'none' : counts.join(', ');
}

/** What a connection is, and what its last run has come to. */
export function connectionLines(connection: Connection): readonly string[] {
  const { id, status, problem, result, removal, workflow } = connection;
  return [
    `${id}: ${status}`,
    ...(problem ? ['', ...problemLines(problem)] : []),
    ...(result && workflow !== 'disconnect' ? ['', ...resultLines(result).map(plain)] : []),
    ...(removal ? ['', ...removalLines(removal).map(plain)] : []),
  ];
}

function removalLines({ removed, kept, manualSteps }: NonNullable<Connection['removal']>): readonly string[] {
  return [
    ...removed.map(({ resource, id }) => `  removed  ${resource.padEnd(20)} ${nameOf(id)}`),
    ...kept.map(({ resource, id, reason }) => `  kept     ${resource.padEnd(20)} ${nameOf(id)}: ${reason}`),
    ...manualSteps.map((step) => `  manual   ${step}`),
  ];
}

/** A plan as a table, with what it costs and needs. `onlyChanges`: of a drift, which leaves out what is as stored. */
export function planLines(plan: Plan, { onlyChanges = false } = {}): readonly string[] {
  const rows = plan.rows
    .filter(({ action }) => !onlyChanges || action !== 'keep')
    .map(
      ({ action, resource, id, reason }) =>
        `  ${action.padEnd(8)} ${resource.padEnd(20)} ${nameOf(id)}: ${reason}`,
    );
  const { cost, permissions, warnings, expectedSeconds } = plan;
  const lacking = permissions.filter(({ granted }) => granted === false).length;
  const unread = permissions.filter(({ granted }) => granted === null).length;
  return [
    ...warnings.map(({ code, detail }) => `  warning: ${code}: ${detail}`),
    ...rows,
    ...(permissions.length > 0
      ? [`  rights in Azure: ${permissions.length} used, ${lacking} missing, ${unread} could not be read`]
      : []),
    ...(cost.perMonth > 0 ? [`  ${cost.perMonth.toFixed(2)} ${cost.currency} a month. ${cost.note}`] : []),
    '',
    `  ${planCounts(plan)}${expectedSeconds > 0 ? `; a run takes about ${expectedSeconds} s` : ''}`,
  ].map(plain);
}

/** How many rows there are of each action, e.g. `keep 6, create 1`. */
function planCounts({ rows }: Plan): string {
  const counts = new Map<string, number>();
  for (const { action } of rows) counts.set(action, (counts.get(action) ?? 0) + 1);
  return [...counts].map(([action, times]) => `${action} ${times}`).join(', ');
}

/** The problems of all plans, each once, with the requests that have it. */
export function problemsOf(
  plans: readonly { readonly name: string; readonly plan: Plan }[],
): readonly string[] {
  const problems = new Map<string, string[]>();
  for (const { name, plan } of plans) {
    for (const { code, detail, remedy } of plan.problems) {
      const text = `${code}: ${detail} → ${remedy}`;
      problems.set(text, [...(problems.get(text) ?? []), name]);
    }
  }
  return [...problems].map(([text, names]) => {
    const of = plans.length > 1 ? ` (${names.join('; ')})` : '';
    return plain(`  problem: ${text}${of}`);
  });
}

interface ListRow {
  readonly id: string;
  readonly status: string;
  readonly regionId: string;
  readonly problem: { readonly code: string; readonly detail: string } | null;
}

/** Connections as one table. */
export function tableLines(rows: readonly ListRow[]): readonly string[] {
  const width = Math.max(2, ...rows.map(({ id }) => id.length));
  const line = (id: string, status: string, region: string, problem: string): string =>
    plain(`${id.padEnd(width)}  ${status.padEnd(22)}  ${region.padEnd(16)}  ${problem}`.trimEnd());
  return [
    line('ID', 'STATUS', 'REGION', 'PROBLEM'),
    ...rows.map(({ id, status, regionId, problem }) =>
      line(id, status, regionId, problem ? `${problem.code}: ${problem.detail}` : ''),
    ),
  ];
}

export function clusterLine({
  clusterId,
  state,
  uri,
  reason,
}: Pick<Schemas['ClusterDns'], 'clusterId' | 'state' | 'uri' | 'reason'>): string {
  return plain(
    `${clusterId}: ${state}${uri === null ? '' : `, ${uri}`}${reason === null ? '' : `: ${reason}`}`,
  );
}

export function releasedLines({ released, kept, unproved }: Schemas['Released']): readonly string[] {
  return [
    ...released.map(({ resource, id }) => `  released ${resource.padEnd(20)} ${nameOf(id)}`),
    ...kept.map(({ resource, id, reason }) => `  kept     ${resource.padEnd(20)} ${nameOf(id)}: ${reason}`),
    ...(unproved === null ? [] : [`  not proved: ${unproved}`]),
  ].map(plain);
}
