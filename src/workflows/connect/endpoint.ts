import * as z from 'zod';
import type { EndpointView } from '../../activities/privateEndpoint.ts';
import { endpointId as endpointIdOf } from '../../domain/connection/names.ts';
import type { Failure } from '../../domain/failure/failure.ts';
import { fail, failureSchema, ProvisioningError } from '../../domain/failure/failure.ts';
import type { PreflightResult } from '../../domain/plan/preflightResult.ts';
import type { Step } from '../../durable/run.ts';
import type { Schedule } from '../schedules.ts';
import { endpointReady, scheduleOf } from '../schedules.ts';
import type { ToEnsure } from '../stagedRun.ts';
import type { ConnectRun, ReadyEndpoint } from './connectRun.ts';
import { removeObsoleteEndpoint } from './obsolete.ts';

/** For a moment, reads of Azure may miss an endpoint that it has accepted. */
const ABSENT_SECONDS = 60;
const DEADLINE_SECONDS = 900;

/**
 * Creates the private endpoint and waits until Azure shows its GUID and its address. A failed endpoint is submitted once more, to
 * repair it and to learn the reason. If it fails again, it is replaced, provided that it is not in use.
 */
export function* createEndpoint(run: ConnectRun, plan: PreflightResult): Step<ReadyEndpoint> {
  yield* removeObsoleteEndpoint(run, plan);
  const ensured = new EndpointToEnsure(run, plan.location);
  const failure = yield* run.once('endpoint', failureSchema.nullable(), () => tryEnsure(run, ensured));
  if (failure) {
    if (!(yield* discardFailed(run))) throw new ProvisioningError(failure);
    yield* run.ensure('endpoint anew', ensured.again());
  }
  return readyEndpointOf(run, ensured.view ?? (yield* readEndpoint(run)));
}

/** Returns the failure of an endpoint that stays Failed; null if it is ready. */
function* tryEnsure(run: ConnectRun, ensured: EndpointToEnsure): Step<Failure | null> {
  try {
    yield* run.ensure('endpoint', ensured);
    return null;
  } catch (error) {
    if (error instanceof ProvisioningError && error.failure.code === 'endpoint-failed') return error.failure;
    throw error;
  }
}

class EndpointToEnsure implements ToEnsure {
  readonly schedule: Schedule;
  readonly absentSeconds = ABSENT_SECONDS;
  readonly deadlineSeconds = DEADLINE_SECONDS;
  /** As the last read showed it. */
  view: EndpointView | null = null;
  readonly #run: ConnectRun;
  readonly #location: string;

  constructor(run: ConnectRun, location: string) {
    this.#run = run;
    this.#location = location;
    this.schedule = scheduleOf(run.connection.spec.dns.layout, endpointReady);
  }

  /** Follows the operation from the first submit on. */
  again(): ToEnsure {
    const { reason, read, schedule, absentSeconds, deadlineSeconds, notReady } = this;
    const submit: ToEnsure['submit'] = (_, settle) => this.submit(true, settle);
    return { reason, submit, read, schedule, absentSeconds, deadlineSeconds, notReady };
  }

  readonly reason = (): string => {
    if (this.view?.state !== 'ready') return 'Azure is creating the private endpoint';
    return this.view.resourceGuid === null
      ? 'Azure does not show the resource GUID yet'
      : 'the private endpoint has no address yet';
  };

  readonly submit: ToEnsure['submit'] = (follow, settle) => {
    const { connection, steps, state } = this.#run;
    const input = {
      ...{ connection, location: this.#location },
      ...{ whitelistedAt: state.status.whitelist?.at ?? null, follow },
    };
    return steps.ensurePrivateEndpoint.attempt(input, (outcome) => {
      if (outcome.ok) this.#submitted(outcome.value);
      settle(outcome.ok ? { ok: true, value: { ...outcome.value, ...this.#see(outcome.value) } } : outcome);
    });
  };

  readonly found = (): void => {
    this.#run.found('private endpoint');
  };

  readonly read: ToEnsure['read'] = (settle) => {
    const { connection, steps } = this.#run;
    return steps.readPrivateEndpoint.attempt({ connection }, (outcome) => {
      settle(outcome.ok ? { ok: true, value: this.#see(outcome.value) } : outcome);
    });
  };

  readonly notReady: ToEnsure['notReady'] = (state) => {
    const { id } = this.#run.connection.privateEndpoint;
    if (state === 'failed')
      return fail('endpoint-failed', `${id} ended in the provisioning state Failed`).failure;
    if (state === 'absent') return fail('endpoint-changed', `${id} is gone`).failure;
    if (this.view?.state !== 'ready')
      return fail('endpoint-slow', `${id} is not Succeeded after 15 minutes`).failure;
    return this.view.address === null
      ? fail('endpoint-without-address', `${id} shows no address`).failure
      : fail('endpoint-without-guid', `${id} shows no resource GUID`).failure;
  };

  #submitted({ action }: { readonly action: string }): void {
    this.#run.wrote('private endpoint', action === 'create' || action === 'update' ? 1 : 0);
    this.#run.wrote('marks', action === 'tag' || action === 'adopt' ? 1 : 0);
  }

  /** It is ready when its GUID and its address show. */
  #see(view: EndpointView): Pick<EndpointView, 'state'> {
    this.view = view;
    const isComplete = view.resourceGuid !== null && view.address !== null;
    if (view.state !== 'ready' || isComplete) return view;
    return { state: 'working' };
  }
}

function readEndpoint(run: ConnectRun): Step<EndpointView> {
  return run.steps.readPrivateEndpoint({ connection: run.connection });
}

function readyEndpointOf({ connection }: ConnectRun, { resourceGuid, address }: EndpointView): ReadyEndpoint {
  const { id, name } = connection.privateEndpoint;
  const endpointId = resourceGuid === null ? null : endpointIdOf(name, resourceGuid);
  if (address === null) throw fail('endpoint-without-address', `${id} shows no address`);
  if (endpointId === null) throw fail('endpoint-without-guid', `${id} shows no resource GUID`);
  return { endpointId, address };
}

/** Deletes a private endpoint of this app that stays Failed and that Zilliz does not list. Returns whether it is deleted. */
function* discardFailed(run: ConnectRun): Step<boolean> {
  const { connection, steps } = run;
  const isDiscarded = yield* run.once('discard', z.boolean(), function* () {
    return (yield* steps.discardFailedEndpoint({ connection })).action === 'delete';
  });
  if (!isDiscarded) return false;
  // Once: what is there afterwards is the endpoint that replaces it.
  return yield* run.once('endpoint gone', z.boolean(), function* () {
    const last = yield* run.wait({
      name: 'endpoint gone',
      read: () => readEndpoint(run),
      missing: ({ state }) => (state === 'absent' ? null : 'Azure is deleting the failed private endpoint'),
      schedule: endpointReady,
      seconds: DEADLINE_SECONDS,
    });
    return last.state === 'absent';
  });
}
