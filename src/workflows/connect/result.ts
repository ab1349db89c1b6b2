import type { Connection } from '../../domain/connection/connection.ts';
import type { FailureCode } from '../../domain/failure/catalog.ts';
import { parseZoneId } from '../../domain/connection/resourceId.ts';
import { zonesOfOthers } from '../../domain/plan/dns.ts';
import type { PreflightResult } from '../../domain/plan/preflightResult.ts';
import type { AllocationView } from '../../domain/resources/allocation.ts';
import { RECORD_TTL_SECONDS } from '../../domain/resources/aRecord.ts';
import { probeOf } from '../../domain/run/result.ts';
import type { ClusterResult, ConnectionResult } from '../../domain/run/result.ts';
import type { Failure } from '../../domain/failure/failure.ts';
import { fittedResult, truncate } from '../../domain/run/customStatus.ts';
import type { ClusterRecord } from '../dns/clusterRecord.ts';
import type { ConnectRun } from './connectRun.ts';
import type { Verifications } from './verify.ts';

const LONGEST_DETAIL = 180;

/** What the stages of a run returned. */
interface StageResults {
  readonly service: string;
  readonly endpoint: { readonly endpointId: string; readonly address: string };
  readonly records: readonly ClusterRecord[];
  readonly clusters: AllocationView['clusters'];
  readonly verifications: Verifications;
  readonly plan: PreflightResult;
}

/** Returns the result of a run that came to its end. */
export function resultOf(run: ConnectRun, results: StageResults): ConnectionResult {
  const { connection } = run;
  const { records, endpoint, service, plan } = results;
  return {
    ...outcomeOf(connection, results),
    privateEndpoint: { id: connection.privateEndpoint.id, ...endpoint, target: service },
    zones: zonesOf(records),
    clusters: records.map((record) => clusterResult(record, results)),
    ...dnsToCreate(connection, results),
    warnings: [...plan.warnings],
    manualSteps: manualSteps(connection, results),
    writes: { ...run.state.writes },
    omitted: 0,
  };
}

/** Returns what a failed run knows, as far as its status can hold it. What an undo removes is not part of it. */
export function knownResult(run: ConnectRun, { code, message }: Failure): ConnectionResult {
  const { connection, state } = run;
  const { preflight, 'create-endpoint': endpoint, 'authorize-subscription': service = '' } = state.done;
  const isUndone = connection.onFailure === 'undo' && preflight?.beginsConnection === true;
  const base: ConnectionResult = {
    outcome: 'failed',
    problem: { code, detail: truncate(message, LONGEST_DETAIL) },
    ...{ privateEndpoint: null, zones: [], clusters: [], zonesToCreate: [], recordsToCreate: [] },
    ...{
      warnings: [...(preflight?.warnings ?? [])],
      manualSteps: [],
      writes: { ...state.writes },
      omitted: 0,
    },
  };
  if (!preflight || !endpoint || isUndone) return fittedResult(base);
  const verifications = { proofs: run.proofs, publicAccess: [] };
  const records = run.dns(endpoint).records();
  const results = { service, endpoint, records, clusters: [], verifications, plan: preflight };
  const { outcome, problem } = base;
  return fittedResult({ ...resultOf(run, results), outcome, problem });
}

