import type { PreflightResult } from '../activities/preflight.ts';
import { RECORD_TTL_SECONDS } from '../domain/decide.ts';
import type { ClusterResult, ConnectionResult } from '../domain/result.ts';
import { parseZoneId } from '../domain/resourceId.ts';
import type { ConnectRun } from './connectRun.ts';
import type { ClusterRecord } from './records.ts';
import type { Proofs } from './verify.ts';

interface Made {
  readonly service: string;
  readonly endpoint: { readonly endpointId: string; readonly address: string };
  readonly records: readonly ClusterRecord[];
  readonly proofs: Proofs;
  readonly plan: PreflightResult;
}

/** The end of a run: connected, or partial when a cluster that was named has no record. */
export function resultOf(run: ConnectRun, made: Made): ConnectionResult {
  const { connection } = run;
  const { records, endpoint, service, plan } = made;
  const failed = records.some(({ state }) => state === 'failed');
  const named = connection.spec.clusters !== 'all' && connection.spec.dns.manage;
  const partial = failed || (named && records.some(({ state }) => state === 'pending'));
  return {
    outcome: partial ? 'partial' : 'connected',
    privateEndpoint: { id: connection.privateEndpoint.id, ...endpoint, target: service },
    zones: zonesOf(records),
    clusters: records.map((record) => clusterResult(record, made.proofs)),
    recordsToCreate: connection.spec.dns.manage ? [] : recordsToCreate(records, endpoint.address),
    warnings: [...plan.warnings],
    actionsForPeople: actionsForPeople(made),
    writes: { ...run.writes },
  };
}

function zonesOf(records: readonly ClusterRecord[]): { id: string; name: string }[] {
  const ids = new Set(records.flatMap(({ zoneId }) => zoneId ?? []));
  return [...ids].map((id) => ({ id, name: parseZoneId(id)?.name ?? '' }));
}

function clusterResult(record: ClusterRecord, { proofs, publicAccess }: Proofs): ClusterResult {
  const { clusterId, state, host, port, recordSetId, reason } = record;
  const proof = proofs.find((candidate) => candidate.clusterId === clusterId);
  return {
    clusterId,
    state,
    host,
    port,
    uri: host === null || port === null ? null : `https://${host}:${port}`,
    recordSetId,
    verification: proof ? { outcome: proof.outcome, detail: proof.detail } : null,
    publicAccess: publicAccess.find((candidate) => candidate.clusterId === clusterId)?.state ?? null,
    reason,
  };
}

function recordsToCreate(
  records: readonly ClusterRecord[],
  address: string,
): { name: string; address: string; ttlSeconds: number }[] {
  return records.flatMap(({ host }) =>
    host === null ? [] : { name: host, address, ttlSeconds: RECORD_TTL_SECONDS },
  );
}

/** Guide, "Manage internet access to your clusters": no API exists for it. */
function actionsForPeople({ proofs }: Made): string[] {
  const open = proofs.publicAccess
    .filter(({ state }) => state !== 'closed')
    .map(({ clusterId }) => clusterId);
  if (open.length === 0) return [];
  return [
    `To restrict internet access, in the Zilliz Cloud console open Cluster Details of ${open.join(', ')}, section Connection, click the settings icon beside the public endpoint, and choose Disable.`,
    'Private endpoints only concern the data plane: the control plane stays reachable over the internet.',
    'After a public endpoint is enabled again, clients may need to wait until their DNS cache expires.',
  ];
}
