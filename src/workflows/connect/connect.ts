import * as z from 'zod';
import { fail, ProvisioningError } from '../../domain/failure/failure.ts';
import type { PreflightResult } from '../../domain/plan/preflightResult.ts';
import { preflightResultSchema } from '../../domain/plan/preflightResult.ts';
import type { ConnectionResult } from '../../domain/run/result.ts';
import { checkOutcome } from '../../domain/run/verification.ts';
import type { Workflow } from '../../durable/register.ts';
import type { Step } from '../../durable/run.ts';
import { serviceShown } from '../schedules.ts';
import { awaitAllocation } from './allocation.ts';
import { configureDns } from './configureDns.ts';
import type { ConnectInput, ReadyEndpoint } from './connectRun.ts';
import {
  ConnectRun,
  connectInputSchema,
  PreflightFailed,
  readyEndpointSchema,
  registeredSchema,
} from './connectRun.ts';
import { createEndpoint } from './endpoint.ts';
import { knownResult, resultOf } from './result.ts';
import { undo } from './undo.ts';
import { noteVerification, verifyConnectivity } from './verify.ts';

/** The guide, step by step, as one run. */
export const connect: Workflow<ConnectInput, ConnectionResult> = {
  parse: (input) => connectInputSchema.parse(input),
  *run(run, input) {
    const connecting = new ConnectRun(run, input);
    try {
      if (connecting.state.failure === null) return yield* follow(connecting);
    } catch (error) {
      if (!(error instanceof ProvisioningError)) throw error;
      connecting.fail(error, error instanceof PreflightFailed ? error.faults : []);
      // The list and the next deployment know a failed verification also without this run.
      if (checkOutcome(connecting.proofs) === 'failed' && connecting.connection.onFailure === 'keep')
        yield* noteVerification(connecting);
      connecting.show({ ...connecting.state.status, result: knownResult(connecting, error.failure) });
    }
    yield* undo(connecting);
    throw connecting.ended();
  },
};

function* follow(run: ConnectRun): Step<ConnectionResult> {
  // Before you start, and step 1: read Azure and Zilliz, and stop before the first write.
  const plan = yield* run.stage('preflight', preflightResultSchema, () => preflight(run));

  // Step 2: authorize the subscription, then wait for the alias.
  const service = yield* run.stage('authorize-subscription', z.string(), () => authorize(run, plan));

  // Step 3: the private endpoint.
  const endpoint = yield* run.stage('create-endpoint', readyEndpointSchema, () => createEndpoint(run, plan));

  // Step 4: the endpoint's ID at Zilliz. Nothing else goes on before, so nothing else can delay it.
  const { isNew } = yield* run.stage('register-endpoint', registeredSchema, () => register(run, endpoint));

  // Obtain a private link: about five minutes. Meanwhile the zone, and each record as soon as its cluster has an address.
  yield* run.stage('await-allocation', z.null(), () => awaitAllocation(run, endpoint, isNew));

  // DNS: links last, so that no client loses a name before the private path works.
  yield* run.stage('configure-dns', z.null(), () => configureDns(run, plan, endpoint));

  const verifications = yield* verifyConnectivity(run, plan, endpoint);
  const records = run.dns(endpoint).records();
  const clusters = yield* run.clusters(endpoint);
  return resultOf(run, { service, endpoint, records, clusters, verifications, plan });
}

function* preflight(run: ConnectRun): Step<PreflightResult> {
  yield* run.awaitLateWrites();
  const plan = yield* run.steps.preflight({ connection: run.connection });
  const [first] = plan.faults;
  if (first) throw new PreflightFailed(plan.faults, first);
  return plan;
}

/** Skipped if the subscription is known to be authorized: the whitelist entry is the only write that cannot be read back. */
function* authorize(run: ConnectRun, { service, location }: PreflightResult): Step<string> {
  const { steps, connection } = run;
  if (service !== null) {
    run.skip('authorize-subscription', 'the subscription is authorized already');
    return service;
  }
  const justBegun = !run.hasAsked('whitelist entry');
  const { whitelist } = run.state.status;
  const at = whitelist?.at ?? new Date(run.now()).toISOString();
  // The status is stored before the step begins: no read shows the entry.
  run.noteWhitelist({ at, confirmed: whitelist?.confirmed ?? false });
  yield* run.once('whitelist entry', z.null(), function* () {
    yield* steps.authorizeSubscription({ connection });
    run.wrote('whitelist entry');
    run.noteWhitelist({ at, confirmed: true });
    return null;
  });
  const view = yield* run.wait({
    name: 'endpoint service',
    read: () => steps.readEndpointService({ connection, location }),
    missing: ({ service: listed, visible }) => {
      if (listed === null) return 'Zilliz does not list its service yet';
      return visible ? null : 'Azure does not show the service to the subscription yet';
    },
    schedule: serviceShown,
    justBegun,
    seconds: 600,
  });
  if (view.service === null)
    throw fail('endpoint-service-not-listed', `no service of ${connection.regionId} is listed`);
  if (!view.visible) {
    const detail = `${view.service} is not visible to ${connection.subscriptionId}`;
    throw fail('endpoint-service-not-visible', detail);
  }
  return view.service;
}

function* register(run: ConnectRun, { endpointId }: ReadyEndpoint): Step<z.infer<typeof registeredSchema>> {
  const { action } = yield* run.steps.registerEndpoint({ connection: run.connection, endpointId });
  const isNew = action === 'create';
  run.wrote('registration', isNew ? 1 : 0);
  if (!isNew && run.isInDoubt) run.found('registration');
  run.startDeadline();
  return { isNew };
}
