import { ProvisioningError } from '../../domain/failure/failure.ts';
import type { PreflightResult } from '../../domain/plan/preflightResult.ts';
import type { Step } from '../../durable/run.ts';
import type { ClusterRecord } from '../dns/clusterRecord.ts';
import { settle } from '../settle.ts';
import type { ConnectRun, ReadyEndpoint } from './connectRun.ts';
import { pruneDns, removeUnusedZones } from './obsolete.ts';

/** Writes what the wait for the allocation has left: missing zones and records, then the links. Then removes what is obsolete. */
export function* configureDns(run: ConnectRun, plan: PreflightResult, endpoint: ReadyEndpoint): Step<null> {
  const dns = run.dns(endpoint);
  dns.want(yield* run.clusters(endpoint), { autoRegistration: plan.autoRegistration });
  yield* settle(run, () => dns.works());
  const failure = dns.sharedFailure();
  if (failure) throw new ProvisioningError(failure);
  const records = dns.records();
  failWithoutRecord(records);
  yield* removeUnusedZones(run, endpoint);
  yield* pruneDns(run, plan, records);
  return null;
}

/** If every record failed, the run fails with the first failure. A cluster that has no address yet is left to sync. */
function failWithoutRecord(records: readonly ClusterRecord[]): void {
  const [failure] = records.flatMap((record) => record.failure ?? []);
  if (failure && records.every(({ state }) => state === 'failed')) throw new ProvisioningError(failure);
}
