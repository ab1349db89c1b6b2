import type { EndpointView } from '../../activities/privateEndpoint.ts';
import { regionalZoneName } from '../../domain/connection/names.ts';
import { ProvisioningError } from '../../domain/failure/failure.ts';
import type { PreflightResult } from '../../domain/plan/preflightResult.ts';
import type { ConnectionResult } from '../../domain/run/result.ts';
import type { Workflow } from '../../durable/register.ts';
import type { Step } from '../../durable/run.ts';
import { linkNetworks } from '../dns/links.ts';
import { Records } from '../dns/records.ts';
import type { ClusterRecord } from '../dns/records.ts';
import { submitZone } from '../dns/zones.ts';
import { serviceShown } from '../waits.ts';
import { awaitAllocation } from './allocation.ts';
import { ConnectRun, PreflightFailed, connectInputSchema, fail } from './connectRun.ts';
import type { ConnectInput } from './connectRun.ts';
import { awaitEndpoint, submitEndpoint } from './endpoint.ts';
import { removeObsoleteEndpoint, pruneDns, undo } from './obsolete.ts';
import { resultOf } from './result.ts';
import { verifyConnectivity } from './verify.ts';

/** The guide, step by step, as one run. */
export const connect: Workflow<ConnectInput, ConnectionResult> = {
  parse: (input) => connectInputSchema.parse(input),
  *run(run, input) {
    const connecting = new ConnectRun(run, input);
    try {
      return yield* follow(connecting);
    } catch (error) {
      if (!(error instanceof ProvisioningError)) throw error;
      const failure = connecting.failed(error, error instanceof PreflightFailed ? error.faults : []);
      if (connecting.before) yield* undo(connecting, connecting.before);
      throw failure;
    }
  },
};

function* follow(run: ConnectRun): Step<ConnectionResult> {
  // Before you start, and step 1: read Azure and Zilliz, and stop before the first write.
  run.begin('preflight');
  yield* run.awaitLateWrites();
  const plan = yield* run.plan();
  const [first] = plan.faults;
  if (first) throw new PreflightFailed(plan.faults, first);
  run.noteBefore(plan.before);
  run.end();

  // Step 2: authorize the subscription, then wait for the alias.
  const service = yield* authorize(run, plan);

  // Step 3: the private endpoint. The zone is created meanwhile, since an unlinked zone has no effect.
  run.begin('create-endpoint');
  const existing = run.endpoint ? null : yield* beginEndpoint(run, service, plan);
  const zones = yield* submitRegionalZone(run);
  const endpoint = run.endpoint ?? (yield* awaitEndpoint(run, service, plan.location, existing));
  run.noteEndpoint(endpoint);
  run.end();

  // Step 4: the endpoint's ID at Zilliz.
  run.begin('register-endpoint');
  const deadlineAt = run.startDeadline();
  const { endpointId } = endpoint;
  const justBegun = run.registered ? false : yield* register(run, endpointId);
  run.end();

  // Obtain a private link: about five minutes. Meanwhile, write each DNS record as soon as its cluster has an address.
  run.begin('await-allocation');
  const written = new Records(run, endpoint.address, zones);
  const { clusters } = yield* awaitAllocation(run, { endpointId, justBegun }, deadlineAt, (allocated) =>
    written.hasWork(allocated) ? run.during('configure-dns', written.write(allocated)) : nothing(),
  );
  run.end();

  // DNS: links last, so that no client loses a name before the private path works.
  run.begin('configure-dns');
  const records = written.of(clusters);
  failWithoutRecord(records);
  yield* linkNetworks(run, zonesToLink(yield* written.readyZones(), records), plan.warnings);
  yield* pruneDns(run, plan, records);
  run.end();

  const verifications = yield* verifyConnectivity(run, records, endpoint.address, (unverified) =>
    written.writeAgain(
      clusters.filter(({ clusterId }) => unverified.some((record) => record.clusterId === clusterId)),
    ),
  );
  return resultOf(run, { service, endpoint, records, verifications, plan });
}

function* nothing(): Step<void> {
  // The read found no new address.
}

/** If every record failed, the run fails with the first failure. */
function failWithoutRecord(records: readonly ClusterRecord[]): void {
  const failure = records.find(({ state }) => state === 'failed')?.failure;
  if (failure && !records.some(({ state }) => state === 'connected')) throw new ProvisioningError(failure);
}

/** Returns the zones that hold a record. Without a cluster, returns the regional zone: sync fills it later. */
function zonesToLink(
  zones: ReadonlyMap<string, string>,
  records: readonly ClusterRecord[],
): readonly string[] {
  if (records.length === 0) return [...zones.values()];
  const zonesInUse = records.flatMap(({ state, zoneId }) => (state === 'connected' && zoneId ? zoneId : []));
  return [...new Set(zonesInUse)];
}

/** Skipped if the subscription is known to be authorized: the whitelist entry is the only write that cannot be read back. */
function* authorize(run: ConnectRun, { service, location }: PreflightResult): Step<string> {
  const { steps, connection } = run;
  run.begin('authorize-subscription');
  if (service !== null) {
    run.skip('authorize-subscription', 'the subscription is authorized already');
    return service;
  }
  const justBegun = run.whitelistedAt === null;
  if (justBegun) {
    yield* steps.authorizeSubscription({ connection });
    run.whitelistedAt = new Date(run.now()).toISOString();
    run.wrote('whitelist entry');
  }
  const view = yield* run.poll({
    name: 'endpoint service',
    read: () => steps.readEndpointService({ connection, location }),
    missing: ({ service: listed, visible }) => {
      if (listed === null) return 'Zilliz does not list its service yet';
      return visible ? null : 'Azure does not show the service to the subscription yet';
    },
    schedule: serviceShown,
    justBegun,
    until: { seconds: 600 },
  });
  if (view.service === null)
    fail('endpoint-service-not-listed', `no service of ${connection.regionId} is listed`);
  if (!view.visible)
    fail('endpoint-service-not-visible', `${view.service} is not visible to ${connection.subscriptionId}`);
  run.noteService(view.service);
  run.end();
  return view.service;
}

function* beginEndpoint(run: ConnectRun, service: string, plan: PreflightResult): Step<EndpointView | null> {
  yield* removeObsoleteEndpoint(run, plan);
  return yield* submitEndpoint(run, service, plan.location, false);
}

/** Returns whether the registration is new. */
function* register(run: ConnectRun, endpointId: string): Step<boolean> {
  const { created } = yield* run.steps.registerEndpoint({ connection: run.connection, endpointId });
  run.wrote('registration', created ? 1 : 0);
  run.registered = true;
  return created;
}

function* submitRegionalZone(run: ConnectRun): Step<ReadonlyMap<string, string>> {
  const { dns } = run.connection.spec;
  if (!dns.manage || dns.layout !== 'regional') return new Map();
  const zoneName = regionalZoneName(run.connection.regionId);
  return new Map([[zoneName, yield* submitZone(run, zoneName)]]);
}
