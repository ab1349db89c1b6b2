import type { ViewProblem, ViewResult } from './api.ts';

type Cluster = ViewResult['clusters'][number];

/** What a finished run has made, for the user. The proof comes last. */
export function resultLines(result: ViewResult): readonly string[] {
  const { privateEndpoint, zones, clusters, warnings, manualSteps, writes } = result;
  return [
    ...section(
      'Warnings',
      warnings.map(({ code, detail }) => `${code}: ${detail}`),
    ),
    `  private endpoint   ${nameOf(privateEndpoint.id)}, ${privateEndpoint.address}`,
    `  endpoint ID        ${privateEndpoint.endpointId}`,
    ...zones.map(({ name }) => `  private DNS zone   ${name}`),
    `  writes of this run ${countsOf(writes)}`,
    ...section('Manual steps', manualSteps),
    ...clusters.flatMap((cluster) => ['', ...clusterLines(cluster)]),
  ];
}

export function problemLines(problem: ViewProblem): readonly string[] {
  return [
    `  ${problem.title}`,
    `  what    ${problem.detail}`,
    `  cause   ${problem.cause}`,
    `  remedy  ${problem.remedy}`,
    ...problem.errors.map(({ pointer, detail, remedy }) => `  ${pointer}: ${detail} → ${remedy}`),
  ];
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

function nameOf(id: string): string {
  return id.split('/').at(-1) ?? id;
}
