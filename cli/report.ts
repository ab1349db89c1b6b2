import type { Connection, Plan, Schemas, ShownProblem } from '../client/client.ts';
import { duration, nameOf, plain } from './io.ts';

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
    '',
    ...(privateEndpoint
      ? [
          `  private endpoint   ${nameOf(privateEndpoint.id)}, ${privateEndpoint.address}`,
          `  endpoint ID        ${privateEndpoint.endpointId}`,
        ]
      : []),
    ...zones.map(({ name }) => `  private DNS zone   ${name}`),
    `  writes of this run ${countsOf(writes)}`,
    ...section('To be created by the owner of the DNS, in this order', forDnsOwner(result)),
    ...section('Manual steps', manualSteps),
    ...clusters.flatMap((cluster) => ['', ...clusterLines(cluster, result.outcome)]),
  ];
}

function forDnsOwner({ zonesToCreate, recordsToCreate }: Result): readonly string[] {
  return [
    ...zonesToCreate.map(({ name }) => `private DNS zone ${name}`),
    ...recordsToCreate.map(
      ({ name, address, ttlSeconds }) => `A record ${name} → ${address}, TTL ${ttlSeconds} s`,
    ),
    ...zonesToCreate.flatMap(({ name, linkedNetworks }) =>
      linkedNetworks.map((network) => `virtual network link of ${name} to ${network}`),
    ),
  ];
}

export function problemLines(problem: ShownProblem): readonly string[] {
  const { errors } = problem;
  return [
    `  ${problem.title}`,
    `  what    ${problem.detail}`,
    `  cause   ${problem.cause}`,
    `  remedy  ${byCommand(problem.remedy)}`,
    // Of a single one all is said above, but not always its place.
    ...(errors.length === 1 && errors[0]?.remedy === problem.remedy
      ? errors.flatMap(({ pointer }) =>
          pointer === '' || problem.detail.startsWith(pointer) ? [] : [`  where   ${pointer}`],
        )
      : errors.map(({ pointer, parameter, detail, remedy }) =>
          withRemedy(
            `  ${[parameter ?? pointer, detail].filter(Boolean).join(': ')}`,
            remedy === problem.remedy ? 'as above' : remedy,
          ),
        )),
  ].map(plain);
}

function withRemedy(text: string, remedy: string): string {
  return `${text} → ${byCommand(remedy)}`;
}

/** The remedies of the app speak of its API. */
const commands: readonly (readonly [RegExp, string])[] = [
  [/\bPOST …\/reconcile with `"allowReplace": true`/g, 'Run `reconcile --allow-replace`'],
  [/\bPOST …\/reconcile\b/g, 'run `reconcile`'],
  [/\bPOST the corrected request\b/g, 'run `connect` with the corrected request'],
  [/\bPOST the request( again)?/g, 'run `connect`$1'],
  [/\bDELETE the connection( again)?/g, 'run `disconnect`$1'],
  [/\brequest the plan of the corrected request\b/g, 'run `plan` with the corrected request'],
  [/\brequest the plan again\b/g, 'run `plan` again'],
  [/\bGET \/api\/connections has it\b/g, '`list` has it'],
  [/\bsend the (request again|corrected request)\b/g, 'run the command with the $1'],
];

/** A remedy in the words of the command line. */
function byCommand(remedy: string): string {
  const said = commands.reduce((text, [pattern, words]) => text.replace(pattern, words), remedy);
  return said.replace(/(^|\. )run `/g, '$1Run `').replace('with the request again', 'again');
}

const publicWords: Readonly<Record<string, string>> = {
  'not-verifiable-from-here':
    ' (from inside a linked network its name does not resolve; close it in the console)',
  'no-answer-from-here': ' (which proves nothing: an allowlist or a firewall may refuse this app alone)',
};

function clusterLines(
  { clusterId, uri, state, verification, publicAccess, reason }: Cluster,
  outcome: Result['outcome'],
): string[] {
  // Its record says nothing about the rest of a run that failed.
  const word = outcome === 'failed' && state === 'connected' ? 'has its record' : state;
  return [
    `  ${clusterId}  ${word}${reason === null ? '' : `: ${reason}`}`,
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
    ...(result && workflow !== 'disconnect' ? resultLines(result).map(plain) : []),
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
  const { cost, permissions, warnings } = plan;
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
    `  ${planCounts(plan)}${durationOf(plan)}`,
  ].map(plain);
}

function durationOf({ problems, expectedSeconds }: Plan): string {
  if (problems.length > 0)
    return `; nothing is written before the problem${problems.length > 1 ? 's are' : ' is'} solved:`;
  return expectedSeconds > 0 ? `; a run takes about ${duration(expectedSeconds * 1000)}` : '';
}

/** How many rows there are of each action, e.g. `keep 6, create 1`. */
function planCounts({ rows }: Plan): string {
  const counts = new Map<string, number>();
  for (const { action } of rows) counts.set(action, (counts.get(action) ?? 0) + 1);
  return [...counts].map(([action, times]) => `${action} ${times}`).join(', ');
}

/** The problems of all plans, each once, with the requests that have it. Those with one remedy share it. */
export function problemsOf(
  plans: readonly { readonly name: string; readonly plan: Plan }[],
): readonly string[] {
  const problems = new Map<string, { readonly texts: Set<string>; readonly names: Set<string> }>();
  for (const { name, plan } of plans) {
    for (const { code, pointer, detail, remedy } of plan.problems) {
      const known = problems.get(remedy) ?? { texts: new Set<string>(), names: new Set<string>() };
      known.texts.add(`${code}${pointer === '' ? '' : ` (${pointer})`}: ${detail}`);
      known.names.add(name);
      problems.set(remedy, known);
    }
  }
  return [...problems].flatMap(([remedy, { texts, names }]) => {
    const of = plans.length > 1 ? ` (${[...names].join('; ')})` : '';
    const [last = '', ...others] = [...texts].map((text) => `  problem: ${text}`).toReversed();
    return [...others.toReversed(), withRemedy(last, `${remedy}${of}`)].map(plain);
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