/** Connected, unless a cluster has no record, or the DNS of another owner is not proved. */
function outcomeOf(
  { spec }: Connection,
  { records, clusters, endpoint, plan, verifications: { proofs } }: StageResults,
): Pick<ConnectionResult, 'outcome' | 'problem'> {
  const failed = records.find(({ state }) => state === 'failed');
  if (failed) return degraded('record-missing', `${failed.clusterId}: ${failed.reason ?? 'not written'}`);
  const overdue = clusters.filter(
    ({ awaited, privateLinkAddress }) => awaited && privateLinkAddress === null,
  );
  if (overdue.length > 0) {
    const ids = overdue.map(({ clusterId }) => clusterId).join(', ');
    return degraded(
      'address-overdue',
      `Zilliz has given no address to ${ids} in time; the endpoint ID is ${endpoint.endpointId}`,
    );
  }
  const update = plan.warnings.find(({ code }) => code === 'endpoint-update-failed');
  if (update) return degraded('endpoint-update-failed', update.detail);
  const unproved = proofs.find(({ outcome }) => outcome !== 'verified');
  if (spec.dns.manage || !unproved) return { outcome: 'connected', problem: null };
  return unproved.outcome === 'wrong-address'
    ? {
        outcome: 'waiting-for-dns-owner',
        problem: { code: 'names-not-resolving', detail: unproved.detail },
      }
    : degraded('not-verifiable-from-here', unproved.detail);
}

function degraded(code: FailureCode, detail: string): Pick<ConnectionResult, 'outcome' | 'problem'> {
  return { outcome: 'degraded', problem: { code, detail } };
}

function zonesOf(records: readonly ClusterRecord[]): { id: string; name: string }[] {
  const ids = new Set(records.flatMap(({ zoneId }) => zoneId ?? []));
  return [...ids].map((id) => ({ id, name: parseZoneId(id)?.name ?? '' }));
}

function clusterResult(
  record: ClusterRecord,
  { endpoint, verifications: { proofs, publicAccess } }: StageResults,
): ClusterResult {
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
    ...(host !== null &&
      port !== null &&
      proof?.outcome !== 'verified' && { probe: probeOf({ host, port, address: endpoint.address }) }),
  };
}

function dnsToCreate(
  connection: Connection,
  { records, endpoint: { address } }: StageResults,
): Pick<ConnectionResult, 'zonesToCreate' | 'recordsToCreate'> {
  if (connection.spec.dns.manage) return { zonesToCreate: [], recordsToCreate: [] };
  const hosts = records.flatMap(({ host }) => host ?? []);
  return {
    zonesToCreate: zonesOfOthers(connection, hosts),
    recordsToCreate: hosts.map((name) => ({ name, address, ttlSeconds: RECORD_TTL_SECONDS })),
  };
}

function manualSteps(connection: Connection, results: StageResults): string[] {
  return [...dnsActions(connection, results), ...proofActions(results), ...internetActions(results)];
}

function dnsActions({ spec }: Connection, { records }: StageResults): string[] {
  if (spec.dns.manage) return [];
  const later = records.flatMap(({ clusterId, host, state }) =>
    host === null && state === 'pending' ? clusterId : [],
  );
  return [
    'dns.manage is false: have the zones under zonesToCreate made, then the records under recordsToCreate, and the networks linked last. A linked zone hides every name that it does not hold.',
    ...(later.length > 0
      ? [
          `Zilliz has given no name to ${later.join(', ')} yet: post the request again later to see its record.`,
        ]
      : []),
  ];
}

function proofActions({ verifications: { proofs } }: StageResults): string[] {
  if (proofs.some(({ outcome }) => outcome === 'verified')) return [];
  return proofs.some(({ outcome }) => outcome === 'not-verifiable-from-here' || outcome === 'no-answer')
    ? [
        'The app has no view into the virtual network, so nothing has proved the path: paste the probe of each cluster on a machine in it.',
      ]
    : [];
}

/** Guide, "Manage internet access to your clusters": there is no API for it, and no probe proves that it is disabled. */
function internetActions({ verifications }: StageResults): string[] {
  const clusterIds = verifications.publicAccess.map(({ clusterId }) => clusterId);
  if (clusterIds.length === 0) return [];
  return [
    `To restrict internet access, in the Zilliz Cloud console open Cluster Details of ${clusterIds.join(', ')}, section Connection, click the settings icon beside the public endpoint, and choose Disable.`,
    'Private endpoints only concern the data plane: the control plane stays reachable over the internet.',
    'After a public endpoint is enabled again, clients may need to wait until their DNS cache expires.',
  ];
}
