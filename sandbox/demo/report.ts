import type { ViewProblem, ViewResult } from './api.ts';

type Cluster = ViewResult['clusters'][number];

/** What a finished run has made, for the user. The proof comes last. */
export function resultLines(result: ViewResult): readonly string[] {
  const { privateEndpoint, zones, clusters, warnings, manualSteps, writes } = result;
  return [
    `  private endpoint   ${nameOf(privateEndpoint.id)}, ${privateEndpoint.address}`,
    `  endpoint ID        ${privateEndpoint.endpointId}`,
    ...zones.map(({ name }) => `  private DNS zone   ${name}`),
    `  writes of this run ${countsOf(writes)}`,
    ...section(
      'Warnings',
      warnings.map(({ code, detail }) => `${code}: ${detail}`),
    ),
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

function clusterLines({ clusterId, uri, state, verification, publicAccess, reason }: Cluster): string[] {
  return [
    `  ${clusterId}  ${state}${reason === null ? '' : `: ${reason}`}`,
    ...(uri === null ? [] : [`    ${uri}`]),
    ...(publicAccess === null ? [] : [`    public address: ${publicAccess}`]),
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
